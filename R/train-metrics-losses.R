# Metrics that are means of losses' values, and of plain values.

#' @rdname metric
#' @export
metric_binary_crossentropy <- function(
    y_true, y_pred, from_logits = FALSE, label_smoothing = 0, axis = -1L, ...,
    name = "binary_crossentropy", dtype = NULL) {
  make_metric("binary_crossentropy", call_args(pair),
              given_pair(y_true, y_pred))
}

#' @rdname metric
#' @export
metric_categorical_crossentropy <- function(
    y_true, y_pred, from_logits = FALSE, label_smoothing = 0, axis = -1L, ...,
    name = "categorical_crossentropy", dtype = NULL) {
  make_metric("categorical_crossentropy", call_args(pair),
              given_pair(y_true, y_pred))
}

#' @rdname metric
#' @export
metric_sparse_categorical_crossentropy <- function(
    y_true, y_pred, from_logits = FALSE, axis = -1L, ...,
    name = "sparse_categorical_crossentropy", dtype = NULL) {
  make_metric("sparse_categorical_crossentropy", call_args(pair),
              given_pair(y_true, y_pred))
}

#' @rdname metric
#' @export
metric_poisson <- function(y_true, y_pred, ..., name = "poisson",
                           dtype = NULL) {
  make_metric("poisson", call_args(pair),
              given_pair(y_true, y_pred))
}

#' @rdname metric
#' @export
metric_kullback_leibler_divergence <- function(
    y_true, y_pred, ..., name = "kullback_leibler_divergence", dtype = NULL) {
  make_metric("kullback_leibler_divergence", call_args(pair),
              given_pair(y_true, y_pred))
}

#' @rdname metric
#' @export
metric_hinge <- function(y_true, y_pred, ..., name = "hinge", dtype = NULL) {
  make_metric("hinge", call_args(pair),
              given_pair(y_true, y_pred))
}

#' @rdname metric
#' @export
metric_squared_hinge <- function(y_true, y_pred, ..., name = "squared_hinge",
                                 dtype = NULL) {
  make_metric("squared_hinge", call_args(pair),
              given_pair(y_true, y_pred))
}

#' @rdname metric
#' @export
metric_categorical_hinge <- function(..., name = NULL, dtype = NULL) {
  make_metric("categorical_hinge", call_args(NULL))
}

#' @rdname metric
#' @export
metric_mean <- function(..., name = "mean", dtype = NULL) {
  make_metric("mean", call_args(NULL))
}

#' @rdname metric
#' @export
metric_sum <- function(..., name = NULL, dtype = NULL) {
  make_metric("sum", call_args(NULL))
}

#' A metric of your own
#'
#' Names an R function for use in `compile(metrics = )`. (A bare function works
#' as well: `metrics = list(name = function(y_true, y_pred) ...)`.)
#'
#' @param name Name of the metric in the history.
#' @param metric_fn `function(y_true, y_pred)` of two tensors that gives a
#'   tensor: one value per sample, whose weighted mean is reported, or one for
#'   the batch.
#' @return The function, with its name.
#' @section Errors: `TypeError` when `metric_fn` is not a function or `name`
#'   not a string.
#' @source R keras 2.15.
#' @seealso [new_metric_class()] for what is no mean over samples.
#' @export
#' @examples
#' bias <- custom_metric("bias", function(y_true, y_pred) {
#'   op_mean(y_pred - y_true, axis = -1)
#' })
custom_metric <- function(name, metric_fn) {
  check_string(name, "name")
  if (!is.function(metric_fn)) {
    stop_type(
      sprintf("`metric_fn` must be a function, not %s.", describe(metric_fn)),
      i = "Give `function(y_true, y_pred)` that computes with tensors."
    )
  }
  structure(metric_fn, name = name)
}
