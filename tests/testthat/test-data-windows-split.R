test_that("the test part is a fraction, a number, or begins at a time", {
  row <- function(test, x = 1:50) split_row(test, as_series(x))
  expect_identical(row(0), 51L)
  expect_identical(row(0.2), 41L)
  expect_identical(row(0.9), 6L)
  expect_identical(row(12), 39L)
  monthly <- ts(1:50, start = c(1980, 3), frequency = 12)
  expect_identical(row(c(1980, 4), monthly), 2L)
  expect_identical(row(c(1984, 1), monthly), 47L)
  expect_identical(row(12, monthly), 39L)
  days <- data.frame(x = 1:50, day = as.Date("2024-01-01") + 0:49)
  expect_identical(row(as.Date("2024-02-01"), days), 32L)
  hours <- data.frame(
    t = as.POSIXct("2024-01-01", tz = "UTC") + 3600 * 0:49, x = 1
  )
  expect_identical(row(as.POSIXct("2024-01-02 00:30", tz = "UTC"), hours), 26L)
})

test_that("times of windows are those of their targets", {
  w <- time_windows(ldeaths, length = 12, test = c(1979, 1))
  expect_equal(w$time$test, as.vector(time(ldeaths))[61:72])
  d <- data.frame(day = as.Date("2024-01-01") + 0:9, x = 1:10)
  w <- time_windows(d, length = 3, ahead = 1:2, test = 4)
  expect_identical(w$time$test[, 2], d$day[8:10])
})

test_that("a test part that is not there is refused", {
  short <- ts(1:50, start = 1960)
  days <- data.frame(x = 1:50, day = as.Date("2024-01-01") + 0:49)
  expect_snapshot(error = TRUE, {
    time_windows(1:50, length = 3, test = 50)
    time_windows(1:50, length = 3, test = 0.999)
    time_windows(1:50, length = 3, test = 2.5)
    time_windows(1:50, length = 3, test = -1)
    time_windows(1:50, length = 3, test = "last")
    time_windows(1:50, length = 3, test = c(10, 1))
    time_windows(short, length = 3, test = c(1960, 1))
    time_windows(ts(1:2800, start = c(1749, 1), frequency = 12), length = 3,
                 test = 1900)
    time_windows(days, length = 3, test = as.Date("2025-01-01"))
    time_windows(1:50, length = 3, test = as.Date("2025-01-01"))
  })
})
