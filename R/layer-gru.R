# layer_rnn() over one layer_gru_cell(), with the cell's arguments as its own.
GRU <- keras_class(
  "GRU", inherit = RNN,
  public = list(
    initialize = function(...) {
      gated_layer_initialize(self, layer_gru, GRUCell, list(...))
      gru_order_arguments(self)
    }
  )
)

#' The GRU layer
#'
#' @description
#' A recurrent layer with two gates: one decides how much of the state stays as
#' it is, the other how much of it is seen by what replaces the rest. It
#' remembers over longer times than [layer_simple_rnn()], with fewer weights
#' and one state less than [layer_lstm()]. It is [layer_rnn()] over a
#' [layer_gru_cell()], which states the formulas.
#'
#' @inheritParams layer_gru_cell
#' @inheritParams layer_lstm
#' @param ... Standard arguments of layers: `name`, `trainable`, `dtype`,
#'   `input_shape` (without the batch axis), `batch_input_shape`,
#'   `batch_size`, `weights` (a list of arrays); also `zero_output_for_mask`,
#'   see [layer_rnn()], and `implementation`, see [layer_lstm_cell()].
#' @inheritSection layer_simple_rnn Which layer
#' @inheritSection layer_rnn Call arguments
#' @inheritSection layer_rnn Statefulness
#' @inheritSection layer_lstm Errors
#' @return For an array (batch, time, features), an array: (batch, units), or
#'   (batch, time, units) with `return_sequences`; with `return_state`
#'   `list(output, state)`. Without `object`, a layer with members `units`,
#'   `activation`, `use_bias`, ... (its arguments), `cell`, `states`,
#'   `weights` in the order kernel (features, 3 units), recurrent kernel
#'   (units, 3 units), bias (2, 3 units) with `reset_after` or (3 units)
#'   without, the gates in the order update, reset, candidate.
#' @source Cho et al. (2014), *Learning phrase representations using RNN
#'   encoder-decoder for statistical machine translation*; Chung, Gulcehre, Cho
#'   and Bengio (2014), *Empirical evaluation of gated recurrent neural
#'   networks on sequence modeling*; dropout: Gal and Ghahramani (2016), *A
#'   theoretically grounded application of dropout in recurrent neural
#'   networks*. `tf.keras.layers.GRU`.
#' @seealso [layer_lstm()], [bidirectional()], [reset_states()].
#' @export
#' @examples
#' inputs <- array(rnorm(32 * 10 * 8), c(32, 10, 8))
#' gru <- layer_gru(units = 4)
#' dim(gru(inputs))
#'
#' gru <- layer_gru(units = 4, return_sequences = TRUE, return_state = TRUE)
#' c(whole_sequence_output, final_state) %<-% gru(inputs)
#' dim(whole_sequence_output)
#' dim(final_state)
layer_gru <- function(object,
                      units,
                      activation = "tanh",
                      recurrent_activation = "sigmoid",
                      use_bias = TRUE,
                      return_sequences = FALSE,
                      return_state = FALSE,
                      go_backwards = FALSE,
                      stateful = FALSE,
                      unroll = FALSE,
                      time_major = FALSE,
                      reset_after = TRUE,
                      kernel_initializer = "glorot_uniform",
                      recurrent_initializer = "orthogonal",
                      bias_initializer = "zeros",
                      kernel_regularizer = NULL,
                      recurrent_regularizer = NULL,
                      bias_regularizer = NULL,
                      activity_regularizer = NULL,
                      kernel_constraint = NULL,
                      recurrent_constraint = NULL,
                      bias_constraint = NULL,
                      dropout = 0,
                      recurrent_dropout = 0,
                      ...) {
  compose(object, GRU, call_args())
}
