#' Callbacks of your own
#'
#' @description
#' `new_callback_class()` defines a class of callbacks in R. Its hooks are
#' called during [fit()], `evaluate()` and `predict()`; a hook that is not given
#' does nothing. Older scripts write R6 classes that inherit from
#' `KerasCallback`, with the same hooks.
#'
#' In hooks `self$model` is the model and `self$params` a list with `epochs`,
#' `steps`, `samples`, `verbose`. `self$model$stop_training <- TRUE` ends
#' the training after the batch or epoch.
#'
#' The hooks nest so:
#' ```
#' on_train_begin(logs)
#'   on_epoch_begin(epoch, logs)
#'     on_train_batch_begin(batch, logs), on_batch_begin(batch, logs)
#'     on_train_batch_end(batch, logs), on_batch_end(batch, logs)
#'     on_test_begin(logs)                  (validation, and evaluate())
#'       on_test_batch_begin(batch, logs)
#'       on_test_batch_end(batch, logs)
#'     on_test_end(logs)
#'   on_epoch_end(epoch, logs)
#' on_train_end(logs)
#' on_predict_begin(logs)                   (predict())
#'   on_predict_batch_begin(batch, logs)
#'   on_predict_batch_end(batch, logs)
#' on_predict_end(logs)
#' ```
#' Epochs and batches count from 0. `logs` is a named list of numbers: the loss
#' and metrics so far (with `val_` before those of the validation, at the end
#' of an epoch); `outputs` in `on_predict_batch_end()`.
#'
#' @param classname Name of the class, a string.
#' @param ... Further methods and attributes by name, such as `initialize`.
#' @param on_epoch_begin,on_epoch_end Functions of `epoch` and `logs`.
#' @param on_batch_begin,on_batch_end Functions of `batch` and `logs`, as the
#'   next.
#' @param on_train_batch_begin,on_train_batch_end Functions of `batch` and
#'   `logs`, around each batch of training.
#' @param on_test_batch_begin,on_test_batch_end Functions of `batch` and `logs`.
#' @param on_predict_batch_begin,on_predict_batch_end Functions of `batch` and
#'   `logs`.
#' @param on_train_begin,on_train_end Functions of `logs`.
#' @param on_test_begin,on_test_end Functions of `logs`.
#' @param on_predict_begin,on_predict_end Functions of `logs`.
#' @return A function of the arguments of `initialize` that makes a callback.
#' @section Errors: An error in a hook stops the training; its message names
#'   the callback's class and the hook.
#' @source R keras 2.15; the order of calls is that of tf.keras 2.15.
#' @name new_callback_class
#' @aliases KerasCallback
#' @rawNamespace export(KerasCallback)
#' @examples
#' slowest <- new_callback_class(
#'   "Slowest",
#'   on_epoch_begin = function(epoch, logs) self$start <- proc.time()[[3]],
#'   on_epoch_end = function(epoch, logs) {
#'     self$seconds <- max(self$seconds, proc.time()[[3]] - self$start)
#'   },
#'   seconds = 0
#' )
#' callback <- slowest()
#'
#' Printer <- R6::R6Class("Printer", inherit = KerasCallback, public = list(
#'   on_epoch_end = function(epoch, logs) cat("loss", logs$loss, "\n")
#' ))
#' callback <- Printer$new()
NULL

# A hook whose body is NULL does nothing and is not called at all.
KerasCallback <- keras_class(
  "KerasCallback",
  public = list(
    params = NULL,
    model = NULL,
    initialize = function(...) NULL,
    set_params = function(params) self$params <- params,
    set_model = function(model) self$model <- model,
    set_context = function(params = NULL, model = NULL) {
      self$params <- params
      self$model <- model
    },
    on_epoch_begin = function(epoch, logs = NULL) NULL,
    on_epoch_end = function(epoch, logs = NULL) NULL,
    on_train_begin = function(logs = NULL) NULL,
    on_train_end = function(logs = NULL) NULL,
    on_batch_begin = function(batch, logs = NULL) NULL,
    on_batch_end = function(batch, logs = NULL) NULL,
    on_train_batch_begin = function(batch, logs = NULL) NULL,
    on_train_batch_end = function(batch, logs = NULL) NULL,
    on_test_begin = function(logs = NULL) NULL,
    on_test_end = function(logs = NULL) NULL,
    on_test_batch_begin = function(batch, logs = NULL) NULL,
    on_test_batch_end = function(batch, logs = NULL) NULL,
    on_predict_begin = function(logs = NULL) NULL,
    on_predict_end = function(logs = NULL) NULL,
    on_predict_batch_begin = function(batch, logs = NULL) NULL,
    on_predict_batch_end = function(batch, logs = NULL) NULL,
    print = function(...) print_callback(self)
  )
)

print_callback <- function(self) {
  args <- Filter(is.atomic, mget(as.character(self$argument_names), self))
  args <- Filter(length, args)
  cat("<callback> ", class(self)[[1L]], if (length(args)) {
    paste0(" (", paste(names(args), vapply(args, deparse1, ""), sep = " = ",
                       collapse = ", "), ")")
  }, "\n", sep = "")
}

callback_hooks <- grep("^on_", names(KerasCallback$public_methods),
                       value = TRUE)

#' @rdname new_callback_class
#' @export
new_callback_class <- function(classname, ..., on_epoch_begin = NULL,
                               on_epoch_end = NULL, on_train_begin = NULL,
                               on_train_end = NULL, on_batch_begin = NULL,
                               on_batch_end = NULL,
                               on_predict_batch_begin = NULL,
                               on_predict_batch_end = NULL,
                               on_predict_begin = NULL,
                               on_predict_end = NULL,
                               on_test_batch_begin = NULL,
                               on_test_batch_end = NULL,
                               on_test_begin = NULL, on_test_end = NULL,
                               on_train_batch_begin = NULL,
                               on_train_batch_end = NULL) {
  members <- c(mget(callback_hooks), list(...))
  class <- make_layer_class(classname, members, KerasCallback, parent.frame())
  class_constructor(class)
}
