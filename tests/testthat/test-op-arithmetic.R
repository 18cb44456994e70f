test_that("arithmetic agrees with R and has right gradients", {
  a <- draw(2, 3)
  b <- draw(2, 3, seed = 2)
  p <- draw(2, 3, low = 0.5)
  expect_op(op_add, a, b, forward = `+`)
  expect_op(op_subtract, a, b, forward = `-`)
  expect_op(op_multiply, a, b, forward = `*`)
  expect_op(op_divide, a, p, forward = `/`)
  expect_op(op_power, p, b, forward = `^`)
  expect_op(op_maximum, a, b, forward = pmax)
  expect_op(op_minimum, a, b, forward = pmin)
  expect_op(op_mod, a, p, forward = `%%`)
  expect_op(op_floor_divide, a, p, forward = `%/%`)
  expect_op(op_divide_no_nan, a, p, forward = `/`)
  expect_op(op_negative, a, forward = `-`)
  expect_op(op_reciprocal, p, forward = function(x) 1 / x)
})

test_that("shapes broadcast, aligned at the last axis", {
  a <- draw(4, 2, 3)
  pairs <- list(
    list(a, draw(3)), list(draw(3), a), list(a, draw(2, 1)),
    list(a, draw(4, 1, 3)), list(draw(4, 1, 1), draw(2, 3)),
    list(a, draw()), list(draw(), a), list(a, draw(1)),
    list(draw(1), draw()), list(draw(2, 1), draw(1, 3)),
    list(draw(1, 1, 1), draw(3)), list(draw(2, 1, 3, 1), draw(4, 1, 2))
  )
  full <- function(f) function(a, b) {
    sizes <- common_sizes(dims(a), dims(b))
    f(by_hand(a, sizes), by_hand(b, sizes))
  }
  # Element (i, j, ...) of the result comes from the same place of x, or from
  # 1 where x has size 1.
  by_hand <- function(x, sizes) {
    d <- c(rep(1L, length(sizes) - length(dims(x))), dims(x))
    at <- arrayInd(seq_len(prod(sizes)), if (length(sizes)) sizes else 1L)
    x <- array(x, if (length(d)) d else 1L)
    out <- x[t(pmin(t(at), dim(x)))]
    if (length(sizes)) array(out, sizes) else out
  }
  for (pair in pairs) {
    a <- pair[[1L]]
    b <- pair[[2L]] + 0.013 # no ties
    for (op in c(`+`, `-`, `*`, `/`)) {
      expect_op(op_of(op), a, b, forward = full(op), tolerance = 1e-6)
    }
    expect_op(op_maximum, a, b, forward = full(pmax))
    expect_op(op_minimum, a, b, forward = full(pmin))
    expect_op(op_power, abs(a) + 1, b, forward = full(`^`), tolerance = 1e-6)
    expect_op(op_mod, a, abs(b) + 3, forward = full(`%%`))
  }
})

test_that("powers of negative numbers and of zero have finite gradients", {
  square <- gradient_tape(op_sum((x <- as_tensor(c(-2, 0, 3)))^2))
  expect_equal(square$gradient(x), array(c(-4, 0, 6)))
  none <- gradient_tape(op_sum((x <- as_tensor(c(0, 2)))^0))
  expect_equal(none$gradient(x), array(c(0, 0)))
  b <- as_tensor(c(2, 2))
  tape <- gradient_tape(op_sum(op_power(c(0, 2), b)))
  expect_equal(tape$gradient(b), array(c(0, 4 * log(2))))
})

test_that("equal elements send the gradient to the first", {
  a <- as_tensor(c(1, 2, 3))
  b <- as_tensor(c(1, 3, 2))
  tape <- gradient_tape(op_sum(op_maximum(a, b)))
  expect_equal(tape$gradient(list(a, b)),
               list(array(c(1, 0, 1)), array(c(0, 1, 0))))
  tape <- gradient_tape(op_sum(op_minimum(a, b)))
  expect_equal(tape$gradient(list(a, b)),
               list(array(c(1, 1, 0)), array(c(0, 0, 1))))
})

test_that("whole numbers stay whole where they do in R", {
  expect_identical(as.array(op_add(1:3, 4:6)), array(c(5L, 7L, 9L)))
  expect_identical(as.array(op_add(matrix(1:4, 2), 1:2)),
                   matrix(c(2L, 3L, 5L, 6L), 2))
  expect_identical(as.array(op_maximum(1:3, 2L)), array(c(2L, 2L, 3L)))
  expect_identical(op_divide(1:3, 2L)$dtype, "float64")
  expect_identical(op_add(TRUE, TRUE)$dtype, "int32")
})

test_that("empty arrays give empty arrays", {
  e <- array(0, c(0, 3))
  expect_op(op_add, e, draw(3))
  expect_op(op_multiply, e, draw(0, 1))
  expect_op(op_divide, draw(), e)
  expect_equal(dim(op_maximum(e, 1)), c(0L, 3L))
})

test_that("division by zero is what R says, or 0 where asked", {
  expect_equal(as.array(op_divide(c(1, 0), 0)), array(c(Inf, NaN)))
  expect_equal(as.array(op_divide_no_nan(c(1, 0), c(0, 2))), array(c(0, 0)))
})

test_that("NaN passes through extremes", {
  expect_equal(as.array(op_maximum(c(NaN, 1, 2), c(0, NaN, 1))),
               array(c(NaN, NaN, 2)))
})

test_that("shapes that do not fit are refused", {
  expect_snapshot(error = TRUE, {
    op_add(matrix(0, 2, 3), 1:2)
    op_maximum(matrix(0, 2, 3), matrix(0, 3, 2))
    op_where(c(TRUE, FALSE), 1:3, 0)
    op_add("a", 1)
    op_multiply(list(1), 1)
    new_symbolic(list(NULL, 3)) + 1:2
  })
})
