# What the id of a reference case says about the metric's arguments.
metric_case <- function(case) {
  id <- sub("^metric/", "", case$id)
  known <- list(
    accuracy_binary = list("binary_accuracy"),
    top_k_categorical_accuracy_2 = list("top_k_categorical_accuracy", k = 2),
    sparse_top_k_categorical_accuracy_2 =
      list("sparse_top_k_categorical_accuracy", k = 2),
    auc_pr_50 = list("auc", curve = "PR", num_thresholds = 50),
    auc_majoring = list("auc", summation_method = "majoring"),
    binary_accuracy_0.3 = list("binary_accuracy", threshold = 0.3),
    precision_thresholds_class_1 =
      list("precision", thresholds = 0.4, class_id = 1),
    recall_top_2 = list("recall", top_k = 2),
    false_negatives = list("false_negatives", thresholds = 0.3),
    sensitivity_at_specificity_0.5 =
      list("sensitivity_at_specificity", specificity = 0.5),
    specificity_at_sensitivity_0.5 =
      list("specificity_at_sensitivity", sensitivity = 0.5),
    precision_at_recall_0.5 = list("precision_at_recall", recall = 0.5),
    recall_at_precision_0.4 = list("recall_at_precision", precision = 0.4),
    mean_relative_error = list("mean_relative_error", normalizer = 2),
    mean_iou_3 = list("mean_iou", num_classes = 3)
  )
  made <- known[[id]]
  if (is.null(made)) made <- list(id)
  do.call(metric_maker(made[[1]]), made[-1])
}

for (case in Filter(function(case) startsWith(case$id, "metric/"),
                    reference_cases("parts"))) {
  test_that(case$id, {
    t <- as_reference_array(case$y_true)
    p <- as_reference_array(case$y_pred)
    m <- metric_case(case)
    m$update_state(t, p)
    expect_close(m$result(), case$value, case$tolerance)
    if (!is.null(case$weighted_value)) {
      m$reset_state()
      m$update_state(t, p, as_reference_array(case$sample_weight))
      expect_close(m$result(), case$weighted_value, case$tolerance)
    }
  })
}

test_that("with labels and predictions metrics give values of samples", {
  t <- matrix(c(0, 1, 1, 0, 0, 1), 2)
  p <- matrix(c(0.2, 0.7, 0.6, 0.1, 0.4, 0.9), 2)
  expect_equal(as.array(metric_binary_accuracy(t, p)), array(c(1, 1)))
  expect_equal(as.array(metric_categorical_accuracy(t, p)), array(c(1, 0)))
  expect_equal(as.array(metric_sparse_categorical_accuracy(c(1, 0), p)),
               array(c(1, 0)))
  expect_equal(as.array(metric_top_k_categorical_accuracy(t, p, k = 2)),
               array(c(1, 1)))
  expect_equal(as.array(metric_mean_squared_error(t, p)),
               as.array(loss_mean_squared_error(t, p)))
  expect_equal(as.array(metric_cosine_proximity(t, p)),
               -as.array(loss_cosine_similarity(t, p)))
  x <- as_tensor(p)
  g <- gradient_tape(op_sum(metric_mean_squared_error(t, x)))$gradient(x)
  expect_equal(g, 2 * (p - t) / 3)
})

test_that("several thresholds give several results", {
  t <- c(0, 1, 1, 0)
  p <- c(0.2, 0.7, 0.4, 0.6)
  expect_equal(metric_recall(thresholds = c(0.3, 0.5))(t, p), c(1, 0.5))
  expect_equal(metric_recall(thresholds = c(0.5, 0.3))(t, p), c(0.5, 1))
  expect_equal(metric_true_negatives(thresholds = c(0.5, 0.1))(t, p), c(1, 0))
})

test_that("AUC: thresholds, labels, weights of labels, logits", {
  set.seed(3)
  t <- matrix(rbinom(40, 1, 0.4), 20)
  p <- matrix(runif(40), 20)
  p[t == 1] <- sqrt(p[t == 1])
  each <- vapply(1:2, function(k) metric_auc()(t[, k], p[, k]), 0)
  expect_equal(metric_auc(multi_label = TRUE)(t, p), mean(each))
  expect_equal(metric_auc(multi_label = TRUE, num_labels = 2,
                          label_weights = c(1, 3))(t, p),
               sum(each * c(1, 3)) / 4)
  expect_equal(metric_auc(label_weights = c(1, 0))(t, p), each[[1]])
  expect_equal(metric_auc(from_logits = TRUE)(t, log(p / (1 - p))),
               metric_auc()(t, p))
  exact <- mean(outer(p[t == 1], p[t == 0], ">"))
  expect_equal(metric_auc(thresholds = sort(p))(t, p), exact)
  expect_equal(metric_auc(num_thresholds = 20000)(t, p), exact,
               tolerance = 1e-3)
})

test_that("bad metrics and batches are refused", {
  expect_snapshot(error = TRUE, {
    metric_auc()(c(0, 1), c(0.5, 2))
    metric_precision(class_id = 3)(matrix(0, 2, 3), matrix(0, 2, 3))
    metric_mean_iou()
    metric_mean_iou(num_classes = 2)(c(0, 2), c(0, 1))
    metric_auc(curve = "roc")
    metric_hinge(k = 2)
    metric_binary_accuracy(matrix(0, 2, 2), matrix(0, 3, 2))
    custom_metric("mine", 3)
  })
})
