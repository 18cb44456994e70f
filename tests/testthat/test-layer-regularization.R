test_that("layer_activity_regularization() keeps the contract of layers", {
  expect_layer_works(layer_activity_regularization, list(l1 = 0.1, l2 = 0.2),
                     c(2, 4, 3))
})

test_that("the cost of activity is divided by the batch size", {
  layer <- layer_activity_regularization(l1 = 0.5, l2 = 2)
  layer(matrix(c(1, -2, 3, 4), 2))
  expect_equal(lapply(layer$losses, as.array),
               list((0.5 * 10 + 2 * 30) / 2))
})

test_that("layer_activity_regularization() refuses what is no factor", {
  expect_snapshot(error = TRUE, {
    layer_activity_regularization(l2 = "a")
  })
})
