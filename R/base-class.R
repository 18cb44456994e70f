# A class of the package: R6, small where it is kept. R6's means to clone and to
# debug are most of a class' size; layers are not cloned that way.
keras_class <- function(...) {
  class <- R6Class(..., lock_objects = FALSE, cloneable = FALSE,
                   parent_env = parent.frame())
  rm("clone_method", "debug", "undebug", envir = class)
  class
}
