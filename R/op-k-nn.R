#' Backend functions: activations, products, normalization
#'
#' @description
#' * `k_relu()` has a slope `alpha` below 0 and stops at `max_value`;
#'   `k_hard_sigmoid()` is 0.2 x + 0.5 between 0 and 1; the other activations
#'   are as in [op_nn];
#' * `k_dot()` sums over the last axis of `x` and the last but one of `y`;
#'   `k_batch_dot()` over one axis of each, sample by sample;
#' * `k_bias_add()` adds a vector along the last axis;
#' * `k_batch_normalization()` is (x - mean) / sqrt(var + epsilon) gamma + beta;
#'   `k_normalize_batch_in_training()` takes mean and variance from `x`;
#' * `k_l2_normalize()` divides by the root of the sum of squares;
#' * `k_in_top_k()` says for which samples the target is among the k largest.
#'
#' @param x,y Tensors or arrays.
#' @param alpha The slope below 0 (`k_relu()`), or the value far below 0 with
#'   its sign turned (`k_elu()`).
#' @param max_value NULL, or where the function stops.
#' @param axis An axis, counted from 1, negative from the end;
#'   `k_l2_normalize()`: NULL for all.
#' @param axes The axis to sum over, one for both or one for each, counted
#'   from 1.
#' @param bias A vector.
#' @param data_format NULL or "channels_last"; "channels_first" adds along the
#'   second axis.
#' @param mean,var,beta,gamma Arrays that broadcast against `x`, or vectors
#'   along `axis`; `beta` and `gamma` may be NULL.
#' @param epsilon What is added to the variance.
#' @param reduction_axes Axes to average over, counted from 1.
#' @param predictions A matrix: samples, classes.
#' @param targets Class numbers, counted from 0.
#' @param k How many.
#' @return A tensor; `k_normalize_batch_in_training()`: a list of the normalized
#'   tensor, mean and variance.
#' @section Errors: `ValueError` when shapes do not fit or an axis does not
#'   exist.
#' @source R keras 2.15, `k_*()`; tf.keras 2.15's backend.
#' @name k_nn
#' @examples
#' k_relu(c(-1, 2, 9), alpha = 0.1, max_value = 6)
#' k_batch_dot(array(1, c(2, 3, 4)), array(1, c(2, 4, 5)), axes = c(3, 2))
#' k_in_top_k(rbind(c(0.1, 0.6, 0.3)), 2, k = 2)
NULL

#' @rdname k_nn
#' @export
k_sigmoid <- function(x) op_sigmoid(x)

#' @rdname k_nn
#' @export
k_hard_sigmoid <- function(x) op_hard_sigmoid(x)

#' @rdname k_nn
#' @export
k_softplus <- function(x) op_softplus(x)

#' @rdname k_nn
#' @export
k_softsign <- function(x) op_softsign(x)

#' @rdname k_nn
#' @export
k_softmax <- function(x, axis = -1) op_softmax(x, axis)

#' @rdname k_nn
#' @export
k_elu <- function(x, alpha = 1) op_elu(x, alpha)

#' @rdname k_nn
#' @export
k_relu <- function(x, alpha = 0, max_value = NULL) {
  check_number(alpha, "alpha")
  y <- if (alpha == 0) op_relu(x) else op_leaky_relu(x, alpha)
  if (is.null(max_value)) y else op_minimum(y, max_value)
}

#' @rdname k_nn
#' @export
k_dot <- function(x, y) op_dot(x, y)

#' @rdname k_nn
#' @export
k_batch_dot <- function(x, y, axes) {
  axes <- unlist(axes)
  if (!is.numeric(axes) || !length(axes) %in% 1:2) {
    stop_type(
      sprintf("`axes` must be one or two whole numbers, not %s.",
              describe(axes)),
      i = "For example `axes = c(3, 2)`: the axes summed over, from 1."
    )
  }
  axes <- rep_len(axes, 2L)
  apply_op(row_batch_dot, list(x, y), list(axes))
}

row_batch_dot <- op_row(
  "batch_dot",
  function(x, y, axes) {
    p <- batch_dot_plan(x, y, axes)
    with_sizes(.Call(ffi_batch_multiply, p$x, p$y), p$sizes)
  },
  function(g, out, x, y, axes, need) {
    p <- batch_dot_plan(x, y, axes)
    dim(g) <- c(dim(p$x)[1:2], dim(p$y)[[3L]])
    d <- batch_backward(g, p$x, p$y, need)
    list(if (need[[1L]]) ordered_back(d[[1L]], x, p$order_x),
         if (need[[2L]]) ordered_back(d[[2L]], y, p$order_y))
  },
  needs = TRUE
)

# x as (batch, rest, summed), y as (batch, summed, rest).
batch_dot_plan <- function(x, y, axes) {
  dx <- dims(x)
  dy <- dims(y)
  a <- check_axis(axes[[1L]], length(dx), "axes", n = 1L)
  b <- check_axis(axes[[2L]], length(dy), "axes", n = 1L)
  if (a == 1L || b == 1L || dx[[a]] != dy[[b]] || dx[[1L]] != dy[[1L]]) {
    stop_batch_dot(dx, dy, a, b)
  }
  rest_x <- seq_along(dx)[-c(1L, a)]
  rest_y <- seq_along(dy)[-c(1L, b)]
  order_x <- c(1L, rest_x, a)
  order_y <- c(1L, b, rest_y)
  sizes <- c(dx[[1L]], dx[rest_x], dy[rest_y])
  as_cube <- function(v, order, sizes) {
    storage.mode(v) <- "double"
    array(aperm(v, order), sizes)
  }
  list(x = as_cube(x, order_x, c(dx[[1L]], prod(dx[rest_x]), dx[[a]])),
       y = as_cube(y, order_y, c(dy[[1L]], dy[[b]], prod(dy[rest_y]))),
       sizes = if (length(sizes) == 1L) c(sizes, 1L) else sizes,
       order_x = order_x, order_y = order_y)
}

stop_batch_dot <- function(dx, dy, a, b) {
  stop_value(
    sprintf("Arrays of shapes %s and %s cannot be multiplied over axes %d \
and %d.", format(as_shape(dx)), format(as_shape(dy)), a, b),
    i = "The first axis is the batch in both; the axes summed over must be \
others, of equal sizes."
  )
}

#' @rdname k_nn
#' @export
k_bias_add <- function(x, bias, data_format = NULL) {
  first <- identical(data_format, "channels_first")
  if (!first && !is.null(data_format)) {
    check_choice(data_format, c("channels_last", "channels_first"),
                 "data_format")
  }
  if (!first) return(op_add(x, bias))
  op_add(x, along_axis(bias, 2L, length(shape_of(x))))
}

# A vector as an array that is long along `axis` only.
along_axis <- function(v, axis, rank) {
  if (is.null(v) || length(shape_of(v)) != 1L || axis == rank) return(v)
  op_reshape(v, c(rep(1L, axis - 1L), -1L, rep(1L, rank - axis)))
}

#' @rdname k_nn
#' @export
k_batch_normalization <- function(x, mean, var, beta, gamma, axis = -1,
                                  epsilon = 0.001) {
  rank <- length(shape_of(x))
  axis <- check_axis(axis, rank, n = 1L)
  normalized(x, along_axis(mean, axis, rank), along_axis(var, axis, rank),
             along_axis(beta, axis, rank), along_axis(gamma, axis, rank),
             epsilon)
}

normalized <- function(x, mean, var, beta, gamma, epsilon) {
  scale <- op_rsqrt(op_add(var, epsilon))
  if (!is.null(gamma)) scale <- op_multiply(scale, gamma)
  y <- op_multiply(op_subtract(x, mean), scale)
  if (is.null(beta)) y else op_add(y, beta)
}

#' @rdname k_nn
#' @export
k_normalize_batch_in_training <- function(x, gamma, beta, reduction_axes,
                                          epsilon = 0.001) {
  axes <- unlist(reduction_axes)
  mean <- op_mean(x, axes, keepdims = TRUE)
  var <- op_var(x, axes, keepdims = TRUE)
  rank <- length(shape_of(x))
  kept <- setdiff(seq_len(rank), check_axis(axes, rank, "reduction_axes"))
  fit <- function(v) {
    if (length(kept) == 1L) along_axis(v, kept, rank) else v
  }
  y <- normalized(x, mean, var, fit(beta), fit(gamma), epsilon)
  list(y, op_squeeze(mean, axes), op_squeeze(var, axes))
}

#' @rdname k_nn
#' @export
k_l2_normalize <- function(x, axis = NULL) {
  op_normalize(x, axis, epsilon = 1e-6)
}

#' @rdname k_nn
#' @export
k_in_top_k <- function(predictions, targets, k) {
  apply_op(row_in_top_k, list(predictions, targets), list(k))
}

# Ties count for the target; what is not finite is never among the largest.
row_in_top_k <- op_row("in_top_k", function(predictions, targets, k) {
  at <- cbind(seq_along(targets),
              take_index(targets, 0L, ncol(predictions)))
  own <- predictions[at]
  above <- rowSums(predictions > own, na.rm = TRUE)
  array(is.finite(own) & above < k, length(own))
})
