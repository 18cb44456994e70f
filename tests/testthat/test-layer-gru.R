test_that("every case of tf.keras' GRU passes on both roads", {
  for (native in c(TRUE, FALSE)) {
    withr_native(native)
    expect_reference_calls("gru")
  }
})

test_that("layer_gru() keeps the contract of layers", {
  expect_layer_works(layer_gru, list(units = 4), c(2, 5, 3), mask = "stops")
  expect_layer_works(layer_gru, list(
    units = 2, return_sequences = TRUE, reset_after = FALSE,
    recurrent_activation = "hard_sigmoid", go_backwards = TRUE
  ), c(3, 4, 2))
  expect_layer_works(layer_gru, list(
    units = 2, use_bias = FALSE, activity_regularizer = "l1",
    bias_regularizer = "l2", implementation = 1
  ), c(2, 3, 4), mask = "stops")
})

test_that("activations of the GRU agree on both roads", {
  set.seed(4)
  expect_gated_activations(layer_gru)
  expect_gated_activations(layer_gru, reset_after = FALSE)
})

test_that("a stateful GRU goes on where it stopped", {
  set.seed(2)
  x <- array(rnorm(2 * 6 * 3), c(2, 6, 3))
  layer <- layer_gru(units = 4, stateful = TRUE, return_state = TRUE,
                     batch_input_shape = list(2, NULL, 3))
  expect_identical(layer$states, list(NULL))
  want <- layer(x)
  expect_identical(want[[1]], want[[2]])
  reset_states(layer, states = matrix(0, 2, 4))
  layer(x[, 1:3, ])
  expect_equal(layer(x[, 4:6, ]), want)
})

test_that("built-in cells of all kinds stand in one stack", {
  set.seed(3)
  layer <- layer_rnn(
    cell = list(layer_simple_rnn_cell(4), layer_gru_cell(3),
                layer_lstm_cell(2)),
    return_state = TRUE
  )
  given <- list(x = array(rnorm(2 * 5 * 3), c(2, 5, 3)),
                mask = matrix(c(TRUE, FALSE, TRUE, TRUE, TRUE), 2, 5))
  out <- layer(given$x)
  expect_length(unwrap_layer(layer)$.native$cells, 3)
  expect_identical(lapply(out, ncol), list(2L, 4L, 3L, 2L, 2L))
  expect_slopes(layer, given)
})

test_that("inputs and states that do not fit are refused", {
  layer <- layer_gru(units = 4, name = "g")
  layer(array(0, c(2, 5, 3)))
  expect_snapshot(error = TRUE, {
    layer(array(0, c(2, 5, 2)))
    layer(array(0, c(2, 5, 3)), initial_state = matrix(0, 2, 3))
    layer_gru(units = -1)
    layer_gru(units = 4, reset_after = "yes")
  })
})
