test_that("every file of reference numbers is read, with its cases", {
  files <- list.files(test_path("data"), "[.]json[.]gz$")
  names <- setdiff(sub("[.]json[.]gz$", "", files), "signatures")
  for (name in names) expect_gt(length(reference_cases(name)), 9)
  expect_equal(anyDuplicated(names(reference_cases("rnn"))), 0)
})

test_that("arrays are column-major, scalars bare, null stays NULL", {
  x <- list(
    a = list(dim = list(2L, 3L), data = as.list(c(1, 2, 3, 4, 5, 6))),
    b = list(dim = list(), data = list(7)),
    c = 1,
    d = list(list(dim = list(2L), data = list(TRUE, FALSE)), 8)
  )
  x["c"] <- list(NULL)
  expect_identical(as_reference_array(x), list(
    a = matrix(c(1, 2, 3, 4, 5, 6), 2), b = 7, c = NULL,
    d = list(array(c(TRUE, FALSE), 2), 8)
  ))
  empty <- list(dim = list(0L, 3L), data = list())
  expect_identical(as_reference_array(empty), matrix(0, 0, 3))
})

test_that("expect_close says which array is off, where, and by how much", {
  want <- list(1, b = list(matrix(1:6, 2), NULL), c = c(NaN, Inf))
  got <- want
  expect_close(got, want)
  got$b[[1]][2, 2] <- 4 + 3e-10
  expect_close(got, want)
  got$b[[1]][2, 2] <- 4 + 5e-10
  expect_failure(expect_close(got, want), "b\\$1 1 of 6 .* at \\[4\\]")
  got$b[[1]] <- t(got$b[[1]])
  expect_failure(expect_close(got, want), "\\(3, 2\\), not \\(2, 3\\)")
  expect_failure(expect_close(list(1), want), "has 1 arrays, not 4")
  expect_failure(expect_close(NaN, 1), "differ")
  expect_failure(expect_close(NULL, 1), "shape NULL")
  expect_failure(expect_close(-Inf, Inf), "differ")
})
