test_that("layers of length keep the contract of layers", {
  works <- function(...) expect_layer_works(..., mask = "stops")
  works(layer_upsampling_1d, list(size = 3), c(2, 4, 3))
  works(layer_zero_padding_1d, list(padding = 2), c(2, 4, 3))
  works(layer_zero_padding_1d, list(padding = list(0L, 2L)), c(2, 4, 3))
  works(layer_cropping_1d, list(), c(2, 4, 3))
  works(layer_cropping_1d, list(cropping = c(2, 1)), c(2, 4, 3))
})

test_that("steps are repeated, added and cut where they should", {
  x <- array(c(1, 2, 3), c(1, 3, 1))
  steps <- function(y) as.vector(y)
  expect_identical(steps(layer_upsampling_1d()(x)), c(1, 1, 2, 2, 3, 3))
  expect_identical(steps(layer_zero_padding_1d(padding = c(1, 2))(x)),
                   c(0, 1, 2, 3, 0, 0))
  expect_identical(steps(layer_cropping_1d(cropping = c(2, 0))(x)), 3)
})

test_that("layers of length refuse what does not fit", {
  expect_snapshot(error = TRUE, {
    layer_upsampling_1d(size = 0)
    layer_zero_padding_1d(padding = -1)
    layer_zero_padding_1d(padding = c(1, 2, 3))
    layer_cropping_1d(cropping = c(1, 1.5))
    layer_cropping_1d(cropping = c(1, 1), name = "c")(array(0, c(1, 2, 1)))
    layer_cropping_1d(name = "c")(matrix(0, 2, 3))
  })
})
