#' Regularizers
#'
#' @description
#' A regularizer makes of a weight, or of a layer's output, a number that is
#' added to the loss. Layers take one by name (`kernel_regularizer = "l2"`), as
#' what a function of this page makes, as your own function `function(w)` that
#' gives a tensor with one element (use [op_sum()] and the like, so that
#' gradients flow), or as an object with such a `call` method.
#'
#' * `regularizer_l1()`: `l * sum(abs(w))`.
#' * `regularizer_l2()`: `l * sum(w^2)`.
#' * `regularizer_l1_l2()`: both.
#' * `regularizer_orthogonal()`: `factor` times the mean, over all pairs of
#'   rows (or columns) of a matrix, of the absolute cosine between them; 0 when
#'   there is only one.
#'
#' @param l,l1,l2,factor What the penalty is multiplied by.
#' @param mode `"rows"` or `"columns"`: which are to be orthogonal.
#' @param ... Nothing; for compatibility.
#' @return A function of class `recurrent_regularizer`: called with a tensor or
#'   an array it gives a tensor of shape `()`.
#' @section Errors: `TypeError` for factors that are not numbers, `ValueError`
#'   when `regularizer_orthogonal()` meets a weight that is no matrix, or your
#'   own function gives more than one number.
#' @source Hoerl and Kennard (1970), *Ridge regression*, Technometrics 12.
#'   Tibshirani (1996), *Regression shrinkage and selection via the lasso*, JRSS
#'   B 58. Zou and Hastie (2005), *Regularization and variable selection via the
#'   elastic net*, JRSS B 67. The formulas are those of tf.keras 2.15.
#' @name regularizers
#' @examples
#' w <- matrix(c(1, -2, 3, 0.5, 0, -1), 2)
#' regularizer_l1(0.1)(w)
#' regularizer_orthogonal(0.1, mode = "columns")(w)
#' layer_simple_rnn(units = 3, kernel_regularizer = regularizer_l2(0.001),
#'                  recurrent_regularizer = function(w) 0.01 * op_sum(w^4))
NULL

#' @rdname regularizers
#' @export
regularizer_l1 <- function(l = 0.01) {
  l <- check_finite(l, "l")
  new_part("regularizer", function(w) l * op_sum(op_abs(w)), "L1",
           list(l1 = l))
}

#' @rdname regularizers
#' @export
regularizer_l2 <- function(l = 0.01) {
  l <- check_finite(l, "l")
  new_part("regularizer", function(w) l * op_sum(op_square(w)), "L2",
           list(l2 = l))
}

#' @rdname regularizers
#' @export
regularizer_l1_l2 <- function(l1 = 0.01, l2 = 0.01) {
  l1 <- check_finite(l1, "l1")
  l2 <- check_finite(l2, "l2")
  new_part("regularizer", function(w) {
    l1 * op_sum(op_abs(w)) + l2 * op_sum(op_square(w))
  }, "L1L2", list(l1 = l1, l2 = l2))
}

#' @rdname regularizers
#' @export
regularizer_orthogonal <- function(factor = 0.01, mode = "rows", ...) {
  check_unknown_args(...names() %||% character(...length()),
                     c("factor", "mode"), "regularizer_orthogonal()")
  factor <- check_finite(factor, "factor")
  check_choice(mode, c("rows", "columns"), "mode")
  new_part("regularizer", function(w) {
    factor * mean_cosine(w, if (mode == "rows") 2L else 1L)
  }, "OrthogonalRegularizer", list(factor = factor, mode = mode))
}

# Mean absolute cosine between the lines of matrix w that run along `axis`.
mean_cosine <- function(w, axis) {
  w <- as_tensor(w)
  sizes <- dims(value_of(w))
  if (length(sizes) != 2L) {
    stop_value(
      sprintf("regularizer_orthogonal() takes matrices, not shape %s.",
              format(as_shape(sizes))),
      i = "Another regularizer, for example `regularizer_l2()`, takes any \
shape."
    )
  }
  # Lines of zeros have no direction: tf.keras holds their length above 1e-6.
  squared <- op_sum(op_square(w), axis = axis, keepdims = TRUE)
  w <- w / op_sqrt(op_maximum(squared, 1e-12))
  cosines <- if (axis == 2L) w %*% t(w) else t(w) %*% w
  n <- sizes[[3L - axis]]
  pairs <- max(1, n * (n - 1))
  op_sum(op_abs(cosines * (1 - diag(1, n, n)))) / pairs
}

own_regularizer <- function(f, x) {
  own <- function(w) {
    y <- as_tensor(f(as_tensor(w)))
    if (is_symbolic(y)) return(y)
    if (length(value_of(y)) != 1L) {
      stop_value(
        sprintf("The regularizer gave shape %s, not one number.",
                format(shape_of(y))),
        i = "Sum what it gives, e.g. `function(w) 0.01 * op_sum(w^2)`."
      )
    }
    if (length(shape_of(y))) op_sum(y) else y
  }
  new_part("regularizer", own, NULL, x)
}
