# A class of the package: R6, small where it is kept. What R6 offers to clone,
# debug and change a class is most of its size, and is used by none.
keras_class <- function(..., changes = FALSE) {
  class <- R6Class(..., lock_objects = FALSE, cloneable = FALSE,
                   parent_env = parent.frame())
  spare <- c("clone_method", "debug", "undebug", "lock", "unlock",
             "is_locked", if (!changes) "set")
  rm(list = spare, envir = class)
  class$new <- r6$short
  environment(class$new) <- class
  class
}

# R6's own `new`, kept once and not with each class, and what stands for it
# there. Both look names up in the class, where they are given their place.
r6 <- list(
  new = R6Class("any")$new,
  short = function(...) get("new_object", parent_env)(self, ...)
)
environment(r6$new) <- baseenv()

new_object <- function(class, ...) {
  new <- r6$new
  environment(new) <- class
  new(...)
}
