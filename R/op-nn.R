#' Activations and losses as ops
#'
#' @description
#' Functions of neural networks, element by element or along an axis.
#'
#' * `op_sigmoid()` is 1 / (1 + exp(-x)), `op_silu()` (`op_swish()`) x times
#'   it, `op_log_sigmoid()` its logarithm;
#' * `op_relu()` is max(x, 0), `op_leaky_relu()` has a slope below 0,
#'   `op_relu6()` stops at 6;
#' * `op_elu()` is x above 0 and alpha (exp(x) - 1) below, `op_selu()` the same
#'   scaled so that activations keep mean 0 and variance 1;
#' * `op_gelu()` is x times the normal distribution function, or its
#'   approximation by tanh;
#' * `op_softplus()` is log(1 + exp(x)), `op_softsign()` x / (1 + |x|),
#'   `op_hard_sigmoid()` 0.2 x + 0.5 between 0 and 1 (as in tf.keras 2.15);
#' * `op_softmax()` and `op_log_softmax()` make lines along an axis into
#'   probabilities that sum to 1;
#' * `op_normalize()` divides lines by their norm.
#'
#' All are computed without overflow.
#'
#' @param x A tensor or array.
#' @param negative_slope The slope below 0.
#' @param alpha The value far below 0, with its sign turned.
#' @param approximate TRUE for the approximation by tanh.
#' @param axis The axis of the lines, counted from 1, negative from the end.
#' @param order The order of the norm.
#' @param epsilon A norm below this counts as this.
#' @return A tensor of the shape of `x`.
#' @section Errors: `ValueError` when the axis does not exist.
#' @source keras3's `op_*()` functions of these names; tf.keras 2.15 for
#'   `op_hard_sigmoid()`.
#' @name op_nn
#' @examples
#' op_sigmoid(c(-1, 0, 1))
#' op_softmax(matrix(c(1, 2, 3, 4), 2))
NULL

sigmoid <- function(x) 1 / (1 + exp(-x))

softplus <- function(x) pair_max(x, 0) + log1p(exp(-abs(x)))

row_sigmoid <- op_row(
  "sigmoid", sigmoid, function(g, y, x) list(g * y * (1 - y))
)

row_log_sigmoid <- op_row(
  "log_sigmoid", function(x) -softplus(-x),
  function(g, y, x) list(g * sigmoid(-x))
)

row_silu <- op_row("silu", function(x) x * sigmoid(x), function(g, y, x) {
  s <- sigmoid(x)
  list(g * s * (1 + x * (1 - s)))
})

row_relu <- op_row(
  "relu", function(x) pair_max(x, 0), function(g, y, x) list(g * (x > 0))
)

row_leaky_relu <- op_row(
  "leaky_relu",
  function(x, slope) pair_max(x, 0) + slope * pair_min(x, 0),
  function(g, y, x, slope) list(g * ((x > 0) + slope * (x <= 0)))
)

# alpha (exp(x) - 1) below 0; the upper side is kept out of exp().
row_elu <- op_row(
  "elu",
  function(x, alpha) pair_max(x, 0) + alpha * expm1(pair_min(x, 0)),
  function(g, y, x, alpha) {
    list(g * ((x > 0) + (x <= 0) * alpha * exp(pair_min(x, 0))))
  }
)

selu_alpha <- 1.6732632423543772
selu_scale <- 1.0507009873554805

# At 0 the slope is that of the upper side, as in TensorFlow.
row_selu <- op_row(
  "selu",
  function(x) {
    selu_scale * (pair_max(x, 0) + selu_alpha * expm1(pair_min(x, 0)))
  },
  function(g, y, x) {
    lower <- selu_alpha * exp(pair_min(x, 0))
    list(g * selu_scale * ((x >= 0) + (x < 0) * lower))
  }
)

row_gelu <- op_row(
  "gelu",
  function(x) 0.5 * x * (1 + error_function(x / sqrt(2))),
  function(g, y, x) {
    list(g * (0.5 * (1 + error_function(x / sqrt(2))) +
                x * exp(-x * x / 2) / sqrt(2 * pi)))
  }
)

row_softplus <- op_row(
  "softplus", softplus, function(g, y, x) list(g * sigmoid(x))
)

row_softsign <- op_row(
  "softsign", function(x) x / (1 + abs(x)),
  function(g, y, x) list(g / (1 + abs(x))^2)
)

row_hard_sigmoid <- op_row(
  "hard_sigmoid",
  function(x) pair_min(pair_max(0.2 * x + 0.5, 0), 1),
  function(g, y, x) list(0.2 * g * (abs(x) <= 2.5))
)

line_axis <- function(axis, x) check_axis(axis, length(dims(x)))

line_sum <- function(x, axis) {
  stretch_to(.Call(ffi_reduce, x, axis, 0L, TRUE), dim(x))
}

# x with the largest element of each line taken out.
line_shifted <- function(x, axis) {
  minus(x, .Call(ffi_reduce, x, axis, 2L, TRUE))
}

row_softmax <- op_row(
  "softmax",
  function(x, axis) {
    axis <- line_axis(axis, x)
    y <- exp(line_shifted(x, axis))
    y / line_sum(y, axis)
  },
  function(g, y, x, axis) {
    list(y * (g - line_sum(g * y, line_axis(axis, x))))
  }
)

row_log_softmax <- op_row(
  "log_softmax",
  function(x, axis) {
    axis <- line_axis(axis, x)
    x <- line_shifted(x, axis)
    minus(x, log(.Call(ffi_reduce, exp(x), axis, 0L, TRUE)))
  },
  function(g, y, x, axis) {
    list(g - exp(y) * line_sum(g, line_axis(axis, x)))
  }
)

#' @rdname op_nn
#' @export
op_sigmoid <- function(x) apply_unary(row_sigmoid, x)

#' @rdname op_nn
#' @export
op_log_sigmoid <- function(x) apply_unary(row_log_sigmoid, x)

#' @rdname op_nn
#' @export
op_silu <- function(x) apply_unary(row_silu, x)

#' @rdname op_nn
#' @export
op_swish <- op_silu

#' @rdname op_nn
#' @export
op_relu <- function(x) apply_unary(row_relu, x)

#' @rdname op_nn
#' @export
op_relu6 <- function(x) op_clip(x, 0, 6)

#' @rdname op_nn
#' @export
op_leaky_relu <- function(x, negative_slope = 0.2) {
  slope <- check_number(negative_slope, "negative_slope")
  apply_op(row_leaky_relu, list(x), list(slope))
}

#' @rdname op_nn
#' @export
op_elu <- function(x, alpha = 1) {
  apply_op(row_elu, list(x), list(check_number(alpha, "alpha")))
}

#' @rdname op_nn
#' @export
op_selu <- function(x) apply_unary(row_selu, x)

#' @rdname op_nn
#' @export
op_gelu <- function(x, approximate = TRUE) {
  if (!check_flag(approximate, "approximate")) return(apply_unary(row_gelu, x))
  inner <- op_tanh(sqrt(2 / pi) * (x + 0.044715 * op_power(x, 3)))
  0.5 * x * (1 + inner)
}

#' @rdname op_nn
#' @export
op_softplus <- function(x) apply_unary(row_softplus, x)

#' @rdname op_nn
#' @export
op_softsign <- function(x) apply_unary(row_softsign, x)

#' @rdname op_nn
#' @export
op_hard_sigmoid <- function(x) apply_unary(row_hard_sigmoid, x)

#' @rdname op_nn
#' @export
op_softmax <- function(x, axis = -1) {
  apply_op(row_softmax, list(x), list(axis))
}

#' @rdname op_nn
#' @export
op_log_softmax <- function(x, axis = -1) {
  apply_op(row_log_softmax, list(x), list(axis))
}

#' @rdname op_nn
#' @export
op_normalize <- function(x, axis = -1, order = 2, epsilon = 1e-7) {
  check_number(order, "order")
  check_number(epsilon, "epsilon", 0)
  if (order != 2) {
    norm <- op_power(op_sum(op_power(op_abs(x), order), axis, TRUE), 1 / order)
    return(op_divide(x, op_maximum(norm, epsilon)))
  }
  square <- op_sum(op_square(x), axis, keepdims = TRUE)
  op_multiply(x, op_rsqrt(op_maximum(square, epsilon^2)))
}
