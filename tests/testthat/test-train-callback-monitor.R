# A callback is driven by values of a log; no model is trained.
drive <- function(cb, values, name = "loss", first = 0) {
  model <- new.env()
  model$stop_training <- FALSE
  model$weights <- 0
  model$get_weights <- function() model$weights
  model$set_weights <- function(w) model$weights <- w
  model$optimizer <- optimizer_sgd(1)
  cb$set_model(model)
  cb$on_train_begin()
  rates <- numeric()
  for (k in seq_along(values)) {
    model$weights <- k
    cb$on_epoch_begin(k - 1 + first)
    rates[k] <- value_of(model$optimizer$learning_rate)
    cb$on_epoch_end(k - 1 + first, stats::setNames(list(values[k]), name))
    if (model$stop_training) break
  }
  cb$on_train_end()
  list(epochs = k, weights = model$weights, rates = rates,
       stopped = model$stop_training)
}

test_that("early stopping waits, and knows which way is better", {
  stopping <- function(...) callback_early_stopping("loss", ...)
  expect_equal(drive(stopping(), c(3, 2, 2, 1))$epochs, 3)
  expect_equal(drive(stopping(patience = 2), c(3, 2, 2, 1, 1, 1))$epochs, 6)
  expect_equal(drive(stopping(min_delta = 0.5, patience = 1),
                     c(3, 2.8, 2.4))$epochs, 2)
  expect_equal(drive(stopping(mode = "max"), c(1, 2, 3))$epochs, 3)
  up <- callback_early_stopping("val_accuracy")
  expect_equal(drive(up, c(0.1, 0.3, 0.2), "val_accuracy")$epochs, 3)
  expect_false(drive(up, c(0.1, 0.3, 0.4), "val_accuracy")$stopped)
})

test_that("early stopping restores the best weights when it stops", {
  cb <- callback_early_stopping("loss", patience = 2, verbose = 1,
                                restore_best_weights = TRUE)
  expect_snapshot(run <- drive(cb, c(3, 1, 2, 2)))
  expect_equal(run$weights, 2)
  expect_equal(cb$stopped_epoch, 3)
})

test_that("a log that is not there is a warning", {
  expect_snapshot({
    . <- drive(callback_early_stopping(), 1)
    . <- drive(callback_reduce_lr_on_plateau("mae"), 1)
  })
})

test_that("a plateau lowers the learning rate, not below the bound", {
  cb <- callback_reduce_lr_on_plateau("loss", factor = 0.5, patience = 1,
                                      min_lr = 0.3, verbose = 1)
  expect_snapshot(run <- drive(cb, c(3, 3, 3, 3, 3)))
  expect_equal(run$rates, c(1, 1, 0.5, 0.3, 0.3))
})

test_that("a scheduler takes one argument or two", {
  one <- callback_learning_rate_scheduler(function(epoch) 1 / (epoch + 1))
  expect_equal(drive(one, c(1, 1, 1))$rates, 1 / 1:3)
  two <- callback_learning_rate_scheduler(function(epoch, lr) lr / 2)
  expect_equal(drive(two, c(1, 1, 1))$rates, 2^-(1:3))
  bad <- callback_learning_rate_scheduler(function(epoch) "fast")
  expect_snapshot(drive(bad, 1), error = TRUE)
})

test_that("a loss that is not a number ends the training", {
  expect_snapshot(run <- small_fit(
    callback_terminate_on_naan(),
    loss = function(y_true, y_pred) op_mean(y_pred) * NaN
  ))
  expect_length(run$history$metrics$loss, 1)
})

test_that("a log that is not there is told of once in a training", {
  model <- keras_model_sequential() %>%
    layer_dense(units = 1, input_shape = 2)
  compile(model, "sgd", "mse")
  stopping <- callback_early_stopping(monitor = "val_los")
  train <- function() {
    told <- 0
    withCallingHandlers(
      fit(model, matrix(1, 3, 2), 1:3, epochs = 4, callbacks = stopping),
      warning = function(w) {
        told <<- told + 1
        invokeRestart("muffleWarning")
      }
    )
    told
  }
  expect_identical(c(train(), train()), c(1, 1))
})
