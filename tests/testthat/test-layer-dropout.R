test_that("dropout layers keep the contract of layers", {
  expect_layer_works(layer_dropout, list(rate = 0.5), c(2, 4, 3))
  expect_layer_works(layer_dropout, list(
    rate = 0.5, noise_shape = list(NULL, 1, 3), seed = 4
  ), c(2, 4, 3))
  expect_layer_works(layer_spatial_dropout_1d, list(rate = 0.5), c(2, 4, 3))
})

test_that("dropout acts in training: zeros, and the others scaled", {
  set.seed(1)
  x <- as_tensor(matrix(1:60 + 0.5, 6))
  y <- NULL
  layer <- layer_dropout(rate = 0.2)
  tape <- gradient_tape({
    y <- layer(x, training = TRUE)
    op_sum(y)
  })
  ratio <- as.array(y) / as.array(x)
  expect_setequal(ratio, c(0, 1.25))
  expect_identical(tape$gradient(x), ratio)
  expect_identical(as.array(layer(x)), as.array(x))
  expect_identical(as.array(layer_dropout(rate = 1)(x, training = TRUE)),
                   matrix(0, 6, 10))
  expect_identical(as.array(layer_dropout(rate = 0)(x, training = TRUE)),
                   as.array(x))
})

test_that("set.seed() fixes the draws, a seed of its own too", {
  x <- matrix(1, 5, 8)
  draw <- function(layer) layer(x, training = TRUE)
  layer <- layer_dropout(rate = 0.5)
  set.seed(2)
  first <- draw(layer)
  set.seed(2)
  expect_identical(draw(layer), first)
  expect_false(identical(draw(layer), first))

  seeded <- function() layer_dropout(rate = 0.5, seed = 7)
  a <- seeded()
  b <- seeded()
  first <- draw(a)
  set.seed(9)
  expect_identical(draw(b), first)
  expect_identical(draw(b), draw(a))
  expect_false(identical(draw(a), first))
})

test_that("noise_shape makes one choice along an axis", {
  set.seed(3)
  x <- array(1, c(4, 5, 6))
  same_in_time <- function(y) all(y == y[, rep(1, 5), ])
  y <- layer_dropout(rate = 0.5, noise_shape = list(NULL, 1, NULL))(
    x, training = TRUE
  )
  expect_true(same_in_time(y))
  expect_setequal(y, c(0, 2))
  y <- layer_spatial_dropout_1d(rate = 0.5)(x, training = TRUE)
  expect_true(same_in_time(y))
  expect_setequal(y, c(0, 2))
})

test_that("making a graph draws nothing", {
  set.seed(4)
  before <- .Random.seed
  layer_dropout(rate = 0.5)(layer_input(3), training = TRUE)
  expect_identical(.Random.seed, before)
})

test_that("dropout layers refuse what does not fit", {
  expect_snapshot(error = TRUE, {
    layer_dropout()
    layer_dropout(rate = 1.5)
    layer_dropout(rate = "a")
    layer_dropout(rate = 0.5, seed = "a")
    layer_dropout(rate = 0.5, noise_shape = c(2, 1), name = "d")(
      array(0, c(2, 4, 3)), training = TRUE
    )
    layer_dropout(rate = 0.5, noise_shape = c(NA, 2), name = "d")(
      matrix(0, 2, 3), training = TRUE
    )
    layer_spatial_dropout_1d(rate = 0.5, name = "d")(matrix(0, 2, 3))
  })
})
