#' Train a model
#'
#' @param object A model, compiled.
#' @param x Inputs: an array with samples along the first axis, (samples, time,
#'   features) for recurrent layers; for several inputs a list of arrays, in
#'   order or by input name. Or batches: what [timeseries_generator()] or
#'   [timeseries_dataset_from_array()] gives, or a generator, an R function
#'   without arguments that gives `list(x, y)` or `list(x, y, sample_weight)`
#'   at each call, and NULL at its end.
#' @param y Targets: an array, or a list of arrays for several outputs.
#' @param batch_size Samples per update; 32 if NULL, the model's own when it is
#'   stateful.
#' @param epochs Number of the last epoch.
#' @param verbose 0 shows nothing, 1 a progress bar, 2 one line per epoch;
#'   "auto" is 1 in an interactive session, else 0.
#' @param callbacks A callback or a list of them.
#' @param view_metrics Accepted as in R keras.
#' @param validation_split Fraction of the samples, the last ones before
#'   shuffling, that is kept for validation.
#' @param validation_data `list(x, y)` or `list(x, y, sample_weight)`, or
#'   batches as `x`.
#' @param shuffle Whether to shuffle the samples before each epoch; "batch"
#'   shuffles whole batches. A stateful model keeps the order.
#' @param class_weight Named list or vector of weights by class (counted from
#'   0), for outputs of classes.
#' @param sample_weight Weights of the samples (samples), or of their steps
#'   (samples, time).
#' @param initial_epoch Epochs already done.
#' @param steps_per_epoch,validation_steps Number of batches per epoch; all
#'   when NULL. With `steps_per_epoch` an epoch goes on in arrays where the one
#'   before stopped, and training ends with a warning when they have been gone
#'   through `epochs` times.
#' @param ... `validation_freq`: validate after every so many epochs, or after
#'   the epochs of a vector.
#' @section Interrupting: Ctrl-C ends the training; the model is as after the
#'   last complete batch, and the history so far comes back.
#' @return The history, invisibly: `history$metrics` a list with a number per
#'   epoch for each metric; it prints, plots and becomes a data frame.
#' @section Errors: `RuntimeError` before compile(); `ValueError` for shapes or
#'   numbers of samples that do not fit, or an incomplete batch of a stateful
#'   model. Values that are NaN or infinite pass with one warning.
#' @source R keras 2.15; the numbers are those of tf.keras 2.15.
#' @method fit recurrent_model
#' @export
#' @examples
#' model <- keras_model_sequential() %>%
#'   layer_simple_rnn(units = 4, input_shape = list(NULL, 1)) %>%
#'   layer_dense(units = 1)
#' model %>% compile(optimizer = "adam", loss = "mse")
#' x <- array(rnorm(20 * 6), c(20, 6, 1))
#' y <- apply(x, 1, sum)
#' history <- model %>% fit(x, y, epochs = 3)
#' history
fit.recurrent_model <- function(object, x = NULL, y = NULL, batch_size = NULL,
                                epochs = 10,
                                verbose = getOption("keras.fit_verbose",
                                                    default = "auto"),
                                callbacks = NULL,
                                view_metrics = getOption("keras.view_metrics",
                                                         default = "auto"),
                                validation_split = 0, validation_data = NULL,
                                shuffle = TRUE, class_weight = NULL,
                                sample_weight = NULL, initial_epoch = 0,
                                steps_per_epoch = NULL,
                                validation_steps = NULL, ...) {
  self <- check_model(object)
  check_compiled(self, "fit()")
  if (...length()) {
    check_no_more(list(...), fit.recurrent_model, "fit()", "validation_freq")
  }
  epochs <- check_count(epochs, "epochs", min = 0L)
  data <- training_data(self, x, y, batch_size, sample_weight, class_weight,
                        steps_per_epoch, shuffle, passes = epochs)
  parts <- split_validation(self, data, validation_split, validation_data,
                            validation_steps, batch_size)
  parts$frequency <- list(...)$validation_freq %||% 1L
  history <- new_history()
  callbacks <- fit_callbacks(callbacks, history, verbose, object, list(
    epochs = epochs, steps = parts$train$steps,
    samples = parts$train$samples
  ))
  on.exit({
    forget_parts(self)
    callbacks$run("on_close")
  })
  forget_parts(self)
  assign("stop_training", FALSE, envir = self)
  until_interrupt(self, callbacks,
                  fit_epochs(self, parts, callbacks, epochs, initial_epoch))
  assign("history", history$object(), envir = self)
  invisible(history$object())
}

# What Keras takes for its queues of batches has nothing to do here.
check_no_more <- function(given, f, what, more = NULL) {
  check_unknown_args(
    names_of(given),
    c(setdiff(names(formals(f)), "..."), more, "max_queue_size", "workers",
      "use_multiprocessing"), what
  )
}

# Ctrl-C between the steps of an update cannot happen (see train_step()); in
# the middle of a batch only recorded states have moved: they are put back.
until_interrupt <- function(self, callbacks, expr) {
  tryCatch(expr, interrupt = function(e) {
    restore_states(self$.states_before)
    rlang::inform(c(
      "Training was interrupted.",
      i = "The model is as after the last complete batch; the history holds \
the complete epochs." |> join_lines()
    ))
    callbacks$run("on_train_end", NULL, list())
  })
}

# What an interrupted batch has to put back.
remember_states <- function(self) {
  layers <- run_parts(self)$stateful
  if (!length(layers)) return(invisible())
  assign(".states_before", lapply(layers, function(layer) {
    list(layer = layer, states = .subset2(layer, "states"))
  }), envir = self)
}

forget_states <- function(self) {
  if (is.null(.subset2(self, ".states_before"))) return(invisible())
  assign(".states_before", NULL, envir = self)
}

restore_states <- function(before) {
  for (b in before) assign("states", b$states, envir = b$layer)
}

fit_epochs <- function(self, parts, callbacks, epochs, initial_epoch) {
  logs <- list()
  initial_epoch <- check_count(initial_epoch, "initial_epoch", 0L)
  assign(".epochs_done", initial_epoch, envir = self)
  callbacks$run("on_train_begin")
  # A callback that restores a backup says how many epochs are done.
  initial_epoch <- self$.epochs_done
  for (epoch in seq_len(max(epochs - initial_epoch, 0L)) + initial_epoch - 1) {
    if (ran_out(parts$train)) break
    callbacks$run("on_epoch_begin", epoch)
    logs <- fit_epoch(self, parts$train, callbacks)
    if (!is.null(parts$validation) && validates(epoch + 1, parts$frequency)) {
      val <- run_evaluation(self, parts$validation, callbacks)
      logs <- c(logs, stats::setNames(val, paste0("val_", names(val))))
    }
    callbacks$run("on_epoch_end", epoch, logs)
    if (isTRUE(self$stop_training)) break
  }
  # With moving averages the model gets these.
  self$optimizer$finalize_variable_values(trained_weights(self))
  callbacks$run("on_train_end", NULL, logs)
}

# As in tf.keras: the epochs so far count.
ran_out <- function(data) {
  if (is.null(data$ended) || !data$ended()) return(FALSE)
  warn_recurrent(
    "The data ran out before all epochs were done; the training ends here.",
    i = "`steps_per_epoch` times `epochs` must not be more than all batches \
of `epochs` passes through the data.",
    class = "recurrent_data_ran_out"
  )
  TRUE
}

validates <- function(epoch, frequency) {
  if (length(frequency) == 1L) epoch %% frequency == 0 else epoch %in% frequency
}

fit_epoch <- function(self, data, callbacks) {
  reset_epoch(self)
  train_step <- .subset2(self, "train_step")
  run <- callbacks$run
  each_batch(data, TRUE, function(step, batch) {
    run("on_train_batch_begin", step - 1)
    keep_parts(self)
    remember_states(self)
    train_step(batch)
    forget_states(self)
    run("on_train_batch_end", step - 1, current_logs(self))
    !isTRUE(.subset2(self, "stop_training"))
  })
  current_logs(self)
}

# f(step, batch) for the batches of one epoch, as long as it gives TRUE; NULL
# ends data whose number of batches nobody knows.
each_batch <- function(data, train, f) {
  data$start(train)
  steps <- data$steps %||% Inf
  next_batch <- data$batch
  step <- 0
  while (step < steps) {
    batch <- next_batch(step + 1)
    if (is.null(batch)) break
    step <- step + 1
    if (!isTRUE(f(step, batch))) break
  }
  if (step == 0) {
    stop_value("The data gave no batch.",
               i = "A generator must give `list(x, y)` at each call.")
  }
}

# Before each epoch: means and metrics start anew.
reset_epoch <- function(self) {
  assign(".own_logs", NULL, envir = self)
  reset_metrics(self)
}

reset_metrics <- function(self) {
  if (!is.null(self$.trackers)) reset_trackers(self$.trackers)
  for (m in attribute_metrics(self)) m$reset_state()
}

run_evaluation <- function(self, data, callbacks) {
  if (is.null(self$.run_parts)) on.exit(forget_parts(self))
  reset_epoch(self)
  callbacks$run("on_test_begin")
  test_step <- .subset2(self, "test_step")
  run <- callbacks$run
  each_batch(data, FALSE, function(step, batch) {
    run("on_test_batch_begin", step - 1)
    keep_parts(self)
    test_step(batch)
    run("on_test_batch_end", step - 1, current_logs(self))
    TRUE
  })
  logs <- current_logs(self)
  callbacks$run("on_test_end", NULL, logs)
  logs
}
