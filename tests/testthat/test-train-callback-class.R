test_that("a class of callbacks has self, arguments, model and params", {
  counter <- new_callback_class(
    "Counter",
    initialize = function(by = 1) self$by <- by,
    n = 0,
    on_train_begin = function(logs = NULL) self$begun <- TRUE,
    on_train_batch_end = function(batch, logs = NULL) {
      self$n <- self$n + self$by
    },
    on_epoch_end = function(epoch, logs = NULL) {
      if (epoch == 1) self$model$stop_training <- TRUE
    }
  )
  cb <- counter(by = 2)
  run <- small_fit(cb)
  expect_equal(cb$n, 2 * 2 * 2)
  expect_true(cb$begun)
  expect_equal(cb$params$epochs, 3)
  expect_length(run$history$metrics$loss, 2)
  expect_snapshot({
    counter
    cb
  })
})

test_that("R6 classes below KerasCallback, and plain lists, are callbacks", {
  Losses <- R6::R6Class("Losses", inherit = KerasCallback, public = list(
    losses = NULL,
    on_batch_end = function(batch, logs = list()) {
      self$losses <- c(self$losses, logs[["loss"]])
    }
  ))
  cb <- Losses$new()
  ended <- FALSE
  small_fit(list(cb, list(on_train_end = function(logs) ended <<- TRUE)))
  expect_length(cb$losses, 6)
  expect_true(ended)
})

test_that("hooks may leave out arguments", {
  seen <- character()
  small_fit(callback_lambda(
    on_train_begin = function() seen <<- c(seen, "train"),
    on_epoch_begin = function(epoch) seen <<- c(seen, epoch)
  ))
  expect_equal(seen, c("train", "0", "1", "2"))
})

test_that("an error names the callback and the hook", {
  broken <- new_callback_class(
    "Broken", on_epoch_end = function(epoch, logs) stop("no such file")
  )
  expect_snapshot(small_fit(broken()), error = TRUE)
  expect_snapshot(small_fit(broken), error = TRUE)
  expect_snapshot(small_fit("early"), error = TRUE)
})

test_that("a callback prints what it was given", {
  expect_snapshot({
    callback_early_stopping(monitor = "loss", patience = 3)
    callback_csv_logger("log.csv")
    callback_terminate_on_naan()
  })
})
