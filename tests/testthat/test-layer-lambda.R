test_that("layer_lambda() keeps the contract of layers", {
  f <- function(x, power) abs(x)^power + 1
  expect_layer_works(layer_lambda, list(f = f, arguments = list(power = 3)),
                     c(2, 4, 3), mask = "stops")
  expect_layer_works(layer_lambda, list(f = ~ .x[, 1, ] * 2), c(2, 4, 3),
                     mask = "stops")
  expect_layer_works(layer_lambda, list(f = function(x) x[[1]] * x[[2]]),
                     list(c(2, 3), c(2, 3)), mask = NA)
})

test_that("the function may name training and mask", {
  layer <- layer_lambda(f = function(x, training) if (training) -x else x)
  expect_identical(layer(matrix(1, 1, 2), training = TRUE), matrix(-1, 1, 2))
  expect_identical(layer(matrix(1, 1, 2)), matrix(1, 1, 2))

  seen <- NULL
  layer <- layer_lambda(f = function(x, mask) {
    seen <<- mask
    x
  })
  x <- with_mask(as_tensor(array(1, c(1, 2, 1))), matrix(c(TRUE, FALSE), 1))
  y <- layer(x)
  expect_identical(seen, matrix(c(TRUE, FALSE), 1))
  expect_null(mask_of(y))
})

test_that("`mask` gives the next layer a mask", {
  mask <- matrix(c(TRUE, FALSE), 1)
  x <- as_tensor(array(1, c(1, 2, 1)))
  flip <- layer_lambda(f = function(x) x, mask = function(inputs, mask) !mask)
  expect_identical(mask_of(flip(with_mask(x, mask))), !mask)
  fixed <- layer_lambda(f = function(x) x, mask = mask)
  expect_identical(mask_of(fixed(x)), mask)
})

test_that("several results come as a list", {
  layer <- layer_lambda(f = function(x) list(a = x, b = -x))
  expect_identical(layer(matrix(1, 1, 1)),
                   list(a = matrix(1, 1, 1), b = matrix(-1, 1, 1)))
})

test_that("layer_lambda() refuses what is no function", {
  expect_snapshot(error = TRUE, {
    layer_lambda()
    layer_lambda(f = "sum")
    layer_lambda(f = function(x) x, arguments = list(2))
    layer_lambda(f = function(x) "a", name = "l")(matrix(0, 1, 1))
  })
})
