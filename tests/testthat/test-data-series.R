test_that("a series is taken as (time, features), whatever it came in", {
  v <- c(1.5, 2, 4)
  expect_identical(as_series(v)$values, matrix(v, dimnames = list(NULL, "x")))
  expect_identical(as_series(1:3)$kind, "vector")
  t <- as_series(ts(cbind(a = v, b = 1:3), start = c(1984, 3), frequency = 4))
  expect_identical(t$kind, "ts")
  expect_identical(t$values, cbind(a = v, b = c(1, 2, 3)))
  expect_equal(t$time, 1984 + 2:4 / 4)
  expect_identical(colnames(as_series(matrix(1, 3, 2))$values), c("x1", "x2"))
  day <- as.Date("2024-01-30") + 0:2
  d <- as_series(data.frame(a = v, day = day, up = c(TRUE, FALSE, TRUE)))
  expect_identical(d$values, cbind(a = v, up = c(1, 0, 1)))
  expect_identical(d$time, day)
  expect_identical(d$time_name, "day")
  expect_null(as_series(data.frame(a = v))$time)
})

test_that("times go on in their own rhythm", {
  days <- as.Date("2024-02-27") + 2 * 0:3
  expect_identical(continue_time(days, 2), as.Date("2024-03-06") + c(0, 2))
  months <- seq(as.Date("2023-11-15"), by = "month", length.out = 4)
  expect_identical(continue_time(months, 2),
                   as.Date(c("2024-03-15", "2024-04-15")))
  quarters <- seq(as.Date("2023-01-01"), by = "3 months", length.out = 4)
  expect_identical(continue_time(quarters, 1), as.Date("2024-01-01"))
  expect_null(continue_time(as.Date("2024-01-01") + c(0, 1, 5), 2))
  expect_null(continue_time(as.Date("2024-01-01"), 2))
  hours <- as.POSIXct("2024-01-01 22:00", tz = "UTC") + 3600 * 0:2
  expect_identical(continue_time(hours, 1), hours[[3]] + 3600)
})

test_that("what is not one series is refused", {
  day <- as.Date("2024-01-01")
  expect_snapshot(error = TRUE, {
    as_series("a")
    as_series(array(0, c(2, 3, 4)))
    as_series(list(1, 2))
    as_series(data.frame(a = 1:2, b = c("u", "v")))
    as_series(data.frame(a = 1:2, day = day))
    as_series(data.frame(a = 1:2, day = day + 0:1, end = day + 1:2))
    check_no_missing(as_series(cbind(a = 1:3, b = c(1, NA, NaN))), "x")
    match_features(as_series(cbind(a = 1, b = 2)), c("a", "c"), "newdata")
  })
})
