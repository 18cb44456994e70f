#' Predictions of a model
#'
#' @inheritParams fit.recurrent_model
#' @param steps Number of batches; all when NULL.
#' @param states For a stateful model: the states that the sequences of `x`
#'   continue, a list with one entry for each state of each stateful layer, in
#'   the order of layers and of `layer$states`: an array (samples, units), or
#'   NULL for zeros. Then `x` may hold any number of sequences, whatever the
#'   model's batch size, and the states that the model has recorded stay as
#'   they are.
#' @return An array with a sample for each of `x`, or a list of arrays for
#'   several outputs. No samples give an array without samples.
#' @section Errors: `ValueError` for inputs that do not fit the model, an
#'   incomplete batch of a stateful model without `states`, or `states` of
#'   another number or shape; `AttributeError` for `states` of a model that is
#'   not stateful.
#' @source R keras 2.15; `states` is new here.
#' @method predict recurrent_model
#' @export
#' @examples
#' model <- keras_model_sequential() %>%
#'   layer_simple_rnn(units = 4, input_shape = list(NULL, 1)) %>%
#'   layer_dense(units = 1)
#' predict(model, array(rnorm(3 * 6), c(3, 6, 1)))
#'
#' # A model that was trained on two series at a time goes on with five others.
#' model <- keras_model_sequential() %>%
#'   layer_simple_rnn(units = 4, stateful = TRUE,
#'                    batch_input_shape = list(2, NULL, 1)) %>%
#'   layer_dense(units = 1)
#' predict(model, array(rnorm(5 * 6), c(5, 6, 1)),
#'         states = list(matrix(rnorm(5 * 4), 5)))
predict.recurrent_model <- function(object, x, batch_size = NULL,
                                    verbose = "auto", steps = NULL,
                                    callbacks = NULL, ..., states = NULL) {
  if (...length()) {
    check_no_more(list(...), predict.recurrent_model, "predict()")
  }
  self <- check_model(object)
  if (is.null(steps) && is.null(callbacks) && is.null(states) &&
        !shows(verbose)) {
    out <- predict_quick(self, x, batch_size)
    if (!is.null(out)) return(out)
  }
  if (is.null(states)) {
    data <- training_data(self, x, NULL, batch_size, steps = steps)
  } else {
    before <- recorded_starts(self)
    on.exit(restore_starts(before))
    data <- continued_data(self, x, states, batch_size, steps)
  }
  if (identical(data$samples, 0L)) {
    return(to_arrays(run_model(self, data$x, FALSE)))
  }
  callbacks <- fit_callbacks(callbacks, NULL, verbose, object,
                             list(steps = data$steps, samples = data$samples))
  on.exit(callbacks$run("on_close"), add = TRUE)
  predict_batches(self, data, callbacks)
}

predict_batches <- function(self, data, callbacks) {
  callbacks$run("on_predict_begin")
  pieces <- list()
  each_batch(data, FALSE, function(step, batch) {
    callbacks$run("on_predict_batch_begin", step - 1)
    pieces[[step]] <<- self$predict_step(batch)
    callbacks$run("on_predict_batch_end", step - 1,
                  list(outputs = pieces[[step]]))
    TRUE
  })
  callbacks$run("on_predict_end")
  bind_outputs(pieces)
}

shows <- function(verbose) {
  if (identical(verbose, "auto")) return(interactive())
  !(is.numeric(verbose) && identical(as.vector(verbose) == 0, TRUE))
}

# The short road of one batch that nothing watches. NULL where the long road
# has more to do, or an error to tell.
predict_quick <- function(self, x, batch_size) {
  d <- dim(x)
  if (!is_plain_call(x) || length(d) < 2L || d[[1L]] == 0L ||
        !is_plain_sequential(self) ||
        !is.null(.subset2(self, ".predict_step"))) {
    return(NULL)
  }
  if (!is_one_batch(self, d[[1L]], batch_size) || !fits_inputs(self, d)) {
    return(NULL)
  }
  to_arrays(sequential_batch(self, x, FALSE))
}

# Whether n samples surely are one batch, for all layers: stateful ones are
# bound to a number of samples, and what a user's class does is not known.
is_one_batch <- function(self, n, batch_size) {
  if (is.null(batch_size)) {
    if (n > 32L) return(FALSE)
  } else if (!is.numeric(batch_size) || length(batch_size) != 1L ||
               !is.finite(batch_size) || batch_size != trunc(batch_size) ||
               batch_size < n) {
    return(FALSE)
  }
  bound <- .Call(ffi_bound_to, self)
  is.null(bound) || isTRUE(all(c(n, batch_size) == bound))
}

fits_inputs <- function(self, d) {
  input <- .subset2(self, "inputs")
  if (!is_symbolic(input)) return(FALSE)
  shape <- .subset2(input, "shape")
  if (length(shape) != length(d)) return(FALSE)
  for (k in seq_along(d)[-1L]) {
    size <- .subset2(shape, k)
    if (!is.null(size) && size != d[[k]]) return(FALSE)
  }
  TRUE
}
