#' Losses
#'
#' @description
#' What training makes small. Each `loss_*()` works in two ways: with labels
#' and predictions it gives the loss of every sample; without them it gives a
#' loss object for [compile()], that may also be called as
#' `loss(y_true, y_pred, sample_weight = NULL)` for the reduced loss.
#' `compile()` also takes their names (`"mse"`, `"mae"`,
#' `"binary_crossentropy"`, ...), the functions themselves, and any R
#' `function(y_true, y_pred)` written with tensors, that gives one number per
#' sample (and step), or one in all. A mask leaves a mean of one number in all
#' as it is, and sample weights count by their mean, as in tf.keras.
#'
#' With \eqn{t} a label, \eqn{p} a prediction, the mean or the sum over the last
#' axis, and \eqn{\epsilon} = `k_epsilon()`, the losses of a sample are:
#'
#' * `loss_mean_squared_error()`: mean \eqn{(p - t)^2}
#' * `loss_mean_absolute_error()`: mean \eqn{\vert p - t\vert}
#' * `loss_mean_absolute_percentage_error()`: mean \eqn{100 \vert t - p\vert /
#'   \max(\vert t\vert, \epsilon)}
#' * `loss_mean_squared_logarithmic_error()`: mean \eqn{(\log(1 + p) - \log(1 +
#'   t))^2}, p and t at least \eqn{\epsilon}
#' * `loss_huber()`: mean of \eqn{e^2/2} where \eqn{\vert e\vert \le \delta},
#'   else \eqn{\delta \vert e\vert - \delta^2/2}, \eqn{e = p - t}
#' * `loss_logcosh()`: mean \eqn{\log\cosh(p - t)}
#' * `loss_cosine_similarity()`: minus the cosine of the angle between t and p
#' * `loss_binary_crossentropy()`: mean \eqn{-t \log p - (1 - t)\log(1 - p)}
#' * `loss_categorical_crossentropy()`: \eqn{-\sum t \log p}, t one-hot
#' * `loss_sparse_categorical_crossentropy()`: \eqn{-\log p_t}, t a class
#'   number from 0
#' * `loss_kullback_leibler_divergence()`: \eqn{\sum t \log(t / p)}
#' * `loss_poisson()`: mean \eqn{p - t \log(p + \epsilon)}
#' * `loss_hinge()`: mean \eqn{\max(1 - t p, 0)}, t -1 or 1 (0 counts as -1)
#' * `loss_squared_hinge()`: mean \eqn{\max(1 - t p, 0)^2}
#' * `loss_categorical_hinge()`: \eqn{\max(\max((1 - t) p) - \sum t p + 1, 0)}
#'
#' `loss_cosine_proximity()` is the older name of `loss_cosine_similarity()`,
#' `loss_kl_divergence()` the newer one of
#' `loss_kullback_leibler_divergence()`.
#'
#' @details
#' Cross-entropies clip probabilities to \eqn{[\epsilon, 1 - \epsilon]}. The
#' output of a model that ends in sigmoid or softmax carries its logits, and
#' the cross-entropy is then taken from these, without clipping.
#'
#' The reduced loss is the sum of the samples' losses times their weights,
#' divided by the number of losses ("sum_over_batch_size", also "auto"), or
#' not divided ("sum"); "none" keeps one loss per sample. Steps that the mask
#' of the predictions leaves out weigh nothing, and the number of losses is then
#' that of the others (0 when there are none).
#'
#' @param y_true Labels, an array of the shape of `y_pred` (a last axis of size
#'   1 may be missing). For `loss_sparse_categorical_crossentropy()` class
#'   numbers that count from 0, of shape `(batch)`, `(batch, 1)` or
#'   `(batch, time)`.
#' @param y_pred Predictions, `(batch, ..., outputs)`.
#' @param from_logits `TRUE` when the predictions are logits (any real
#'   numbers) instead of probabilities.
#' @param label_smoothing Number in `[0, 1]`: labels are drawn this far towards
#'   the uniform distribution.
#' @param axis The axis of the classes or coordinates, counted from 1, or from
#'   the end if negative.
#' @param delta Where the Huber loss turns from a square to a line.
#' @param reduction "auto", "sum_over_batch_size", "sum" or "none".
#' @param name Name of the loss object.
#' @param ... `ignore_class` of the sparse cross-entropy: a class number whose
#'   samples do not count.
#' @return With `y_true` and `y_pred` a tensor of the shape of `y_pred`
#'   without its last axis: the loss of each sample. Without them a loss object
#'   of class `recurrent_loss`: a function of `y_true`, `y_pred` and
#'   `sample_weight` (one number, one per sample, or one per sample and time
#'   step) that gives a scalar tensor.
#' @section Errors: `ValueError` when the shapes of labels, predictions or
#'   weights do not fit, for class numbers out of range, and for unknown names;
#'   `TypeError` for unknown arguments.
#' @source tf.keras 2.15, `tf.keras.losses`; the names of R keras 2.15.
#' @seealso [new_loss_class()] for losses with arguments of your own.
#' @name loss
#' @examples
#' y <- matrix(c(0, 1, 1, 0), 2)
#' p <- matrix(c(0.2, 0.7, 0.6, 0.1), 2)
#' loss_mean_squared_error(y, p)
#' loss_binary_crossentropy(y, p, label_smoothing = 0.1)
#'
#' loss <- loss_huber(delta = 0.5, reduction = "sum")
#' loss(y, p)
#' loss(y, p, sample_weight = c(1, 3))
NULL

#' @rdname loss
#' @export
loss_mean_squared_error <- function(y_true, y_pred, ..., reduction = "auto",
                                    name = "mean_squared_error") {
  make_loss("mean_squared_error", given_pair(y_true, y_pred),
            list(), list(...), reduction, name)
}

#' @rdname loss
#' @export
loss_mean_absolute_error <- function(y_true, y_pred, ..., reduction = "auto",
                                     name = "mean_absolute_error") {
  make_loss("mean_absolute_error", given_pair(y_true, y_pred),
            list(), list(...), reduction, name)
}

#' @rdname loss
#' @export
loss_mean_absolute_percentage_error <- function(
    y_true, y_pred, ..., reduction = "auto",
    name = "mean_absolute_percentage_error") {
  make_loss("mean_absolute_percentage_error", given_pair(y_true, y_pred),
            list(), list(...), reduction, name)
}

#' @rdname loss
#' @export
loss_mean_squared_logarithmic_error <- function(
    y_true, y_pred, ..., reduction = "auto",
    name = "mean_squared_logarithmic_error") {
  make_loss("mean_squared_logarithmic_error", given_pair(y_true, y_pred),
            list(), list(...), reduction, name)
}

#' @rdname loss
#' @export
loss_huber <- function(y_true, y_pred, delta = 1, ..., reduction = "auto",
                       name = "huber_loss") {
  make_loss("huber", given_pair(y_true, y_pred),
            list(delta = check_number(delta, "delta", 0)),
            list(...), reduction, name)
}

#' @rdname loss
#' @export
loss_logcosh <- function(y_true, y_pred, ..., reduction = "auto",
                         name = "log_cosh") {
  make_loss("logcosh", given_pair(y_true, y_pred),
            list(), list(...), reduction, name)
}

#' @rdname loss
#' @export
loss_cosine_similarity <- function(y_true, y_pred, axis = -1L, ...,
                                   reduction = "auto",
                                   name = "cosine_similarity") {
  make_loss("cosine_similarity", given_pair(y_true, y_pred),
            list(axis = check_whole(axis, "axis")),
            list(...), reduction, name)
}

#' @rdname loss
#' @export
loss_binary_crossentropy <- function(
    y_true, y_pred, from_logits = FALSE, label_smoothing = 0, axis = -1L, ...,
    reduction = "auto", name = "binary_crossentropy") {
  make_loss("binary_crossentropy", given_pair(y_true, y_pred),
            entropy_args(from_logits, label_smoothing, axis),
            list(...), reduction, name)
}

#' @rdname loss
#' @export
loss_categorical_crossentropy <- function(
    y_true, y_pred, from_logits = FALSE, label_smoothing = 0L, axis = -1L, ...,
    reduction = "auto", name = "categorical_crossentropy") {
  make_loss("categorical_crossentropy", given_pair(y_true, y_pred),
            entropy_args(from_logits, label_smoothing, axis),
            list(...), reduction, name)
}

#' @rdname loss
#' @export
loss_sparse_categorical_crossentropy <- function(
    y_true, y_pred, from_logits = FALSE, axis = -1L, ..., reduction = "auto",
    name = "sparse_categorical_crossentropy") {
  make_loss("sparse_categorical_crossentropy", given_pair(y_true, y_pred),
            entropy_args(from_logits, 0, axis),
            list(...), reduction, name)
}

#' @rdname loss
#' @export
loss_kullback_leibler_divergence <- function(y_true, y_pred, ...,
                                             reduction = "auto",
                                             name = "kl_divergence") {
  make_loss("kullback_leibler_divergence", given_pair(y_true, y_pred),
            list(), list(...), reduction, name)
}

#' @rdname loss
#' @export
loss_kl_divergence <- loss_kullback_leibler_divergence

#' @rdname loss
#' @export
loss_poisson <- function(y_true, y_pred, ..., reduction = "auto",
                         name = "poisson") {
  make_loss("poisson", given_pair(y_true, y_pred),
            list(), list(...), reduction, name)
}

#' @rdname loss
#' @export
loss_hinge <- function(y_true, y_pred, ..., reduction = "auto",
                       name = "hinge") {
  make_loss("hinge", given_pair(y_true, y_pred),
            list(), list(...), reduction, name)
}

#' @rdname loss
#' @export
loss_squared_hinge <- function(y_true, y_pred, ..., reduction = "auto",
                               name = "squared_hinge") {
  make_loss("squared_hinge", given_pair(y_true, y_pred),
            list(), list(...), reduction, name)
}

#' @rdname loss
#' @export
loss_categorical_hinge <- function(y_true, y_pred, ..., reduction = "auto",
                                   name = "categorical_hinge") {
  make_loss("categorical_hinge", given_pair(y_true, y_pred),
            list(), list(...), reduction, name)
}

#' @rdname loss
#' @export
loss_cosine_proximity <- function(...) loss_cosine_similarity(...)

# Labels and predictions, or NULL when they were not both given.
given_pair <- function(y_true, y_pred) {
  if (missing(y_true) && missing(y_pred)) return(NULL)
  if (missing(y_true) || missing(y_pred)) {
    stop_type(
      sprintf("`%s` is missing.", if (missing(y_true)) "y_true" else "y_pred"),
      i = "Give labels and predictions, or neither of them for an object that \
is called with them later."
    )
  }
  list(y_true, y_pred)
}

entropy_args <- function(from_logits, label_smoothing, axis) {
  list(
    from_logits = check_flag(from_logits, "from_logits"),
    label_smoothing = check_number(label_smoothing, "label_smoothing", 0, 1),
    axis = check_whole(axis, "axis")
  )
}
