test_that("layer_locally_connected_1d() keeps the contract of layers", {
  works <- function(args, shape) {
    args <- utils::modifyList(list(filters = 2, kernel_size = 3), args)
    expect_layer_works(layer_locally_connected_1d, args, shape,
                       mask = "stops")
  }
  works(list(), c(2, 5, 3))
  works(list(strides = 2, activation = "tanh", bias_initializer = "ones"),
        c(2, 6, 2))
  works(list(padding = "same", implementation = 2, use_bias = FALSE),
        c(2, 4, 2))
  works(list(data_format = "channels_first"), c(2, 2, 5))
})

test_that("each window has its kernel; features run fastest in it", {
  set.seed(1)
  x <- random_array(c(1, 4, 2))
  layer <- layer_locally_connected_1d(filters = 3, kernel_size = 2)
  y <- layer(x)
  w <- get_weights(layer)
  expect_identical(lapply(w, dim), list(c(3L, 4L, 3L), c(3L, 3L)))
  for (t in 1:3) {
    window <- c(t(x[1, t:(t + 1), ]))
    expect_equal(y[1, t, ], as.vector(window %*% w[[1]][t, , ]))
  }
})

test_that("layer_locally_connected_1d() refuses what does not fit", {
  layer <- layer_locally_connected_1d(filters = 2, kernel_size = 3, name = "l")
  layer(array(0, c(1, 4, 2)))
  expect_snapshot(error = TRUE, {
    layer(array(0, c(1, 5, 2)))
    layer(layer_input(list(NULL, 2)))
    layer_locally_connected_1d(filters = 2, kernel_size = 3, name = "l")(
      layer_input(list(NULL, 2))
    )
    layer_locally_connected_1d(filters = 2, kernel_size = 3, padding = "same")
    layer_locally_connected_1d(filters = 2, kernel_size = 3,
                               implementation = 4)
  })
})
