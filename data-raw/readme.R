# Makes README.md and the pictures in it: runs the demo, vignettes/gates.Rmd and
# every line of code shown; the tables of speed are those of bench/results.
# From the source tree, with the package installed:
#   Rscript data-raw/readme.R
# Needs the package knitr.

tree <- getwd()
stopifnot(file.exists(file.path(tree, "README.Rmd")))
at_work <- tempfile("demo")
dir.create(at_work)

# ---- the demo: what it prints, and its picture ----------------------------------

setwd(at_work)
script <- system.file("examples", "sunspots.R", package = "recurrent")
printed <- system2(file.path(R.home("bin"), "Rscript"), script, stdout = TRUE)
setwd(tree)

table <- grep("^ .*[0-9]", printed)
heading <- grep("^Monthly sunspot numbers", printed)
demo <- printed[heading:max(table[grepl("mean of five", printed[table])])]

dir.create("man/figures", showWarnings = FALSE, recursive = TRUE)
file.copy(file.path(at_work, "sunspots.png"), "man/figures/sunspots.png",
          overwrite = TRUE)

# ---- the picture of vignettes/gates.Rmd ------------------------------------------

setwd(at_work)
before <- getHook("before.plot.new")
knitr::knit(file.path(tree, "vignettes", "gates.Rmd"), "gates.md", quiet = TRUE)
setHook("before.plot.new", before, "replace")
knitr::opts_chunk$restore()
setwd(tree)
file.copy(file.path(at_work, "figure", "plot-adding-1.png"),
          "man/figures/gates.png", overwrite = TRUE)

# ---- README.md ----------------------------------------------------------------

knitr::knit("README.Rmd", "README.md", quiet = TRUE)
unlink(at_work, recursive = TRUE)
