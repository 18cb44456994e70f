# out[i, j] = sum of a[i, k] b[k, j], written out.
by_loops <- function(a, b) {
  out <- matrix(0, nrow(a), ncol(b))
  for (i in seq_len(nrow(a))) {
    for (j in seq_len(ncol(b))) out[i, j] <- sum(a[i, ] * b[, j])
  }
  out
}

test_that("matrices and vectors are multiplied as in NumPy", {
  a <- draw(2, 3)
  b <- draw(3, 4)
  expect_op(op_matmul, a, b, forward = by_loops)
  expect_op(op_of(`%*%`), a, b, forward = by_loops)
  expect_op(op_matmul, a, draw(3), forward = function(a, b) {
    array(by_loops(a, matrix(b)))
  })
  expect_op(op_matmul, draw(3), b, forward = function(a, b) {
    array(by_loops(t(a), b))
  })
  expect_op(op_matmul, draw(3), draw(3, seed = 2),
            forward = function(a, b) sum(a * b))
  expect_op(op_matmul, array(0, c(0, 3)), b, forward = array(0, c(0, 4)))
  expect_op(op_matmul, array(0, c(2, 0)), array(0, c(0, 4)),
            forward = array(0, c(2, 4)))
})

test_that("batches of matrices are multiplied, batch axes broadcast", {
  each <- function(a, b) {
    out <- array(0, c(dim(a)[1:2], dim(b)[[3]]))
    for (i in seq_len(dim(a)[[1]])) {
      out[i, , ] <- by_loops(array(a[i, , ], dim(a)[-1]),
                             array(b[i, , ], dim(b)[-1]))
    }
    out
  }
  a <- draw(5, 2, 3)
  expect_op(op_matmul, a, draw(5, 3, 4), forward = each)
  expect_op(op_matmul, a, draw(3, 4), forward = function(a, b) {
    each(a, aperm(array(b, c(3, 4, 5)), c(3, 1, 2)))
  })
  expect_op(op_matmul, draw(2, 3), draw(5, 3, 4), forward = function(a, b) {
    each(aperm(array(a, c(2, 3, 5)), c(3, 1, 2)), b)
  })
  expect_op(op_matmul, a, draw(1, 3, 4), forward = function(a, b) {
    each(a, b[rep(1, 5), , ])
  })
  expect_op(op_matmul, draw(4, 1, 2, 3), draw(5, 3, 2))
  expect_op(op_matmul, a, draw(3))
  expect_op(op_matmul, draw(2), draw(5, 2, 3))
  expect_equal(dim(op_matmul(draw(4, 1, 2, 3), draw(5, 3, 2))),
               c(4L, 5L, 2L, 2L))
})

test_that("`%*%` works with tensors, variables and arrays on either side", {
  a <- draw(2, 3)
  b <- draw(3, 2)
  v <- new_variable(b)
  want <- a %*% b
  expect_equal(as.array(as_tensor(a) %*% b), want)
  expect_equal(as.array(a %*% as_tensor(b)), want)
  expect_equal(as.array(a %*% v), want)
  expect_equal(as.array(as_tensor(a) %*% v), want)
  expect_equal(as.array(v %*% as_tensor(a)), b %*% a)
  s <- new_symbolic(list(NULL, 3))
  expect_equal((s %*% v)$shape, shape(NULL, 2))
  expect_equal((s %*% b)$shape, shape(NULL, 2))
  expect_equal((v %*% t(v))$shape, shape(3, 3))
  expect_true(is_symbolic(b %*% new_symbolic(list(2, 4))))
})

test_that("sums over any axes", {
  a <- draw(2, 3, 4)
  b <- draw(4, 3, 5)
  expect_op(function(a, b) op_tensordot(a, b, 1), a, draw(4, 2),
            forward = function(a, b) {
              array(by_loops(matrix(a, 6), b), c(2, 3, 2))
            })
  expect_op(function(a, b) op_tensordot(a, b, list(c(2, 3), c(2, 1))), a, b,
            forward = function(a, b) {
              by_loops(matrix(a, 2), matrix(aperm(b, c(2, 1, 3)), 12))
            })
  expect_op(function(a, b) op_tensordot(a, b, 0), draw(2), draw(3),
            forward = outer)
  expect_op(op_dot, draw(2, 3), draw(5, 3, 4))
  expect_op(op_dot, draw(3), draw(3, seed = 2),
            forward = function(a, b) sum(a * b))
  expect_op(op_dot, 2, draw(3), forward = `*`)
  expect_op(op_outer, draw(2), draw(3), forward = outer)
})

test_that("shapes that do not fit are refused", {
  expect_snapshot(error = TRUE, {
    op_matmul(matrix(0, 2, 3), matrix(0, 2, 3))
    op_matmul(1, matrix(0, 2, 3))
    op_matmul(array(0, c(2, 2, 3)), array(0, c(3, 3, 2)))
    as_tensor(matrix(0, 2, 3)) %*% 1:2
    op_tensordot(matrix(0, 2, 3), matrix(0, 2, 3), 1)
  })
})
