# Every metric by name, as the ends of the metric_*() functions' names. Three
# more have no function: what "accuracy" and "crossentropy" in compile() mean,
# and users' own.
metric_kinds <- list(
  accuracy = mean_kind("Accuracy", character(), equal_values),
  binary_accuracy = mean_kind("BinaryAccuracy", character(), binary_values),
  categorical_accuracy = mean_kind(
    "CategoricalAccuracy", character(), categorical_values
  ),
  sparse_categorical_accuracy = mean_kind(
    "SparseCategoricalAccuracy", character(), sparse_values
  ),
  top_k_categorical_accuracy = mean_kind(
    "TopKCategoricalAccuracy", character(), top_values
  ),
  sparse_top_k_categorical_accuracy = mean_kind(
    "SparseTopKCategoricalAccuracy", character(), sparse_top_values
  ),
  mean_absolute_error = loss_metric(
    "MeanAbsoluteError", c("mae", "MAE"), "mean_absolute_error"
  ),
  mean_absolute_percentage_error = loss_metric(
    "MeanAbsolutePercentageError", c("mape", "MAPE"),
    "mean_absolute_percentage_error"
  ),
  mean_squared_error = loss_metric(
    "MeanSquaredError", c("mse", "MSE"), "mean_squared_error"
  ),
  mean_squared_logarithmic_error = loss_metric(
    "MeanSquaredLogarithmicError", c("msle", "MSLE"),
    "mean_squared_logarithmic_error"
  ),
  root_mean_squared_error = mean_kind(
    "RootMeanSquaredError", c("rmse", "RMSE"), squared_errors,
    function(state, args) sqrt(mean_result(state))
  ),
  mean_relative_error = mean_kind(
    "MeanRelativeError", character(), relative_errors
  ),
  logcosh_error = loss_metric(
    "LogCoshError", c("logcosh", "log_cosh"), "logcosh"
  ),
  cosine_similarity = loss_metric(
    "CosineSimilarity", "cosine", "cosine_similarity", -1
  ),
  cosine_proximity = mean_kind(NULL, character(), function(t, p, args) {
    -loss_arrays("cosine_similarity", t, p, list(axis = -1L))
  }),
  binary_crossentropy = loss_metric(
    "BinaryCrossentropy", c("bce", "BCE"), "binary_crossentropy"
  ),
  categorical_crossentropy = loss_metric(
    "CategoricalCrossentropy", character(), "categorical_crossentropy"
  ),
  sparse_categorical_crossentropy = loss_metric(
    "SparseCategoricalCrossentropy", character(),
    "sparse_categorical_crossentropy"
  ),
  poisson = loss_metric("Poisson", character(), "poisson"),
  kullback_leibler_divergence = loss_metric(
    "KLDivergence", c("kl_divergence", "kld", "KLD"),
    "kullback_leibler_divergence"
  ),
  hinge = loss_metric("Hinge", character(), "hinge"),
  squared_hinge = loss_metric("SquaredHinge", character(), "squared_hinge"),
  categorical_hinge = loss_metric(
    "CategoricalHinge", character(), "categorical_hinge"
  ),
  mean = mean_of_values,
  sum = sum_of_values,
  mean_iou = mean_iou,
  true_positives = count_kind(
    "TruePositives", character(), given_thresholds, row_result(1L)
  ),
  true_negatives = count_kind(
    "TrueNegatives", character(), given_thresholds, row_result(2L)
  ),
  false_positives = count_kind(
    "FalsePositives", character(), given_thresholds, row_result(3L)
  ),
  false_negatives = count_kind(
    "FalseNegatives", character(), given_thresholds, row_result(4L)
  ),
  precision = count_kind(
    "Precision", character(), given_thresholds, rate_result("precision")
  ),
  recall = count_kind(
    "Recall", character(), given_thresholds, rate_result("recall")
  ),
  auc = count_kind("AUC", character(), auc_thresholds, auc_result),
  sensitivity_at_specificity = count_kind(
    "SensitivityAtSpecificity", character(), spread_thresholds,
    best_result("recall", "specificity", "specificity")
  ),
  specificity_at_sensitivity = count_kind(
    "SpecificityAtSensitivity", character(), spread_thresholds,
    best_result("specificity", "recall", "sensitivity")
  ),
  precision_at_recall = count_kind(
    "PrecisionAtRecall", character(), spread_thresholds,
    best_result("precision", "recall", "recall")
  ),
  recall_at_precision = count_kind(
    "RecallAtPrecision", character(), spread_thresholds,
    best_result("recall", "precision", "precision")
  ),
  accuracy_by_shape = by_shape("accuracy"),
  crossentropy_by_shape = by_shape("crossentropy"),
  own = own_metric
)

# A metric's own arguments as in the metric_*() function; those without a
# default are NULL.
metric_defaults <- function(kind) {
  defaults <- as.list(formals(metric_maker(kind)))
  own <- setdiff(names(defaults), c("y_true", "y_pred", "...", "name", "dtype"))
  lapply(defaults[own], function(d) {
    if (!identical(d, quote(expr = ))) eval(d, baseenv())
  })
}

metric_maker <- function(kind) get(paste0("metric_", kind), topenv())
