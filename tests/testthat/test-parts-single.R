# x as floats hold it.
as_single <- function(x) {
  x[] <- readBin(writeBin(as.vector(x), raw(), size = 4L), "double", length(x),
                 size = 4L)
  x
}

test_that("numbers are rounded as C rounds to float", {
  x <- array(c(0.1, -1 / 3, 1e-50, 1e300, -Inf, NaN, 2^24 + 1, 0), c(2, 4))
  expect_true(identical(round_single(x), as_single(x)))
  expect_identical(round_single(1:3), 1:3)
  expect_true(identical(as.array(to_single(as_tensor(x))), as_single(x)))
})

test_that("a plain layer of float32 rounds inputs, weights and results", {
  set.seed(1)
  layer <- layer_dense(units = 3, dtype = "float32", activation = "softmax")
  x <- matrix(rnorm(10), 2)
  y <- layer(x)
  w <- get_weights(layer)
  z <- as_single(x) %*% as_single(w[[1]]) + rep(as_single(w[[2]]), each = 2)
  want <- as_single(exp(z) / rowSums(exp(z)))
  expect_identical(y, want)
  expect_false(identical(w[[1]], as_single(w[[1]])))
  # the same in a model, by every road, with the logits of the activation
  model <- keras_model_sequential(list(layer), input_shape = 5)
  expect_identical(predict(model, x), want)
  expect_identical(model(x), want)
  out <- layer(as_tensor(x))
  expect_identical(as.array(logits_of(out)), as_single(z))
})

test_that("gradients of a float32 layer pass straight through", {
  set.seed(2)
  layer <- layer_dense(units = 3, activation = "tanh", dtype = "float32")
  exact <- layer_dense(units = 3, activation = "tanh")
  x <- as_tensor(matrix(rnorm(10), 2))
  layer(x)
  exact(x)
  set_weights(exact, get_weights(layer))
  slopes <- function(layer) {
    gradient_tape(op_sum(layer(x)^2))$gradient(list(x, layer$weights))
  }
  expect_close(slopes(layer), slopes(exact), 1e-5)
  expect_false(identical(slopes(layer), slopes(exact)))
})

test_that("both roads of a float32 recurrent layer agree to single precision", {
  set.seed(3)
  x <- array(rnorm(2 * 4 * 3), c(2, 4, 3))
  layers <- list(
    layer_simple_rnn(units = 5, dtype = "float32"),
    layer_lstm(units = 5, dtype = "float32", return_sequences = TRUE),
    layer_rnn(cell = list(layer_gru_cell(4, dtype = "float32"),
                          layer_lstm_cell(3, dtype = "float32")))
  )
  for (layer in layers) {
    native <- layer(x)
    expect_identical(native, as_single(native))
    old <- options(recurrent.native = FALSE)
    slow <- layer(x)
    options(old)
    expect_identical(slow, as_single(slow))
    expect_close(native, slow, 1e-6)
    expect_identical(layer$dtype, "float32")
  }
})

test_that("training rounds for the call alone; moving averages go on", {
  set.seed(4)
  k_set_floatx("float32")
  on.exit(k_set_floatx("float64"))
  model <- keras_model_sequential() %>%
    layer_dense(4, input_shape = 3) %>%
    layer_batch_normalization() %>%
    layer_dropout(0.2) %>%
    layer_dense(1)
  model %>% compile("adam", "mse")
  x <- matrix(rnorm(60), 20)
  before <- get_weights(model)
  model %>% fit(x, rnorm(20), epochs = 2, verbose = 0)
  after <- get_weights(model)
  for (k in seq_along(after)) expect_false(identical(before[[k]], after[[k]]))
  expect_false(identical(after[[1]], as_single(after[[1]])))
  expect_identical(predict(model, x), as_single(predict(model, x)))
  Broken <- new_layer_class("Broken",
    build = function(input_shape) self$w <- self$add_weight("w", 3),
    call = function(inputs, ...) if (self$fails) stop("broken") else inputs,
    fails = FALSE
  )
  layer <- Broken()
  layer(x)
  set_weights(layer, list(c(0.1, 0.2, 0.3)))
  layer$fails <- TRUE
  expect_error(layer(x), "broken")
  expect_equal(get_weights(layer), list(array(c(0.1, 0.2, 0.3))),
               tolerance = 0)
})
