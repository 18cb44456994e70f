test_that("noise layers keep the contract of layers", {
  expect_layer_works(layer_gaussian_noise, list(stddev = 0.3), c(2, 4, 3))
  expect_layer_works(layer_gaussian_dropout, list(rate = 0.3, seed = 1),
                     c(2, 4, 3))
  expect_layer_works(layer_alpha_dropout, list(rate = 0.3), c(2, 3))
})

test_that("noise has the mean and the deviation that it should", {
  set.seed(1)
  x <- matrix(2, 200, 100)
  y <- layer_gaussian_noise(stddev = 0.5)(x, training = TRUE)
  expect_equal(c(mean(y), sd(y)), c(2, 0.5), tolerance = 0.01)
  y <- layer_gaussian_dropout(rate = 0.2)(x, training = TRUE)
  expect_equal(c(mean(y), sd(y)), c(2, 2 * sqrt(0.25)), tolerance = 0.01)
})

test_that("alpha dropout keeps mean and variance of normal inputs", {
  set.seed(2)
  x <- matrix(rnorm(40000), 200)
  y <- layer_alpha_dropout(rate = 0.3)(x, training = TRUE)
  expect_equal(c(mean(y), sd(y)), c(0, 1), tolerance = 0.02)
  low <- -1.6732632423543772 * 1.0507009873554805
  a <- ((1 - 0.3) * (1 + 0.3 * low^2))^-0.5
  kept <- a * x - a * low * 0.3
  dropped <- a * low - a * low * 0.3
  expect_true(all(abs(y - kept) < 1e-12 | abs(y - dropped) < 1e-12))
})

test_that("noise layers refuse what does not fit", {
  expect_snapshot(error = TRUE, {
    layer_gaussian_noise()
    layer_gaussian_noise(stddev = -1)
    layer_gaussian_dropout(rate = 2)
    layer_alpha_dropout(rate = "a")
  })
})
