# What is true while a model or layer runs: `training` is TRUE inside `fit()`
# and layers called with `training = TRUE`, FALSE otherwise.
context <- new.env(parent = emptyenv())
context$training <- FALSE

# `expr` is forced while `training` is the flag; NULL leaves the flag alone.
with_training <- function(training, expr) {
  if (is.null(training)) return(force(expr))
  before <- context$training
  context$training <- isTRUE(as.logical(training))
  on.exit(context$training <- before)
  force(expr)
}

is_training <- function(training = NULL) {
  if (is.null(training)) context$training else isTRUE(as.logical(training))
}
