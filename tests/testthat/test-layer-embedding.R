test_that("layer_embedding() keeps the contract of layers", {
  x <- rbind(c(3, 0, 2, 1), c(3, 3, 0, 4))
  expect_layer_works(layer_embedding, list(input_dim = 5, output_dim = 3),
                     c(2, 4), mask = "stops", inputs = x,
                     gradient = "weights")
  expect_layer_works(layer_embedding, list(
    input_dim = 5, output_dim = 3, mask_zero = TRUE,
    embeddings_regularizer = "l2"
  ), c(2, 4), mask = NA, inputs = x, gradient = "weights")
})

test_that("an index picks a row, counted from 0", {
  layer <- layer_embedding(input_dim = 3, output_dim = 2, input_length = 2,
                           weights = list(matrix(1:6, 3)))
  expect_identical(layer(matrix(c(0, 2), 1)),
                   array(c(1, 3, 4, 6), c(1, 2, 2)))
  expect_identical(layer(c(1L, 0L)), rbind(c(2, 5), c(1, 4)))
  expect_identical(format(layer$batch_input_shape), "(NULL, 2)")
})

test_that("mask_zero masks the index 0", {
  layer <- layer_embedding(input_dim = 4, output_dim = 2, mask_zero = TRUE)
  x <- rbind(c(3L, 1L, 0L), c(2L, 0L, 0L))
  expect_identical(mask_of(layer(as_tensor(x))), x != 0)
  expect_identical(layer$compute_mask(x), x != 0)
  expect_null(layer_embedding(input_dim = 4, output_dim = 2)$compute_mask(x))
})

test_that("layer_embedding() refuses indices that are none", {
  layer <- layer_embedding(input_dim = 4, output_dim = 2, name = "e")
  expect_snapshot(error = TRUE, {
    layer(matrix(c(0, 4), 1))
    layer(matrix(c(-1, 2), 1))
    layer(matrix(c(NA, 2L), 1))
    layer(matrix(1.5, 1))
    layer_embedding(input_dim = 0, output_dim = 2)
    layer_embedding(input_dim = 4)
  })
})
