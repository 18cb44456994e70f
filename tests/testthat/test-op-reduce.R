# f over the axes of an array by apply(), axes dropped or kept.
over <- function(x, axis, f, keepdims = FALSE) {
  rank <- length(dims(x))
  if (is.null(axis)) axis <- seq_len(rank)
  axis <- ifelse(axis < 0, axis + rank + 1, axis)
  rest <- setdiff(seq_len(rank), axis)
  y <- if (length(rest)) apply(x, rest, f) else f(x)
  sizes <- if (keepdims) replace(dims(x), axis, 1L) else dims(x)[rest]
  if (length(sizes)) array(y, sizes) else as.vector(y)
}

reductions <- list(
  list(op_sum, sum), list(op_mean, mean), list(op_max, max),
  list(op_min, min), list(op_prod, prod),
  list(op_var, function(x) mean((x - mean(x))^2)),
  list(op_std, function(x) sqrt(mean((x - mean(x))^2))),
  list(op_logsumexp, function(x) log(sum(exp(x)))),
  list(op_norm, function(x) sqrt(sum(x^2)))
)

test_that("reductions over any axes agree with apply()", {
  x <- draw(2, 3, 4)
  for (r in reductions) {
    for (axis in list(NULL, 1, 2, 3, -1, -3, c(1, 3), c(2, 3), 1:3)) {
      for (keep in c(FALSE, TRUE)) {
        expect_op(function(x) r[[1L]](x, axis = axis, keepdims = keep), x,
                  tolerance = 1e-6,
                  forward = function(x) over(x, axis, r[[2L]], keep))
      }
    }
  }
})

test_that("reductions work from one axis to four, and on numbers", {
  for (x in list(draw(3), draw(1, 3), draw(2, 1, 3, 2))) {
    for (r in reductions) {
      expect_op(function(x) r[[1L]](x), x, tolerance = 1e-6,
                forward = function(x) r[[2L]](x))
      expect_op(function(x) r[[1L]](x, axis = -1), x, tolerance = 1e-6,
                forward = function(x) over(x, -1, r[[2L]]))
    }
  }
  for (r in reductions[1:5]) expect_op(r[[1L]], 2.5, forward = identity)
  expect_op(op_logsumexp, 2.5, forward = identity)
  expect_op(op_norm, -2.5, forward = abs)
})

test_that("truth is reduced as in R", {
  x <- draw(2, 3, 4) > 0.3
  for (axis in list(NULL, 1, c(2, 3))) {
    expect_op(function(x) op_any(x, axis), x, gradient = FALSE,
              forward = function(x) over(x, axis, any))
    expect_op(function(x) op_all(x, axis, TRUE), x, gradient = FALSE,
              forward = function(x) over(x, axis, all, TRUE))
    expect_op(function(x) op_count_nonzero(x, axis), x, gradient = FALSE,
              forward = function(x) over(x, axis, sum))
  }
  expect_identical(as.array(op_any(logical())), FALSE)
  expect_identical(as.array(op_all(logical())), TRUE)
})

test_that("places of extremes count from 1, or from 0", {
  x <- draw(2, 3, 4)
  for (axis in c(1, 2, 3, -1)) {
    expect_op(function(x) op_argmax(x, axis), x, gradient = FALSE,
              forward = function(x) over(x, axis, which.max))
    expect_op(function(x) op_argmin(x, axis, TRUE, TRUE), x, gradient = FALSE,
              forward = function(x) over(x, axis, which.min, TRUE) - 1L)
  }
  expect_equal(as.array(op_argmax(x)), which.max(aperm(x)))
  expect_equal(as.array(op_argmin(x, keepdims = TRUE)),
               array(which.min(aperm(x)), c(1, 1, 1)))
  expect_equal(as.array(op_argmax(c(1, NaN, 3))), 2L)
  expect_equal(as.array(op_argmax(5)), 1L)
})

test_that("equal extremes share the gradient", {
  x <- as_tensor(matrix(c(3, 1, 3, 2, 0, 2), 2))
  tape <- gradient_tape(op_sum(op_max(x, 2)))
  expect_equal(tape$gradient(x), matrix(c(0.5, 0, 0.5, 0.5, 0, 0.5), 2))
})

test_that("products with zeros have right gradients", {
  x <- matrix(c(0, 2, 3, 4, 0, 0), 2)
  expect_op(function(x) op_prod(x, 2), x)
  expect_op(op_prod, x)
  expect_op(op_prod, draw(2, 3, 2))
})

test_that("large numbers do not overflow logsumexp()", {
  expect_equal(as.array(op_logsumexp(c(1000, 1000))), 1000 + log(2))
  expect_equal(as.array(op_logsumexp(c(-Inf, -Inf))), -Inf)
  x <- as_tensor(c(-Inf, 1000))
  tape <- gradient_tape(op_logsumexp(x))
  expect_equal(tape$gradient(x), array(c(0, 1)))
})

test_that("norms of order 1 and infinity", {
  x <- draw(2, 3)
  expect_op(function(x) op_norm(x, 1, axis = 2), x,
            forward = function(x) array(rowSums(abs(x))))
  expect_op(function(x) op_norm(x, Inf), x, forward = function(x) max(abs(x)))
})

test_that("whole numbers stay whole, NaN stays NaN", {
  expect_identical(as.array(op_sum(matrix(1:6, 2), 1)), array(c(3L, 7L, 11L)))
  expect_identical(as.array(op_max(1:4)), 4L)
  expect_identical(op_sum(c(TRUE, TRUE))$dtype, "int32")
  expect_identical(as.array(op_sum(rep(.Machine$integer.max, 2))),
                   2 * .Machine$integer.max)
  expect_identical(as.array(op_max(c(1, NaN))), NaN)
  expect_identical(as.array(op_mean(1:2)), 1.5)
})

test_that("empty axes: sums are 0, extremes refused", {
  e <- array(0, c(0, 3))
  expect_op(function(x) op_sum(x, 1), e, forward = array(0, 3))
  expect_op(function(x) op_sum(x, 2), e, forward = array(0, 0))
  expect_op(function(x) op_prod(x, 1), e, forward = array(1, 3))
  expect_equal(as.array(op_mean(e)), NaN)
  expect_equal(as.array(op_logsumexp(e, 1)), array(-Inf, 3))
  expect_equal(as.array(op_max(e, 2)), array(0, 0))
})

test_that("wrong axes are refused", {
  expect_snapshot(error = TRUE, {
    op_sum(matrix(0, 2, 3), 3)
    op_sum(matrix(0, 2, 3), 0)
    op_max(array(0, c(0, 3)), 1)
    op_argmax(array(0, c(2, 0)), -1)
    op_norm(1:3, ord = 3)
  })
})
