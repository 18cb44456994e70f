# Data that comes in batches: sequences of batches (class recurrent_sequence,
# see timeseries_generator()) and generators, R functions that give the next
# batch at each call.

gives_batches <- function(x) {
  inherits(x, "recurrent_sequence") ||
    (is.function(x) && !inherits(x, "recurrent_layer"))
}

batch_data <- function(self, x, steps = NULL, class_weight = NULL) {
  steps <- whole_steps(steps)
  if (is.function(x)) {
    generator_data(self, x, steps, class_weight)
  } else {
    sequence_data(self, x, steps, class_weight)
  }
}

sequence_data <- function(self, x, steps, class_weight) {
  state <- new.env(parent = emptyenv())
  state$x <- x
  state$used <- FALSE
  list(
    samples = x$samples, steps = min(steps %||% length(x), length(x)),
    start = function(train) {
      if (train && state$used) state$x <- state$x$next_epoch(state$x)
      state$used <- TRUE
    },
    batch = function(k) check_batch(self, state$x[[k]], class_weight)
  )
}

generator_data <- function(self, f, steps, class_weight) {
  list(
    samples = NULL, steps = steps, start = function(train) NULL,
    batch = function(k) {
      batch <- f()
      if (is.null(batch) && is.null(steps)) return(NULL)
      if (is.null(batch)) {
        stop_value(
          sprintf("The generator ended after %d of %d batches.", k - 1, steps),
          i = "Ask for fewer steps, or let it start anew at its end."
        )
      }
      check_batch(self, batch, class_weight)
    }
  )
}

# list(x), list(x, y) or list(x, y, sample_weight) as lists of arrays.
check_batch <- function(self, batch, class_weight) {
  if (!is.list(batch) || is.data.frame(batch) || !length(batch) ||
        length(batch) > 3L) {
    stop_type(
      sprintf("A batch must be `list(x, y)`, not %s.", describe_result(batch)),
      i = "For several inputs or outputs x and y are lists of arrays; a third \
entry weighs the samples."
    )
  }
  batch <- unname(batch)
  x <- check_input_rank(self, as_arrays(batch[[1L]], "x"))
  y <- if (length(batch) > 1L) as_arrays(batch[[2L]], "y")
  check_samples(x, y)
  kept <- .subset2(self, ".run_parts")
  fixed <- if (is.null(kept)) model_batch_size(self) else
    model_batch_size(self, kept$stateful)
  if (!is.null(fixed) && n_samples(x) != fixed) {
    stop_value(
      sprintf("The model is stateful with batch size %d; a batch has %d \
samples.", fixed, n_samples(x)),
      i = sprintf("Make batches of exactly %d samples.", fixed)
    )
  }
  given <- if (length(batch) > 2L) batch[[3L]]
  list(x, y, sample_weights(given, class_weight, x, y))
}

#' Train, test and predict on one batch
#'
#' @inheritParams fit.recurrent_model
#' @param x Inputs of one batch: an array, or a list of arrays.
#' @param y Targets of the batch.
#' @return `train_on_batch()` and `test_on_batch()`: a named numeric vector of
#'   the loss and the metrics on this batch; training makes one update.
#'   `predict_on_batch()`: an array (batch, ...), or a list of arrays.
#' @section Errors: as [fit.recurrent_model()].
#' @source R keras 2.15.
#' @export
#' @examples
#' model <- keras_model_sequential() %>%
#'   layer_simple_rnn(units = 4, input_shape = list(NULL, 1)) %>%
#'   layer_dense(units = 1)
#' model %>% compile(optimizer = "adam", loss = "mse")
#' x <- array(rnorm(8 * 6), c(8, 6, 1))
#' train_on_batch(model, x, apply(x, 1, sum))
#' dim(predict_on_batch(model, x))
train_on_batch <- function(object, x, y, class_weight = NULL,
                           sample_weight = NULL) {
  self <- check_model(object)
  check_compiled(self, "train_on_batch()")
  on_batch(self, self$train_step, x, y, sample_weight, class_weight)
}

#' @rdname train_on_batch
#' @export
test_on_batch <- function(object, x, y, sample_weight = NULL) {
  self <- check_model(object)
  check_compiled(self, "test_on_batch()")
  on_batch(self, self$test_step, x, y, sample_weight)
}

on_batch <- function(self, step, x, y, sample_weight, class_weight = NULL) {
  if (is.null(.subset2(self, ".run_parts"))) on.exit(forget_parts(self))
  keep_parts(self)
  batch <- check_batch(self, list(x, y, sample_weight), class_weight)
  reset_epoch(self)
  step(batch)
  unlist(current_logs(self))
}

#' @rdname train_on_batch
#' @export
predict_on_batch <- function(object, x) {
  self <- check_model(object)
  self$predict_step(check_batch(self, list(x), NULL))
}

#' Train, test and predict with a generator
#'
#' The older names: [fit()], `evaluate()` and `predict()` take generators
#' themselves.
#'
#' @inheritParams fit.recurrent_model
#' @param generator An R function without arguments that gives `list(x, y)` or
#'   `list(x, y, sample_weight)` at each call, or what
#'   [timeseries_generator()] gives.
#' @param steps_per_epoch,steps,validation_steps Number of batches to draw.
#' @param validation_data `list(x, y)`, or a generator.
#' @param max_queue_size,workers Accepted as in R keras; batches are drawn when
#'   they are needed.
#' @return As [fit()], `evaluate()` and `predict()`.
#' @section Errors: `ValueError` when the generator ends too early,
#'   `TypeError` when it gives something else than a batch.
#' @source R keras 2.15.
#' @export
#' @examples
#' model <- keras_model_sequential() %>%
#'   layer_simple_rnn(units = 4, input_shape = list(NULL, 1)) %>%
#'   layer_dense(units = 1)
#' model %>% compile(optimizer = "adam", loss = "mse")
#' batches <- function() {
#'   x <- array(rnorm(8 * 6), c(8, 6, 1))
#'   list(x, apply(x, 1, sum))
#' }
#' fit_generator(model, batches, steps_per_epoch = 3, epochs = 2)
#' evaluate_generator(model, batches, steps = 2)
#' dim(predict_generator(model, batches, steps = 2))
fit_generator <- function(object, generator, steps_per_epoch, epochs = 1,
                          verbose = getOption("keras.fit_verbose",
                                              default = 1),
                          callbacks = NULL,
                          view_metrics = getOption("keras.view_metrics",
                                                   default = "auto"),
                          validation_data = NULL, validation_steps = NULL,
                          class_weight = NULL, max_queue_size = 10,
                          workers = 1, initial_epoch = 0) {
  check_model(object)
  fit(object, generator, steps_per_epoch = steps_per_epoch, epochs = epochs,
      verbose = verbose, callbacks = callbacks,
      validation_data = validation_data, validation_steps = validation_steps,
      class_weight = class_weight, initial_epoch = initial_epoch)
}

#' @rdname fit_generator
#' @export
evaluate_generator <- function(object, generator, steps, max_queue_size = 10,
                               workers = 1, callbacks = NULL) {
  evaluate_model(object, generator, steps = steps, callbacks = callbacks)
}

#' @rdname fit_generator
#' @export
predict_generator <- function(object, generator, steps, max_queue_size = 10,
                              workers = 1, verbose = 0, callbacks = NULL) {
  check_model(object)
  predict(object, generator, steps = steps, verbose = verbose,
          callbacks = callbacks)
}
