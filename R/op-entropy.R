#' Cross-entropies as ops
#'
#' @description
#' The losses of classification, one number per sample (per element for
#' `op_binary_crossentropy()` and `k_binary_crossentropy()`); nothing is
#' averaged. With `from_logits = TRUE` they are taken from the logits, without
#' overflow; otherwise probabilities are first clipped to
#' `[k_epsilon(), 1 - k_epsilon()]`, and lines that do not sum to 1 are scaled
#' so that they do.
#'
#' @param target Labels: 0 or 1 (or between) of the shape of `output`; for the
#'   sparse ones whole class numbers, counted from 0, of the shape of `output`
#'   without its class axis.
#' @param output Probabilities, or logits: tensors or arrays.
#' @param from_logits TRUE when `output` holds logits.
#' @param axis The axis of the classes, counted from 1, negative from the end.
#' @return A tensor of the shape of `output` (binary), or without the class
#'   axis.
#' @section Errors: `ValueError` when a class number is out of range or shapes
#'   do not fit.
#' @source tf.keras 2.15's backend functions `binary_crossentropy()`,
#'   `categorical_crossentropy()`, `sparse_categorical_crossentropy()`.
#' @name op_entropy
#' @examples
#' p <- rbind(c(0.7, 0.2, 0.1), c(0.1, 0.6, 0.3))
#' op_sparse_categorical_crossentropy(c(0, 2), p)
#' op_categorical_crossentropy(rbind(c(1, 0, 0), c(0, 0, 1)), p)
#' op_binary_crossentropy(c(1, 0), c(2, -1), from_logits = TRUE)
NULL

clip_probability <- function(p) {
  op_clip(p, settings$epsilon, 1 - settings$epsilon)
}

#' @rdname op_entropy
#' @export
op_binary_crossentropy <- function(target, output, from_logits = FALSE) {
  if (check_flag(from_logits, "from_logits")) {
    return(op_softplus(output) - op_multiply(target, output))
  }
  p <- clip_probability(output)
  eps <- settings$epsilon
  target <- as_tensor(target)
  -(target * log(p + eps) + (1 - target) * log(1 - p + eps))
}

#' @rdname op_entropy
#' @export
op_categorical_crossentropy <- function(target, output, from_logits = FALSE,
                                        axis = -1) {
  log_p <- if (check_flag(from_logits, "from_logits")) {
    op_log_softmax(output, axis)
  } else {
    total <- op_sum(output, axis, keepdims = TRUE)
    op_log(clip_probability(op_divide(output, total)))
  }
  -op_sum(op_multiply(target, log_p), axis)
}

#' @rdname op_entropy
#' @export
op_sparse_categorical_crossentropy <- function(target, output,
                                               from_logits = FALSE,
                                               axis = -1) {
  if (!check_flag(from_logits, "from_logits")) {
    output <- op_log(clip_probability(output))
  }
  log_p <- op_log_softmax(output, axis)
  rank <- length(shape_of(log_p))
  axis <- check_axis(axis, rank, n = 1L)
  if (length(shape_of(target)) < rank) target <- op_expand_dims(target, axis)
  picked <- op_take_along_axis(log_p, target, axis, zero_indexed = TRUE)
  -op_squeeze(picked, axis)
}

#' @rdname op_entropy
#' @export
k_binary_crossentropy <- function(target, output, from_logits = FALSE) {
  op_binary_crossentropy(target, output, from_logits)
}

#' @rdname op_entropy
#' @export
k_categorical_crossentropy <- function(target, output, from_logits = FALSE,
                                       axis = -1) {
  op_categorical_crossentropy(target, output, from_logits, axis)
}

#' @rdname op_entropy
#' @export
k_sparse_categorical_crossentropy <- function(target, output,
                                              from_logits = FALSE,
                                              axis = -1) {
  op_sparse_categorical_crossentropy(target, output, from_logits, axis)
}
