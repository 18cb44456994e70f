#' Loss and metrics of a model on data
#'
#' @param x The model. As in R keras it may also come first with the data named
#'   `x`: `evaluate(model, x = data, y = targets)`.
#' @param ... In this order, or by name:
#'   * `x`, `y`: inputs and targets as for [fit()][fit.recurrent_model()];
#'   * `batch_size`: samples per batch; 32 if NULL, the model's own when it is
#'     stateful;
#'   * `verbose`: 0 shows nothing, 1 a progress bar, 2 one line; "auto" is 1 in
#'     an interactive session, else 0;
#'   * `sample_weight`: weights of the samples (samples), or of their steps
#'     (samples, time);
#'   * `steps`: number of batches; all when NULL;
#'   * `callbacks`: a callback or a list of them.
#' @return A named numeric vector: `loss`, then the metrics.
#' @section Errors: as [fit.recurrent_model()].
#' @source R keras 2.15.
#' @method evaluate recurrent_model
#' @export
#' @examples
#' model <- keras_model_sequential() %>%
#'   layer_simple_rnn(units = 4, input_shape = list(NULL, 1)) %>%
#'   layer_dense(units = 1)
#' model %>% compile(loss = "mse", metrics = "mae")
#' x <- array(rnorm(20 * 6), c(20, 6, 1))
#' model %>% evaluate(x, apply(x, 1, sum))
evaluate.recurrent_model <- function(x, ...) evaluate_model(x, ...)

evaluate_model <- function(object, x = NULL, y = NULL, batch_size = NULL,
                           verbose = "auto", sample_weight = NULL,
                           steps = NULL, callbacks = NULL, ...) {
  if (...length()) check_no_more(list(...), evaluate_model, "evaluate()")
  self <- check_model(object)
  check_compiled(self, "evaluate()")
  data <- training_data(self, x, y, batch_size, sample_weight, steps = steps)
  callbacks <- fit_callbacks(callbacks, NULL, verbose, object,
                             list(steps = data$steps, samples = data$samples))
  on.exit(callbacks$run("on_close"))
  unlist(run_evaluation(self, data, callbacks))
}

# generics::evaluate() dispatches on `x`, which in `evaluate(model, x = data)`
# is the data.
#' @method evaluate default
#' @export
evaluate.default <- function(x, ...) {
  args <- list(...)
  at <- which(vapply(args, inherits, NA, "recurrent_model"))
  if (!length(at)) {
    stop_type(
      sprintf("There is no `evaluate()` for %s.", describe(x)),
      i = "Give a model first: `evaluate(model, x, y)`."
    )
  }
  do.call(evaluate_model,
          c(list(args[[at[[1L]]]], x = x), args[-at[[1L]]]))
}
