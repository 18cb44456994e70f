two_layers <- function(...) {
  new_model_class(
    "TwoLayers",
    initialize = function(units = 3, ...) {
      super()$`__init__`(...)
      self$units <- units
      self$rnn <- layer_simple_rnn(units = units, name = "rnn")
      self$head <- layer_dense(units = 1, name = "head")
    },
    call = function(inputs, training = NULL) self$head(self$rnn(inputs)), ...
  )
}

class_data <- function() {
  x <- random_array(10, 4, 2)
  list(x = x, y = matrix(rowSums(x), 10))
}

# The same layers and weights as a functional model.
twin_of <- function(model, x) {
  model(x)
  input <- layer_input(list(NULL, 2))
  twin <- keras_model(input, input %>% layer_simple_rnn(model$units) %>%
                        layer_dense(1))
  with_weights_of(twin, model)
}

test_that("a class with call trains as the same layers do", {
  set.seed(1)
  d <- class_data()
  model <- two_layers()(units = 3)
  twin <- twin_of(model, d$x)
  logs <- lapply(list(model, twin), function(m) {
    m %>% compile(optimizer_sgd(0.1), "mse", metrics = "mae")
    h <- m %>% fit(d$x, d$y, epochs = 2, batch_size = 4, shuffle = FALSE,
                   verbose = 0, validation_split = 0.2)
    list(h$metrics, evaluate(m, d$x, d$y), predict(m, d$x))
  })
  expect_identical(logs[[1]], logs[[2]])
  expect_identical(vapply(model$layers, function(l) l$name, ""),
                   c("rnn", "head"))
})

test_that("train_step with a tape of its own trains as the built-in one", {
  set.seed(2)
  d <- class_data()
  Own <- new_model_class("Own", train_step = function(data) {
    c(x, y) %<-% data
    tape <- gradient_tape({
      y_pred <- self(x, training = TRUE)
      loss <- self$compute_loss(y = y, y_pred = y_pred)
    })
    weights <- self$trainable_weights
    self$optimizer$apply_gradients(tape$gradient(weights), weights)
    self$compiled_metrics$update_state(y, y_pred)
    logs <- list()
    for (m in self$metrics) logs[[m$name]] <- m$result()
    logs
  })
  input <- layer_input(list(NULL, 2))
  output <- input %>% layer_simple_rnn(3) %>% layer_dense(1)
  own <- Own(inputs = input, outputs = output)
  twin <- with_weights_of(clone_model(keras_model(input, output)), own)
  logs <- lapply(list(own, twin), function(m) {
    m %>% compile(optimizer_sgd(0.1), "mse", metrics = "mae")
    h <- m %>% fit(d$x, d$y, epochs = 3, batch_size = 4, shuffle = FALSE,
                   verbose = 0, validation_data = list(d$x, d$y))
    list(h$metrics, predict(m, d$x))
  })
  expect_equal(logs[[1]], logs[[2]], tolerance = 1e-12)
  expect_identical(get_weights(own), get_weights(twin))
})

test_that("logs are what the step gives; its metrics start anew each epoch", {
  set.seed(3)
  d <- class_data()
  Counting <- two_layers(
    train_step = function(data) {
      if (is.null(self$seen)) self$seen <- metric_sum(name = "seen")
      logs <- super$train_step(data)
      self$seen$update_state(dim(data[[1]])[[1]])
      c(logs, list(seen = self$seen$result()))
    },
    test_step = function(data) c(super$test_step(data), list(tested = 1)),
    predict_step = function(data) self(data) * 0 + 7
  )
  model <- Counting()
  model %>% compile("sgd", "mse")
  h <- model %>% fit(d$x, d$y, epochs = 2, batch_size = 4, verbose = 0)
  expect_named(h$metrics, c("loss", "seen"))
  expect_identical(unlist(h$metrics$seen), c(10, 10))
  expect_named(evaluate(model, d$x, d$y), c("loss", "tested"))
  expect_identical(predict(model, d$x), matrix(7, 10, 1))
})

test_that("compute_loss and compute_metrics are used by the built-in step", {
  set.seed(4)
  d <- class_data()
  Robust <- two_layers(
    compute_loss = function(x, y, y_pred, sample_weight) {
      op_mean(abs(y_pred - y))
    }
  )
  model <- Robust()
  twin <- twin_of(model, d$x)
  model %>% compile(optimizer_sgd(0.1))
  twin %>% compile(optimizer_sgd(0.1), "mae")
  h <- lapply(list(model, twin), function(m) {
    m %>% fit(d$x, d$y, epochs = 2, batch_size = 5, shuffle = FALSE,
              verbose = 0)
  })
  expect_equal(h[[1]]$metrics$loss, h[[2]]$metrics$loss)
  expect_equal(get_weights(model), get_weights(twin))
  Named <- two_layers(compute_metrics = function(x, y, y_pred, sample_weight) {
    list(largest = op_max(abs(y_pred - y)))
  })
  model <- Named()
  model %>% compile("sgd", "mse")
  expect_named((model %>% fit(d$x, d$y, epochs = 1, verbose = 0))$metrics,
               "largest")
})

test_that("keras_model_custom() and R's files keep a class at work", {
  set.seed(5)
  d <- class_data()
  custom <- keras_model_custom(name = "custom", function(self) {
    self$head <- layer_dense(units = 2)
    function(inputs, mask = NULL, training = NULL) {
      if (training) self$head(inputs) * 2 else self$head(inputs)
    }
  })
  x <- random_array(3, 2)
  expect_identical(custom(x, training = TRUE), custom(x) * 2)
  expect_identical(custom$name, "custom")
  model <- two_layers()(units = 2)
  want <- predict(model, d$x)
  expect_identical(predict(unserialize_model(serialize_model(model)), d$x),
                   want)
  copy <- from_config(get_config(model))
  copy(d$x)
  expect_identical(predict(with_weights_of(copy, model), d$x), want)
})

test_that("bad classes, steps and functions are refused", {
  d <- class_data()
  Bare <- new_model_class("Bare")
  Silent <- two_layers(train_step = function(data) 1)
  silent <- Silent(name = "silent")
  silent %>% compile("sgd", "mse")
  expect_snapshot(error = TRUE, {
    Bare(name = "bare")(d$x)
    silent %>% fit(d$x, d$y, epochs = 1, verbose = 0)
    new_model_class("Wrong", inherit = new_layer_class("Flat"))
    keras_model_custom(function(self) 1)
    keras_model_custom("self")
  })
})

test_that("a class without `call` takes inputs and outputs by place", {
  Own <- new_model_class("Own", train_step = function(data) {
    super$train_step(data)
  })
  x <- layer_input(3)
  y <- x %>% layer_dense(2)
  model <- Own(x, y, name = "mine")
  expect_identical(model$output_shape, y$shape)
  expect_identical(model$name, "mine")
})

test_that("`metrics` may be a method that gives them", {
  d <- class_data()
  Metered <- two_layers(
    metrics = function() list(self$seen),
    train_step = function(data) {
      self$seen$update_state(data[[2]])
      list(seen = self$seen$result())
    }
  )
  model <- Metered(name = "metered")
  model$seen <- metric_mean(name = "seen")
  model %>% compile("sgd", "mse")
  expect_identical(lapply(model$metrics, function(m) m$name), list("seen"))
  h <- model %>% fit(d$x, d$y, epochs = 2, verbose = 0)
  expect_equal(h$metrics$seen, rep(mean(d$y), 2))
})
