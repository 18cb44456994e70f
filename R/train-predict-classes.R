#' Predicted classes and probabilities
#'
#' Names of older R keras for what [predict()][predict.recurrent_model] gives
#' of a model that classifies, and for the classes in it.
#'
#' @inheritParams predict.recurrent_model
#' @param object A compiled model with one output: probabilities of the classes
#'   along its last axis, or of the one class that there is.
#' @return `predict_proba()`: what `predict()` gives. `predict_classes()`: the
#'   number of the most probable class, counted from 0, an integer array of the
#'   shape of the output without its last axis; of an output with one column,
#'   1 where it is above 0.5, else 0, in the shape of the output.
#' @section Errors: as `predict()`; `ValueError` for several outputs.
#' @source R keras 2.2, `predict_classes()` and `predict_proba()`.
#' @export
#' @examples
#' model <- keras_model_sequential() %>%
#'   layer_simple_rnn(units = 4, input_shape = list(NULL, 2)) %>%
#'   layer_dense(units = 3, activation = "softmax")
#' predict_classes(model, array(rnorm(5 * 6 * 2), c(5, 6, 2)))
predict_classes <- function(object, x, batch_size = NULL, verbose = 0,
                            steps = NULL) {
  p <- predict_proba(object, x, batch_size, verbose, steps)
  if (is.list(p) && length(p) == 1L) p <- p[[1L]]
  if (is.list(p)) {
    stop_value(
      sprintf("The model has %d outputs: of which are the classes?",
              length(p)),
      i = "Take them from `predict(model, x)`."
    )
  }
  d <- dim(p)
  n <- d[[length(d)]]
  if (n == 1L) return(array(as.integer(p > 0.5), d))
  best <- max.col(matrix(p, ncol = n), "first") - 1L
  array(best, d[-length(d)])
}

#' @rdname predict_classes
#' @export
predict_proba <- function(object, x, batch_size = NULL, verbose = 0,
                          steps = NULL) {
  predict(object, x, batch_size = batch_size, verbose = verbose, steps = steps)
}
