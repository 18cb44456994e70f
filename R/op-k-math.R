#' Backend functions: elementwise, comparisons, reductions
#'
#' @description
#' The functions of R keras' backend that compute element by element, compare,
#' or reduce over axes. They work on tensors inside cells and layers, on
#' symbolic tensors and on plain arrays; shapes broadcast, and gradients flow as
#' for the ops of the same names ([op_math], [op_arithmetic], [op_logic],
#' [op_reduce], [op_scan]).
#'
#' @param x,y Tensors or arrays.
#' @param a The exponent.
#' @param axis Axes, counted from 1, negative from the end; NULL: all.
#' @param keepdims TRUE keeps reduced axes, with size 1.
#' @param min_value,max_value Bounds; NULL: none.
#' @return A tensor. `k_argmax()` and `k_argmin()` count from 0, as R keras
#'   does ([op_argmax()] counts from 1); `k_var()` and `k_std()` divide by n;
#'   `k_all()` and `k_any()` and comparisons are "bool".
#' @section Errors: `ValueError` when shapes do not fit or an axis does not
#'   exist, `TypeError` when an input is not numeric.
#' @source R keras 2.15, `k_*()`; tf.keras 2.15's backend.
#' @name k_math
#' @examples
#' x <- matrix(1:6, 2)
#' k_sum(x, axis = 1)
#' k_mean(x, axis = -1, keepdims = TRUE)
#' k_argmax(x)
#' k_clip(x, 2, 4)
NULL

#' @rdname k_math
#' @export
k_abs <- function(x) op_abs(x)

#' @rdname k_math
#' @export
k_cos <- function(x) op_cos(x)

#' @rdname k_math
#' @export
k_exp <- function(x) op_exp(x)

#' @rdname k_math
#' @export
k_log <- function(x) op_log(x)

#' @rdname k_math
#' @export
k_round <- function(x) op_round(x)

#' @rdname k_math
#' @export
k_sign <- function(x) op_sign(x)

#' @rdname k_math
#' @export
k_sin <- function(x) op_sin(x)

#' @rdname k_math
#' @export
k_sqrt <- function(x) op_sqrt(x)

#' @rdname k_math
#' @export
k_square <- function(x) op_square(x)

#' @rdname k_math
#' @export
k_tanh <- function(x) op_tanh(x)

#' @rdname k_math
#' @export
k_equal <- function(x, y) op_equal(x, y)

#' @rdname k_math
#' @export
k_not_equal <- function(x, y) op_not_equal(x, y)

#' @rdname k_math
#' @export
k_greater <- function(x, y) op_greater(x, y)

#' @rdname k_math
#' @export
k_greater_equal <- function(x, y) op_greater_equal(x, y)

#' @rdname k_math
#' @export
k_less <- function(x, y) op_less(x, y)

#' @rdname k_math
#' @export
k_less_equal <- function(x, y) op_less_equal(x, y)

#' @rdname k_math
#' @export
k_maximum <- function(x, y) op_maximum(x, y)

#' @rdname k_math
#' @export
k_minimum <- function(x, y) op_minimum(x, y)

#' @rdname k_math
#' @export
k_pow <- function(x, a) op_power(x, a)

#' @rdname k_math
#' @export
k_clip <- function(x, min_value = NULL, max_value = NULL) {
  op_clip(x, min_value %||% -Inf, max_value %||% Inf)
}

#' @rdname k_math
#' @export
k_sum <- function(x, axis = NULL, keepdims = FALSE) op_sum(x, axis, keepdims)

#' @rdname k_math
#' @export
k_mean <- function(x, axis = NULL, keepdims = FALSE) op_mean(x, axis, keepdims)

#' @rdname k_math
#' @export
k_max <- function(x, axis = NULL, keepdims = FALSE) op_max(x, axis, keepdims)

#' @rdname k_math
#' @export
k_min <- function(x, axis = NULL, keepdims = FALSE) op_min(x, axis, keepdims)

#' @rdname k_math
#' @export
k_prod <- function(x, axis = NULL, keepdims = FALSE) op_prod(x, axis, keepdims)

#' @rdname k_math
#' @export
k_var <- function(x, axis = NULL, keepdims = FALSE) op_var(x, axis, keepdims)

#' @rdname k_math
#' @export
k_std <- function(x, axis = NULL, keepdims = FALSE) op_std(x, axis, keepdims)

#' @rdname k_math
#' @export
k_all <- function(x, axis = NULL, keepdims = FALSE) op_all(x, axis, keepdims)

#' @rdname k_math
#' @export
k_any <- function(x, axis = NULL, keepdims = FALSE) op_any(x, axis, keepdims)

#' @rdname k_math
#' @export
k_logsumexp <- function(x, axis = NULL, keepdims = FALSE) {
  op_logsumexp(x, axis, keepdims)
}

#' @rdname k_math
#' @export
k_argmax <- function(x, axis = -1) op_argmax(x, axis, zero_indexed = TRUE)

#' @rdname k_math
#' @export
k_argmin <- function(x, axis = -1) op_argmin(x, axis, zero_indexed = TRUE)

#' @rdname k_math
#' @export
k_cumsum <- function(x, axis = 1) op_cumsum(x, axis)

#' @rdname k_math
#' @export
k_cumprod <- function(x, axis = 1) op_cumprod(x, axis)
