test_that("operators work on tensors, with arrays and numbers on either side", {
  a <- draw(2, 3)
  b <- draw(3, low = 0.5)
  v <- new_variable(a)
  for (op in list(`+`, `-`, `*`, `/`)) {
    for (x in list(as_tensor(a), v)) {
      expect_equal(as.array(op(x, 2)), op(a, 2))
      expect_equal(as.array(op(2, x)), op(2, a))
      expect_equal(as.array(op(x, a)), op(a, a))
      expect_equal(as.array(op(x, b)), t(op(t(a), as.vector(b))))
      expect_equal(as.array(op(b, x)), t(op(as.vector(b), t(a))))
      expect_equal(as.array(op(x, as_tensor(a))), op(a, a))
    }
  }
  x <- as_tensor(a)
  expect_equal(as.array(abs(x)^b), t(t(abs(a))^as.vector(b)))
  expect_equal(as.array(x %% 0.7), a %% 0.7)
  expect_equal(as.array(x %/% 0.7), a %/% 0.7)
  expect_equal(as.array(-x), -a)
  expect_equal(as.array(+x), a)
  expect_equal(as.array(1 - x), 1 - a)
  for (op in list(`==`, `!=`, `<`, `<=`, `>`, `>=`)) {
    expect_equal(as.array(op(x, 0.1)), op(a, 0.1))
    expect_equal(as.array(op(0.1, x)), op(0.1, a))
  }
  expect_equal(as.array(x > 0 & x < 1), a > 0 & a < 1)
  expect_equal(as.array(x > 1 | x < 0), a > 1 | a < 0)
  expect_equal(as.array(!(x > 0)), !(a > 0))
})

test_that("operators have right gradients", {
  a <- draw(2, 3)
  p <- draw(3, low = 0.5)
  for (op in list(`+`, `-`, `*`, `/`)) expect_op(op_of(op), a, p)
  expect_op(op_of(`^`), abs(a) + 0.5, p)
  expect_op(op_of(`%%`), a, p)
  expect_op(function(x) -as_tensor(x), a)
})

test_that("Math functions work on tensors", {
  a <- draw(2, 3, low = 0.1, high = 0.9)
  for (f in list(abs, sign, sqrt, floor, ceiling, trunc, round, exp, expm1,
                 log, log1p, log2, log10, cos, sin, tan, acos, asin, atan,
                 cosh, sinh, tanh, asinh, atanh, lgamma)) {
    expect_op(function(x) f(as_tensor(x)), a, forward = f, tolerance = 1e-6)
  }
  expect_op(function(x) acosh(as_tensor(x)), a + 1, forward = acosh)
  expect_op(function(x) log(as_tensor(x), 3), a,
            forward = function(x) log(x, 3))
  expect_equal(as.array(round(as_tensor(a), 1)), round(a, 1))
  expect_op(function(x) cumsum(as_tensor(x)), draw(4),
            forward = function(x) array(cumsum(x)))
  expect_op(function(x) cumprod(as_tensor(x)), draw(4),
            forward = function(x) array(cumprod(x)))
  expect_snapshot(error = TRUE, {
    cumsum(as_tensor(a))
    cummax(as_tensor(1:3))
    gamma(as_tensor(1:3))
  })
})

test_that("Summary functions and mean() reduce everything", {
  a <- draw(2, 3)
  x <- as_tensor(a)
  for (f in list(sum, prod, max, min, mean)) {
    expect_op(function(x) f(as_tensor(x)), a, forward = f)
  }
  expect_equal(as.array(range(x)), array(range(a)))
  expect_true(as.array(any(x > 0)))
  expect_false(as.array(all(x > 0)))
  expect_equal(as.array(sum(x, x)), 2 * sum(a))
  expect_equal(as.array(max(x, 10)), 10)
})

test_that("`[[` takes an element of one axis, or a field by name", {
  x <- as_tensor(c(4, 5, 6))
  expect_equal(as.array(x[[2]]), 5)
  expect_identical(x[["id"]], tensor_id(x))
})
