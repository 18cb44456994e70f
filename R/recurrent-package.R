#' @details
#' Where to begin:
#' * Layers over time: [layer_simple_rnn()], [layer_lstm()], [layer_gru()], and
#'   [layer_rnn()] over cells of your own ([new_layer_class()]).
#' * Data: inputs are arrays (samples, time, features). [time_windows()] cuts
#'   them out of a series, [pad_sequences()] makes them of sequences of
#'   different lengths, [layer_masking()] leaves the padding out.
#' * Models: [keras_model_sequential()] or [keras_model()], then [compile()],
#'   [fit()], [evaluate()], [predict()]; [forecast_ahead()] goes on from the end
#'   of a series.
#' * States that last from call to call: `stateful = TRUE`, [reset_states()].
#' * Keeping a model: `saveRDS()`, or [save_model()] for files of Keras.
#'
#' `vignette("recurrent")` goes through an example from data to forecast;
#' `browseVignettes("recurrent")` lists the others.
#' @source tf.keras 2.15 for what is computed, R keras 2.15 for names.
#' @examples
#' set.seed(1)
#' w <- time_windows(nottem, length = 12, test = 24)
#' model <- keras_model_sequential() %>%
#'   layer_simple_rnn(units = 8, input_shape = list(12, 1)) %>%
#'   layer_dense(units = 1)
#' model %>% compile(optimizer = optimizer_adam(0.01), loss = "mse")
#' model %>% fit(w$train$x, w$train$y, epochs = 10)
#' round(forecast_ahead(model, w, h = 12))
#' @keywords internal
"_PACKAGE"

#' @useDynLib recurrent, .registration = TRUE
#' @importFrom generics fit
#' @importFrom generics compile
#' @importFrom generics evaluate
#' @importFrom magrittr %>%
#' @importFrom magrittr %<>%
#' @importFrom methods setMethod setOldClass
#' @importFrom R6 R6Class
#' @importFrom rlang abort
#' @importFrom rlang .data
#' @importFrom stats median
#' @importFrom stats predict
#' @importFrom zeallot %<-%
NULL

#' @examples
#' model <- keras_model_sequential(input_shape = c(5, 1)) %>%
#'   layer_simple_rnn(units = 4) %>%
#'   layer_dense(units = 1)
#' model %>% compile(optimizer = "adam", loss = "mse")
#' x <- array(rnorm(40), c(8, 5, 1))
#' c(history, weights) %<-% list(
#'   model %>% fit(x, x[, 5, ], epochs = 2, verbose = 0),
#'   get_weights(model)
#' )
#' model %>% evaluate(x, x[, 5, ], verbose = 0)
#' @export
generics::fit

#' @export
generics::compile

#' @export
generics::evaluate

#' @export
magrittr::`%>%`

#' @export
magrittr::`%<>%`

#' @export
zeallot::`%<-%`
