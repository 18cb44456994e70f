test_that("running sums and products along any axis", {
  x <- draw(2, 3, 4)
  along <- function(x, axis, f) {
    rest <- setdiff(1:3, axis)
    aperm(array(apply(x, rest, f), dim(x)[c(axis, rest)]),
          order(c(axis, rest)))
  }
  for (axis in 1:3) {
    expect_op(function(x) op_cumsum(x, axis), x,
              forward = function(x) along(x, axis, cumsum))
    expect_op(function(x) op_cumprod(x, axis), x,
              forward = function(x) along(x, axis, cumprod))
  }
  expect_op(function(x) op_cumsum(x, -1), draw(2, 3),
            forward = function(x) t(apply(x, 1, cumsum)))
  expect_op(op_cumsum, draw(2, 3), forward = function(x) array(cumsum(t(x))))
  expect_op(op_cumprod, draw(4), forward = function(x) array(cumprod(x)))
  expect_equal(as.array(op_cumsum(array(0, c(2, 0)), 2)), array(0, c(2, 0)))
})

test_that("running products with zeros have right gradients", {
  expect_op(function(x) op_cumprod(x, 1), c(2, 0, 3, 0, 4))
})
