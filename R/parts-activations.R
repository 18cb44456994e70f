#' Activations
#'
#' @description
#' Activation functions work on tensors and arrays, element by element
#' (`activation_softmax()` along an axis). Layers take one by name
#' (`activation = "tanh"`), as a function of this page, as your own function
#' `function(x)` from a tensor to a tensor of the same shape, as an object with
#' such a `call` method, or `NULL` for none.
#'
#' | name | value at x |
#' | --- | --- |
#' | `linear` | x |
#' | `tanh` | (exp(x) - exp(-x)) / (exp(x) + exp(-x)) |
#' | `sigmoid` | 1 / (1 + exp(-x)) |
#' | `hard_sigmoid` | 0.2 x + 0.5, cut to `[0, 1]` |
#' | `relu` | max(x, 0), when its other arguments are not given |
#' | `elu` | x above 0, else `alpha` (exp(x) - 1) |
#' | `selu` | 1.0507 times `elu` with `alpha` 1.6733 |
#' | `gelu` | x P(Z <= x), Z standard normal; `approximate`: by tanh |
#' | `swish` | x / (1 + exp(-x)) |
#' | `softplus` | log(1 + exp(x)) |
#' | `softsign` | x / (1 + abs(x)) |
#' | `exponential` | exp(x) |
#' | `softmax` | exp(x) / sum(exp(x)), the sum over `axis` |
#'
#' By name there are also `"silu"` (`swish`), `"leaky_relu"` (`relu` with
#' `alpha = 0.2`) and `"mish"`, x tanh(log(1 + exp(x))).
#'
#' @param x A tensor or an array.
#' @param alpha `elu`: minus the value far below 0. `relu`: the slope below
#'   `threshold`, where its value is `alpha * (x - threshold)`.
#' @param max_value NULL, or the largest value of `relu`.
#' @param threshold Above it `relu` is x.
#' @param approximate TRUE for
#'   `0.5 * x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3)))`.
#' @param axis The axis to sum over, counted from 0 as in R keras, negative from
#'   the end.
#' @return A tensor of the shape of `x`.
#' @section Errors: `TypeError` for arguments that are not numbers, `ValueError`
#'   for an axis that `x` does not have, and when a function of your own gives
#'   another shape.
#' @source Clevert et al. (2016), *Fast and accurate deep network learning by
#'   exponential linear units*, ICLR. Klambauer et al. (2017),
#'   *Self-normalizing neural networks*, NIPS. Hendrycks and Gimpel (2016),
#'   *Gaussian error linear units*. Ramachandran et al. (2017), *Searching for
#'   activation functions* (swish). Nair and Hinton (2010), *Rectified linear
#'   units improve restricted Boltzmann machines*, ICML. Misra (2020), *Mish*,
#'   BMVC. Constants of `hard_sigmoid` and `leaky_relu` are tf.keras 2.15's.
#' @name activations
#' @examples
#' x <- matrix(c(-2, -1, 0, 0.5, 1, 2), 2)
#' activation_tanh(x)
#' activation_relu(x, alpha = 0.1, max_value = 1)
#' activation_softmax(x)
#' layer_simple_rnn(units = 3, activation = "gelu")
#' layer_simple_rnn(units = 3, activation = function(x) tanh(x) * 0.9)
NULL

#' @rdname activations
#' @export
activation_linear <- function(x) as_tensor(x)

#' @rdname activations
#' @export
activation_tanh <- function(x) op_tanh(x)

#' @rdname activations
#' @export
activation_sigmoid <- function(x) op_sigmoid(x)

#' @rdname activations
#' @export
activation_hard_sigmoid <- function(x) op_hard_sigmoid(x)

#' @rdname activations
#' @export
activation_relu <- function(x, alpha = 0, max_value = NULL, threshold = 0) {
  if (identical(c(alpha, max_value, threshold), c(0, 0))) return(op_relu(x))
  apply_op(row_cut_relu, list(x), list(
    alpha = check_finite(alpha, "alpha"),
    max_value = if (!is.null(max_value)) {
      check_finite(max_value, "max_value", min = 0)
    } else {
      Inf
    },
    threshold = check_finite(threshold, "threshold")
  ))
}

row_cut_relu <- op_row(
  "relu",
  function(x, alpha, max_value, threshold) {
    low <- which(x <= threshold)
    high <- which(x > max_value)
    storage.mode(x) <- "double"
    x[high] <- max_value
    x[low] <- alpha * (x[low] - threshold)
    x
  },
  function(g, y, x, alpha, max_value, threshold) {
    low <- which(x <= threshold)
    g[which(x > max_value)] <- 0
    g[low] <- alpha * g[low]
    list(g)
  }
)

#' @rdname activations
#' @export
activation_elu <- function(x, alpha = 1) {
  op_elu(x, check_finite(alpha, "alpha"))
}

#' @rdname activations
#' @export
activation_selu <- function(x) op_selu(x)

#' @rdname activations
#' @export
activation_gelu <- function(x, approximate = FALSE) {
  op_gelu(x, check_flag(approximate, "approximate"))
}

#' @rdname activations
#' @export
activation_swish <- function(x) op_silu(x)

#' @rdname activations
#' @export
activation_softplus <- function(x) op_softplus(x)

#' @rdname activations
#' @export
activation_softsign <- function(x) op_softsign(x)

#' @rdname activations
#' @export
activation_exponential <- function(x) op_exp(x)

#' @rdname activations
#' @export
activation_softmax <- function(x, axis = -1) {
  if (identical(axis, -1)) return(op_softmax(x))
  axis <- check_axes(axis)
  if (length(axis) != 1L) {
    stop_value(
      sprintf("`axis` must be one axis, not %d.", length(axis)),
      i = "For example `axis = -1`, the last."
    )
  }
  op_softmax(x, axes_of(axis, length(shape_of(x))))
}

leaky_relu <- function(x) op_leaky_relu(x, 0.2)

mish <- function(x) x * op_tanh(op_softplus(x))

# What Keras 3 calls "hard_sigmoid".
hard_sigmoid_three <- function(x) op_clip(x / 6 + 0.5, 0, 1)

# `native`: its number in the kernels, NULL where they do not have it.
named_activation <- function(name, f, native = NULL) {
  part <- new_part("activation", f, name, name)
  attr(part, "native") <- native
  part
}

own_activation <- function(f, x) {
  own <- function(x) same_shape(as_tensor(f(as_tensor(x))), x, "activation")
  new_part("activation", own, NULL, x)
}
