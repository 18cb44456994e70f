test_that("arrays are filled", {
  expect_identical(as.array(op_zeros(c(2, 3))), matrix(0, 2, 3))
  expect_identical(as.array(op_ones(2, "int32")), array(1L, 2))
  expect_identical(as.array(op_full(c(), 7)), 7)
  expect_identical(as.array(op_zeros(list(2, 1))), matrix(0, 2, 1))
  expect_identical(as.array(op_zeros_like(1:3)), array(0L, 3))
  expect_identical(as.array(op_ones_like(c(0.5, 2))), array(1, 2))
  expect_identical(as.array(op_full_like(1:2, 0.5, "float64")), array(0.5, 2))
  expect_identical(as.array(op_ones_like(1:2, "bool")), array(TRUE, 2))
  expect_equal(op_zeros_like(new_symbolic(list(NULL, 3)))$shape,
               shape(NULL, 3))
})

test_that("numbers are counted out", {
  expect_identical(as.array(op_arange(3)), array(0:2))
  expect_identical(as.array(op_arange(1, 2, 0.25)),
                   array(c(1, 1.25, 1.5, 1.75)))
  expect_identical(as.array(op_arange(3, 0, -1)), array(c(3L, 2L, 1L)))
  expect_identical(as.array(op_arange(2, 1)), array(0L, 0))
  expect_equal(as.array(op_linspace(0, 1, 5)), array(c(0, 0.25, 0.5, 0.75, 1)))
  expect_identical(as.array(op_eye(2)), diag(2))
  expect_identical(as.array(op_eye(2, 3, k = 1)), cbind(0, diag(2)))
})

test_that("dtypes are changed, and gradients pass between floats only", {
  expect_identical(as.array(op_cast(c(-0.5, 2.7), "int32")), array(c(0L, 2L)))
  expect_identical(as.array(op_cast(c(0, 2), "bool")), array(c(FALSE, TRUE)))
  expect_identical(as.array(op_cast(TRUE, "float32")), 1)
  expect_op(function(x) op_cast(x, "float64"), draw(2, 3), forward = identity)
  x <- as_tensor(c(1.5, 2))
  tape <- gradient_tape(op_sum(op_cast(x, "int32") * x))
  expect_equal(tape$gradient(x), array(c(1, 2)))
  expect_identical(as_tensor(1:2, "float64")$dtype, "float64")
})

test_that("no gradient passes op_stop_gradient()", {
  x <- as_tensor(c(2, 3))
  tape <- gradient_tape(op_sum(op_stop_gradient(x) * x))
  expect_equal(tape$gradient(x), array(c(2, 3)))
})

test_that("unknown dtypes and sizes are refused", {
  expect_snapshot(error = TRUE, {
    op_zeros(2, "float46")
    op_cast(1, 3)
    op_zeros(list(NULL, 2))
    op_zeros(-1)
  })
})
