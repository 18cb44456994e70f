largest_error <- new_metric_class(
  "LargestError",
  initialize = function(power = 1, name = "largest_error", ...) {
    super$initialize(name = name, ...)
    self$power <- power
    self$top <- self$add_weight(name = "top")
    self$seen <- self$add_weight("seen", shape = list(2), initializer = "ones")
  },
  update_state = function(y_true, y_pred, sample_weight = NULL) {
    e <- abs(y_true - y_pred)^self$power
    if (!is.null(sample_weight)) e <- e * sample_weight
    self$top$assign(op_maximum(self$top, op_max(e)))
    self$seen$assign_add(c(1, 2))
  },
  result = function() self$top,
  get_config = function() c(super$get_config(), list(power = self$power)),
  doubled = mark_active(function() as.array(self$top) * 2)
)

test_that("a class of metrics makes objects with weights of their own", {
  m <- largest_error()
  expect_s3_class(m, "recurrent_metric")
  expect_equal(m$result(), 0)
  m$update_state(c(1, 2), c(1.5, 2))
  m$update_state(c(1, 2), c(0, 2.5))
  expect_equal(m$result(), 1)
  expect_equal(m(c(1, 2), c(1, 0)), 2)
  expect_equal(m$doubled, 4)
  expect_equal(as.vector(m$seen), c(1, 1) + 3 * c(1, 2))
  m$seen$assign_sub(c(1, 0))
  expect_equal(as.vector(m$variables[[2]]), c(3, 7))
  m$reset_state()
  expect_equal(m$result(), 0)
  expect_equal(as.vector(m$seen), c(0, 0))
  m$update_state(c(1, 2), c(0, 0), sample_weight = c(5, 1))
  expect_equal(m$result(), 5)
  expect_equal(m$get_config(), list(name = "largest_error", dtype = "float64",
                                    power = 1))
  expect_equal(largest_error(power = 2)(3, 5), 4)
})

test_that("models report it, each output its own", {
  set.seed(3)
  x <- array(rnorm(9 * 4 * 2), c(9, 4, 2))
  input <- layer_input(list(NULL, 2))
  hidden <- layer_simple_rnn(input, units = 3)
  model <- keras_model(input, list(layer_dense(hidden, 1, name = "a"),
                                   layer_dense(hidden, 1, name = "b")))
  y <- list(matrix(rnorm(9)), matrix(rnorm(9)) * 10)
  model %>% compile(optimizer = "sgd", loss = "mse",
                    metrics = largest_error(name = "top"))
  got <- evaluate(model, x, y, batch_size = 4, verbose = 0)
  p <- predict(model, x)
  expect_equal(got[["a_top"]], max(abs(p[[1]] - y[[1]])))
  expect_equal(got[["b_top"]], max(abs(p[[2]] - y[[2]])))
  run <- fit(model, x, y, epochs = 2, batch_size = 4, verbose = 0)
  expect_length(run$metrics$b_top, 2)
  file <- tempfile(fileext = ".rds")
  saveRDS(model, file)
  again <- evaluate(readRDS(file), x, y, batch_size = 4, verbose = 0)
  expect_equal(again, evaluate(model, x, y, batch_size = 4, verbose = 0))
})

test_that("samples' weights and masks reach it, or are refused", {
  plain <- new_metric_class(
    "Plain", update_state = function(y_true, y_pred) NULL,
    result = function() 7
  )
  m <- plain()
  m$update_state(1, 2)
  expect_equal(m$result(), 7)
  expect_equal(m$name, "plain")
  expect_snapshot(m$update_state(1, 2, c(1, 3)), error = TRUE)
  values <- new_metric_class(
    "Sum", initialize = function(...) {
      super$initialize(...)
      self$sum <- self$add_weight("sum")
    },
    update_state = function(values, sample_weight = NULL) {
      self$sum$assign_add(op_sum(values))
    },
    result = function() self$sum
  )
  total <- values()
  total$update_state(c(1, 2))
  total$update_state(values = 4)
  expect_equal(total$result(), 7)
})

test_that("a model's file names it, and takes it back", {
  model <- keras_model_sequential() %>%
    layer_simple_rnn(units = 3, input_shape = list(NULL, 2)) %>%
    layer_dense(units = 1)
  model %>% compile(optimizer = "sgd", loss = "mse",
                    metrics = list(largest_error(power = 2)))
  file <- file.path(tempdir(), "metric.keras")
  save_model(model, file)
  back <- load_model(file, list(LargestError = largest_error))
  x <- array(rnorm(5 * 4 * 2), c(5, 4, 2))
  y <- rnorm(5)
  expect_equal(evaluate(back, x, y, verbose = 0),
               evaluate(model, x, y, verbose = 0), tolerance = 1e-6)
})

test_that("a class prints, and is refused without its methods", {
  expect_snapshot(largest_error)
  expect_snapshot(largest_error())
  expect_snapshot(new_metric_class("Empty", result = function() 1),
                  error = TRUE)
  expect_snapshot(new_metric_class("Empty", update_state = function(...) 1),
                  error = TRUE)
  bare <- new_metric_class("Bare", update_state = function(...) NULL,
                           result = function() 0)
  expect_snapshot(bare(power = 2), error = TRUE)
})

test_that("labels and weights come beside the predictions of a model", {
  hits <- new_metric_class(
    "Hits",
    initialize = function(...) {
      super$initialize(...)
      self$n <- self$add_weight("n")
    },
    update_state = function(y_true, y_pred, sample_weight = NULL) {
      hit <- k_cast(y_true == 1, "float32") * k_cast(y_pred > 0.5, "float32")
      if (!is.null(sample_weight)) hit <- hit * sample_weight
      self$n$assign_add(k_sum(hit))
    },
    result = function() self$n
  )
  set.seed(8)
  x <- array(rnorm(7 * 4 * 2), c(7, 4, 2))
  y <- c(1, 0, 1, 1, 0, 1, 1)
  model <- keras_model_sequential() %>%
    layer_simple_rnn(units = 3, input_shape = list(NULL, 2)) %>%
    layer_dense(units = 1, activation = "sigmoid")
  model %>% compile(loss = "mse", metrics = hits(name = "plain"),
                    weighted_metrics = hits(name = "weighted"))
  hit <- predict(model, x)[, 1] > 0.5 & y == 1
  got <- evaluate(model, x, y, sample_weight = 1:7, batch_size = 3, verbose = 0)
  expect_true(any(hit) && !all(hit))
  expect_equal(got[["plain"]], sum(hit))
  expect_equal(got[["weighted"]], sum(hit * 1:7))
  expect_snapshot({
    model %>% compile(loss = "mse", metrics = list(hits))
    evaluate(model, x, y, verbose = 0)
  }, error = TRUE)
})

test_that("a result is one number", {
  two <- new_metric_class("Two", update_state = function(...) NULL,
                          result = function() c(1, 2))
  expect_snapshot(two()$result(), error = TRUE)
  none <- new_metric_class("None", update_state = function(...) NULL,
                           result = function() NULL)
  expect_snapshot(none()$result(), error = TRUE)
})

counting <- function(...) {
  new_metric_class(
    "Counting",
    initialize = function(by = 1, ...) {
      super$initialize(...)
      self$by <- by
      self$n <- self$add_weight("n")
    },
    update_state = function(y_true, y_pred, sample_weight = NULL) {
      self$n$assign_add(self$by)
    },
    result = function() self$n, ...
  )
}

dense_model <- function() {
  keras_model_sequential() %>% layer_dense(units = 1, input_shape = 2)
}

test_that("each epoch starts from zero, the first one too", {
  x <- matrix(rnorm(12), 6)
  by_batch <- function(metric) {
    model <- dense_model()
    model %>% compile("sgd", "mse", metrics = list(metric))
    run <- fit(model, x, 1:6, epochs = 3, batch_size = 3, verbose = 0)
    run$metrics$counting
  }
  used <- counting()()
  used$update_state(1, 1)
  expect_equal(by_batch(used), c(2, 2, 2))
  own <- counting(reset_states = function() self$n$assign(10))
  expect_equal(by_batch(own()), c(12, 12, 12))
})

test_that("arguments go into files without a config of one's own", {
  Counting <- counting()
  model <- dense_model()
  model %>% compile("sgd", "mse", metrics = list(Counting(by = 3)))
  file <- file.path(tempdir(), "counting.keras")
  save_model(model, file)
  back <- load_model(file, list(Counting = Counting))
  expect_equal(evaluate(back, matrix(1, 2, 2), 1:2, verbose = 0)[["counting"]],
               3)
})

test_that("`reset_metrics()` reaches those that attributes hold", {
  Held <- new_model_class(
    "Held",
    initialize = function(...) {
      super$initialize(...)
      self$head <- layer_dense(units = 1)
      self$seen <- metric_mean(name = "seen")
    },
    call = function(inputs) self$head(inputs)
  )
  model <- Held()
  model %>% compile("sgd", "mse")
  model$seen$update_state(3)
  model$reset_metrics()
  expect_equal(model$seen$result(), 0)
})
