# Makes README.md and the pictures in it: runs the demo, vignettes/gates.Rmd and
# every line of code shown; the table of speed is that of bench/results.csv.
# From the source tree, with the package installed:
#   Rscript data-raw/readme.R
# Needs the packages knitr and png.

tree <- getwd()
stopifnot(file.exists(file.path(tree, "README.Rmd")))
at_work <- tempfile("demo")
dir.create(at_work)

# ---- the demo: what it prints, and its picture at half its size -------------

setwd(at_work)
script <- system.file("examples", "sunspots.R", package = "recurrent")
printed <- system2(file.path(R.home("bin"), "Rscript"), script, stdout = TRUE)
setwd(tree)

table <- grep("^ .*[0-9]", printed)
heading <- grep("^Monthly sunspot numbers", printed)
demo <- printed[heading:max(table[grepl("mean of five", printed[table])])]

pixels <- png::readPNG(file.path(at_work, "sunspots.png"))[, , 1:3]
odd <- function(n) seq(1, n, by = 2)
rows <- odd(nrow(pixels))
cols <- odd(ncol(pixels))
half <- (pixels[rows, cols, ] + pixels[rows + 1, cols, ] +
           pixels[rows, cols + 1, ] + pixels[rows + 1, cols + 1, ]) / 4
dir.create("man/figures", showWarnings = FALSE, recursive = TRUE)
# With few colours R writes a palette: a third of the size.
few <- round(half * 10) / 10
png("man/figures/sunspots.png", ncol(few), nrow(few), type = "cairo")
par(mar = rep(0, 4), xaxs = "i", yaxs = "i")
plot.new()
rasterImage(few, 0, 0, 1, 1, interpolate = FALSE)
invisible(dev.off())

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
