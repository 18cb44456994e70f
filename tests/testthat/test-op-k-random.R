test_that("the session's seed, or a seed of the call, fixes the numbers", {
  draws <- list(
    function(seed) k_random_normal(c(2, 3), seed = seed),
    function(seed) k_random_uniform(c(2, 3), seed = seed),
    function(seed) k_truncated_normal(c(2, 3), seed = seed),
    function(seed) k_random_bernoulli(c(2, 3), 0.5, seed = seed),
    function(seed) k_random_binomial(c(2, 3), 0.5, seed = seed),
    function(seed) k_random_normal_variable(c(2, 3), 1, 2, seed = seed),
    function(seed) k_random_uniform_variable(c(2, 3), 1, 2, seed = seed),
    function(seed) k_dropout(matrix(1, 2, 3), 0.5, seed = seed)
  )
  for (draw_one in draws) {
    a <- as.array(draw_one(3))
    expect_identical(dim(a), c(2L, 3L))
    set.seed(7)
    expect_identical(as.array(draw_one(3)), a)
    free <- as.array(draw_one(NULL))
    set.seed(7)
    expect_identical(as.array(draw_one(NULL)), free)
  }
})

test_that("numbers have the distributions asked for", {
  n <- 4000
  x <- as.array(k_random_normal(n, 2, 0.5, seed = 1))
  expect_equal(c(mean(x), sd(x)), c(2, 0.5), tolerance = 0.03)
  x <- as.array(k_random_uniform(n, 1, 3, seed = 1))
  expect_true(all(x > 1 & x < 3))
  expect_equal(mean(x), 2, tolerance = 0.03)
  x <- as.array(k_random_bernoulli(n, 0.3, seed = 1))
  expect_setequal(unique(x), c(0, 1))
  expect_lt(abs(mean(x) - 0.3), 4 * sqrt(0.21 / length(x)))
})

test_that("dropout drops, scales and lets the gradient through", {
  x <- as_tensor(matrix(2, 20, 50))
  tape <- gradient_tape(op_sum(y <- k_dropout(x, 0.25, seed = 1)))
  kept <- as.array(y) != 0
  expect_equal(mean(kept), 0.75, tolerance = 0.05)
  expect_equal(as.array(y), 2 / 0.75 * kept)
  expect_equal(tape$gradient(x), kept / 0.75)
  rows <- as.array(k_dropout(x, 0.5, noise_shape = list(NULL, 1), seed = 1))
  expect_true(all(rows == rows[, 1]))
  expect_equal(as.array(k_dropout(x, 0)), as.array(x))
  expect_equal(as.array(k_dropout(x, 1)), matrix(0, 20, 50))
  expect_equal(k_dropout(new_symbolic(list(NULL, 3)), 0.5)$shape,
               shape(NULL, 3))
  expect_error(k_dropout(x, 2), class = "ValueError")
})
