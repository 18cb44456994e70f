two_layers <- function(...) {
  keras_model_sequential(name = "two_layers") %>%
    layer_simple_rnn(units = 5, ...) %>%
    layer_dense(units = 2, activation = "tanh")
}

stacked_stateful <- function(batch) {
  keras_model_sequential() %>%
    layer_lstm(units = 3, return_sequences = TRUE, stateful = TRUE,
               batch_input_shape = list(batch, NULL, 2)) %>%
    layer_gru(units = 4, stateful = TRUE) %>%
    layer_dense(units = 1)
}

test_that("the short road of one batch gives what batches give", {
  model <- two_layers(input_shape = list(NULL, 3))
  x <- array(rnorm(7 * 4 * 3), c(7, 4, 3))
  want <- predict(model, x, batch_size = 2)
  expect_equal(predict(model, x), want, tolerance = 1e-14)
  expect_equal(model(x), want, tolerance = 1e-14)
  seen <- callback_lambda(on_predict_end = function(logs) NULL)
  expect_equal(predict(model, x, callbacks = seen), want, tolerance = 1e-14)
  expect_equal(predict(model, x[, , , drop = FALSE], verbose = 0L), want,
               tolerance = 1e-14)
})

test_that("the short road goes through layers without one", {
  model <- keras_model_sequential() %>%
    layer_masking(mask_value = 0, input_shape = list(NULL, 2)) %>%
    layer_simple_rnn(units = 3) %>%
    layer_dropout(rate = 0.5) %>%
    layer_dense(units = 2, activation = "softmax")
  x <- array(rnorm(3 * 4 * 2), c(3, 4, 2))
  x[2, 3:4, ] <- 0
  want <- predict(model, x, batch_size = 1)
  expect_equal(predict(model, x), want, tolerance = 1e-14)
  expect_equal(rowSums(want), rep(1, 3))
})

test_that("layers in wrappers are asked for their batch size too", {
  model <- keras_model_sequential() %>%
    bidirectional(layer_gru(units = 2, stateful = TRUE),
                  batch_input_shape = list(3, NULL, 2)) %>%
    layer_dense(units = 1)
  x <- array(rnorm(4 * 5 * 2), c(4, 5, 2))
  expect_error(predict(model, x), "model is stateful with batch size 3",
               class = "ValueError")
  expect_identical(dim(predict(model, x[-1, , ])), c(3L, 1L))
})

test_that("layers that layers of users hold are asked as well", {
  Holder <- R6::R6Class("Holder", inherit = KerasLayer, public = list(
    inner = NULL,
    initialize = function() {
      super$initialize()
      self$inner <- layer_gru(units = 2, stateful = TRUE)
    },
    call = function(inputs, mask = NULL, ...) self$inner(inputs)
  ))
  model <- keras_model_sequential() %>%
    layer_dropout(rate = 0.5, batch_input_shape = list(2, NULL, 2))
  model$add(Holder$new())
  x <- array(rnorm(6 * 4 * 2), c(6, 4, 2))
  expect_identical(dim(predict(model, x)), c(6L, 2L))
})

test_that("the short road of a model takes nothing but the numbers", {
  model <- keras_model_sequential() %>%
    layer_dropout(rate = 0.5, input_shape = 2)
  x <- structure(matrix(c(1, 2, 3, 4), 2, dimnames = list(c("a", "b"), NULL)),
                 unit = "cm")
  expect_identical(model(x), matrix(c(1, 2, 3, 4), 2))
  expect_identical(predict(model, x), matrix(c(1, 2, 3, 4), 2))
})

test_that("a layer's loss may be a number, and all there is", {
  Constant <- new_layer_class("Constant", call = function(inputs) {
    self$add_loss(0.25)
    inputs
  })
  model <- keras_model_sequential() %>% layer_dense(units = 1, input_shape = 2)
  model$add(Constant())
  model %>% compile("sgd")
  expect_identical(evaluate(model, matrix(1, 3, 2), verbose = 0),
                   c(loss = 0.25))
})

test_that("evaluate() keeps the logits and the masks that a loss asks for", {
  model <- keras_model_sequential() %>%
    layer_masking(mask_value = 0, input_shape = list(NULL, 2)) %>%
    layer_simple_rnn(units = 3, return_sequences = TRUE) %>%
    layer_dense(units = 1, activation = "sigmoid")
  model$set_weights(lapply(get_weights(model), function(w) w * 40))
  model %>% compile(optimizer = "sgd", loss = "binary_crossentropy")
  x <- array(rnorm(3 * 4 * 2), c(3, 4, 2))
  x[2, 3:4, ] <- 0
  y <- array(as.numeric(runif(12) > 0.5), c(3, 4, 1))
  out <- model(as_tensor(x))
  want <- loss_scalar(loss_self(loss_binary_crossentropy()), y, out)
  expect_equal(unname(evaluate(model, x, y, verbose = 0)), as.numeric(want),
               tolerance = 1e-14)
  expect_false(is.null(logits_of(out)))
})

test_that("a stateful model goes on from call to call on the short road", {
  model <- stacked_stateful(2)
  x <- array(rnorm(2 * 6 * 2), c(2, 6, 2))
  whole <- predict(model, x)
  reset_states(model)
  predict(model, x[, 1:4, , drop = FALSE])
  expect_equal(predict(model, x[, 5:6, , drop = FALSE]), whole,
               tolerance = 1e-13)
  expect_error(predict(model, x[1, , , drop = FALSE]), class = "ValueError")
})

test_that("what does not fit is refused on every road", {
  model <- two_layers(input_shape = c(4, 3))
  x <- array(0, c(2, 4, 3))
  expect_snapshot(error = TRUE, {
    predict(model, x[, 1:3, ])
    predict(model, x[, , 1:2])
    predict(model, x[, , 1])
    predict(model, x, batch_size = 0)
    predict(model, x, verbose = 7)
  })
})

test_that("no samples give no predictions", {
  model <- two_layers(input_shape = list(NULL, 3))
  expect_identical(dim(predict(model, array(0, c(0, 4, 3)))), c(0L, 2L))
})

test_that("a stateful model predicts any number of sequences from states", {
  model <- stacked_stateful(2)
  own <- array(rnorm(2 * 3 * 2), c(2, 3, 2))
  predict(model, own)
  recorded <- lapply(model$layers[1:2], function(l) l$states)
  n <- 5
  x <- array(rnorm(n * 4 * 2), c(n, 4, 2))
  states <- list(matrix(rnorm(n * 3), n), matrix(rnorm(n * 3), n),
                 matrix(rnorm(n * 4), n))
  out <- predict(model, x, states = states)
  expect_identical(lapply(model$layers[1:2], function(l) l$states), recorded)
  expect_equal(predict(model, x, states = states, batch_size = 2), out,
               tolerance = 1e-13)

  one <- stacked_stateful(1)
  set_weights(one, get_weights(model))
  by_one <- t(vapply(seq_len(n), function(i) {
    row <- function(s) s[i, , drop = FALSE]
    reset_states(one$layers[[1]], states = lapply(states[1:2], row))
    reset_states(one$layers[[2]], states = row(states[[3]]))
    predict(one, x[i, , , drop = FALSE])
  }, 0))
  expect_equal(out, t(by_one), tolerance = 1e-13)

  zeros <- predict(model, x, states = list(NULL, NULL, NULL))
  reset_states(one)
  expect_equal(zeros[1, , drop = FALSE], predict(one, x[1, , , drop = FALSE]),
               tolerance = 1e-13)
  expect_identical(dim(predict(model, x[0, , , drop = FALSE],
                               states = list(NULL, NULL, NULL))), c(0L, 1L))
  reset_states(model)
  fresh <- predict(model, own)
  expect_identical(dim(fresh), c(2L, 1L))
})

test_that("states that do not fit are refused and change nothing", {
  model <- keras_model_sequential(name = "series") %>%
    layer_lstm(units = 3, stateful = TRUE, name = "memory",
               batch_input_shape = list(2, NULL, 1))
  x <- array(0, c(4, 2, 1))
  plain <- keras_model_sequential(name = "plain") %>%
    layer_simple_rnn(units = 3, input_shape = list(NULL, 1))
  expect_snapshot(error = TRUE, {
    predict(model, x, states = list(NULL))
    predict(model, x, states = list(matrix(0, 2, 3), NULL))
    predict(model, x, states = list("a", NULL))
    predict(model, function() x, states = list(NULL, NULL))
    predict(plain, x, states = list(NULL))
  })
  expect_identical(model$layers[[1]]$batch_size, 2L)
})

test_that("unknown arguments are refused, not dropped", {
  model <- keras_model_sequential(input_shape = 3) |> layer_dense(units = 1)
  compile(model, loss = "mse", optimizer = "sgd")
  x <- matrix(0, 2, 3)
  expect_snapshot(error = TRUE, {
    predict(model, newdata = x)
    predict(model, x, type = "response")
    evaluate(model, x, c(1, 2), weights = 1)
  })
  expect_identical(predict(model, x, workers = 1), predict(model, x))
})
