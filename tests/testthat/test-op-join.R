test_that("arrays are joined along any axis", {
  a <- draw(2, 3)
  b <- draw(2, 3, seed = 2)
  cat2 <- function(...) op_concatenate(list(...))
  expect_op(cat2, a, b, forward = cbind)
  expect_op(cat2, a, draw(2, 1), forward = cbind)
  expect_op(function(...) op_concatenate(list(...), 1), a, b, draw(1, 3),
            forward = rbind)
  expect_op(cat2, draw(2), draw(3), forward = function(...) array(c(...)))
  expect_op(cat2, a, forward = identity)
  expect_op(function(...) op_concatenate(list(...), 2), draw(2, 1, 3),
            draw(2, 2, 3), forward = function(x, y) {
              out <- array(0, c(2, 3, 3))
              out[, 1, ] <- x
              out[, 2:3, ] <- y
              out
            })
  expect_op(cat2, array(0, c(2, 0)), a, forward = cbind)
  expect_identical(as.array(op_concatenate(list(1:2, c(TRUE, FALSE)))),
                   array(c(1L, 2L, 1L, 0L)))
  expect_identical(op_concatenate(list(1:2, c(0.5, 1)))$dtype, "float64")
})

test_that("arrays are stacked on a new axis, and unstacked again", {
  a <- draw(2, 3)
  b <- draw(2, 3, seed = 2)
  for (axis in c(1, 2, 3, -1)) {
    place <- if (axis < 0) 3 else axis
    expect_op(function(...) op_stack(list(...), axis), a, b,
              forward = function(x, y) {
                aperm(array(c(x, y), c(2, 3, 2)),
                      append(1:2, 3L, place - 1))
              })
  }
  expect_op(function(...) op_stack(list(...)), 1, 2, forward = array(c(1, 2)))
  x <- draw(2, 3, 4)
  expect_op(function(x) op_unstack(x, axis = 2)[[3]], x,
            forward = function(x) x[, 3, ])
  expect_op(function(x) op_unstack(x, axis = -1)[[1]] * 2, x,
            forward = function(x) 2 * x[, , 1])
  expect_op(function(x) op_stack(rev(op_unstack(x, axis = 2)), 2), x,
            forward = function(x) x[, 3:1, ])
  expect_op(function(x) op_unstack(x)[[2]], draw(3),
            forward = function(x) x[[2]])
  expect_length(op_unstack(x, 2), 2)
})

test_that("arrays are split into equal or given pieces", {
  x <- draw(2, 6)
  expect_op(function(x) op_split(x, 3, axis = 2)[[2]], x,
            forward = function(x) x[, 3:4])
  expect_op(function(x) op_split(x, c(2, 5), axis = -1)[[2]], x,
            forward = function(x) x[, 2:4])
  expect_equal(lapply(op_split(x, c(2, 5), axis = 2), dim),
               list(c(2L, 1L), c(2L, 3L), c(2L, 2L)))
})

test_that("joining keeps open axes open", {
  x <- new_symbolic(list(NULL, 4))
  expect_equal(op_concatenate(list(x, x))$shape, shape(NULL, 8))
  expect_equal(op_stack(list(x, x), 2)$shape, shape(NULL, 2, 4))
  s <- new_symbolic(list(NULL, 3, 4))
  parts <- op_unstack(s, axis = 2)
  expect_length(parts, 3)
  expect_equal(parts[[3]]$shape, shape(NULL, 4))
})

test_that("arrays that do not fit are refused", {
  x <- matrix(1:6, 2)
  expect_snapshot(error = TRUE, {
    op_concatenate(list(x, t(x)))
    op_concatenate(list(x, 1:2))
    op_concatenate(x)
    op_concatenate(list())
    op_concatenate(list(1, 2))
    op_stack(list(x, t(x)))
    op_unstack(x, num = 4)
    op_unstack(x, axis = 3)
    op_split(x, 2, axis = 2)
  })
})
