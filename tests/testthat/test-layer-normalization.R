test_that("layer_layer_normalization() gives tf.keras' numbers", {
  expect_layer_cases("layer_layer_normalization")
})

test_that("normalization layers keep the contract of layers", {
  expect_layer_works(layer_layer_normalization, list(
    gamma_initializer = "normal", beta_initializer = "ones"
  ), c(2, 4, 3))
  expect_layer_works(layer_layer_normalization, list(
    axis = c(1, 2), gamma_initializer = "normal", center = FALSE
  ), c(2, 4, 3))
  expect_layer_works(layer_unit_normalization, list(), c(2, 4, 3))
  expect_layer_works(layer_unit_normalization, list(axis = c(1, 2)),
                     c(2, 4, 3))
})

test_that("unit normalization makes vectors of length 1, zeros stay", {
  x <- rbind(c(3, 4), c(0, 0))
  expect_equal(layer_unit_normalization(x), rbind(c(0.6, 0.8), c(0, 0)))
})

test_that("normalization layers refuse what does not fit", {
  layer <- layer_layer_normalization(name = "n")
  layer(matrix(0, 2, 3))
  expect_snapshot(error = TRUE, {
    layer(matrix(0, 2, 4))
    layer_layer_normalization(axis = 3, name = "n")(matrix(0, 2, 3))
    layer_layer_normalization(epsilon = -1)
    layer_unit_normalization(axis = 2, name = "u")(matrix(0, 2, 3))
  })
})
