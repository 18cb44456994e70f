reshape_layers <- c("layer_flatten", "layer_reshape", "layer_permute",
                    "layer_repeat_vector")

test_that("reshaping layers give tf.keras' numbers", {
  for (name in reshape_layers) expect_layer_cases(name)
})

test_that("reshaping layers keep the contract of layers", {
  works <- function(...) expect_layer_works(..., mask = "stops")
  works(layer_flatten, list(), c(2, 4, 3))
  works(layer_flatten, list(data_format = "channels_first"), c(2, 4, 3, 2))
  works(layer_reshape, list(target_shape = c(2, -1)), c(2, 4, 3))
  works(layer_reshape, list(target_shape = list(3L, 2L, 2L)), c(2, 4, 3))
  works(layer_permute, list(dims = c(2, 1)), c(2, 4, 3))
  works(layer_permute, list(dims = c(3, 1, 2)), c(2, 4, 3, 2))
  expect_layer_works(layer_repeat_vector, list(n = 3), c(2, 4), mask = NA)
})

test_that("the last axis runs fastest", {
  x <- array(1:12, c(1, 3, 4))
  expect_identical(layer_flatten()(x), array(t(x[1, , ]), c(1, 12)))
  expect_identical(layer_reshape(target_shape = c(2, 6))(x)[1, 1, ],
                   c(t(x[1, , ]))[1:6])
})

test_that("a sample of one number is a vector after layer_flatten()", {
  expect_identical(layer_flatten()(c(1, 2, 3)), matrix(c(1, 2, 3), 3))
})

test_that("sizes that are not known stay unknown", {
  x <- layer_input(list(NULL, 3))
  expect_identical(format(layer_flatten()(x)$shape), "(NULL, NULL)")
  shape <- layer_reshape(target_shape = c(-1, 6))(x)$shape
  expect_identical(format(shape), "(NULL, NULL, 6)")
  shape <- layer_reshape(target_shape = c(4, 6))(x)$shape
  expect_identical(format(shape), "(NULL, 4, 6)")
})

test_that("reshaping layers refuse what does not fit", {
  expect_snapshot(error = TRUE, {
    layer_flatten(data_format = "first")
    layer_reshape(target_shape = c(-1, -1))
    layer_reshape(target_shape = c(2, 2), name = "r")(matrix(0, 2, 3))
    layer_reshape(target_shape = c(2, -1), name = "r")(matrix(0, 2, 3))
    layer_permute(dims = c(1, 1))
    layer_permute(dims = c(0, 1))
    layer_permute(dims = function(x) x)
    layer_reshape(target_shape = function(x) x)
    layer_reshape(target_shape = list(2, "a"))
    layer_permute(dims = c(2, 1), name = "p")(matrix(0, 2, 3))
    layer_repeat_vector(n = 0)
    layer_repeat_vector(n = 2, name = "r")(array(0, c(2, 3, 4)))
  })
})
