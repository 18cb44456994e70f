test_that("convolutions feature by feature keep the contract of layers", {
  works <- function(...) expect_layer_works(..., mask = "stops")
  works(layer_depthwise_conv_1d, list(kernel_size = 2, depth_multiplier = 2),
        c(2, 5, 3))
  works(layer_depthwise_conv_1d, list(
    kernel_size = 3, padding = "same", strides = 2, activation = "tanh",
    data_format = "channels_first", bias_initializer = "ones"
  ), c(2, 2, 5))
  works(layer_separable_conv_1d, list(
    filters = 4, kernel_size = 2, depth_multiplier = 2,
    pointwise_regularizer = "l2"
  ), c(2, 4, 2))
  works(layer_separable_conv_1d, list(
    filters = 2, kernel_size = 2, padding = "causal", dilation_rate = 2,
    use_bias = FALSE
  ), c(2, 4, 3))
})

test_that("each feature has its own filters, side by side", {
  set.seed(1)
  x <- random_array(c(1, 4, 2))
  layer <- layer_depthwise_conv_1d(kernel_size = 2, depth_multiplier = 3)
  y <- layer(x)
  k <- get_weights(layer)[[1]]
  expect_identical(dim(k), c(2L, 2L, 3L))
  for (feature in 1:2) {
    for (m in 1:3) {
      want <- x[1, 1:3, feature] * k[1, feature, m] +
        x[1, 2:4, feature] * k[2, feature, m]
      expect_equal(y[1, , (feature - 1) * 3 + m], want)
    }
  }
})

test_that("a separable convolution is a depthwise one, then a dense one", {
  x <- random_array(c(2, 5, 3))
  layer <- layer_separable_conv_1d(filters = 4, kernel_size = 2)
  y <- layer(x)
  w <- get_weights(layer)
  expect_identical(lapply(w, dim), list(c(2L, 3L, 1L), c(1L, 3L, 4L), 4L))
  depth <- layer_depthwise_conv_1d(kernel_size = 2, use_bias = FALSE,
                                   weights = w[1])
  dense <- layer_dense(units = 4, weights = list(w[[2]][1, , ], w[[3]]))
  expect_equal(y, dense(depth(x)))
})

test_that("convolutions feature by feature refuse what does not fit", {
  expect_snapshot(error = TRUE, {
    layer_depthwise_conv_1d(kernel_size = 2, depth_multiplier = 0)
    layer_depthwise_conv_1d(kernel_size = 2, padding = "causal")
    layer_separable_conv_1d(filters = 2, kernel_size = 9, name = "s")(
      array(0, c(1, 4, 2))
    )
  })
})
