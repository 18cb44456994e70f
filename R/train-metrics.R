#' Metrics: means over samples
#'
#' @description
#' What [fit()] reports besides the loss. A metric keeps its state from batch
#' to batch, so that an epoch's value is that of all its samples, weighted as
#' these are. [compile()] takes metrics, their names (`"mae"`, `"accuracy"`,
#' `"AUC"`, ...), the functions themselves, and any R
#' `function(y_true, y_pred)` written with tensors.
#'
#' With labels and predictions the functions that take them give the value of
#' every sample; without them all give a metric object.
#'
#' * `metric_binary_accuracy()`: labels 0 or 1, predicted 1 above `threshold`.
#' * `metric_categorical_accuracy()`: one-hot labels, the largest prediction
#'   counts; `metric_sparse_categorical_accuracy()`: class numbers from 0.
#'   `"accuracy"` in `compile()` is one of these three, by the shapes of labels
#'   and output; `metric_accuracy()` is plain equality.
#' * `metric_top_k_categorical_accuracy()` and
#'   `metric_sparse_top_k_categorical_accuracy()`: the right class is among the
#'   `k` largest predictions.
#' * `metric_root_mean_squared_error()`: root of the mean of all squares.
#' * `metric_mean_relative_error()`: mean \eqn{|t - p| / } `normalizer`.
#' * `metric_cosine_similarity()`, `metric_cosine_proximity()`: the cosine of
#'   the angle between labels and predictions (the loss is its negative).
#' * `metric_mean()`, `metric_sum()`: of values of your own, given to
#'   `metric$update_state(values, sample_weight)`.
#' * All others are the mean of the [loss] of the same name.
#'
#' @param y_true,y_pred Labels and predictions, see [loss].
#' @param threshold Above it a prediction counts as 1.
#' @param k How many of the largest predictions count.
#' @param normalizer What errors are divided by: numbers that stretch to the
#'   shape of the labels.
#' @param from_logits,label_smoothing,axis See [loss].
#' @param name Name of the metric in the history. The default is the end of
#'   the function's name.
#' @param dtype Accepted, no effect: numbers are doubles.
#' @param ... No further arguments.
#' @return With `y_true` and `y_pred` a tensor of the shape of `y_pred` without
#'   its last axis. Without them a metric object `m` of class
#'   `recurrent_metric`: `m$update_state(y_true, y_pred, sample_weight = NULL)`
#'   takes a batch into account, `m$result()` gives the value so far (0 before
#'   any), `m$reset_state()` starts again, `m$name` is its name; calling
#'   `m(y_true, y_pred)` updates and gives the result.
#' @section Errors: `ValueError` when shapes or labels do not fit; `TypeError`
#'   for unknown arguments.
#' @source tf.keras 2.15, `tf.keras.metrics`; the names of R keras 2.15.
#' @seealso [metric_counts] for precision, recall, AUC and others that count;
#'   [custom_metric()] for your own.
#' @name metric
#' @examples
#' y <- matrix(c(0, 1, 1, 0), 2)
#' p <- matrix(c(0.2, 0.7, 0.6, 0.1), 2)
#' metric_binary_accuracy(y, p)
#'
#' m <- metric_mean_absolute_error()
#' m$update_state(y, p)
#' m$update_state(y, 1 - p, sample_weight = c(0, 1))
#' m$result()
NULL

#' @rdname metric
#' @export
metric_accuracy <- function(..., name = NULL, dtype = NULL) {
  make_metric("accuracy", call_args(NULL))
}

#' @rdname metric
#' @export
metric_binary_accuracy <- function(y_true, y_pred, threshold = 0.5, ...,
                                   name = "binary_accuracy", dtype = NULL) {
  make_metric("binary_accuracy", call_args(pair),
              given_pair(y_true, y_pred))
}

#' @rdname metric
#' @export
metric_categorical_accuracy <- function(y_true, y_pred, ...,
                                        name = "categorical_accuracy",
                                        dtype = NULL) {
  make_metric("categorical_accuracy", call_args(pair),
              given_pair(y_true, y_pred))
}

#' @rdname metric
#' @export
metric_sparse_categorical_accuracy <- function(
    y_true, y_pred, ..., name = "sparse_categorical_accuracy", dtype = NULL) {
  make_metric("sparse_categorical_accuracy", call_args(pair),
              given_pair(y_true, y_pred))
}

#' @rdname metric
#' @export
metric_top_k_categorical_accuracy <- function(
    y_true, y_pred, k = 5L, ..., name = "top_k_categorical_accuracy",
    dtype = NULL) {
  make_metric("top_k_categorical_accuracy", call_args(pair),
              given_pair(y_true, y_pred))
}

#' @rdname metric
#' @export
metric_sparse_top_k_categorical_accuracy <- function(
    y_true, y_pred, k = 5L, ..., name = "sparse_top_k_categorical_accuracy",
    dtype = NULL) {
  make_metric("sparse_top_k_categorical_accuracy", call_args(pair),
              given_pair(y_true, y_pred))
}

#' @rdname metric
#' @export
metric_mean_absolute_error <- function(y_true, y_pred, ...,
                                       name = "mean_absolute_error",
                                       dtype = NULL) {
  make_metric("mean_absolute_error", call_args(pair),
              given_pair(y_true, y_pred))
}

#' @rdname metric
#' @export
metric_mean_absolute_percentage_error <- function(
    y_true, y_pred, ..., name = "mean_absolute_percentage_error",
    dtype = NULL) {
  make_metric("mean_absolute_percentage_error", call_args(pair),
              given_pair(y_true, y_pred))
}

#' @rdname metric
#' @export
metric_mean_squared_error <- function(y_true, y_pred, ...,
                                      name = "mean_squared_error",
                                      dtype = NULL) {
  make_metric("mean_squared_error", call_args(pair),
              given_pair(y_true, y_pred))
}

#' @rdname metric
#' @export
metric_mean_squared_logarithmic_error <- function(
    y_true, y_pred, ..., name = "mean_squared_logarithmic_error",
    dtype = NULL) {
  make_metric("mean_squared_logarithmic_error", call_args(pair),
              given_pair(y_true, y_pred))
}

#' @rdname metric
#' @export
metric_root_mean_squared_error <- function(..., name = NULL, dtype = NULL) {
  make_metric("root_mean_squared_error", call_args(NULL))
}

#' @rdname metric
#' @export
metric_mean_relative_error <- function(..., normalizer, name = NULL,
                                       dtype = NULL) {
  make_metric("mean_relative_error", call_args(NULL))
}

#' @rdname metric
#' @export
metric_logcosh_error <- function(..., name = "logcosh", dtype = NULL) {
  make_metric("logcosh_error", call_args(NULL))
}

#' @rdname metric
#' @export
metric_cosine_similarity <- function(..., axis = -1L,
                                     name = "cosine_similarity", dtype = NULL) {
  make_metric("cosine_similarity", call_args(NULL))
}

#' @rdname metric
#' @export
metric_cosine_proximity <- function(y_true, y_pred) {
  make_metric("cosine_proximity", call_args(pair),
              given_pair(y_true, y_pred))
}
