# A class of the package: R6, small where it is kept. What R6 offers to clone,
# debug and change a class is most of its size, and is used by none.
keras_class <- function(..., changes = FALSE) {
  class <- R6Class(..., lock_objects = FALSE, cloneable = FALSE,
                   parent_env = parent.frame())
  spare <- c("clone_method", "debug", "undebug", "lock", "unlock",
             "is_locked", if (!changes) "set")
  rm(list = spare, envir = class)
  class$new <- function(...) get("new_object", parent_env)(self, ...)
  environment(class$new) <- class
  class
}

# R6's own `new`, kept once and not with each class.
r6_new <- local({
  new <- R6Class("any")$new
  environment(new) <- baseenv()
  new
})

new_object <- function(class, ...) {
  environment(r6_new) <- class
  r6_new(...)
}
