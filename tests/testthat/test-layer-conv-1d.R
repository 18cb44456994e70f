test_that("layer_conv_1d() gives tf.keras' numbers", {
  expect_layer_cases("layer_conv_1d")
})

test_that("layer_conv_1d() keeps the contract of layers", {
  works <- function(args, shape) {
    args <- utils::modifyList(list(filters = 4, kernel_size = 3), args)
    expect_layer_works(layer_conv_1d, args, shape, mask = "stops")
  }
  works(list(), c(2, 6, 3))
  works(list(padding = "same", strides = 2, activation = "tanh"), c(2, 5, 2))
  works(list(padding = "causal", dilation_rate = 2, use_bias = FALSE),
        c(2, 6, 2))
  works(list(groups = 2, kernel_regularizer = "l2"), c(2, 5, 4))
  works(list(data_format = "channels_first", bias_initializer = "ones"),
        c(2, 3, 5))
  works(list(kernel_size = list(2L), strides = list(2L)), c(1, 5, 1))
})

test_that("groups of filters read their group of features", {
  x <- random_array(c(2, 5, 4))
  layer <- layer_conv_1d(filters = 2, kernel_size = 2, groups = 2)
  y <- layer(x)
  w <- get_weights(layer)
  for (k in 1:2) {
    one <- layer_conv_1d(filters = 1, kernel_size = 2, weights = list(
      w[[1]][, , k, drop = FALSE], array(0, 1)
    ))
    expect_equal(one(x[, , 2 * k - 1:0]), y[, , k, drop = FALSE])
  }
})

test_that("layer_conv_1d() refuses what does not fit", {
  layer <- layer_conv_1d(filters = 2, kernel_size = 3, name = "c")
  layer(array(0, c(1, 4, 2)))
  expect_snapshot(error = TRUE, {
    layer(array(0, c(1, 4, 3)))
    layer(array(0, c(1, 2, 2)))
    layer(matrix(0, 2, 2))
    layer_conv_1d(filters = 3, kernel_size = 2, groups = 2)
    layer_conv_1d(filters = 2, kernel_size = 2, groups = 2, name = "c")(
      array(0, c(1, 4, 3))
    )
    layer_conv_1d(filters = 2, kernel_size = 2, strides = 2,
                  dilation_rate = 2)
    layer_conv_1d(filters = 2, kernel_size = 0)
    layer_conv_1d(filters = 2, kernel_size = 2, padding = "sane")
    layer_conv_1d(filters = 2, kernel_size = 2, name = "c")(
      layer_input(list(4, NULL))
    )
  })
})
