#' Metrics that count
#'
#' @description
#' Counts of true and false, positive and negative predictions, and what is
#' made of them. A prediction is positive above the threshold.
#'
#' * `metric_precision()`: tp / (tp + fp); `metric_recall()`: tp / (tp + fn).
#' * `metric_auc()`: the area under the curve of the true against the false
#'   positive rate ("ROC"), or of precision against recall ("PR"), between
#'   thresholds by the trapezoid rule ("interpolation"; for "PR" with the
#'   counts interpolated), or by the lower or higher end ("minoring",
#'   "majoring").
#' * `metric_sensitivity_at_specificity()` and its sisters: the best of the
#'   first where the second is at least what is given. Sensitivity is recall,
#'   specificity is tn / (tn + fp).
#' * `metric_mean_iou()`: labels and predictions are class numbers; the mean
#'   over classes of the samples in both over those in either.
#'
#' A ratio with nothing below is 0.
#'
#' @inheritParams metric
#' @param thresholds One or several thresholds in `[0, 1]`; the result has one
#'   number for each. For `metric_auc()` those of the curve.
#' @param top_k Only the `top_k` largest predictions of a sample count as
#'   positive.
#' @param class_id Only this class counts, a column of the predictions counted
#'   from 0.
#' @param num_thresholds How many thresholds, evenly spread.
#' @param curve,summation_method See above.
#' @param multi_label `TRUE` for the mean of one area per column.
#' @param num_labels Number of columns with `multi_label` (found by itself).
#' @param label_weights One weight per column.
#' @param from_logits Whether predictions are logits: the sigmoid is taken
#'   first.
#' @param specificity,sensitivity,recall,precision Number in `[0, 1]`.
#' @param num_classes Number of classes.
#' @return A metric object, see [metric].
#' @section Errors: `ValueError` when shapes do not fit, or for predictions
#'   outside of 0 and 1; `TypeError` for unknown arguments.
#' @source tf.keras 2.15, `tf.keras.metrics`; Davis and Goadrich (2006), *The
#'   relationship between precision-recall and ROC curves*.
#' @name metric_counts
#' @examples
#' y <- matrix(c(0, 1, 1, 0))
#' p <- matrix(c(0.2, 0.7, 0.4, 0.6))
#' m <- metric_recall(thresholds = c(0.3, 0.5))
#' m(y, p)
#' auc <- metric_auc()
#' auc(y, p)
NULL

#' @rdname metric_counts
#' @export
metric_true_positives <- function(..., thresholds = NULL, name = NULL,
                                  dtype = NULL) {
  make_metric("true_positives", call_args(NULL))
}

#' @rdname metric_counts
#' @export
metric_true_negatives <- function(..., thresholds = NULL, name = NULL,
                                  dtype = NULL) {
  make_metric("true_negatives", call_args(NULL))
}

#' @rdname metric_counts
#' @export
metric_false_positives <- function(..., thresholds = NULL, name = NULL,
                                   dtype = NULL) {
  make_metric("false_positives", call_args(NULL))
}

#' @rdname metric_counts
#' @export
metric_false_negatives <- function(..., thresholds = NULL, name = NULL,
                                   dtype = NULL) {
  make_metric("false_negatives", call_args(NULL))
}

#' @rdname metric_counts
#' @export
metric_precision <- function(..., thresholds = NULL, top_k = NULL,
                             class_id = NULL, name = NULL, dtype = NULL) {
  make_metric("precision", call_args(NULL))
}

#' @rdname metric_counts
#' @export
metric_recall <- function(..., thresholds = NULL, top_k = NULL, class_id = NULL,
                          name = NULL, dtype = NULL) {
  make_metric("recall", call_args(NULL))
}

#' @rdname metric_counts
#' @export
metric_auc <- function(
    ..., num_thresholds = 200L, curve = "ROC",
    summation_method = "interpolation", thresholds = NULL, multi_label = FALSE,
    num_labels = NULL, label_weights = NULL, from_logits = FALSE, name = NULL,
    dtype = NULL) {
  make_metric("auc", call_args(NULL))
}

#' @rdname metric_counts
#' @export
metric_sensitivity_at_specificity <- function(
    ..., specificity, num_thresholds = 200L, class_id = NULL, name = NULL,
    dtype = NULL) {
  make_metric("sensitivity_at_specificity", call_args(NULL))
}

#' @rdname metric_counts
#' @export
metric_specificity_at_sensitivity <- function(
    ..., sensitivity, num_thresholds = 200L, class_id = NULL, name = NULL,
    dtype = NULL) {
  make_metric("specificity_at_sensitivity", call_args(NULL))
}

#' @rdname metric_counts
#' @export
metric_precision_at_recall <- function(..., recall, num_thresholds = 200L,
                                       class_id = NULL, name = NULL,
                                       dtype = NULL) {
  make_metric("precision_at_recall", call_args(NULL))
}

#' @rdname metric_counts
#' @export
metric_recall_at_precision <- function(..., precision, num_thresholds = 200L,
                                       class_id = NULL, name = NULL,
                                       dtype = NULL) {
  make_metric("recall_at_precision", call_args(NULL))
}

#' @rdname metric_counts
#' @export
metric_mean_iou <- function(..., num_classes, name = NULL, dtype = NULL) {
  make_metric("mean_iou", call_args(NULL))
}
