# Print which functions of the list of signatures are not exported yet:
# R_LIBS=.build/lib Rscript tools/signatures.R
library(recurrent)
source("tests/testthat/helper-signatures.R")

test_path <- function(...) file.path("tests/testthat", ...)
wanted <- names(signatures_wanted())
missing <- sort(setdiff(wanted, getNamespaceExports("recurrent")))
cat(length(wanted) - length(missing), "of", length(wanted), "are exported\n")
if (length(missing)) writeLines(strwrap(toString(missing), 78, prefix = "  "))
