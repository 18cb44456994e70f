#' Constraints
#'
#' @description
#' A constraint makes a weight fit after each update of the optimizer. Layers
#' take one by name (`kernel_constraint = "non_neg"`), as what a function of
#' this page makes, as your own function `function(w)` that gives a tensor of
#' the shape of the tensor w, or as an object with such a `call` method, see
#' [KerasConstraint].
#'
#' With `norm` the length `sqrt(sum(w^2))` over `axis`, that is of each column
#' of a kernel `(inputs, units)` when `axis = 0`:
#'
#' * `constraint_maxnorm()`: norms above `max_value` are brought down to it.
#' * `constraint_minmaxnorm()`: norms go to `[min_value, max_value]`, the part
#'   `rate` of the way.
#' * `constraint_unitnorm()`: norms become 1.
#' * `constraint_nonneg()`: negative weights become 0.
#'
#' Norms are divided by after 1e-7 is added, as in Keras: a weight of zeros
#' stays zeros.
#'
#' @param min_value,max_value Bounds of the norms.
#' @param rate In `[0, 1]`: 1 enforces the bounds at once.
#' @param axis Axis or axes over which norms are taken, counted from 0 as in R
#'   keras, negative ones from the end.
#' @return A function of class `recurrent_constraint`: called with a tensor or
#'   an array it gives a tensor of the same shape.
#' @section Errors: `ValueError` for negative bounds, `min_value` above
#'   `max_value`, an axis that the weight does not have, or a function of your
#'   own that gives another shape; `TypeError` for what is not a number.
#' @source Srivastava et al. (2014), *Dropout: a simple way to prevent neural
#'   networks from overfitting*, JMLR 15 (max norm). The formulas are those of
#'   tf.keras 2.15.
#' @name constraints
#' @examples
#' w <- matrix(c(1, -2, 3, 0.5, 0, -1), 2)
#' constraint_maxnorm(1)(w)
#' constraint_nonneg()(w)
#' layer_simple_rnn(units = 3, kernel_constraint = constraint_unitnorm(),
#'                  recurrent_constraint = function(w) op_clip(w, -1, 1))
NULL

#' @rdname constraints
#' @export
constraint_maxnorm <- function(max_value = 2, axis = 0) {
  max_value <- check_finite(max_value, "max_value", min = 0)
  axis <- check_axes(axis)
  new_part("constraint", function(w) {
    rescale(w, axis, function(norm) op_minimum(norm, max_value))
  }, "MaxNorm", list(max_value = max_value, axis = axis_config(axis)))
}

#' @rdname constraints
#' @export
constraint_nonneg <- function() {
  new_part("constraint", function(w) op_maximum(w, 0), "NonNeg",
           list())
}

#' @rdname constraints
#' @export
constraint_unitnorm <- function(axis = 0) {
  axis <- check_axes(axis)
  new_part("constraint", function(w) rescale(w, axis, function(norm) 1),
           "UnitNorm", list(axis = axis_config(axis)))
}

#' @rdname constraints
#' @export
constraint_minmaxnorm <- function(min_value = 0, max_value = 1, rate = 1,
                                  axis = 0) {
  min_value <- check_finite(min_value, "min_value", min = 0)
  max_value <- check_finite(max_value, "max_value", min = 0)
  rate <- check_number(rate, "rate", 0, 1)
  axis <- check_axes(axis)
  if (min_value > max_value) {
    stop_value(
      sprintf("`min_value` = %s lies above `max_value` = %s.",
              format(min_value), format(max_value)),
      i = "For example `min_value = 0.5, max_value = 1`."
    )
  }
  new_part("constraint", function(w) {
    rescale(w, axis, function(norm) {
      inside <- op_minimum(op_maximum(norm, min_value), max_value)
      rate * inside + (1 - rate) * norm
    })
  }, "MinMaxNorm", list(min_value = min_value, max_value = max_value,
                        rate = rate, axis = axis_config(axis)))
}

#' Constraints of your own, as R6 classes
#'
#' The R6 class below which users' constraints stand, in the older form of R
#' keras: `R6::R6Class("MyConstraint", inherit = KerasConstraint, ...)` with a
#' method `call(w)` that gives a tensor of the shape of the tensor w. Layers
#' take an instance, `kernel_constraint = MyConstraint$new()`.
#'
#' @section Errors: `RuntimeError` when the class has no `call` of its own.
#' @source R keras 2.15, `KerasConstraint`.
#' @aliases KerasConstraint
#' @name KerasConstraint
#' @rawNamespace export(KerasConstraint)
#' @seealso [constraints]
#' @examples
#' Positive <- R6::R6Class("Positive", inherit = KerasConstraint,
#'   public = list(call = function(w) w * k_cast(k_greater_equal(w, 0)))
#' )
#' layer_dense(units = 3, kernel_constraint = Positive$new())
NULL

KerasConstraint <- keras_class(
  "KerasConstraint",
  public = list(
    call = function(w) {
      stop_runtime(
        sprintf("Constraint %s has no `call` method.", class(self)[[1L]]),
        i = "Give its class `call = function(w)`, which gives the weight that \
is to stand for w."
      )
    }
  )
)

# Lines of w over `axis` (from 0) made as long as `wanted(norm)` says.
rescale <- function(w, axis, wanted) {
  w <- as_tensor(w)
  along <- axes_of(axis, length(dims(value_of(w))))
  norm <- op_sqrt(op_sum(op_square(w), axis = along, keepdims = TRUE))
  w * (wanted(norm) / (norm + 1e-7))
}

# Axes from 0 as whole numbers.
check_axes <- function(axis) {
  if (is.list(axis)) axis <- unlist(axis)
  if (!is.numeric(axis) || !length(axis)) {
    stop_type(
      sprintf("`axis` must hold whole numbers, not %s.", describe(axis)),
      i = "Axes count from 0: `axis = 0` is the first, `axis = -1` the last, \
`axis = c(0, 1)` both."
    )
  }
  if (anyNA(axis) || any(axis != trunc(axis))) {
    stop_value(
      sprintf("`axis` must hold whole numbers, not %s.",
              paste(format(axis), collapse = ", ")),
      i = "Axes count from 0: `axis = 0` is the first, `axis = -1` the last."
    )
  }
  as.integer(axis)
}

axis_config <- function(axis) if (length(axis) == 1L) axis else as.list(axis)

# The same axes counted from 1, of an array with `rank` axes.
axes_of <- function(axis, rank) {
  out <- ifelse(axis < 0L, axis + rank, axis)
  if (any(out < 0L | out >= rank)) {
    stop_value(
      sprintf("`axis` = %s is no axis of an array with %d axes.",
              paste(axis, collapse = ", "), rank),
      i = "Axes count from 0 here: `axis = 0` is the first, `axis = -1` the \
last."
    )
  }
  unique(out) + 1L
}

own_constraint <- function(f, x) {
  own <- function(w) same_shape(as_tensor(f(as_tensor(w))), w, "constraint")
  new_part("constraint", own, NULL, x)
}

# y, held to the shape of x.
same_shape <- function(y, x, what) {
  if (is_symbolic(y)) return(y)
  is <- as.integer(dims(value_of(y)))
  want <- as.integer(dims(value_of(x)))
  if (identical(is, want)) return(y)
  stop_value(
    sprintf("The %s gave shape %s for shape %s.", what, format(as_shape(is)),
            format(as_shape(want))),
    i = "It must give a tensor of the shape that it is given."
  )
}
