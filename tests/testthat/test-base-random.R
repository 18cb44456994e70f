test_that("a seed fixes the numbers and leaves the generator as it was", {
  set.seed(4)
  before <- .Random.seed
  a <- with_seed(1, stats::runif(2))
  expect_identical(.Random.seed, before)
  expect_identical(with_seed(1, stats::runif(2)), a)
  x <- with_seed(NULL, stats::runif(1))
  set.seed(4)
  expect_identical(stats::runif(1), x)
})

test_that("truncated normal numbers stay within two standard deviations", {
  x <- with_seed(1, truncated_normal(4000, 1, 0.5))
  expect_true(all(abs(x - 1) <= 1))
  expect_equal(mean(x), 1, tolerance = 0.02)
  expect_equal(sd(x), 0.5 * 0.8796, tolerance = 0.03)
})
