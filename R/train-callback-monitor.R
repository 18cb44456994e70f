# Callbacks that watch one of the logs: early stopping, and lower learning
# rates on a plateau.

# TRUE where a larger value of the log is better. "auto" goes by its name.
larger_is_better <- function(mode, monitor, pattern) {
  switch(mode, max = TRUE, min = FALSE, grepl(pattern, monitor))
}

worst_value <- function(larger) if (larger) -Inf else Inf

# Is `value` better than `best` by more than `delta`?
is_better <- function(value, best, larger, delta = 0) {
  isTRUE(if (larger) value - delta > best else value + delta < best)
}

# The log that a callback watches, or NULL when it is not there, with one
# warning for all epochs.
watched_log <- function(self, logs, what) {
  monitor <- self$monitor
  value <- logs[[monitor]]
  if (is.null(value) && !identical(self$warned, monitor)) {
    self$warned <- monitor
    warn_recurrent(
      sprintf("%s watches `%s`, which is not among the logs.", what, monitor),
      i = sprintf("There are: %s.", toString(names(logs))),
      i = if (startsWith(monitor, "val_")) "Logs with \"val_\" need \
`validation_data` or `validation_split` in `fit()`."
    )
  }
  value
}

EarlyStopping <- keras_class(
  "EarlyStopping", inherit = KerasCallback,
  public = list(
    initialize = function(args) callback_arguments(self, args),
    on_train_begin = function(logs = NULL) stopping_begin(self),
    on_epoch_end = function(epoch, logs = NULL) {
      stopping_epoch(self, epoch, logs)
    },
    on_train_end = function(logs = NULL) stopping_end(self)
  )
)

callback_arguments <- function(self, args) {
  for (a in names(args)) assign(a, args[[a]], envir = self)
  self$argument_names <- names(args)
}

stopping_begin <- function(self) {
  self$larger <- larger_is_better(self$mode, self$monitor,
                                  "(acc|accuracy|auc)$")
  self$warned <- NULL
  self$wait <- 0
  self$stopped_epoch <- 0
  self$best <- worst_value(self$larger)
  self$best_epoch <- 0
  self$best_weights <- NULL
}

stopping_epoch <- function(self, epoch, logs) {
  value <- watched_log(self, logs, "Early stopping")
  if (is.null(value)) return()
  if (self$restore_best_weights && is.null(self$best_weights)) {
    self$best_weights <- self$model$get_weights()
    self$best_epoch <- epoch
  }
  self$wait <- self$wait + 1
  if (is_better(value, self$best, self$larger, self$min_delta)) {
    self$best <- value
    self$best_epoch <- epoch
    if (self$restore_best_weights) {
      self$best_weights <- self$model$get_weights()
    }
    if (is.null(self$baseline) ||
          is_better(value, self$baseline, self$larger, self$min_delta)) {
      self$wait <- 0
    }
    return()
  }
  if (self$wait >= self$patience && epoch > 0) stopping_stop(self, epoch)
}

stopping_stop <- function(self, epoch) {
  self$stopped_epoch <- epoch
  model <- self$model
  model$stop_training <- TRUE
  if (!self$restore_best_weights) return()
  say(self, "Restoring the weights of epoch ", self$best_epoch + 1,
      ", the best.")
  model$set_weights(self$best_weights)
}

stopping_end <- function(self) {
  if (self$stopped_epoch > 0) {
    say(self, "Epoch ", self$stopped_epoch + 1, ": early stopping.")
  }
}

# A line for the reader, when the callback is verbose.
say <- function(self, ...) {
  if (self$verbose > 0) cat(..., "\n", sep = "")
}

ReduceLROnPlateau <- keras_class(
  "ReduceLROnPlateau", inherit = KerasCallback,
  public = list(
    initialize = function(args) callback_arguments(self, args),
    on_train_begin = function(logs = NULL) plateau_begin(self),
    on_epoch_end = function(epoch, logs = NULL) {
      plateau_epoch(self, epoch, logs)
    }
  )
)

plateau_begin <- function(self) {
  self$larger <- larger_is_better(self$mode, self$monitor, "acc")
  self$best <- worst_value(self$larger)
  self$cooldown_counter <- 0
  self$warned <- NULL
  self$wait <- 0
}

plateau_epoch <- function(self, epoch, logs) {
  rate <- model_rate(self$model)
  value <- watched_log(self, logs, "Reducing the learning rate")
  if (!is.null(value)) plateau_value(self, epoch, value, rate)
  logs$lr <- rate
  changed_logs(logs)
}

plateau_value <- function(self, epoch, value, rate) {
  if (self$cooldown_counter > 0) {
    self$cooldown_counter <- self$cooldown_counter - 1
    self$wait <- 0
  }
  if (is_better(value, self$best, self$larger, self$min_delta)) {
    self$best <- value
    self$wait <- 0
    return()
  }
  if (self$cooldown_counter > 0) return()
  self$wait <- self$wait + 1
  if (self$wait < self$patience || rate <= self$min_lr) return()
  new <- max(rate * self$factor, self$min_lr)
  set_model_rate(self$model, new)
  say(self, "Epoch ", epoch + 1, ": learning rate is now ", format(new), ".")
  self$cooldown_counter <- self$cooldown
  self$wait <- 0
}

model_rate <- function(model) value_of(model$optimizer$learning_rate)

set_model_rate <- function(model, rate) {
  optimizer <- model$optimizer
  optimizer$learning_rate <- rate
}

LearningRateScheduler <- keras_class(
  "LearningRateScheduler", inherit = KerasCallback,
  public = list(
    initialize = function(schedule) self$schedule <- schedule,
    on_epoch_begin = function(epoch, logs = NULL) scheduler_begin(self, epoch),
    on_epoch_end = function(epoch, logs = NULL) {
      logs$lr <- model_rate(self$model)
      changed_logs(logs)
    }
  )
)

# The schedule is a function of the epoch, and of the learning rate if it names
# a second argument.
scheduler_begin <- function(self, epoch) {
  f <- with_given_arguments(self$schedule)
  rate <- f(epoch, model_rate(self$model))
  if (is_tensor(rate)) rate <- value_of(rate)
  if (!is.numeric(rate) || length(rate) != 1L || is.na(rate)) {
    stop_value(
      sprintf("The schedule must give a learning rate, a number, not %s.",
              describe(rate)),
      i = "For example `function(epoch, lr) lr * 0.9`."
    )
  }
  set_model_rate(self$model, rate)
}

TerminateOnNaN <- keras_class(
  "TerminateOnNaN", inherit = KerasCallback,
  public = list(
    on_batch_end = function(batch, logs = NULL) {
      if (is.null(logs$loss) || is.finite(logs$loss)) return()
      cat("Batch ", batch + 1, ": the loss is ", format(logs$loss),
          ", training ends.\n", sep = "")
      model <- self$model
      model$stop_training <- TRUE
    }
  )
)
