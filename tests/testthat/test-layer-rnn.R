test_that("every case of tf.keras' RNN passes on the C road", {
  expect_reference_calls("rnn")
})

test_that("every case of tf.keras' RNN passes on the R road", {
  withr_native(FALSE)
  expect_reference_calls("rnn")
})

test_that("a layer over the last output of another asks for the sequence", {
  set.seed(1)
  expect_snapshot(error = TRUE, {
    layer_input(list(7, 3), name = "x") %>%
      layer_simple_rnn(units = 4, name = "a") %>%
      layer_simple_rnn(units = 2, name = "b")
    layer_simple_rnn(matrix(1, 7, 3), units = 2, name = "c")
    layer_lstm(keras_model_sequential(), 2, input_shape = c(9, 7, 3),
               name = "d")
  })
})

test_that("NaN is hidden at masked steps only, on both roads", {
  x <- array(rnorm(2 * 4 * 3), c(2, 4, 3))
  mask <- matrix(TRUE, 2, 4)
  mask[1, 2] <- FALSE
  layer <- layer_gru(units = 2, return_sequences = TRUE)
  want <- layer(x, mask = mask)
  x[1, 2, 3] <- NaN
  x[2, 3, 1] <- NaN
  for (native in c(TRUE, FALSE)) {
    withr_native(native)
    y <- layer(x, mask = mask)
    expect_equal(y[1, , ], want[1, , ])
    expect_equal(y[2, 1:2, ], want[2, 1:2, ])
    expect_true(all(is.nan(y[2, 3:4, ])))
  }
})
