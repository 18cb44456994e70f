test_that("elementwise functions agree with R and have right gradients", {
  any <- draw(2, 3)
  positive <- draw(2, 3, low = 0.2)
  inner <- draw(2, 3, low = -0.9, high = 0.9)
  cases <- list(
    list(op_exp, exp, any), list(op_expm1, expm1, any),
    list(op_log, log, positive), list(op_log1p, log1p, positive),
    list(op_log2, log2, positive), list(op_log10, log10, positive),
    list(op_sqrt, sqrt, positive),
    list(op_rsqrt, function(x) 1 / sqrt(x), positive),
    list(op_square, function(x) x^2, any), list(op_abs, abs, any),
    list(op_absolute, abs, any), list(op_sign, sign, any),
    list(op_round, round, any), list(op_floor, floor, any),
    list(op_ceil, ceiling, any), list(op_trunc, trunc, any),
    list(op_sin, sin, any), list(op_cos, cos, any), list(op_tan, tan, inner),
    list(op_arcsin, asin, inner), list(op_arccos, acos, inner),
    list(op_arctan, atan, any), list(op_sinh, sinh, any),
    list(op_cosh, cosh, any), list(op_tanh, tanh, any),
    list(op_arcsinh, asinh, any), list(op_arccosh, acosh, positive + 1),
    list(op_arctanh, atanh, inner),
    list(op_erf, function(x) 2 * pnorm(x * sqrt(2)) - 1, any)
  )
  for (case in cases) {
    expect_op(case[[1L]], case[[3L]], forward = case[[2L]], tolerance = 1e-6)
    expect_op(case[[1L]], case[[3L]][[1L]], forward = case[[2L]],
              tolerance = 1e-6)
  }
  expect_op(op_arctan2, any, positive, forward = atan2)
  expect_op(op_arctan2, any, draw(2, 1, low = 0.3))
})

test_that("the error function keeps its digits near zero", {
  expect_equal(as.array(op_erf(1e-10)), 2e-10 / sqrt(pi), tolerance = 1e-14)
  expect_equal(as.array(op_erf(c(-Inf, Inf, NaN))), array(c(-1, 1, NaN)))
})

test_that("clipping lets the gradient through at its bounds and inside", {
  x <- draw(2, 3)
  expect_op(function(x) op_clip(x, -1, 0.5), x,
            forward = function(x) pmin(pmax(x, -1), 0.5))
  expect_op(function(x) op_clip(x, matrix(c(-1, 0), 2), 0.5), x)
  tape <- gradient_tape(op_sum(op_clip(x <- as_tensor(c(-1, 0, 1, 2)), -1, 1)))
  expect_equal(tape$gradient(x), array(c(1, 1, 1, 0)))
  expect_identical(as.array(op_clip(1:4, 2L, 3L)), array(c(2L, 2L, 3L, 3L)))
})

test_that("the gradient of abs() at zero is zero", {
  tape <- gradient_tape(op_sum(abs(x <- as_tensor(c(-1, 0, 2)))))
  expect_equal(tape$gradient(x), array(c(-1, 0, 1)))
})

test_that("empty arrays stay empty", {
  for (op in list(op_exp, op_erf, op_tanh, op_floor)) {
    expect_equal(as.array(op(array(0, c(0, 2)))), array(0, c(0, 2)))
  }
})
