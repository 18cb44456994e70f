test_that("comparison and logic agree with R, with broadcasting", {
  a <- draw(2, 3)
  b <- replace(draw(2, 3, seed = 2), 1, a[[1L]])
  yes <- a > 0
  no <- b > 0
  pairs <- list(
    list(op_equal, `==`), list(op_not_equal, `!=`), list(op_less, `<`),
    list(op_less_equal, `<=`), list(op_greater, `>`),
    list(op_greater_equal, `>=`)
  )
  for (p in pairs) {
    expect_op(p[[1L]], a, b, forward = p[[2L]], gradient = FALSE)
    expect_op(p[[1L]], a, b[1, ], gradient = FALSE,
              forward = function(x, y) p[[2L]](x, b[c(1, 1), ]))
  }
  expect_op(op_logical_and, yes, no, forward = `&`, gradient = FALSE)
  expect_op(op_logical_or, yes, no, forward = `|`, gradient = FALSE)
  expect_op(op_logical_xor, yes, no, forward = xor, gradient = FALSE)
  expect_op(op_logical_xor, c(2, 0), c(1, 1), forward = c(FALSE, TRUE))
  expect_op(op_logical_not, yes, forward = `!`, gradient = FALSE)
})

test_that("special values are found, and shapes kept", {
  x <- matrix(c(1, NaN, Inf, -Inf, NA, 0), 2)
  expect_op(op_isnan, x, forward = is.na, gradient = FALSE)
  expect_equal(as.array(op_isfinite(x)), matrix(is.finite(x), 2))
  expect_equal(as.array(op_isinf(x)), matrix(is.infinite(x), 2))
  expect_equal(as.array(op_isfinite(3)), TRUE)
})

test_that("results count as numbers in arithmetic", {
  x <- as_tensor(c(-1, 2, 3))
  tape <- gradient_tape(op_sum((x > 0) * x))
  expect_equal(tape$value, 5)
  expect_equal(tape$gradient(x), array(c(0, 1, 1)))
})
