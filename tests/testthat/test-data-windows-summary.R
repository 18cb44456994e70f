test_that("the error of the last value is in the units of the series", {
  x <- cbind(a = c(1, 3, 2, 7, 4, 9, 5, 8, 2), b = 1:9)
  w <- time_windows(x, length = 2, test = 3)
  s <- summary(w)
  off <- diff(x[, "a"])
  expect_equal(s$last_value$rmse[c(1, 3)],
               sqrt(c(mean(off[2:5]^2), mean(off[6:8]^2))))
  expect_equal(s$last_value$mae, c(mean(abs(off[2:5])), 1,
                                   mean(abs(off[6:8])), 1))
  two <- time_windows(x, length = 2, ahead = 1:2, targets = "a", test = 0)
  far <- c(off[2:7], x[4:9, "a"] - x[2:7, "a"])
  expect_equal(summary(two)$last_value$rmse, sqrt(mean(far^2)))
  each <- time_windows(x, length = 2, stride = 2, targets = "a",
                       each_step = TRUE, test = 0)
  expect_equal(summary(each)$last_value$mae, mean(abs(off)))
})

test_that("windows and their summaries print what they hold", {
  d <- data.frame(day = as.Date("2024-01-01") + 0:19, sold = 1:20,
                  open = rep(0:1, 10))
  expect_snapshot({
    time_windows(1:20, length = 1, test = 0)
    time_windows(d, length = 4, ahead = 1:3, targets = "sold",
                 scale = list(sqrt, function(z) z^2, "range"))
    summary(time_windows(ldeaths, length = 12, test = c(1979, 1)))
  })
})
