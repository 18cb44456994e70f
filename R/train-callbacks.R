#' Stop training when it does not get better
#'
#' Ends the training when the watched value has not got better for `patience`
#' epochs.
#'
#' @param monitor Name of the log to watch: "val_loss", "loss", a metric.
#' @param min_delta What counts as better: a change by more than this.
#' @param patience Number of epochs without getting better.
#' @param verbose 1 to print a line when the callback acts.
#' @param mode "min" when smaller is better, "max" when larger is; "auto" is
#'   "max" for accuracies (and AUC in `callback_early_stopping()`), else "min".
#' @param baseline A value that must be passed: `patience` goes on running down
#'   until it is.
#' @param restore_best_weights Whether the model gets back, when it is stopped,
#'   the weights of the best epoch.
#' @return A callback for [fit()].
#' @section Errors: `TypeError` or `ValueError` for arguments of the wrong kind;
#'   a warning when the log to watch is not there.
#' @source tf.keras 2.15, `tf.keras.callbacks`; the names of R keras 2.15.
#' @seealso [new_callback_class()] for callbacks of your own.
#' @export
#' @examples
#' callback_early_stopping(patience = 3, restore_best_weights = TRUE)
callback_early_stopping <- function(monitor = "val_loss", min_delta = 0,
                                    patience = 0, verbose = 0,
                                    mode = c("auto", "min", "max"),
                                    baseline = NULL,
                                    restore_best_weights = FALSE) {
  EarlyStopping$new(list(
    monitor = check_string(monitor, "monitor"),
    min_delta = abs(check_number(min_delta, "min_delta")),
    patience = check_number(patience, "patience", 0), verbose = verbose,
    mode = check_mode(mode), baseline = baseline,
    restore_best_weights = check_flag(restore_best_weights,
                                      "restore_best_weights")
  ))
}

#' Save the model while it trains
#'
#' Writes the model, or its weights, after each epoch, or after every so many
#' batches.
#'
#' @inheritParams callback_early_stopping
#' @param filepath Name of the file, ending in ".keras", ".h5" or ".rds"; for
#'   weights in ".weights.h5", ".h5" or ".rds". The ending says what is written,
#'   as in [save_model()]. Names in braces stand for numbers:
#'   `"w-{epoch:02d}-{val_loss:.2f}.keras"`, with `epoch` and `batch` counted
#'   from 1, and any log.
#' @param save_best_only Whether to write only when the watched value is better
#'   than all before.
#' @param save_weights_only Whether to write the weights instead of the model;
#'   into ".rds" the list that `get_weights()` gives.
#' @param period Number of epochs between two files (older name).
#' @param save_freq "epoch", or a number of batches.
#' @return A callback for [fit()]. Files are read by [load_model()] and
#'   [load_model_weights()].
#' @section Errors: `ValueError` for other endings, formats that are not
#'   understood and names that are not among the logs.
#' @source tf.keras 2.15, `tf.keras.callbacks`; the names of R keras 2.15.
#' @export
#' @examples
#' file <- file.path(tempdir(), "best.keras")
#' callback_model_checkpoint(file, monitor = "loss", save_best_only = TRUE)
callback_model_checkpoint <- function(filepath, monitor = "val_loss",
                                      verbose = 0, save_best_only = FALSE,
                                      save_weights_only = FALSE,
                                      mode = c("auto", "min", "max"),
                                      period = NULL, save_freq = "epoch") {
  if (!identical(save_freq, "epoch")) {
    save_freq <- check_count(save_freq, "save_freq",
                             mend = "Give \"epoch\" or a number of batches.")
  }
  if (!is.null(period)) period <- check_count(period, "period")
  ModelCheckpoint$new(list(
    filepath = above$check_checkpoint(
      filepath, check_flag(save_weights_only, "save_weights_only")
    ),
    monitor = check_string(monitor, "monitor"), verbose = verbose,
    save_best_only = check_flag(save_best_only, "save_best_only"),
    save_weights_only = save_weights_only,
    mode = check_mode(mode), period = period, save_freq = save_freq
  ))
}

#' Lower the learning rate when training does not get better
#'
#' Multiplies the learning rate by `factor` when the watched value has not got
#' better for `patience` epochs. The logs get `lr`.
#'
#' @inheritParams callback_early_stopping
#' @param factor Number below 1.
#' @param cooldown Number of epochs after a change in which none is counted.
#' @param min_lr The learning rate does not go below.
#' @return A callback for [fit()].
#' @section Errors: `ValueError` for a factor of 1 or more; a warning when the
#'   log to watch is not there.
#' @source tf.keras 2.15, `tf.keras.callbacks`; the names of R keras 2.15.
#' @export
#' @examples
#' callback_reduce_lr_on_plateau(factor = 0.5, patience = 2, min_lr = 1e-5)
callback_reduce_lr_on_plateau <- function(monitor = "val_loss", factor = 0.1,
                                          patience = 10, verbose = 0,
                                          mode = c("auto", "min", "max"),
                                          min_delta = 1e-04, cooldown = 0,
                                          min_lr = 0) {
  if (check_number(factor, "factor", 0) >= 1) {
    stop_value(
      sprintf("`factor` must be below 1, not %s.", format(factor)),
      i = "It multiplies the learning rate: 0.1 takes a tenth."
    )
  }
  ReduceLROnPlateau$new(list(
    monitor = check_string(monitor, "monitor"), factor = factor,
    patience = check_number(patience, "patience", 0), verbose = verbose,
    mode = check_mode(mode),
    min_delta = check_number(min_delta, "min_delta", 0),
    cooldown = check_number(cooldown, "cooldown", 0),
    min_lr = check_number(min_lr, "min_lr", 0)
  ))
}

#' Set the learning rate at the start of each epoch
#'
#' The logs get `lr`.
#'
#' @param schedule Function of the epoch (from 0) and the learning rate so far
#'   that gives the learning rate of the epoch; the second argument may be left
#'   out.
#' @return A callback for [fit()].
#' @section Errors: `TypeError` when `schedule` is not a function, `ValueError`
#'   when it does not give a number.
#' @source tf.keras 2.15, `tf.keras.callbacks`; the names of R keras 2.15.
#' @export
#' @examples
#' callback_learning_rate_scheduler(function(epoch, lr) {
#'   if (epoch < 10) lr else lr * 0.9
#' })
callback_learning_rate_scheduler <- function(schedule) {
  if (!is.function(schedule)) {
    stop_type(
      sprintf("`schedule` must be a function, not %s.", describe(schedule)),
      i = "For example `function(epoch, lr) lr * 0.9`."
    )
  }
  LearningRateScheduler$new(schedule)
}

#' Callbacks from functions
#'
#' @inheritParams new_callback_class
#' @return A callback for [fit()].
#' @section Errors: `TypeError` for what is not a function. An error in a hook
#'   stops the training; its message names the hook.
#' @source R keras 2.15.
#' @seealso [new_callback_class()] for the order of the hooks.
#' @export
#' @examples
#' callback_lambda(on_epoch_end = function(epoch, logs) {
#'   cat("epoch", epoch + 1, "loss", logs$loss, "\n")
#' })
callback_lambda <- function(on_epoch_begin = NULL, on_epoch_end = NULL,
                            on_batch_begin = NULL, on_batch_end = NULL,
                            on_train_batch_begin = NULL,
                            on_train_batch_end = NULL, on_train_begin = NULL,
                            on_train_end = NULL, on_predict_batch_begin = NULL,
                            on_predict_batch_end = NULL,
                            on_predict_begin = NULL, on_predict_end = NULL,
                            on_test_batch_begin = NULL,
                            on_test_batch_end = NULL, on_test_begin = NULL,
                            on_test_end = NULL) {
  hooks <- Filter(Negate(is.null), mget(callback_hooks))
  for (name in names(hooks)) {
    if (!is.function(hooks[[name]])) {
      stop_type(
        sprintf("`%s` must be a function, not %s.", name,
                describe(hooks[[name]]))
      )
    }
  }
  structure(hooks, class = c("LambdaCallback", "KerasCallback"))
}

#' @export
print.LambdaCallback <- function(x, ...) {
  cat("<callback> LambdaCallback: ", toString(names(x)), "\n", sep = "")
  invisible(x)
}

#' Write the logs of each epoch to a CSV file
#'
#' A line per epoch: its number (from 0) and the logs in alphabetic order.
#'
#' @param filename Name of the file.
#' @param separator What separates columns.
#' @param append Whether to go on writing to a file that is there.
#' @return A callback for [fit()].
#' @section Errors: `TypeError` for arguments of the wrong kind.
#' @source tf.keras 2.15, `tf.keras.callbacks`; the names of R keras 2.15.
#' @export
#' @examples
#' callback_csv_logger(file.path(tempdir(), "log.csv"))
callback_csv_logger <- function(filename, separator = ",", append = FALSE) {
  CSVLogger$new(list(
    filename = check_string(filename, "filename"),
    separator = check_string(separator, "separator"),
    append = check_flag(append, "append")
  ))
}

#' End the training when the loss is not a number
#'
#' Stops after the first batch whose loss is NaN or infinite.
#'
#' @return A callback for [fit()].
#' @section Errors: None.
#' @source tf.keras 2.15, `tf.keras.callbacks`; the names of R keras 2.15.
#' @export
#' @examples
#' callback_terminate_on_naan()
callback_terminate_on_naan <- function() TerminateOnNaN$new()

#' Go on with a training that was killed
#'
#' Writes weights, states of stateful layers, optimizer and random numbers
#' after each epoch. When the same [fit()] is called again after the process
#' ended in the middle, it goes on after the last complete epoch, and gives what
#' it would have given. The backup is removed when the training is complete.
#'
#' @param backup_dir Name of a directory for the backup, made when it is not
#'   there; one for each training.
#' @param ... `delete_checkpoint`: `FALSE` keeps the backup of a complete
#'   training. `save_freq`: only "epoch".
#' @return A callback for [fit()].
#' @section Errors: `ValueError` for a file that is not a backup, or one of
#'   another model or optimizer.
#' @source tf.keras 2.15, `tf.keras.callbacks`; the names of R keras 2.15.
#' @export
#' @examples
#' callback_backup_and_restore(file.path(tempdir(), "backup"))
callback_backup_and_restore <- function(backup_dir, ...) {
  args <- list(...)
  check_unknown_args(names_given(args),
                     c("delete_checkpoint", "save_freq",
                       "save_before_preemption"),
                     "callback_backup_and_restore()")
  if (!identical(args$save_freq %||% "epoch", "epoch")) {
    stop_value(
      sprintf("`save_freq` must be \"epoch\", not %s.",
              describe(args$save_freq)),
      i = "A backup holds the state at the end of an epoch."
    )
  }
  BackupAndRestore$new(list(
    backup_dir = check_string(backup_dir, "backup_dir"),
    delete_checkpoint = check_flag(args$delete_checkpoint %||% TRUE,
                                   "delete_checkpoint")
  ))
}

# "auto" when none was chosen of the default.
check_mode <- function(mode) {
  modes <- c("auto", "min", "max")
  if (identical(mode, modes)) "auto" else check_choice(mode, modes, "mode")
}
