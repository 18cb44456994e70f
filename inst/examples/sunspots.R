# Forecasts the monthly sunspot numbers (datasets::sunspot.month, before 1984)
# with a stateful recurrent network, beside the last value and an AR(24) fit;
# writes sunspots.png and sunspots.rds into the folder it is run from.
library(recurrent)

seconds <- function(since) round(proc.time()[["elapsed"]] - since, 1)
rmse <- function(error) sqrt(mean(error^2))
started <- proc.time()[["elapsed"]]

# The series: square roots, scaled by the training part alone.

months <- window(sunspot.month, end = c(1983, 12))
n <- length(months)
n_test <- 600
n_train <- n - n_test

root <- sqrt(as.numeric(months))
center <- mean(root[1:n_train])
spread <- 2 * sd(root[1:n_train])
scaled <- (root - center) / spread

# The mean of a square is the squared mean plus the variance: `noise` is the
# variance of the training part's one-month errors, in square roots.
unscale <- function(z, noise) pmax(z * spread + center, 0)^2 + noise

# Eight segments of the training part run side by side as one batch.
# Input: this month. Target: the change to the next month. The states carry each
# segment from call to call, 128 months a call.

segments <- 8
steps <- 128
calls <- (n_train - 1) %/% (segments * steps)
last <- n_train - 1
first <- last - segments * calls * steps + 1

pieces <- function(v) {
  v <- array(v, c(steps, calls, segments))
  array(aperm(v, c(3, 2, 1)), c(segments * calls, steps, 1))
}
x <- pieces(scaled[first:last])
y <- pieces(diff(scaled)[first:last])

make_model <- function(batch) {
  keras_model_sequential() %>%
    layer_simple_rnn(
      units = 32, return_sequences = TRUE, stateful = TRUE,
      batch_input_shape = list(batch, NULL, 1),
      kernel_initializer = initializer_random_uniform(-0.18, 0.18),
      recurrent_initializer = initializer_random_uniform(-0.18, 0.18)
    ) %>%
    layer_dense(units = 1)
}

train_model <- function(seed, inputs, targets, make_model, epochs = 100) {
  set.seed(seed)
  model <- make_model(8)
  schedule <- learning_rate_schedule_cosine_decay(
    0.005, decay_steps = epochs * nrow(inputs) / 8
  )
  model %>% compile(
    loss = "mse",
    optimizer = optimizer_adam(learning_rate = schedule, global_clipnorm = 1)
  )
  model %>% fit(
    inputs, targets, epochs = epochs, batch_size = 8, shuffle = FALSE,
    verbose = 0,
    callbacks = callback_lambda(
      on_epoch_begin = function(epoch, logs) reset_states(model)
    )
  )
  # The same weights for one series of any length.
  single <- make_model(1)
  set_weights(single, get_weights(model))
  single
}

# One month ahead, knowing all months before: the whole series in one call. The
# first hundred months only warm the state up.
one_ahead <- function(model) {
  reset_states(model)
  change <- predict(model, array(scaled[-n], c(1, n - 1, 1)))
  mean <- scaled[-n] + as.vector(change)
  seen <- 100:(n_train - 1)
  noise <- var((scaled[-1] - mean)[seen]) * spread^2
  list(test = tail(unscale(mean, noise), n_test), noise = noise)
}

# Beyond the data: each forecast is the next input.
forecast <- function(model, scaled, h = 24) {
  reset_states(model)
  change <- predict(model, array(scaled, c(1, length(scaled), 1)))
  now <- scaled[length(scaled)] + change[1, length(scaled), 1]
  out <- now
  while (length(out) < h) {
    now <- now + predict(model, array(now, c(1, 1, 1)))[1, 1, 1]
    out <- c(out, now)
  }
  out
}

# One network.

t0 <- proc.time()[["elapsed"]]
model <- train_model(1, x, y, make_model)
trained_in <- seconds(t0)

actual <- tail(as.numeric(months), n_test)
last_value <- as.numeric(months)[n_train:(n - 1)]

ar <- ar.ols(months[1:n_train], order.max = 24, aic = FALSE, demean = TRUE,
             intercept = TRUE)
lagged <- embed(as.numeric(months) - ar$x.mean, 25)
ar_all <- ar$x.mean + ar$x.intercept +
  as.vector(lagged[, -1] %*% ar$ar[, 1, 1])
ar_ahead <- tail(ar_all, n_test)

one <- one_ahead(model)
network <- one$test

# Five networks, trained in parallel processes.

t0 <- proc.time()[["elapsed"]]
cluster <- parallel::makeCluster(2)
invisible(parallel::clusterEvalQ(cluster, library(recurrent)))
others <- parallel::parLapply(cluster, 2:5, train_model, inputs = x,
                              targets = y, make_model = make_model)
parallel::stopCluster(cluster)
ensemble <- rowMeans(cbind(
  network, sapply(others, function(m) one_ahead(m)$test)
))
ensemble_in <- seconds(t0)

cat(sprintf("
Monthly sunspot numbers, one month ahead, the last %d months (unseen)

                                root mean squared error
  last value                    %6.2f
  AR(24), least squares         %6.2f
  one simple RNN, 32 units      %6.2f   (%s s to train)
  mean of five of them          %6.2f   (%s s more, in 2 processes)
", n_test, rmse(actual - last_value), rmse(actual - ar_ahead),
rmse(actual - network), trained_in, rmse(actual - ensemble), ensemble_in))

beside <- function(error) {
  share <- 100 * (rmse(error) / rmse(actual - ar_ahead) - 1)
  sprintf("%.1f %% %s", abs(share), if (share > 0) "more" else "less")
}
cat(sprintf("
Beside AR(24), a hard rival on this series, one network errs %s and
the mean of five %s.
", beside(actual - network), beside(actual - ensemble)))

# The next 24 months, here and in a fresh process.

ahead <- unscale(forecast(model, scaled), one$noise)

saveRDS(list(model = model, scaled = scaled, center = center, spread = spread,
             noise = one$noise, forecast = forecast, unscale = unscale),
        "sunspots.rds")
rscript <- file.path(R.home("bin"), "Rscript")
again <- system2(rscript, c("-e", shQuote(paste(
  "suppressMessages(library(recurrent)); s <- readRDS('sunspots.rds');",
  "spread <- s$spread; center <- s$center;",
  "cat(sprintf('%.10f', s$unscale(s$forecast(s$model, s$scaled), s$noise)))"
))), stdout = TRUE)
again <- as.numeric(strsplit(paste(again, collapse = " "), " ")[[1]])
cat(sprintf("
Saved with saveRDS() and loaded in a fresh R process: the 24 forecasts differ
by at most %.1g.
", max(abs(again - ahead))))

cat("\nThe next 24 months:\n")
print(round(ts(ahead, start = c(1984, 1), frequency = 12), 1))

# The picture.

# Few colours make a small file; a browser that scales it down smooths it.
picture <- list("sunspots.png", width = 1120, height = 700, res = 105)
if (capabilities("cairo")) {
  picture <- c(picture, type = "cairo", antialias = "none")
}
do.call(png, picture)
old <- par(mfrow = c(2, 1), mar = c(3, 4, 2.5, 1), las = 1, bty = "l")
time_test <- tail(time(months), n_test)
plot(time_test, actual, type = "l", col = "grey60", xlab = "",
     ylab = "sunspot number",
     main = "One month ahead, unseen months (grey: observed)")
lines(time_test, network, col = "#0072B2")
lines(time_test, ensemble, col = "#D55E00", lty = 2)
legend("topright", c("one network", "mean of five"), lty = 1:2, bty = "n",
       col = c("#0072B2", "#D55E00"))
recent <- window(months, start = c(1970, 1))
plot(recent, xlim = c(1970, 1986), ylim = range(0, recent), col = "grey60",
     xlab = "", ylab = "sunspot number",
     main = "The next 24 months, fed by its own output")
lines(ts(c(tail(recent, 1), ahead), start = c(1983, 12), frequency = 12),
      col = "#0072B2", lwd = 2)
points(window(sunspot.month, start = c(1984, 1), end = c(1985, 12)), pch = 20,
       cex = 0.7)
legend("topright", c("forecast", "what came"), lty = c(1, NA), pch = c(NA, 20),
       lwd = 2, col = c("#0072B2", "black"), bty = "n")
par(old)
invisible(dev.off())
cat(sprintf("\nWrote sunspots.png and sunspots.rds (%s s in all).\n",
            seconds(started)))
