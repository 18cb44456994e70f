small_model <- function() {
  model <- keras_model_sequential() %>%
    layer_simple_rnn(units = 2, input_shape = list(NULL, 1)) %>%
    layer_dense(units = 1)
  model %>% compile(optimizer = "adam", loss = "mse")
}

# Cells and vector memory that R holds, in bytes.
memory_held <- function() {
  gc()
  sum(gc()[, "used"] * c(56, 8))
}

growth_per_call <- function(n, f) {
  for (i in seq_len(50)) f()
  before <- memory_held()
  for (i in seq_len(n)) f()
  (memory_held() - before) / n
}

test_that("fit() and predict() in a loop do not grow R's memory", {
  model <- small_model()
  x <- array(rnorm(4 * 3), c(4, 3, 1))
  y <- rnorm(4)
  # Two tensors that stay behind at each call are more than 56 bytes.
  expect_lt(growth_per_call(3000, function() predict(model, x)), 20)
  expect_lt(growth_per_call(1000, function() {
    predict(model, x, batch_size = 2)
  }), 20)
  expect_lt(growth_per_call(500, function() {
    fit(model, x, y, epochs = 1, verbose = 0)
  }), 40)
  stateful <- keras_model_sequential() %>%
    layer_simple_rnn(units = 2, stateful = TRUE,
                     batch_input_shape = list(4, NULL, 1))
  expect_lt(growth_per_call(1000, function() predict(stateful, x)), 20)
})

# Which samples each batch of training saw, epoch by epoch.
batches_seen <- function(steps, epochs, shuffle, n = 10, size = 4) {
  model <- keras_model_sequential() %>%
    layer_dense(units = 1, input_shape = 1)
  model %>% compile(optimizer = optimizer_sgd(0), loss = "mse")
  seen <- list()
  self <- unwrap_layer(model)
  data <- training_data(self, matrix(seq_len(n)), seq_len(n), size,
                        steps = steps, shuffle = shuffle, passes = epochs)
  for (e in seq_len(epochs)) {
    if (data$ended()) break
    here <- list()
    each_batch(data, TRUE, function(step, batch) {
      here[[step]] <<- as.vector(batch[[1]][[1]])
      TRUE
    })
    seen[[e]] <- here
  }
  seen
}

test_that("epochs of some steps go on in the data", {
  seen <- batches_seen(2, 3, FALSE)
  expect_identical(seen, list(list(1:4, 5:8), list(9:10, 1:4),
                              list(5:8, 9:10)))
  seen <- unlist(batches_seen(3, 4, TRUE), recursive = FALSE)
  for (pass in split(seq_along(seen), rep(1:4, each = 3))) {
    expect_setequal(unlist(seen[pass]), 1:10)
  }
  expect_false(identical(seen[1:3], seen[4:6]))
})

test_that("training ends where the data do", {
  seen <- batches_seen(4, 2, FALSE)
  expect_identical(lengths(seen), c(4L, 2L))
  model <- small_model()
  x <- array(rnorm(6 * 3), c(6, 3, 1))
  expect_warning(
    history <- fit(model, x, rnorm(6), batch_size = 2, epochs = 3,
                   steps_per_epoch = 9, verbose = 0),
    class = "recurrent_data_ran_out"
  )
  expect_length(history$epoch, 1)
  expect_error(fit(model, x, rnorm(6), steps_per_epoch = 0),
               class = "ValueError")
})

test_that("the progress bar is a callback", {
  model <- small_model()
  x <- array(rnorm(6 * 3), c(6, 3, 1))
  run <- function(verbose, ...) {
    capture.output(fit(model, x, rnorm(6), epochs = 2, batch_size = 2,
                       verbose = verbose,
                       callbacks = callback_progbar_logger(...)))
  }
  expect_length(run(0), 0)
  expect_length(run(2), 2)
  expect_match(run(2, "steps")[[2]], "^Epoch 2/2 .* loss: ")
  expect_no_error(suppressMessages(run(1)))
  expect_snapshot(error = TRUE, {
    callback_progbar_logger("batches")
    callback_progbar_logger(stateful_metrics = 3)
  })
})

test_that("evaluate() forgets what it kept for its run", {
  model <- small_model()
  x <- array(rnorm(6 * 3), c(6, 3, 1))
  evaluate(model, x, rnorm(6), batch_size = 2)
  expect_null(unwrap_layer(model)$.run_parts)
})

test_that("batches are the rows of all arrays, turned or not", {
  x <- array(rnorm(70 * 3 * 2), c(70, 3, 2))
  y <- matrix(sample(1000L, 140), 70)
  turned <- turn_rows(x)
  expect_identical(dim(turned), c(6L, 70L))
  for (rows in list(c(9L, 2L, 70L), 5:8, sample(70L), integer())) {
    want <- list(a = x[rows, , , drop = FALSE], NULL,
                 list(y[rows, , drop = FALSE], array(y[rows, 1])))
    got <- take_rows(list(a = turned, NULL, list(y, y[, 1])), rows)
    expect_identical(got, want)
    expect_identical(take_rows(x, rows), want$a)
    big <- take_rows(structure(t(y), axes = 2L), rows)
    expect_identical(big, want[[3]][[1]])
  }
  expect_error(take_rows(x, 71L), "index out of range")
})

test_that("logs are computed where somebody asks for them", {
  asked <- 0
  counting <- list(
    name = "counting", update_state = function(...) NULL,
    result = function() asked <<- asked + 1, reset_state = function() NULL
  )
  model <- small_model()
  model %>% compile(optimizer = "sgd", loss = "mse", metrics = list(counting))
  x <- array(rnorm(6 * 3), c(6, 3, 1))
  fit(model, x, rnorm(6), batch_size = 2, epochs = 2, verbose = 0)
  expect_identical(asked, 2)
  hook <- callback_lambda(on_train_batch_end = function(batch, logs) logs)
  fit(model, x, rnorm(6), batch_size = 2, epochs = 1, verbose = 0,
      callbacks = hook)
  expect_identical(asked, 6)
})
