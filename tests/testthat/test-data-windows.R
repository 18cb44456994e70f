test_that("windows hold the steps before their targets, rows being time", {
  x <- matrix(1:18 + 0, 9, 2, dimnames = list(NULL, c("a", "b")))
  w <- time_windows(x, length = 3, test = 2, scale = "none")
  expect_identical(w$train$x[2, , ], unname(x[2:4, ]))
  expect_identical(dim(w$train$x), c(4L, 3L, 2L))
  expect_identical(w$train$y, unname(x[4:7, ]))
  expect_identical(w$test$x[1, , ], unname(x[5:7, ]))
  expect_identical(w$test$y, unname(x[8:9, ]))
  expect_identical(w$time, list(train = 4:7, test = 8:9))
  expect_identical(w$features, c("a", "b"))
  v <- time_windows(1:9, length = 3, test = 2, scale = "none")
  expect_identical(v$train$x[, , 1], w$train$x[, , 1])
  expect_identical(v$train$y, w$train$y[, 1, drop = FALSE])
})

test_that("targets lie as far ahead as asked, of the columns asked", {
  x <- cbind(a = 1:12, b = 101:112)
  make <- function(...) time_windows(x, length = 2, scale = "none", ...)
  expect_identical(make(ahead = 3, targets = "b", test = 0)$train$y,
                   matrix(105:112 + 0))
  expect_identical(make(ahead = 1:2, targets = 2, test = 0)$train$y,
                   cbind(103:111, 104:112) + 0)
  both <- make(ahead = c(1, 3), targets = c("b", "a"), test = 0)
  expect_identical(both$train$y[, , 1], cbind(103:110, 105:112) + 0)
  expect_identical(both$train$y[, , 2], cbind(3:10, 5:12) + 0)
  expect_identical(both$time$train, cbind(3:10, 5:12))
})

test_that("no target of the training part lies in the test part", {
  w <- time_windows(1:20, length = 3, ahead = 1:4, test = 6, scale = "none")
  expect_identical(max(w$train$y), 14)
  expect_identical(w$test$y[1, ], 15:18 + 0)
  expect_identical(nrow(w$train$x), 8L)
  expect_identical(nrow(w$test$x), 3L)
})

test_that("windows begin `stride` steps apart, test targets at the split", {
  w <- time_windows(1:20, length = 4, stride = 3, test = 6, scale = "none")
  expect_identical(w$train$x[, 1, 1], c(1, 4, 7, 10))
  expect_identical(w$train$y[, 1], c(5, 8, 11, 14))
  expect_identical(w$test$y[, 1], c(15, 18))
})

test_that("each step may have its target", {
  x <- cbind(a = 1:10, b = 11:20)
  w <- time_windows(x, length = 3, stride = 3, targets = "b", test = 3,
                    each_step = TRUE, scale = "none")
  expect_identical(w$train$y[, , 1], rbind(12:14, 15:17) + 0)
  expect_identical(w$test$x[, , 1], rbind(7:9 + 0)[1, ])
  expect_identical(w$test$y, array(18:20 + 0, c(1, 3, 1)))
  expect_identical(w$time$train, rbind(2:4, 5:7))
})

test_that("windows that touch missing values are left out when told so", {
  x <- cbind(a = 1:12, b = 1:12)
  x[5, "a"] <- NA
  w <- time_windows(x, length = 2, targets = "b", test = 4, na = "drop",
                    scale = "none")
  expect_identical(w$train$y[, 1], c(3, 4, 5, 8))
  w <- time_windows(x, length = 2, targets = "a", test = 4, na = "drop")
  expect_identical(w$time$train, c(3L, 4L, 8L))
  expect_false(anyNA(w$train) || anyNA(w$test))
  expect_equal(w$scale$center, c(a = mean(c(1:4, 6:8)), b = mean(1:8)))
})

test_that("the test part can be given to fit()", {
  w <- time_windows(1:30, length = 3)
  expect_named(w$test, c("x", "y"))
  expect_null(time_windows(1:30, length = 3, test = 0)$test)
})

test_that("series that cannot be cut are refused, naming rows and columns", {
  wide <- matrix(0, 2, 30)
  expect_snapshot(error = TRUE, {
    time_windows(wide, length = 12)
    time_windows(1:12, length = 12)
    time_windows(array(0, c(5, 3, 1)), length = 2)
    time_windows(1:20, length = 2.5)
    time_windows(1:20, length = 3, ahead = 0)
    time_windows(1:20, length = 3, ahead = 2:1)
    time_windows(1:20, length = 3, ahead = 1:2, each_step = TRUE)
    time_windows(1:20, length = 15, test = 8)
    time_windows(1:20, length = 3, ahead = 1:5, test = 3)
    time_windows(cbind(men = 1:20, women = 1), length = 3, targets = "man")
    time_windows(1:20, length = 3, targets = 2)
    time_windows(1:20, length = 3, targets = TRUE)
    time_windows(c(1:9, NA), length = 3)
    time_windows(c(1, NA, 3, NA, 5, NA), length = 2, test = 0, na = "drop")
    time_windows(1:20, length = 3, na = "omit")
  })
})
