test_that("where() chooses, and keeps what was not chosen out of gradients", {
  yes <- draw(2, 3) > 0
  a <- draw(2, 3)
  b <- draw(2, 3, seed = 2)
  pick <- function(x, y) op_where(yes, x, y)
  expect_op(pick, a, b, forward = function(x, y) ifelse(yes, x, y))
  expect_op(pick, a, 0.5, forward = function(x, y) ifelse(yes, x, y))
  expect_op(pick, draw(3), draw(2, 1))
  expect_op(pick, draw(4, 1, 3), draw())
  expect_op(function(x, y) op_where(c(TRUE, FALSE, TRUE), x, y), a, b,
            forward = function(x, y) cbind(x[, 1], y[, 2], x[, 3]))
  expect_op(function(x, y) op_where(TRUE, x, y), 1, 2, forward = 1)

  x <- as_tensor(c(-1, 0, 4))
  nan <- c(NaN, NaN, 2)
  tape <- gradient_tape(op_sum(op_where(x > 0, x * nan, x)))
  expect_equal(tape$value, -1 + 0 + 8)
  tape <- gradient_tape({
    not_chosen <- x * nan
    op_sum(op_where(x > 0, not_chosen, x))
  })
  expect_equal(tape$gradient(not_chosen), array(c(0, 0, 1)))
  expect_equal(as.array(op_where(c(1, 0, NaN), 1:3, 0L)),
               array(c(1L, 0L, 0L)))
})

test_that("slices are taken along an axis by indices of any shape", {
  x <- draw(3, 4)
  expect_op(function(x) op_take(x, c(3, 1, 3), 1), x,
            forward = function(x) x[c(3, 1, 3), ])
  expect_op(function(x) op_take(x, matrix(c(4, 1, 1, 2), 2), 2), x,
            forward = function(x) array(x[, c(4, 1, 1, 2)], c(3, 2, 2)))
  expect_op(function(x) op_take(x, 2, -1), x,
            forward = function(x) array(x[, 2]))
  expect_op(function(x) op_take(x, c(0, 2), 1, zero_indexed = TRUE), x,
            forward = function(x) x[c(1, 3), ])
  expect_op(function(x) op_take(x, c(2, 5)), x,
            forward = function(x) array(c(x[1, 2], x[2, 1])))
  expect_op(function(x) op_take(x, integer(), 1), x,
            forward = array(0, c(0, 4)))
  ids <- new_symbolic(list(NULL, 5), "int32")
  expect_equal(op_take(x, ids, 1)$shape, shape(NULL, 5, 4))
})

test_that("one element of each line is taken along an axis", {
  x <- draw(2, 3)
  at <- matrix(c(3, 1, 2, 2), 2)
  expect_op(function(x) op_take_along_axis(x, at, 2), x, forward = function(x) {
    matrix(c(x[1, 3], x[2, 1], x[1, 2], x[2, 2]), 2)
  })
  expect_op(function(x) op_take_along_axis(x, matrix(c(1, 2, 2), 1), 1), x,
            forward = function(x) t(c(x[1, 1], x[2, 2], x[2, 3])))
  expect_op(function(x) op_take_along_axis(x, c(6, 6, 1)), x,
            forward = function(x) array(c(x[2, 3], x[2, 3], x[1, 1])))
})

test_that("a window is cut out", {
  expect_op(function(x) op_slice(x, c(2, 1), c(1, 2)), draw(2, 3),
            forward = function(x) x[2, 1:2, drop = FALSE])
})

test_that("indices become rows of one 1", {
  expect_equal(as.array(op_one_hot(c(2, 1, 4), 3)),
               rbind(c(0, 1, 0), c(1, 0, 0), 0))
  expect_equal(as.array(op_one_hot(c(0, 2), 3, zero_indexed = TRUE)),
               rbind(c(1, 0, 0), c(0, 0, 1)))
  expect_equal(as.array(op_one_hot(c(2, 1), 3, axis = 1)),
               cbind(c(0, 1, 0), c(1, 0, 0)))
  expect_equal(as.array(op_one_hot(2, 3)), array(c(0, 1, 0)))
  expect_equal(dim(op_one_hot(matrix(1, 2, 4), 3)), c(2L, 4L, 3L))
  expect_identical(op_one_hot(1:2, 2, dtype = "int32")$dtype, "int32")
})

test_that("`[` drops exactly the axes indexed by a single number", {
  x <- draw(2, 3, 4)
  expect_op(function(x) as_tensor(x)[1, , ], x,
            forward = function(x) x[1, , ])
  expect_op(function(x) as_tensor(x)[1:1, 2, , drop = FALSE], x,
            forward = function(x) x[1, 2, , drop = FALSE])
  expect_op(function(x) as_tensor(x)[-1, 2, ], x,
            forward = function(x) t(x[2, 2, ]))
  expect_op(function(x) as_tensor(x)[, -1, c(TRUE, FALSE, TRUE, FALSE)], x,
            forward = function(x) x[, 2:3, c(1, 3)])
  expect_op(function(x) as_tensor(x)[2, 3, 4], x,
            forward = function(x) x[2, 3, 4])
  expect_op(function(x) as_tensor(x)[, 2, , drop = FALSE], x,
            forward = function(x) x[, 2, , drop = FALSE])
  expect_op(function(x) as_tensor(x)[, c(1, 1, 3), 4], x,
            forward = function(x) x[, c(1, 1, 3), 4])
  expect_op(function(x) as_tensor(x)[], x, forward = identity)
  expect_op(function(x) as_tensor(x)[2:3], draw(4),
            forward = function(x) array(x[2:3]))
  expect_op(function(x) as_tensor(x)[3], draw(4),
            forward = function(x) x[[3]])
  expect_op(function(x) as_tensor(x)[, as_tensor(2), ], x,
            forward = function(x) x[, 2, ])
  i <- 2
  f <- function(x, j) x[, j, ]
  expect_equal(as.array(f(as_tensor(x), i)), x[, 2, ])
  expect_equal(dim(as_tensor(x)[integer(), , ]), c(0L, 3L, 4L))
  expect_equal(dim(as_tensor(array(0, c(0, 3)))[, 1:2]), c(0L, 2L))
})

test_that("a logical array of the same shape picks elements", {
  x <- draw(2, 3)
  t <- as_tensor(x)
  tape <- gradient_tape(op_sum(t[t > 0]^2))
  expect_equal(tape$value, sum(x[x > 0]^2))
  expect_equal(tape$gradient(t), 2 * x * (x > 0))
})

test_that("symbolic tensors are indexed too", {
  x <- new_symbolic(list(NULL, 5, 4))
  expect_equal(x[, 1, ]$shape, shape(NULL, 4))
  expect_equal(x[, -1, 2:3]$shape, shape(NULL, 4, 2))
  expect_equal(x[, 5, 4]$shape, shape(NULL))
  open <- new_symbolic(list(NULL, NULL, 4))
  expect_equal(open[, -1, ]$shape, shape(NULL, NULL, 4))
  expect_equal(open[, 20, ]$shape, shape(NULL, 4))
})

test_that("op_slice() takes its numbers from tensors, too", {
  x <- matrix(1:6, 2)
  expect_identical(as.array(op_slice(x, as_tensor(1:2), list(1, 2))),
                   x[1, 2:3, drop = FALSE])
})

test_that("indices that do not fit are refused", {
  x <- as_tensor(matrix(1:6, 2))
  expect_snapshot(error = TRUE, {
    x[3, ]
    x[, -4]
    x[1]
    x[1, 2, 3]
    x[c(TRUE, FALSE, TRUE), ]
    x["a", ]
    x[NA, ]
    x[matrix(TRUE, 3, 2)]
    x[1, 2] <- 3
    x[[1]]
    op_take(x, 4, 2)
    op_take(x, 0, 1)
    op_take(x, -1, 1, zero_indexed = TRUE)
    op_take_along_axis(x, matrix(1, 3, 1), 2)
    op_one_hot(1:2, 0)
    op_slice(x)
    op_slice(x, "a", 1)
    op_slice(x, c(1, 0), c(1, 1))
    op_slice(x, c(1, 1), 2)
    op_slice(x, c(1, 1), c(3e9, 1))
    op_slice(x, c(1, 1), c(5, 1))
  })
})
