# What holds during a call of a layer or model, seen by everything inside it:
# `training` (NULL until somebody says), `depth` of nested calls, and
# `generation`, which counts outermost calls (losses belong to one of them).
# `probing`: TRUE while shapes are found by running on zeros; then nothing may
# be drawn or remembered.
context <- new.env(parent = emptyenv())
context$training <- NULL
context$probing <- FALSE
context$depth <- 0L
context$generation <- 0

is_training <- function(training = NULL) {
  if (is.null(training)) training <- context$training
  if (is.null(training)) return(FALSE)
  isTRUE(if (is.logical(training)) training else as.logical(training))
}
