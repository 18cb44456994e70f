# Build the package with its vignettes and check it as CRAN does, in .build/.
# Fails on any ERROR, WARNING or NOTE but "New submission".

has <- function(program) nzchar(Sys.which(program))

Sys.setenv(
  # Servers answer differently on different days: what is checked is the code.
  "_R_CHECK_CRAN_INCOMING_REMOTE_" = "false",
  # Asks a server for the time, and notes when it does not answer.
  "_R_CHECK_SYSTEM_CLOCK_" = "0",
  # Debian compiles R, and so every package, with these flags of its own.
  "_R_CHECK_COMPILATION_FLAGS_KNOWN_" =
    "-Wformat -Werror=format-security -Wdate-time",
  # Needs a program that is not everywhere; where it is, it runs.
  "_R_CHECK_RD_VALIDATE_RD2HTML_" = if (has("tidy")) "true" else "false",
  # Needs the package V8; there is no mathematics that HTML could break.
  "_R_CHECK_RD_MATH_RENDERING_" = "false"
)
options <- "--as-cran"
if (!has("pdflatex")) {
  cat("pdflatex is not installed: the PDF manual is left out (--no-manual)\n")
  options <- c(options, "--no-manual")
}

run <- function(...) {
  r <- file.path(R.home("bin"), "R")
  status <- system2(r, c("CMD", ...), stdin = "/dev/null")
  if (status != 0) cat("R CMD", ..., "ended with status", status, "\n")
  status == 0
}

# Each "* checking ..." with the lines below it.
blocks_of <- function(log) {
  starts <- grepl("^\\* ", log)
  unname(split(log[cumsum(starts) > 0], cumsum(starts)[cumsum(starts) > 0]))
}

# Also a repository out of reach is no fault of the package.
harmless <- function(block) {
  lines <- paste0("^(Maintainer: .*|New submission|\\s*|",
    "Warning: unable to access index .*|  cannot open URL .*)$")
  grepl("CRAN incoming feasibility", block[[1]]) && all(grepl(lines, block[-1]))
}

problems <- function(log) {
  bad <- Filter(function(block) {
    grepl("\\.\\.\\..*(ERROR|WARNING|NOTE)$", block[[1]]) ||
      any(grepl("^ *(ERROR|WARNING|NOTE)$", block))
  }, blocks_of(log))
  Filter(Negate(harmless), bad)
}

root <- getwd()
unlink(".build/check", recursive = TRUE)
dir.create(".build/check", recursive = TRUE)
setwd(".build/check")
if (!run("build", shQuote(root))) quit("no", status = 1)
tarball <- list.files(".", "[.]tar[.]gz$")
ended <- run("check", options, tarball)
log <- list.files(".", "^00check[.]log$", recursive = TRUE)
found <- if (length(log)) problems(readLines(log[[1]], encoding = "UTF-8"))
if (length(found)) {
  cat("\nto mend:\n")
  for (block in found) writeLines(block)
} else if (ended) {
  cat("\nnothing to mend\n")
}
quit("no", status = as.integer(!ended || length(found) > 0))
