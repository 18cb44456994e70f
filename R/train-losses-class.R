# The class above users' losses: `call(y_true, y_pred)` gives the loss of each
# sample, the object around it weighs and reduces.
KerasLoss <- keras_class(
  "KerasLoss",
  public = list(
    name = NULL,
    reduction = "auto",
    initialize = function(reduction = "auto", name = NULL, ...) {
      self$reduction <- check_choice(reduction, reductions, "reduction")
      self$name <- name %||% snake_case(class(self)[[1L]])
    },
    get_config = function() {
      list(reduction = self$reduction, name = self$name)
    }
  )
)

loss_of_object <- function(object) {
  if (!is.function(object$call)) {
    stop_type(
      sprintf("The loss class `%s` has no method `call`.", class(object)[[1L]]),
      i = "Give one: `call = function(y_true, y_pred) ...` gives the loss of \
each sample."
    )
  }
  new_loss(list(object = carry(object), reduction = object$reduction,
                name = object$name))
}

#' Losses of your own, as classes
#'
#' `new_loss_class()` defines a class of losses in R: for losses that have
#' arguments. (A loss without any is simply `function(y_true, y_pred)`, given
#' to [compile()].)
#'
#' @param classname Name of the class, a string.
#' @param ... Further methods and attributes by name: `initialize`, `get_config`
#'   and what the others use. `super$initialize(...)` takes `reduction` and
#'   `name`.
#' @param call Function of `y_true` and `y_pred`, tensors of shape
#'   `(batch, ...)`, that gives the loss of each sample: a tensor of shape
#'   `(batch)` or `(batch, time)`, or a scalar. `self` is the instance.
#' @return A function of the arguments of `initialize` that makes a loss
#'   object: call it as `loss(y_true, y_pred, sample_weight = NULL)` for the
#'   reduced loss, or give it to [compile()].
#' @section Errors: `TypeError` for a class without `call`, or a `call` that
#'   does not give a tensor.
#' @source R keras 2.15, `new_loss_class()`.
#' @export
#' @examples
#' quantile_loss <- new_loss_class(
#'   "QuantileLoss",
#'   initialize = function(q = 0.5, ...) {
#'     super$initialize(...)
#'     self$q <- q
#'   },
#'   call = function(y_true, y_pred) {
#'     e <- y_true - y_pred
#'     op_mean(op_maximum(self$q * e, (self$q - 1) * e), axis = -1)
#'   }
#' )
#' loss <- quantile_loss(q = 0.9)
#' loss(matrix(1:4, 2), matrix(0, 2, 2))
new_loss_class <- function(classname, ..., call = NULL) {
  class <- make_layer_class(classname, c(list(call = call), list(...)),
                            KerasLoss, parent.frame())
  class_constructor(class, function(object) loss_of_object(object))
}

# A function that makes objects of an R6 class of a user's.
class_constructor <- function(class, wrap = identity) {
  force(wrap)
  user_class(function(...) wrap(class$new(...)), class)
}

is_class <- function(x) inherits(x, c("recurrent_class", "R6ClassGenerator"))

user_class <- function(make, class) {
  structure(make, class = c("recurrent_class", "function"), r6_class = class)
}

#' @export
print.recurrent_class <- function(x, ...) {
  class <- attr(x, "r6_class")
  args <- names(formals(class_initialize(class)))
  cat(sprintf("<class> %s(%s)\n", class$classname, toString(args)))
  invisible(x)
}
