test_that("the GPU names give the same layers", {
  x <- array(sin(1:30), c(2, 5, 3))
  pairs <- list(list(layer_cudnn_lstm, layer_lstm),
                list(layer_cudnn_gru, layer_gru))
  for (pair in pairs) {
    gpu <- pair[[1]](units = 4, return_sequences = TRUE, name = "r")
    own <- pair[[2]](units = 4, return_sequences = TRUE, name = "r")
    gpu(x)
    own(x)
    set_weights(own, get_weights(gpu))
    expect_identical(gpu(x), own(x))
    expect_identical(get_config(gpu), get_config(own))
  }
})

test_that("shape, batch size and weights are taken by name", {
  w <- list(matrix(0.1, 3, 8), matrix(0.2, 2, 8), array(0, 8))
  layer <- layer_cudnn_lstm(units = 2, input_shape = list(5, 3),
                            batch_size = 4, weights = w, name = "c")
  expect_equal(layer$batch_input_shape, shape(4, 5, 3))
  layer(array(0, c(4, 5, 3)))
  expect_equal(get_weights(layer), w)
  expect_true(is_symbolic(layer_cudnn_gru(layer_input(list(5, 3)), units = 2)))
})
