test_that("layer_conv_1d_transpose() keeps the contract of layers", {
  works <- function(args, shape) {
    args <- utils::modifyList(list(filters = 2, kernel_size = 3), args)
    expect_layer_works(layer_conv_1d_transpose, args, shape, mask = "stops")
  }
  works(list(), c(2, 4, 3))
  works(list(strides = 2, padding = "same", activation = "tanh"), c(2, 3, 2))
  works(list(strides = 2, output_padding = 1, use_bias = FALSE), c(2, 3, 2))
  works(list(dilation_rate = 2), c(2, 3, 2))
  works(list(data_format = "channels_first"), c(2, 3, 4))
})

test_that("it is the gradient of the convolution of its outputs", {
  set.seed(1)
  for (padding in c("valid", "same")) {
    for (stride in 1:3) {
      layer <- layer_conv_1d_transpose(filters = 2, kernel_size = 3,
                                       strides = stride, padding = padding,
                                       use_bias = FALSE)
      x <- random_array(c(2, 4, 5))
      y <- layer(x)
      w <- get_weights(layer)[[1]]
      conv <- layer_conv_1d(filters = 5, kernel_size = 3, strides = stride,
                            padding = padding, use_bias = FALSE,
                            weights = list(w))
      z <- as_tensor(random_array(dim(y)))
      tape <- gradient_tape(op_sum(conv(z) * x))
      expect_equal(y, tape$gradient(z))
    }
  }
})

test_that("the number of steps is tf.keras'", {
  steps <- function(...) {
    layer <- layer_conv_1d_transpose(filters = 1, kernel_size = 3, ...)
    dim(layer(array(0, c(1, 4, 1))))[2]
  }
  expect_identical(steps(), 6L)
  expect_identical(steps(strides = 2), 9L)
  expect_identical(steps(strides = 4), 16L)
  expect_identical(steps(strides = 2, padding = "same"), 8L)
  expect_identical(steps(strides = 2, output_padding = 0), 9L)
  expect_identical(steps(strides = 2, output_padding = 1), 10L)
  expect_identical(steps(strides = 2, padding = "same", output_padding = 1),
                   8L)
  expect_identical(steps(dilation_rate = 2), 8L)
})

test_that("layer_conv_1d_transpose() refuses what does not fit", {
  layer <- layer_conv_1d_transpose(filters = 2, kernel_size = 3, name = "t")
  layer(array(0, c(1, 4, 2)))
  expect_snapshot(error = TRUE, {
    layer(array(0, c(1, 4, 3)))
    layer_conv_1d_transpose(filters = 2, kernel_size = 3, output_padding = 1)
    layer_conv_1d_transpose(filters = 2, kernel_size = 3, padding = "causal")
  })
})
