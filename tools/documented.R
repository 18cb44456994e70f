# Is man/ what roxygen2 makes of R/ now? Rscript tools/documented.R
# Asks only where roxygen2 is of the version that made them.

noted <- read.dcf("DESCRIPTION", "RoxygenNote")[[1]]
if (!requireNamespace("roxygen2", quietly = TRUE) ||
  !requireNamespace("pkgbuild", quietly = TRUE) ||
  utils::packageVersion("roxygen2") != noted) {
  cat("roxygen2", noted, "or pkgbuild is not installed: man/ is not compared\n")
  quit("no")
}
copy <- file.path(tempdir(), "recurrent")
dir.create(copy)
parts <- c("DESCRIPTION", "NAMESPACE", "LICENSE", "R", "man", "src", "inst")
copied <- file.copy(parts[file.exists(parts)], copy, recursive = TRUE)
invisible(utils::capture.output(suppressMessages(roxygen2::roxygenise(copy))))

pages <- function(root) {
  files <- c("NAMESPACE", file.path("man", list.files(file.path(root, "man"),
    "[.]Rd$")))
  paths <- file.path(root, files)
  found <- lapply(paths[file.exists(paths)], readLines, encoding = "UTF-8")
  names(found) <- files[file.exists(paths)]
  found
}
old <- pages(".")
new <- pages(copy)
all <- union(names(old), names(new))
off <- Filter(function(file) !identical(old[[file]], new[[file]]), all)
if (length(off)) cat("run `make document`:", toString(off), "\n")
quit("no", status = as.integer(length(off) > 0))
