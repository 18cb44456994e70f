dense_model <- function(steps, features, units = 1) {
  keras_model_sequential() %>%
    layer_simple_rnn(units = 3, input_shape = list(steps, features)) %>%
    layer_dense(units = units)
}

test_that("a forecast is fed back, the scale undone", {
  x <- cumsum(rnorm(20))
  w <- time_windows(x, length = 3, test = 4)
  model <- dense_model(3, 1)
  known <- scale_like(x, w)
  for (k in 1:5) {
    next_one <- predict(model, array(tail(known, 3), c(1, 3, 1)), verbose = 0)
    known <- c(known, next_one)
  }
  expect_equal(forecast_ahead(model, w, h = 5), unscale(known[21:25], w))
  back <- forecast_ahead(model, w, h = 5, from = "test")
  cut <- forecast_ahead(model, w, h = 5, newdata = x[1:16])
  expect_identical(back, cut)
})

test_that("what came in comes back: ts, matrix, data frame, vector", {
  last <- function(x) matrix(x[, dim(x)[[2]], ], 1)
  w <- time_windows(ldeaths, length = 12)
  got <- forecast_ahead(last, w, h = 3)
  expect_equal(got, ts(rep(ldeaths[[72]], 3), start = 1980, frequency = 12))
  got <- forecast_ahead(last, w, h = 2, from = "test")
  expect_equal(time(got), time(ts(1:2, start = time(ldeaths)[[w$split]],
                                  frequency = 12)))
  both <- cbind(m = mdeaths, f = fdeaths)
  got <- forecast_ahead(last, time_windows(both, length = 12), h = 2)
  expect_equal(got, ts(both[c(72, 72), ], start = 1980, frequency = 12))
  m <- matrix(rnorm(40), 20, dimnames = list(NULL, c("a", "b")))
  got <- forecast_ahead(last, time_windows(m, length = 3), h = 2)
  expect_equal(got, m[c(20, 20), ])
  d <- data.frame(day = as.Date("2024-01-01") + 0:19, m)
  got <- forecast_ahead(last, time_windows(d, length = 3), h = 2)
  expect_equal(got, data.frame(day = as.Date("2024-01-21") + 0:1,
                               m[c(20, 20), ]))
  got <- forecast_ahead(last, time_windows(d, length = 3), h = 6,
                        from = "test")
  expect_identical(got$day, as.Date("2024-01-17") + 0:5)
  d$day[[20]] <- as.Date("2025-01-01")
  got <- forecast_ahead(last, time_windows(d, length = 3), h = 2)
  expect_named(got, c("a", "b"))
  expect_equal(forecast_ahead(last, time_windows(1:9, length = 3), h = 2),
               c(9, 9))
})

test_that("several steps at once are forecast in blocks", {
  w <- time_windows(1:20, length = 4, ahead = 1:3, test = 0)
  next_three <- function(x) {
    step <- x[, 4, 1] - x[, 3, 1]
    x[, 4, 1] + step * matrix(1:3, 1)
  }
  expect_equal(forecast_ahead(next_three, w, h = 7), 21:27 + 0)
  both <- time_windows(cbind(a = 1:20, b = -2 * (1:20)), length = 4,
                       ahead = 1:3, test = 0)
  next_both <- function(x) {
    step <- x[1, 4, ] - x[1, 3, ]
    array(rep(x[1, 4, ], each = 3) + outer(1:3, step), c(1, 3, 2))
  }
  expect_equal(forecast_ahead(next_both, both, h = 4),
               cbind(a = 21:24, b = -2 * (21:24)))
})

test_that("features that are not predicted come from `future`", {
  x <- cbind(y = rnorm(20), z = rnorm(20, 5, 3))
  w <- time_windows(x, length = 3, targets = "y", test = 0)
  # Predicts the z of the last step of the window, in scaled units.
  copy <- function(x) x[, 3, 2]
  future <- data.frame(z = c(4, 5, 6))
  z <- c(x[[20, "z"]], 4, 5)
  want <- (z - w$scale$center[["z"]]) / w$scale$spread[["z"]]
  expect_equal(forecast_ahead(copy, w, h = 3, future = future),
               cbind(y = unscale(want, w)))
  expect_equal(forecast_ahead(copy, w, h = 1),
               cbind(y = unscale(want[[1]], w)))
})

test_that("a stateful model reads the series once and gets its states back", {
  x <- sin(1:21 / 2)
  w <- time_windows(x, length = 5, stride = 5, each_step = TRUE, test = 0)
  layers <- function(model) {
    model %>%
      layer_simple_rnn(units = 3, return_sequences = TRUE, stateful = TRUE,
                       batch_input_shape = list(1, NULL, 1)) %>%
      layer_dense(units = 1)
  }
  model <- layers(keras_model_sequential())
  plain <- keras_model_sequential() %>%
    layer_simple_rnn(units = 3, return_sequences = TRUE,
                     input_shape = list(NULL, 1)) %>%
    layer_dense(units = 1)
  set_weights(plain, get_weights(model))
  reset_states(model)
  predict(model, w$train$x[1, , , drop = FALSE], verbose = 0)
  before <- get_layer(model, index = 1)$states
  got <- forecast_ahead(model, w, h = 4)
  expect_identical(get_layer(model, index = 1)$states, before)
  known <- scale_like(x, w)
  for (k in 1:4) {
    all <- predict(plain, array(known, c(1, length(known), 1)), verbose = 0)
    known <- c(known, all[1, length(known), 1])
  }
  expect_equal(got, unscale(known[22:25], w))
  one <- keras_model_sequential() %>%
    layer_simple_rnn(units = 3, stateful = TRUE,
                     batch_input_shape = list(1, 1, 1)) %>%
    layer_dense(units = 1)
  set_weights(one, get_weights(model))
  expect_equal(forecast_ahead(one, w, h = 4), got)
})

test_that("forecasts that cannot be made are refused", {
  x <- cbind(y = as.double(1:20), z = 20:1)
  one <- time_windows(x[, 1], length = 3, test = 4)
  two <- time_windows(x, length = 3, targets = "y", test = 4)
  gap <- x
  gap[19, 2] <- NA
  last <- function(x) x[, 3, 1]
  stateful <- function(batch, time) {
    keras_model_sequential(name = "batches") %>%
      layer_simple_rnn(units = 1, stateful = TRUE,
                       batch_input_shape = list(batch, time, 1))
  }
  sequences <- keras_model_sequential() %>%
    layer_simple_rnn(units = 1, return_sequences = TRUE,
                     input_shape = list(3, 1))
  expect_snapshot(error = TRUE, {
    forecast_ahead("model", one, 3)
    forecast_ahead(last, list(), 3)
    forecast_ahead(last, one, 0)
    forecast_ahead(last, one, 3, from = "start")
    forecast_ahead(last, time_windows(x[, 1], length = 3, test = 0), 3, "test")
    forecast_ahead(last, time_windows(x[, 1], length = 3, ahead = 4), 3)
    forecast_ahead(last, two, 3)
    forecast_ahead(last, two, 3, future = data.frame(z = 1))
    forecast_ahead(last, two, 3, future = data.frame(u = 1:3))
    forecast_ahead(last, one, 3, future = data.frame(z = 1:3))
    forecast_ahead(last, one, 3, newdata = 1:2)
    forecast_ahead(last, one, 3, newdata = x)
    forecast_ahead(last, one, 3, newdata = 1:5, from = "test")
    forecast_ahead(last, time_windows(gap, length = 3, na = "drop"), 3)
    forecast_ahead(dense_model(3, 1, units = 2), one, 3)
    forecast_ahead(sequences, one, 3)
    forecast_ahead(stateful(8, NULL), one, 3)
    forecast_ahead(stateful(1, 3), one, 3)
  })
})
