pooling_layers <- c(
  "layer_max_pooling_1d", "layer_average_pooling_1d",
  "layer_global_max_pooling_1d", "layer_global_average_pooling_1d"
)

test_that("pooling layers give tf.keras' numbers", {
  for (name in pooling_layers) expect_layer_cases(name)
})

test_that("pooling layers keep the contract of layers", {
  works <- function(...) expect_layer_works(..., mask = "stops")
  for (layer_fn in list(layer_max_pooling_1d, layer_average_pooling_1d)) {
    works(layer_fn, list(), c(2, 5, 3))
    works(layer_fn, list(pool_size = 3, strides = 2, padding = "same"),
          c(2, 6, 2))
    works(layer_fn, list(pool_size = 3, strides = 1,
                         data_format = "channels_first"), c(2, 3, 5))
  }
  for (layer_fn in list(layer_global_max_pooling_1d,
                        layer_global_average_pooling_1d)) {
    works(layer_fn, list(), c(2, 5, 3))
    works(layer_fn, list(keepdims = TRUE), c(2, 5, 3))
  }
  expect_layer_works(layer_global_average_pooling_1d, list(
    data_format = "channels_first", keepdims = TRUE
  ), c(2, 3, 5), mask = NA)
})

test_that("ties give their gradient to the first of the window", {
  x <- as_tensor(array(c(2, 2, 1, 3), c(1, 4, 1)))
  tape <- gradient_tape(op_sum(layer_max_pooling_1d()(x)))
  expect_identical(as.vector(tape$gradient(x)), c(1, 0, 0, 1))
})

test_that("the global mean leaves masked steps out, NaN too", {
  x <- array(c(1, 2, NaN, 4, 5, 6), c(1, 3, 2))
  x[1, 3, ] <- NaN
  mask <- matrix(c(TRUE, TRUE, FALSE), 1)
  layer <- layer_global_average_pooling_1d()
  expect_equal(layer(x, mask = mask), matrix(c(1.5, 4.5), 1))
  kept <- layer_global_average_pooling_1d(keepdims = TRUE)
  expect_equal(kept(x, mask = mask), array(c(1.5, 4.5), c(1, 1, 2)))
  first <- layer_global_average_pooling_1d(data_format = "channels_first")
  expect_equal(first(aperm(x, c(1, 3, 2)), mask = mask),
               matrix(c(1.5, 4.5), 1))
})

test_that("windows of unknown time are found in a graph", {
  x <- layer_input(list(NULL, 3))
  expect_identical(format(layer_max_pooling_1d(pool_size = 20)(x)$shape),
                   "(NULL, NULL, 3)")
})

test_that("pooling layers refuse what does not fit", {
  expect_snapshot(error = TRUE, {
    layer_max_pooling_1d(pool_size = 0)
    layer_max_pooling_1d(strides = 1.5)
    layer_average_pooling_1d(padding = "full")
    layer_max_pooling_1d(pool_size = 4, name = "p")(array(0, c(2, 3, 1)))
    layer_global_max_pooling_1d(name = "p")(matrix(0, 2, 3))
    layer_global_average_pooling_1d(name = "p")(
      array(0, c(2, 3, 1)), mask = matrix(TRUE, 2, 4)
    )
  })
})
