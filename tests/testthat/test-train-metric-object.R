t1 <- matrix(c(0, 1, 1, 0, 2, 1), 3)
p1 <- matrix(c(0.2, 0.7, 0.6, 0.1, 0.4, 0.9), 3)

test_that("state lasts from batch to batch, weighted by samples", {
  m <- metric_mean_absolute_error()
  expect_equal(m$result(), 0)
  m$update_state(t1[1:2, ], p1[1:2, ])
  m$update_state(t1[3, , drop = FALSE], p1[3, , drop = FALSE])
  expect_equal(m$result(), mean(abs(t1 - p1)))
  m$reset_state()
  m$update_state(t1[1:2, ], p1[1:2, ], c(1, 3))
  m$update_state(t1[3, , drop = FALSE], p1[3, , drop = FALSE], 2)
  expect_equal(m$result(), sum(rowMeans(abs(t1 - p1)) * c(1, 3, 2)) / 6)
  for (kind in c("auc", "precision", "binary_accuracy")) {
    y <- (t1 > 0) + 0
    whole <- metric_maker(kind)()
    whole$update_state(y, p1)
    parts <- metric_maker(kind)()
    parts$update_state(y[1:2, ], p1[1:2, ])
    parts$update_state(y[3, , drop = FALSE], p1[3, , drop = FALSE])
    expect_equal(parts$result(), whole$result())
  }
})

test_that("masks and steps weigh", {
  t <- array(t1, c(3, 2, 1))
  p <- array(p1, c(3, 2, 1))
  mask <- matrix(c(TRUE, TRUE, FALSE, TRUE, FALSE, TRUE), 3)
  m <- metric_mean_absolute_error()
  m$update_state(t, p, mask)
  expect_equal(m$result(), mean(abs(t1 - p1)[mask]))
  p[3, 1, 1] <- NaN
  m$reset_state()
  m$update_state(t, p, mask)
  expect_equal(m$result(), mean(abs(t1 - p1)[mask]))
})

test_that("\"accuracy\" is chosen by the shapes", {
  value <- function(t, p) get_metric("accuracy")(t, p)
  expect_equal(value(c(0, 1, 1), matrix(c(0.1, 0.9, 0.2))), 2 / 3)
  expect_equal(value(c(1, 0, 1), p1), mean(max.col(p1) == c(2, 1, 2)))
  expect_equal(value(matrix(c(1, 0, 1)), p1),
               mean(max.col(p1) == c(2, 1, 2)))
  one_hot <- diag(2)[c(2, 1, 2), ]
  expect_equal(value(one_hot, p1), mean(max.col(p1) == c(2, 1, 2)))
  expect_equal(get_metric("acc")$name, "acc")
  expect_equal(get_metric("ce")(one_hot, p1),
               mean(as.array(loss_categorical_crossentropy(one_hot, p1))))
})

test_that("compile() takes names, functions, objects and own functions", {
  want <- mean(abs(t1 - p1))
  own <- function(y_true, y_pred) op_mean(op_abs(y_true - y_pred), axis = -1)
  for (x in list("mae", "MAE", "mean_absolute_error", "MeanAbsoluteError",
                 metric_mean_absolute_error, metric_mean_absolute_error(),
                 loss_mean_absolute_error, loss_mean_absolute_error(), own,
                 custom_metric("mine", own))) {
    expect_equal(get_metric(x)(t1, p1), want)
  }
  expect_equal(get_metric("mae")$name, "mae")
  expect_equal(get_metric("AUC")$name, "auc")
  expect_equal(get_metric(custom_metric("mine", own))$name, "mine")
  expect_equal(get_metric(own, name = "given")$name, "given")
  for (kind in setdiff(metric_names(), c("mean_relative_error", "mean_iou"))) {
    if (length(required_args(kind))) next
    expect_equal(get_metric(kind)$name, kind)
    expect_equal(get_metric(metric_maker(kind))$name, kind)
  }
})

test_that("one number per batch counts once", {
  m <- get_metric(function(y_true, y_pred) op_max(y_pred))
  m$update_state(t1, p1)
  m$update_state(t1, p1 * 2, c(1, 2, 3))
  expect_equal(m$result(), 1.5 * max(p1))
})

test_that("objects with methods of their own serve", {
  largest <- list(
    name = "largest",
    update_state = function(y_true, y_pred, sample_weight = NULL) {
      top <<- max(top, as.array(op_max(y_pred)))
    },
    result = function() top, reset_state = function() top <<- -Inf
  )
  top <- -Inf
  m <- get_metric(largest)
  m$update_state(t1, p1)
  expect_equal(m$result(), max(p1))
  m$reset_state()
  expect_equal(m$result(), -Inf)
})

test_that("means and sums of values", {
  m <- metric_mean(name = "loss")
  m$update_state(c(1, 2, 3))
  m$update_state(as_tensor(5), sample_weight = 3)
  expect_equal(m$result(), (6 + 15) / 6)
  s <- metric_sum()
  s$update_state(c(1, 2), c(1, 10))
  expect_equal(s(4), 25)
})

test_that("an object is plain data", {
  m <- metric_precision(thresholds = 0.4)
  m$update_state(t1[, 1], p1[, 1])
  file <- tempfile(fileext = ".rds")
  saveRDS(m, file)
  expect_equal(readRDS(file)$result(), m$result())
  expect_equal(m$get_config()$thresholds, 0.4)
  expect_snapshot({
    m
    metric_recall(thresholds = c(0.2, 0.4))
  })
})

test_that("what is no metric is refused", {
  expect_snapshot(error = TRUE, {
    get_metric("accurcy")
    get_metric(3)
    get_metric(function(y_true, y_pred) "a")(t1, p1)
    metric_mean_absolute_error()(t1, p1, c(1, 2))
    metric_mean_absolute_error()(t1)
  })
})

test_that("each metric that needs no argument trains by name and function", {
  set.seed(3)
  x <- random_array(6, 2)
  one_hot <- to_categorical(c(0, 1, 2, 1, 0, 2), 3)
  model <- keras_model_sequential() %>%
    layer_dense(3, activation = "softmax", input_shape = 2)
  for (kind in names(metric_kinds)) {
    f <- get0(paste0("metric_", kind), asNamespace("recurrent"))
    if (is.null(f) || length(required_args(kind))) next
    # The name is that of a family: the shapes choose.
    if (kind == "accuracy") next
    y <- if (grepl("sparse", kind)) max.col(one_hot) - 1 else one_hot
    loss <- if (is.matrix(y)) "mse" else "sparse_categorical_crossentropy"
    values <- lapply(list(kind, f), function(metric) {
      model %>% compile("sgd", loss, metrics = list(metric))
      test_on_batch(model, x, y)[[2]]
    })
    expect_true(is.finite(values[[1]]), label = kind)
    expect_identical(values[[1]], values[[2]], label = kind)
  }
})
