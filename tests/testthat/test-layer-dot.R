test_that("layer_dot() gives tf.keras' numbers", {
  expect_layer_cases("layer_dot")
})

test_that("layer_dot() keeps the contract of layers", {
  works <- function(...) expect_layer_works(layer_dot, ..., mask = "stops")
  works(list(axes = 2), list(c(2, 4, 3), c(2, 5, 3)))
  works(list(axes = c(1, 2)), list(c(2, 3, 4), c(2, 5, 3)))
  works(list(axes = c(-1, 1), normalize = TRUE), list(c(2, 4, 3), c(2, 3, 2)))
  works(list(axes = c(2, 1)), list(c(2, 4, 3), c(2, 3, 2, 2)))
  expect_layer_works(layer_dot, list(axes = 1), list(c(2, 3), c(2, 3)),
                     mask = NA)
})

test_that("layer_dot() refuses what does not fit", {
  x <- matrix(0, 2, 3)
  expect_snapshot(error = TRUE, {
    layer_dot()
    layer_dot(axes = "a")
    layer_dot(x, matrix(0, 2, 4), axes = 1, name = "d")
    layer_dot(x, x, axes = 0, name = "d")
    layer_dot(x, x, axes = 2, name = "d")
    layer_dot(x, x, x, axes = 1, name = "d")
  })
})
