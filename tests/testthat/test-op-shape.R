test_that("reshape fills with the last axis running fastest", {
  # The elements in the order of C: the last axis fastest.
  in_c_order <- function(x) if (length(dims(x))) as.vector(aperm(x)) else x
  shapes <- list(c(2, 3, 4), 24, c(4, 6), c(1, 24), c(24, 1), c(2, 1, 3, 4),
                 c(2, 2, 2, 3), c(4, 3, 2))
  for (from in shapes) {
    for (to in shapes) {
      expect_op(function(x) op_reshape(x, to), draw(from), gradient = FALSE)
      y <- as.array(op_reshape(draw(from), to))
      expect_identical(dim(y), as.integer(to))
      expect_identical(in_c_order(y), in_c_order(draw(from)))
    }
  }
  expect_op(function(x) op_reshape(x, c(4, -1)), draw(2, 3, 4))
  expect_op(function(x) op_reshape(x, list(NULL, 2)), draw(2, 3))
  expect_op(function(x) op_reshape(x, c(NA, 2)), draw(2, 3))
  expect_op(function(x) op_reshape(x, c()), draw(1, 1))
  expect_op(function(x) op_reshape(x, c(1, 1)), draw())
  expect_op(op_ravel, draw(2, 3), forward = function(x) array(t(x)))
  expect_equal(dim(op_reshape(array(0, c(0, 3)), c(3, 0))), c(3L, 0L))
  expect_equal(dim(op_reshape(array(0, c(0, 3)), c(-1, 3))), c(0L, 3L))
})

test_that("reshape of a symbolic tensor keeps the open axis", {
  x <- new_symbolic(list(NULL, 4, 6))
  expect_equal(op_reshape(x, c(-1, 24))$shape, shape(NULL, 24))
  expect_equal(op_reshape(x, list(NULL, 3, 8))$shape, shape(NULL, 3, 8))
  y <- new_symbolic(list(NULL, NULL, 4))
  expect_equal(op_reshape(y, c(-1, 4))$shape, shape(NULL, 4))
})

test_that("axes are permuted as by aperm()", {
  x <- draw(2, 3, 4)
  expect_op(op_transpose, draw(2, 3), forward = t)
  expect_op(op_transpose, x, forward = aperm)
  expect_op(function(x) op_transpose(x, c(2, 3, 1)), x,
            forward = function(x) aperm(x, c(2, 3, 1)))
  expect_op(function(x) op_transpose(x, c(-1, 1, 2)), x,
            forward = function(x) aperm(x, c(3, 1, 2)))
  expect_op(op_transpose, draw(3), forward = identity)
  expect_op(op_transpose, 2, forward = identity)
  expect_op(function(x) op_moveaxis(x, 1, -1), x,
            forward = function(x) aperm(x, c(2, 3, 1)))
  expect_op(function(x) op_moveaxis(x, c(1, 2), c(2, 1)), x,
            forward = function(x) aperm(x, c(2, 1, 3)))
  expect_op(function(x) op_swapaxes(x, 1, 3), x,
            forward = function(x) aperm(x, c(3, 2, 1)))
})

test_that("axes of one come and go", {
  x <- draw(2, 3)
  expect_op(function(x) op_expand_dims(x, 1), x,
            forward = function(x) array(x, c(1, 2, 3)))
  expect_op(function(x) op_expand_dims(x, -1), x,
            forward = function(x) array(x, c(2, 3, 1)))
  expect_op(function(x) op_expand_dims(x, 2), x,
            forward = function(x) array(x, c(2, 1, 3)))
  expect_op(function(x) op_expand_dims(x, 1), 2, forward = array(2, 1))
  y <- draw(1, 3, 1, 2)
  expect_op(op_squeeze, y, forward = function(x) array(x, c(3, 2)))
  expect_op(function(x) op_squeeze(x, 1), y,
            forward = function(x) array(x, c(3, 1, 2)))
  expect_op(function(x) op_squeeze(x, -2), y,
            forward = function(x) array(x, c(1, 3, 2)))
  expect_op(op_squeeze, draw(1, 1), forward = function(x) x[[1]])
})

test_that("arrays are flipped, tiled, repeated, padded, stretched", {
  x <- draw(2, 3)
  expect_op(op_flip, x, forward = function(x) x[2:1, 3:1])
  expect_op(function(x) op_flip(x, -1), x, forward = function(x) x[, 3:1])
  expect_op(function(x) op_tile(x, c(2, 3)), x,
            forward = function(x) x[rep(1:2, 2), rep(1:3, 3)])
  expect_op(function(x) op_tile(x, 2), x,
            forward = function(x) x[, rep(1:3, 2)])
  expect_op(function(x) op_tile(x, c(2, 1, 2)), x,
            forward = function(x) {
              aperm(array(x[, rep(1:3, 2)], c(2, 6, 2)), c(3, 1, 2))
            })
  expect_op(function(x) op_repeat(x, 2, axis = 1), x,
            forward = function(x) x[c(1, 1, 2, 2), ])
  expect_op(function(x) op_repeat(x, c(2, 0, 1), axis = 2), x,
            forward = function(x) x[, c(1, 1, 3)])
  expect_op(function(x) op_repeat(x, 2), x,
            forward = function(x) array(rep(t(x), each = 2)))
  expect_op(function(x) op_pad(x, list(c(1, 0), c(0, 2)), 5), x,
            forward = function(x) rbind(5, cbind(x, 5, 5)))
  expect_op(function(x) op_pad(x, 1), draw(2), forward = function(x) {
    array(c(0, x, 0))
  })
  expect_op(function(x) op_broadcast_to(x, c(4, 2, 3)), draw(2, 1),
            forward = function(x) aperm(array(x, c(2, 4, 3)), c(2, 1, 3)))
  expect_op(function(x) op_broadcast_to(x, c(2, 2)), 3,
            forward = matrix(3, 2, 2))
})

test_that("shapes are told", {
  x <- new_symbolic(list(NULL, 4))
  expect_equal(op_shape(x), shape(NULL, 4))
  expect_equal(op_shape(matrix(0, 2, 3)), shape(2, 3))
  expect_identical(op_ndim(x), 2L)
  expect_equal(op_size(matrix(0, 2, 3)), 6)
})

test_that("array_reshape() works on plain arrays, in both orders", {
  expect_identical(array_reshape(1:6, c(2, 3)), matrix(1:6, 2, byrow = TRUE))
  expect_identical(array_reshape(1:6, c(2, 3), order = "F"), matrix(1:6, 2))
  expect_identical(array_reshape(matrix(1:6, 2), 6),
                   array(c(1L, 3L, 5L, 2L, 4L, 6L)))
  expect_identical(array_reshape(1:6, list(NULL, 2)),
                   matrix(1:6, 3, byrow = TRUE))
})

test_that("shapes that cannot be are refused", {
  x <- matrix(1:6, 2)
  expect_snapshot(error = TRUE, {
    op_reshape(x, c(4, 2))
    op_reshape(x, c(-1, -1))
    op_reshape(x, list(NULL, 4))
    op_transpose(x, c(1, 1))
    op_transpose(x, 3)
    op_squeeze(x, 1)
    op_expand_dims(x, 4)
    op_broadcast_to(x, c(3, 3))
    op_pad(x, list(c(1, 1)))
    array_reshape(1:6, c(4, 2))
  })
})
