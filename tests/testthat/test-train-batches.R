small_model <- function(stateful = FALSE) {
  set.seed(4)
  model <- keras_model_sequential(name = "series") %>%
    layer_simple_rnn(
      units = 3, stateful = stateful,
      batch_input_shape = list(if (stateful) 4, NULL, 2)
    ) %>%
    layer_dense(units = 1)
  compile(model, optimizer = optimizer_sgd(0.1), loss = "mse",
          metrics = "mae")
  model
}

set.seed(9)
x <- array(rnorm(12 * 5 * 2), c(12, 5, 2))
y <- matrix(rnorm(12), 12)

# The batches of x and y in order, without end.
in_order <- function(size = 4, end = Inf) {
  at <- 0
  function() {
    if (at >= end) return(NULL)
    rows <- (at * size) %% 12 + seq_len(size)
    at <<- at + 1
    list(x[rows, , , drop = FALSE], y[rows, , drop = FALSE])
  }
}

test_that("a generator trains, tests and predicts as the same arrays", {
  by_array <- small_model()
  a <- fit(by_array, x, y, batch_size = 4, epochs = 3, shuffle = FALSE)
  by_call <- small_model()
  b <- fit(by_call, in_order(), steps_per_epoch = 3, epochs = 3)
  expect_equal(a$metrics, b$metrics)
  expect_equal(get_weights(by_array), get_weights(by_call))
  expect_equal(evaluate(by_array, x, y, batch_size = 4),
               evaluate(by_call, in_order(), steps = 3))
  expect_equal(predict(by_array, x), predict(by_call, in_order(), steps = 3))
  expect_equal(predict(by_array, x), predict(by_call, in_order(end = 3)))
  old <- small_model()
  fit_generator(old, in_order(), steps_per_epoch = 3, epochs = 3, verbose = 0)
  expect_equal(get_weights(old), get_weights(by_call))
  expect_equal(predict_generator(old, in_order(), 3), predict(by_call, x))
  expect_equal(evaluate_generator(old, in_order(), 3),
               evaluate(by_call, x, y, batch_size = 4))
})

test_that("a time series generator gives fit() its windows", {
  data <- matrix(sin(1:40), 40, 2)
  windows <- timeseries_generator(data, data[, 1], length = 5, batch_size = 8)
  model <- small_model()
  history <- fit(model, windows, epochs = 2, validation_data = windows)
  expect_length(history$metrics$val_loss, 2)
  expect_equal(dim(predict(model, windows)), c(35L, 1L))
  set <- timeseries_dataset_from_array(data, data[6:40, 1], 5, batch_size = 8)
  expect_equal(predict(model, set), predict(model, windows))
})

test_that("one batch trains once, and gives its own loss and metrics", {
  model <- small_model()
  rows <- 1:4
  logs <- train_on_batch(model, x[rows, , ], y[rows, ])
  same <- small_model()
  history <- fit(same, x[rows, , ], y[rows, ], epochs = 1, shuffle = FALSE)
  expect_equal(as.list(logs), history$metrics)
  expect_equal(get_weights(model), get_weights(same))
  expect_equal(test_on_batch(model, x, y), evaluate(same, x, y))
  expect_equal(predict_on_batch(model, x), predict(same, x))
})

test_that("sample weights of a generator weigh", {
  w <- c(1, 0, 2, 5)
  rows <- 1:4
  a <- small_model()
  fit(a, x[rows, , ], y[rows, ], sample_weight = w, epochs = 1,
      shuffle = FALSE)
  b <- small_model()
  fit(b, function() list(x[rows, , ], y[rows, ], w), steps_per_epoch = 1,
      epochs = 1)
  expect_equal(get_weights(a), get_weights(b))
})

test_that("an interrupt keeps the last complete batch and the history", {
  model <- small_model(stateful = TRUE)
  whole <- small_model(stateful = TRUE)
  fit(whole, x, y, epochs = 1)
  train_on_batch(whole, x[1:4, , ], y[1:4, ])
  seen <- 0
  stop_in_batch <- layer_lambda(f = function(x) {
    seen <<- seen + 1
    if (seen == 5) rlang::interrupt()
    x
  })
  model$add(stop_in_batch)
  compile(model, optimizer = optimizer_sgd(0.1), loss = "mse")
  seen <- 0
  expect_message(history <- fit(model, x, y, epochs = 9), "interrupted")
  expect_length(history$metrics$loss, 1)
  expect_equal(get_weights(model), get_weights(whole))
  expect_equal(model$layers[[1]]$states, whole$layers[[1]]$states)
})

test_that("validation_freq chooses the epochs that are validated", {
  count <- function(freq) {
    h <- fit(small_model(), x, y, epochs = 4, validation_data = list(x, y),
             validation_freq = freq)
    length(h$metrics$val_loss)
  }
  expect_equal(count(1), 4)
  expect_equal(count(3), 1)
  expect_equal(count(c(1, 4)), 2)
})

test_that("batches that do not fit are refused", {
  model <- small_model()
  stateful <- small_model(stateful = TRUE)
  expect_snapshot(error = TRUE, {
    fit(model, function() 3, steps_per_epoch = 1)
    fit(model, in_order(end = 2), steps_per_epoch = 3, epochs = 1)
    fit(model, in_order(), steps_per_epoch = 3, validation_split = 0.5)
    fit(stateful, in_order(size = 3), steps_per_epoch = 3)
    train_on_batch(stateful, x[1:3, , ], y[1:3, ])
    fit(model, x, y, vallidation_data = 1)
    predict(model, function() NULL)
  })
})

test_that("data that does not fit the model is refused before training", {
  model <- small_model()
  stateful <- small_model(stateful = TRUE)
  bare <- keras_model_sequential(list(layer_dense(units = 1)),
                                 name = "bare")
  expect_snapshot(error = TRUE, {
    fit(bare, x, y)
    fit(model, x[, , 1], y)
    fit(model, x, y[1:5, ])
    fit(stateful, x[1:10, , ], y[1:10, ])
    fit(stateful, x, y, batch_size = 3)
    predict(stateful, x[1:2, , ])
    fit(model, x, y, validation_split = 0.99)
    fit(model, x, y, class_weight = list("0" = 1))
    fit(model, x, y, verbose = 7)
    fit(model, x, y, epochs = 1.5)
    fit(model, x, y, validation_data = list(x))
    fit(model, x, y, validation_data = x)
    fit(model, x)
    fit(compile(small_model(), "sgd"), x, y)
  })
})

test_that("values that are not finite pass with one warning", {
  wild <- x
  wild[2, 3, 1] <- NaN
  expect_warning(fit(small_model(), wild, y, epochs = 2, batch_size = 12),
                 "2, 3, 1", class = "recurrent_wild_values")
})

test_that("steps that are no whole numbers are cut, as in R keras", {
  model <- small_model()
  h <- fit_generator(model, in_order(), steps_per_epoch = 12 / 5, epochs = 2,
                     validation_data = in_order(), validation_steps = 1.9,
                     verbose = 0)
  expect_identical(h$params$steps, 2L)
  expect_identical(dim(predict_generator(model, in_order(), steps = 2.5)),
                   c(8L, 1L))
  expect_equal(evaluate(model, in_order(), steps = 12 / 5),
               evaluate(model, in_order(), steps = 2))
  expect_error(evaluate(model, in_order(), steps = 0.5), class = "ValueError")
})

test_that("an axis of one feature may be missing, or one too many be there", {
  set.seed(5)
  model <- keras_model_sequential() %>%
    layer_simple_rnn(units = 3, input_shape = c(5, 1)) %>%
    layer_dense(units = 1)
  model %>% compile("sgd", "mse")
  input <- model$input
  graph <- keras_model(input, model(input))
  flat <- x[, , 1]
  want <- model(x[, , 1, drop = FALSE])
  for (m in list(model, graph)) {
    for (given in list(flat, array(flat, c(12, 5, 1, 1)))) {
      expect_identical(m(given), want)
      expect_identical(predict(m, given), want)
      expect_identical(predict_on_batch(m, given), want)
    }
    expect_error(predict(m, flat[, -1]), class = "ValueError")
  }
  expect_identical(model(layer_input(5))$shape[[2]], 1L)
  other <- with_weights_of(clone_model(model), model)
  other %>% compile("sgd", "mse")
  a <- fit(model, flat, y, epochs = 2, shuffle = FALSE)
  b <- fit(other, array(flat, c(12, 5, 1)), y, epochs = 2, shuffle = FALSE)
  expect_identical(a$metrics, b$metrics)
  series <- sin(1:20)
  by_vector <- timeseries_generator(series, series, length = 5, batch_size = 4)
  expect_identical(dim(predict(model, by_vector)), c(15L, 1L))
})
