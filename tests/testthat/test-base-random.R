test_that("a seed gives the same values and leaves the session's generator", {
  set.seed(3)
  want <- runif(2)
  set.seed(3)
  a <- with_seed(1, rnorm(3))
  b <- with_seed(1, rnorm(3))
  expect_identical(a, b)
  expect_error(with_seed(2, stop("broken")), "broken")
  expect_identical(runif(2), want)
})

test_that("without a seed the session's generator moves on", {
  set.seed(4)
  want <- runif(2)
  set.seed(4)
  expect_identical(c(with_seed(NULL, runif(1)), runif(1)), want)
})

test_that("the session's kinds of generator change nothing and are kept", {
  want <- with_seed(1, c(rnorm(2), sample(10)))
  old <- RNGkind("Wichmann-Hill", "Box-Muller")
  on.exit(RNGkind(old[[1L]], old[[2L]], old[[3L]]))
  expect_identical(with_seed(1, c(rnorm(2), sample(10))), want)
  expect_identical(RNGkind()[1:2], c("Wichmann-Hill", "Box-Muller"))
})

test_that("a session that has drawn nothing stays unseeded", {
  seed <- get0(".Random.seed", globalenv(), inherits = FALSE)
  if (!is.null(seed)) {
    rm(".Random.seed", envir = globalenv())
    on.exit(assign(".Random.seed", seed, envir = globalenv()))
  }
  with_seed(1, runif(1))
  expect_false(exists(".Random.seed", globalenv(), inherits = FALSE))
})

test_that("seeds are whole numbers or NULL", {
  expect_null(check_seed(NULL))
  expect_identical(check_seed(5), 5L)
  expect_identical(check_seed(-2), -2L)
  expect_snapshot(error = TRUE, {
    check_seed("a")
    check_seed(c(1, 2))
    check_seed(1.5)
    check_seed(NA_real_)
    check_seed(1e10)
  })
})

test_that("dropout draws what runif() would, whatever the generator", {
  draw_both <- function(kind) {
    kinds <- RNGkind(kind)
    on.exit(suppressWarnings(RNGkind(kinds[[1]], kinds[[2]], kinds[[3]])))
    for (rate in c(0.3, 0.9)) {
      set.seed(6)
      want <- list(array((runif(24) >= rate) / (1 - rate), 2:4), runif(1))
      set.seed(6)
      expect_identical(list(draw_dropout(rate, 2:4), runif(1)), want)
    }
  }
  draw_both("Mersenne-Twister")
  draw_both("Wichmann-Hill")
  expect_identical(draw_dropout(1, c(2, 3)), matrix(0, 2, 3))
  expect_identical(dim(draw_dropout(0.5, c(0, 3))), c(0L, 3L))
})
