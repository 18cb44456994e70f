# Run the tests on the installed package: Rscript tools/test.R [FILTER].
# Leaves the counts in .build/tests.txt: passed, failed. Fails if any failed.

library(recurrent)
args <- commandArgs(TRUE)
filter <- if (length(args)) args[[1]]
Sys.setenv(NOT_CRAN = "true") # snapshots are compared
counts_file <- ".build/tests.txt"
dir.create(".build", showWarnings = FALSE)
unlink(counts_file)

results <- as.data.frame(testthat::test_dir(
  "tests/testthat",
  filter = filter,
  reporter = "check",
  package = "recurrent",
  load_package = "installed",
  stop_on_failure = FALSE
))

failed <- sum(results$failed, results$error)
if (nrow(results) == 0) {
  cat("no tests were found\n")
  failed <- 1
}
passed <- sum(results$passed)
seconds <- tapply(results$real, results$file, sum)
slow <- utils::head(sort(seconds[seconds > 1], decreasing = TRUE), 5)
slow <- sprintf("%s %.0f s", names(slow), slow)
if (length(slow)) cat("slowest:", toString(slow), "\n")
cat("tests:", passed, "passed,", failed, "failed,",
  sum(results$skipped), "skipped\n")
writeLines(c(format(passed), format(failed)), counts_file)
quit("no", status = as.integer(failed > 0))
