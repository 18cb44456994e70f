test_that("class numbers become columns as in tf.keras", {
  cases <- reference_cases("data")
  for (case in cases[startsWith(names(cases), "to_categorical")]) {
    got <- do.call(to_categorical,
                   c(list(as_reference_array(case$y)), case$args))
    expect_close(got, as_reference_array(case$value), info = case$id)
  }
})

test_that("classes keep the axes of `y`, but for a last one of size 1", {
  want <- rbind(c(0, 1, 0), c(0, 0, 1))
  expect_identical(to_categorical(c(1, 2)), want)
  expect_identical(to_categorical(matrix(1:2)), want)
  y <- array(c(0:5, 5:0), c(2, 3, 2))
  got <- to_categorical(y, num_classes = 7)
  expect_identical(dim(got), c(2L, 3L, 2L, 7L))
  expect_identical(apply(got, 1:3, which.max) - 1L, y)
  expect_identical(to_categorical(factor(c("b", "c", "b"), c("a", "b", "c"))),
                   want[c(1, 2, 1), ])
  expect_identical(to_categorical(0:1, dtype = "int32"),
                   matrix(c(1L, 0L, 0L, 1L), 2))
  expect_identical(to_categorical(TRUE, dtype = "bool"),
                   matrix(c(FALSE, TRUE), 1))
  expect_identical(dim(to_categorical(integer(), 4)), c(0L, 4L))
})

test_that("vectors are normalized as in tf.keras", {
  cases <- reference_cases("data")
  for (case in cases[startsWith(names(cases), "normalize")]) {
    args <- case$args
    if (!is.null(args$axis)) args$axis <- args$axis + 1
    got <- do.call(normalize, c(list(as_reference_array(case$x)), args))
    expect_close(got, as_reference_array(case$value), info = case$id)
  }
})

test_that("any axis and order can be normalized; zeros stay", {
  x <- array(rnorm(24), c(2, 3, 4))
  x[1, , 2] <- 0
  got <- normalize(x, axis = 2)
  expect_equal(got[2, , 3], x[2, , 3] / sqrt(sum(x[2, , 3]^2)))
  expect_identical(got[1, , 2], numeric(3))
  expect_equal(normalize(x, axis = -3, order = Inf)[, 1, 1],
               x[, 1, 1] / max(abs(x[, 1, 1])))
  expect_equal(normalize(c(3, 4)), c(0.6, 0.8))
  expect_equal(normalize(c(3, 0, 4), order = 0), c(1.5, 0, 2))
  expect_equal(normalize(c(3, -2), order = -Inf), c(1.5, -1))
})

test_that("what is no class and no axis is refused", {
  expect_snapshot(error = TRUE, {
    to_categorical(c("a", "b"))
    to_categorical(c(1, NA))
    to_categorical(c(1, -1))
    to_categorical(1.5)
    to_categorical(1:3, num_classes = 3)
    normalize("a")
    normalize(matrix(1, 2, 2), axis = 3)
  })
})
