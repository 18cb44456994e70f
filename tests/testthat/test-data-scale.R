two_columns <- function(n = 20) {
  cbind(a = rnorm(n, 3, 2), b = rexp(n, 0.1))
}

test_that("constants come from the training part alone", {
  x <- two_columns()
  first <- x[1:15, ]
  w <- time_windows(x, length = 3, test = 5)
  expect_equal(w$scale$center, colMeans(first))
  expect_equal(w$scale$spread, apply(first, 2, sd))
  x[16:20, ] <- 1e6
  expect_identical(time_windows(x, length = 3, test = 5)$train, w$train)
  r <- time_windows(x, length = 3, test = 5, scale = "range")
  expect_equal(range(r$train$x[, , 1], r$train$y[, 1]), c(0, 1))
  expect_equal(r$scale$spread, apply(first, 2, function(v) diff(range(v))))
  none <- time_windows(x, length = 3, test = 5, scale = "none")
  expect_identical(none$train$x[1, , ], unname(x[1:3, ]))
})

test_that("a scale of one's own is applied first, and undone last", {
  x <- two_columns()^2
  root <- list(sqrt, function(z) z^2)
  w <- time_windows(x, length = 3, test = 5, scale = root)
  expect_equal(w$train$y, unname(sqrt(x[4:15, ])))
  expect_equal(unscale(w$train$y, w), unname(x[4:15, ]))
  w <- time_windows(x, length = 3, test = 5, scale = c(root, "standard"))
  expect_equal(w$scale$center, colMeans(sqrt(x[1:15, ])))
  expect_equal(unscale(w$test$y, w), unname(x[16:20, ]))
  expect_equal(scale_like(x[4:15, ], w), w$train$y)
})

test_that("unscale() and scale_like() are inverse, for every shape", {
  x <- two_columns()
  w <- time_windows(x, length = 3, ahead = 1:2, test = 5)
  expect_identical(dim(w$train$y), c(11L, 2L, 2L))
  y <- unscale(w$train$y, w)
  expect_equal(y[, 1, ], unname(x[4:14, ]))
  expect_equal(y[, 2, ], unname(x[5:15, ]))
  expect_equal(scale_like(y, w), w$train$y)
  expect_equal(unscale(w$train$x, w, of = "features")[2, , ],
               unname(x[2:4, ]))
  one <- time_windows(x, length = 3, ahead = 1:2, targets = "b", test = 5)
  expect_equal(unscale(one$test$y, one), unname(cbind(x[16:19, "b"],
                                                      x[17:20, "b"])))
  expect_equal(unscale(one$test$y[1, 1], one), x[[16, "b"]])
  expect_equal(scale_like(as.data.frame(x[, 2:1]), one),
               scale_like(x, one))
  expect_equal(unscale(as_tensor(w$test$y), w), unscale(w$test$y, w))
})

test_that("a feature that does not vary is only shifted", {
  w <- time_windows(cbind(a = c(1, 4, 2, 5), b = 7), length = 1, test = 0)
  expect_identical(w$train$x[, 1, 2], numeric(3))
  expect_equal(unscale(w$train$y, w)[, 2], rep(7, 3))
})

test_that("scales that cannot be are refused", {
  x <- two_columns()
  w <- time_windows(x, length = 3)
  expect_snapshot(error = TRUE, {
    time_windows(1:9, length = 3, scale = "minmax")
    time_windows(1:9, length = 3, scale = sqrt)
    time_windows(1:9, length = 3, scale = list(sqrt, "standard"))
    time_windows(1:9, length = 3, scale = list(sqrt, sqrt))
    time_windows(0:9, length = 3, scale = list(log, exp))
    time_windows(-(1:9), length = 3, scale = list(sqrt, function(z) z^2))
    time_windows(c(1:9, -1), length = 3, scale = list(sqrt, function(z) z^2))
    time_windows(1:9, length = 3, scale = list(sum, identity))
    unscale(matrix(0, 4, 3), w)
    unscale("a", w)
    unscale(1, list())
    unscale(1, w, of = "inputs")
    scale_like(matrix(0, 4, 3), w)
    scale_like(data.frame(a = 1), w)
  })
})
