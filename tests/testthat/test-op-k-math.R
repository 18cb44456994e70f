test_that("elementwise backend functions agree with R", {
  x <- draw(2, 3, low = 0.2)
  for (f in list(list(k_abs, abs), list(k_cos, cos), list(k_exp, exp),
                 list(k_log, log), list(k_sin, sin), list(k_sqrt, sqrt),
                 list(k_square, function(x) x^2), list(k_tanh, tanh))) {
    expect_op(f[[1L]], x, forward = f[[2L]], tolerance = 1e-6)
  }
  expect_op(k_round, x, forward = round)
  expect_op(k_sign, x, forward = sign)
  y <- draw(2, 3, seed = 2)
  expect_op(k_maximum, x, y, forward = pmax)
  expect_op(k_minimum, x, y, forward = pmin)
  expect_op(k_pow, x, 1.5, forward = `^`)
  expect_op(k_equal, x, y, forward = `==`)
  expect_op(k_not_equal, x, y, forward = `!=`)
  expect_op(k_greater, x, y, forward = `>`)
  expect_op(k_greater_equal, x, y, forward = `>=`)
  expect_op(k_less, x, y, forward = `<`)
  expect_op(k_less_equal, x, y, forward = `<=`)
  expect_op(function(x) k_clip(x, -0.5, 1), y,
            forward = function(x) pmin(pmax(x, -0.5), 1))
  expect_op(function(x) k_clip(x, max_value = 1), y,
            forward = function(x) pmin(x, 1))
})

test_that("backend reductions count axes from 1", {
  x <- draw(2, 3)
  expect_op(k_sum, x, forward = sum)
  expect_op(function(x) k_sum(x, 1), x,
            forward = function(x) array(colSums(x)))
  expect_op(function(x) k_mean(x, -1, TRUE), x,
            forward = function(x) matrix(rowMeans(x)))
  expect_op(function(x) k_max(x, 2), x,
            forward = function(x) array(apply(x, 1, max)))
  expect_op(function(x) k_min(x, 2), x,
            forward = function(x) array(apply(x, 1, min)))
  expect_op(k_prod, x, forward = prod)
  expect_op(k_var, x, forward = function(x) mean((x - mean(x))^2))
  expect_op(k_std, x, forward = function(x) sqrt(mean((x - mean(x))^2)))
  expect_op(function(x) k_logsumexp(x, 1), x,
            forward = function(x) array(log(colSums(exp(x)))))
  expect_equal(as.array(k_any(x > 1, 2)), array(apply(x > 1, 1, any)))
  expect_equal(as.array(k_all(x > -1, 1)), array(apply(x > -1, 2, all)))
  expect_op(k_cumsum, x, forward = function(x) apply(x, 2, cumsum))
  expect_op(k_cumprod, x, forward = function(x) apply(x, 2, cumprod))
})

test_that("places of extremes count from 0, as in R keras", {
  x <- rbind(c(1, 5, 2), c(7, 0, 3))
  expect_identical(as.array(k_argmax(x)), array(c(1L, 0L)))
  expect_identical(as.array(k_argmin(x, axis = 1)), array(c(0L, 1L, 0L)))
})
