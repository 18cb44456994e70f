product <- function(a, b, ta = FALSE, tb = FALSE, run = c(1L, 0L)) {
  .Call(ffi_matmul, a, b, ta, tb, run)
}

test_that("products agree with %*%, transposed or not", {
  set.seed(21)
  for (variant in .Call(ffi_kernels)) {
    for (i in 1:25) {
      size <- sample(c(1, 2, 7, 8, 9, 16, 17, 40), 3, replace = TRUE)
      a <- matrix(rnorm(size[1] * size[2]), size[1])
      b <- matrix(rnorm(size[2] * size[3]), size[2])
      want <- a %*% b
      run <- c(1L, variant)
      expect_equal(product(a, b, run = run), want)
      expect_equal(product(t(a), b, TRUE, FALSE, run), want)
      expect_equal(product(a, t(b), FALSE, TRUE, run), want)
      expect_equal(product(t(a), t(b), TRUE, TRUE, run), want)
    }
  }
})

test_that("long and wide products go through in pieces, on any threads", {
  set.seed(22)
  a <- matrix(rnorm(150 * 1200), 150)
  b <- matrix(rnorm(1200 * 70), 1200)
  one <- product(a, b)
  expect_equal(one, a %*% b)
  for (threads in 2:3) {
    expect_identical(product(a, b, run = c(threads, 0L)), one)
    expect_identical(product(t(a), b, TRUE, run = c(threads, 0L)), one)
  }
})

test_that("small products, which pack nothing, have the bits of large ones", {
  set.seed(23)
  a <- matrix(rnorm(400 * 100), 400)
  b <- matrix(rnorm(100 * 70), 100)
  for (variant in .Call(ffi_kernels)) {
    run <- c(1L, variant)
    large <- product(a, b, run = run)
    for (rows in c(3, 16, 21)) {
      few <- a[seq_len(rows), ]
      want <- large[seq_len(rows), ]
      expect_identical(product(few, b, run = run), want)
      expect_identical(product(few, t(b), FALSE, TRUE, run), want)
      expect_identical(product(t(few), b, TRUE, FALSE, run), want)
    }
  }
})

test_that("empty products are zeros of the right shape", {
  expect_identical(product(matrix(0, 0, 3), matrix(0, 3, 2)), matrix(0, 0, 2))
  expect_identical(product(matrix(0, 4, 0), matrix(0, 0, 2)), matrix(0, 4, 2))
})

test_that("wrong factors are errors", {
  a <- matrix(0, 2, 3)
  expect_error(product(a, a), "fit")
  expect_error(product(a, 1:3), "matrices")
  expect_error(product(a, matrix(0L, 3, 2)), "matrices")
  expect_error(product(a, a, NA), "TRUE or FALSE")
  expect_error(product(a, t(a), run = 1L), "run")
  expect_error(.Call(ffi_activate, 1L, 1L, 0L, c(1L, 0L)), "double")
  expect_error(.Call(ffi_activate, 1, 12L, 0L, c(1L, 0L)), "number")
  expect_error(.Call(ffi_activate, 1, 1L, 2L, c(1L, 0L)), "precision")
})
