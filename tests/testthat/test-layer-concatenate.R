test_that("layer_concatenate() gives tf.keras' numbers", {
  expect_layer_cases("layer_concatenate")
})

test_that("layer_concatenate() keeps the contract of layers", {
  expect_layer_works(layer_concatenate, list(),
                     list(c(2, 4, 3), c(2, 4, 2)))
  expect_layer_works(layer_concatenate, list(axis = 1),
                     list(c(2, 4, 3), c(2, 2, 3)), mask = NA)
  expect_layer_works(layer_concatenate, list(axis = -1),
                     list(c(2, 3), c(2, 1), c(2, 2)), mask = NA)
})

test_that("masks are joined as the inputs are", {
  x <- as_tensor(random_array(c(1, 2, 2)))
  a <- with_mask(x, matrix(c(TRUE, FALSE), 1))
  b <- with_mask(x, matrix(c(TRUE, TRUE), 1))
  expect_identical(mask_of(layer_concatenate(a, b)),
                   matrix(c(TRUE, FALSE), 1))
  expect_identical(mask_of(layer_concatenate(a, x)), mask_of(a))
  expect_identical(mask_of(layer_concatenate(a, x, axis = 1)),
                   matrix(c(TRUE, FALSE, TRUE, TRUE), 1))
  expect_null(mask_of(layer_concatenate(x, x)))
})

test_that("layer_concatenate() refuses what does not fit", {
  x <- matrix(0, 2, 3)
  expect_snapshot(error = TRUE, {
    layer_concatenate(x, matrix(0, 3, 3), name = "c")
    layer_concatenate(x, array(0, c(2, 3, 1)), name = "c")
    layer_concatenate(x, x, axis = 2, name = "c")
    layer_concatenate(name = "c")(x)
  })
})
