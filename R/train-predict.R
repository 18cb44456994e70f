#' Predictions of a model
#'
#' @inheritParams fit.recurrent_model
#' @param steps Number of batches; all when NULL.
#' @return An array with a sample for each of `x`, or a list of arrays for
#'   several outputs. No samples give an array without samples.
#' @section Errors: `ValueError` for inputs that do not fit the model, or an
#'   incomplete batch of a stateful model.
#' @source R keras 2.15.
#' @method predict recurrent_model
#' @export
#' @examples
#' model <- keras_model_sequential() %>%
#'   layer_simple_rnn(units = 4, input_shape = list(NULL, 1)) %>%
#'   layer_dense(units = 1)
#' predict(model, array(rnorm(3 * 6), c(3, 6, 1)))
predict.recurrent_model <- function(object, x, batch_size = NULL,
                                    verbose = "auto", steps = NULL,
                                    callbacks = NULL, ...) {
  self <- check_model(object)
  data <- training_data(self, x, NULL, batch_size, steps = steps)
  if (identical(data$samples, 0L)) {
    return(to_arrays(run_model(self, data$x, FALSE)))
  }
  callbacks <- fit_callbacks(callbacks, NULL, verbose, object,
                             list(steps = data$steps, samples = data$samples))
  on.exit(callbacks$run("on_close"))
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
