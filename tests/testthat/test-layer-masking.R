test_that("layer_masking() keeps the contract of layers", {
  expect_layer_works(layer_masking, list(mask_value = 9), c(2, 4, 3),
                     mask = NA)
})

test_that("a step is masked when all its features are the mask value", {
  x <- array(c(1, 2, 0, 0, 3, 0, 0, 5), c(2, 2, 2))
  layer <- layer_masking()
  expect_identical(mask_of(layer(as_tensor(x))),
                   rbind(c(TRUE, FALSE), c(TRUE, TRUE)))
  y <- layer_masking(mask_value = 5)(array(c(5, 1, 5, 5), c(1, 2, 2)))
  expect_identical(y, array(c(0, 1, 0, 5)[c(1, 2, 1, 4)], c(1, 2, 2)))
})

test_that("NaN is no mask value", {
  x <- array(c(NaN, 0, 0, 0), c(1, 2, 2))
  expect_identical(layer_masking()$compute_mask(x), matrix(c(TRUE, FALSE), 1))
})

test_that("layer_masking() refuses what is no sequence", {
  expect_snapshot(error = TRUE, {
    layer_masking(name = "m")(c(1, 2))
    layer_masking(mask_value = "a")
  })
})
