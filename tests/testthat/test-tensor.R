test_that("values are taken from whatever holds numbers", {
  expect_identical(value_of(as_tensor(5)), 5)
  expect_identical(value_of(1:3), array(1:3))
  expect_identical(value_of(data.frame(a = 1:2, b = 3:4)), cbind(1:2, 3:4))
  expect_identical(value_of(new_variable(matrix(1, 2, 2))), matrix(1, 2, 2))
  named <- matrix(1:4, 2, dimnames = list(NULL, c("a", "b")))
  expect_identical(value_of(named), matrix(1:4, 2))
  expect_identical(value_of(c(a = 1)), 1)
  expect_identical(value_of(scale(1:3)), matrix(c(-1, 0, 1)))
  expect_identical(value_of(stats::ts(c(1, 2))), array(c(1, 2)))
  expect_identical(as.array(as_tensor(named) + 1L), matrix(2:5, 2))
})

test_that("dtypes follow R's types", {
  expect_identical(dtype_of(as_tensor(1:2)), "int32")
  expect_identical(dtype_of(as_tensor(TRUE)), "bool")
  expect_identical(dtype_of(as_tensor(0.5)), "float64")
})

test_that("a variable changes for everyone who holds it", {
  v <- new_variable(matrix(0, 2, 2), "w")
  also <- v
  v$assign(matrix(1, 2, 2))
  expect_identical(as.array(also), matrix(1, 2, 2))
  expect_error(v$assign(1:3), class = "ValueError")
})

test_that("what holds no numbers is refused", {
  expect_snapshot(error = TRUE, {
    as_tensor("a")
    as_tensor(list(1, 2))
    as_tensor(NULL)
    as_tensor(mean)
    as_tensor(factor("a"))
    new_variable(matrix(0, 2, 2), "w")$assign(1:3)
  })
})
