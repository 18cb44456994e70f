test_that("a cell may hold its own layer", {
  set.seed(1)
  Cell <- new_layer_class("Cell",
    initialize = function(units, ...) {
      super$initialize(...)
      self$state_size <- units
    },
    build = function(input_shape) {
      self$w <- self$add_weight("w", list(input_shape[[2]], self$state_size),
                                regularizer = regularizer_l2(0.1))
    },
    call = function(inputs, states) {
      h <- tanh(inputs %*% self$w + states[[1]])
      list(h, list(h))
    }
  )
  cell <- Cell(units = 3)
  layer <- layer_rnn(cell = cell, activity_regularizer = regularizer_l1(0.1))
  cell$owner <- layer
  x <- array(rnorm(2 * 4 * 5), c(2, 4, 5))
  y <- layer(x)
  expect_length(layer$weights, 1)
  expect_length(cell$weights, 1)
  expect_length(layer$losses, 2)
  model <- keras_model_sequential(list(layer), input_shape = c(4, 5))
  expect_identical(count_params(model), 15L)
  model %>% compile("sgd", "mse")
  loss <- evaluate(model, x, y)
  penalty <- 0.1 * sum(get_weights(layer)[[1]]^2) + 0.1 * sum(abs(y)) / 2
  expect_equal(unname(loss), penalty)
  fit(model, x, y, verbose = 0)
  layer$trainable <- FALSE
  expect_length(model$trainable_weights, 0)
  again <- unserialize(serialize(model, NULL))
  expect_identical(predict(again, x), predict(model, x))
})

test_that("a layer may hold its own model", {
  Keeper <- new_layer_class("Keeper", call = function(inputs) inputs)
  keeper <- Keeper()
  model <- keras_model_sequential() %>%
    layer_dense(units = 2, input_shape = 3)
  model$add(keeper)
  model %>% layer_batch_normalization() %>% layer_batch_normalization()
  names_of_weights <- function(w) vapply(w, function(v) v$name, "")
  before <- names_of_weights(model$weights)
  keeper$model <- model
  expect_identical(names_of_weights(model$weights), before)
  keeper$trainable <- TRUE
  assign(".trainable", FALSE, envir = unwrap_layer(keeper))
  expect_identical(names_of_weights(model$non_trainable_weights),
                   rep(c("moving_mean", "moving_variance"), 2))
  expect_length(all_layers(unwrap_layer(model)), 5)
})

test_that("parts nested too deep raise an error", {
  layer <- layer_dense(units = 1)
  layer$own <- list(as_tensor(1))
  deep <- list()
  for (k in 1:3e5) deep <- list(deep)
  self <- unwrap_layer(layer)
  assign("own", deep, envir = self)
  assign(".tracked", "own", envir = self)
  refused <- tryCatch(layer_parts(self), error = function(e) TRUE)
  expect_true(refused)
})

test_that("a class may say itself which of its weights are trained", {
  half <- new_layer_class(
    "Half",
    build = function(input_shape) {
      self$a <- self$add_weight("a", list(3L))
      self$b <- self$add_weight("b", list(3L))
    },
    call = function(inputs) inputs * self$a + self$b,
    trainable_weights = function() list(self$b)
  )
  model <- keras_model_sequential() %>% layer_dense(units = 3, input_shape = 2)
  model$add(half())
  expect_identical(vapply(model$trainable_weights, `[[`, "", "name"),
                   c("kernel", "bias", "b"))
})
