warm_up <- new_learning_rate_schedule_class(
  "WarmUp",
  initialize = function(rate = 0.01, steps = 100) {
    self$rate <- rate
    self$steps <- steps
  },
  call = function(step) self$rate * op_minimum(1, (step + 1) / self$steps),
  at_end = mark_active(function() self$call(self$steps))
)

test_that("a class of schedules makes functions of the step", {
  schedule <- warm_up(rate = 0.1, steps = 4)
  expect_equal(schedule(0), 0.025)
  expect_equal(vapply(0:5, schedule, 0), 0.1 * c(1, 2, 3, 4, 4, 4) / 4)
  expect_equal(schedule$rate, 0.1)
  expect_equal(as.vector(as.array(schedule$at_end)), 0.1)
  expect_equal(schedule$get_config(), list(rate = 0.1, steps = 4))
})

test_that("optimizers follow it, also from files and copies", {
  set.seed(4)
  x <- array(rnorm(7 * 4 * 2), c(7, 4, 2))
  y <- rnorm(7)
  model <- keras_model_sequential() %>%
    layer_simple_rnn(units = 3, input_shape = list(NULL, 2)) %>%
    layer_dense(units = 1)
  twin <- clone_model(model)
  set_weights(twin, get_weights(model))
  own <- function(step) 0.1 * min(1, (step + 1) / 4)
  model %>% compile(optimizer_sgd(warm_up(0.1, 4)), "mse")
  twin %>% compile(optimizer_sgd(own), "mse")
  for (m in list(model, twin)) {
    fit(m, x, y, epochs = 3, batch_size = 4, shuffle = FALSE, verbose = 0)
  }
  expect_equal(get_weights(model), get_weights(twin))
  file <- file.path(tempdir(), "schedule.keras")
  save_model(model, file)
  copies <- list(load_model(file, list(WarmUp = warm_up)),
                 unserialize(serialize(model, NULL)))
  for (m in c(list(model, twin), copies)) {
    fit(m, x, y, epochs = 2, batch_size = 4, shuffle = FALSE, verbose = 0)
  }
  for (copy in c(list(twin), copies)) {
    expect_equal(get_weights(copy), get_weights(model), tolerance = 1e-6)
  }
  config <- model$optimizer$get_config()
  again <- model$optimizer$from_config(config)
  fresh <- optimizer_sgd(warm_up(0.1, 4))
  expect_equal(again$learning_rate, fresh$learning_rate)
})

test_that("a class prints, and is refused without `call`", {
  expect_snapshot(warm_up)
  expect_snapshot(warm_up(rate = 0.5))
  expect_snapshot(optimizer_sgd(warm_up(rate = 0.5)))
  expect_snapshot(new_learning_rate_schedule_class("Empty"), error = TRUE)
  bare <- new_learning_rate_schedule_class("Bare", call = function(step) 0.1)
  expect_equal(bare()(3), 0.1)
  expect_equal(format(bare()), "Bare()")
  expect_snapshot(bare(rate = 1), error = TRUE)
})
