test_that("every case of tf.keras' LSTM passes on both roads", {
  for (native in c(TRUE, FALSE)) {
    withr_native(native)
    expect_reference_calls("lstm")
  }
})

test_that("layer_lstm() keeps the contract of layers", {
  expect_layer_works(layer_lstm, list(units = 4), c(2, 5, 3), mask = "stops")
  expect_layer_works(layer_lstm, list(
    units = 2, return_sequences = TRUE, use_bias = FALSE, activation = "relu",
    recurrent_activation = "hard_sigmoid", go_backwards = TRUE
  ), c(3, 4, 2))
  expect_layer_works(layer_lstm, list(
    units = 2, unit_forget_bias = FALSE, kernel_regularizer = "l2",
    recurrent_constraint = constraint_maxnorm(1), implementation = 1
  ), c(2, 3, 4), mask = "stops")
})

test_that("activations of the LSTM agree on both roads", {
  set.seed(4)
  expect_gated_activations(layer_lstm)
})

test_that("output, h and c come back, and go in again", {
  set.seed(1)
  x <- array(rnorm(2 * 6 * 3), c(2, 6, 3))
  layer <- layer_lstm(units = 4, return_sequences = TRUE, return_state = TRUE)
  all <- layer(x)
  expect_identical(lapply(all, dim), list(c(2L, 6L, 4L), c(2L, 4L), c(2L, 4L)))
  expect_equal(all[[1]][, 6, ], all[[2]])
  early <- layer(x[, 1:2, ])
  late <- layer(x[, 3:6, ], initial_state = early[-1])
  expect_equal(late[[1]], all[[1]][, 3:6, ])
  expect_equal(late[-1], all[-1])
})

test_that("a stateful LSTM goes on where it stopped", {
  set.seed(2)
  x <- array(rnorm(2 * 6 * 3), c(2, 6, 3))
  layer <- layer_lstm(units = 4, stateful = TRUE, name = "l",
                      batch_input_shape = list(2, NULL, 3))
  expect_identical(layer$states, list(NULL, NULL))
  want <- layer(x)
  layer$reset_states()
  expect_identical(layer$states, rep(list(matrix(0, 2, 4)), 2))
  layer(x[, 1:3, ])
  expect_equal(layer(x[, 4:6, ]), want)
  states <- list(matrix(0.1, 2, 4), matrix(0.2, 2, 4))
  layer$reset_states(states)
  expect_identical(layer$states, states)
  expect_snapshot(error = TRUE, {
    layer$reset_states(states[1])
    layer(x, initial_state = states[[1]])
    layer_lstm(units = 2, name = "plain")$reset_states()
  })
})

test_that("states of a graph can be symbolic", {
  set.seed(3)
  x <- array(rnorm(2 * 5 * 3), c(2, 5, 3))
  inputs <- layer_input(list(NULL, 3))
  encoder <- layer_lstm(units = 4, return_state = TRUE)
  decoder <- layer_lstm(units = 4, return_sequences = TRUE)
  c(out, h, c) %<-% encoder(inputs)
  model <- keras_model(inputs, decoder(inputs, initial_state = list(h, c)))
  want <- decoder(x, initial_state = encoder(x)[-1])
  expect_equal(model(x), want)
})

test_that("inputs and states that do not fit are refused", {
  layer <- layer_lstm(units = 4, name = "l")
  layer(array(0, c(2, 5, 3)))
  expect_snapshot(error = TRUE, {
    layer(array(0, c(2, 5, 2)))
    layer(matrix(0, 2, 3))
    layer(array(0, c(2, 0, 3)))
    layer(array(0, c(2, 5, 3)), initial_state = matrix(0, 2, 4))
    layer(array(0, c(2, 5, 3)), mask = matrix(TRUE, 5, 2))
    layer(array(0, c(2, 5, 3)), constants = matrix(0, 2, 1))
    layer_lstm(units = 4, dropout = 1.5)
    layer_lstm(units = 4, reccurent_dropout = 0.5)
  })
})
