test_that("shapes are made, compared and printed", {
  s <- shape(2, NULL)
  expect_identical(s[[1]], 2L)
  expect_null(s[[2]])
  expect_length(s, 2)
  expect_true(s == shape(c(2, NA)))
  expect_true(s != shape(2, 3))
  expect_true(shape(list(NULL, 3)) == c(NA, 3))
  expect_identical(as.integer(s), c(2L, NA))
  expect_true(shape(matrix(0, 2, 3)) == shape(2, 3))
  expect_true(shape(as_tensor(1:3)) == shape(3))
  expect_snapshot({
    shape(2, NULL)
    shape()
    shape(100000, 3)
  })
})

test_that("axes count from 1, and from the end", {
  expect_identical(check_axis(c(1, -1), 3), c(1L, 3L))
  expect_identical(check_axis(4, 3, extra = 1L), 4L)
})

test_that("sizes that cannot be are refused", {
  expect_snapshot(error = TRUE, {
    shape(-1)
    shape(1.5)
    shape("a")
    shape(2) + 1
    check_axis(1, 0)
  })
})
