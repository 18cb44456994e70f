# layer_rnn() over one layer_lstm_cell(), with the cell's arguments as its own.
LSTM <- keras_class(
  "LSTM", inherit = RNN,
  public = list(
    initialize = function(...) {
      gated_layer_initialize(self, layer_lstm, LSTMCell, list(...))
    }
  )
)

# `implementation` is what the cell made of it.
gated_layer_initialize <- function(self, constructor, cell_class, args) {
  cell_layer_initialize(self, constructor, cell_class, args, gated_extra)
  assign("implementation", self$.info$cell$implementation, envir = self)
}

#' The LSTM layer
#'
#' @description
#' A recurrent layer with a memory: gates decide at every step what goes into
#' the cell state, what stays in it and what of it is put out, so that it can
#' carry what it saw over many more steps than [layer_simple_rnn()]. It is
#' [layer_rnn()] over a [layer_lstm_cell()], which states the formulas.
#'
#' @inheritParams layer_lstm_cell
#' @inheritParams layer_simple_rnn
#' @inheritParams layer_rnn
#' @param ... Standard arguments of layers: `name`, `trainable`, `dtype`,
#'   `input_shape` (without the batch axis), `batch_input_shape`,
#'   `batch_size`, `weights` (a list of arrays); also `zero_output_for_mask`,
#'   see [layer_rnn()], and `implementation`, see [layer_lstm_cell()].
#' @inheritSection layer_simple_rnn Which layer
#' @inheritSection layer_rnn Call arguments
#' @inheritSection layer_rnn Statefulness
#' @return For an array (batch, time, features), an array: (batch, units), or
#'   (batch, time, units) with `return_sequences`; with `return_state`
#'   `list(output, h, c)`. Without `object`, a layer with members `units`,
#'   `activation`, `use_bias`, ... (its arguments), `cell`, `states` (h and c),
#'   `weights` in the order kernel (features, 4 units), recurrent kernel
#'   (units, 4 units), bias (4 units), the gates in the order input, forget,
#'   candidate, output.
#' @section Errors: `ValueError` for units that are not positive whole
#'   numbers, rates outside 0 to 1, inputs, masks or states that do not fit,
#'   zero time steps, another batch size than a stateful layer's; `TypeError`
#'   for arguments of the wrong kind or unknown ones.
#' @source Hochreiter and Schmidhuber (1997), *Long short-term memory*, Neural
#'   Computation 9; forget gate: Gers, Schmidhuber and Cummins (2000),
#'   *Learning to forget*, Neural Computation 12; dropout: Gal and Ghahramani
#'   (2016), *A theoretically grounded application of dropout in recurrent
#'   neural networks*. `tf.keras.layers.LSTM`.
#' @seealso [layer_gru()], [bidirectional()], [reset_states()].
#' @export
#' @examples
#' inputs <- array(rnorm(32 * 10 * 8), c(32, 10, 8))
#' lstm <- layer_lstm(units = 4)
#' dim(lstm(inputs))
#'
#' lstm <- layer_lstm(units = 4, return_sequences = TRUE, return_state = TRUE)
#' c(whole_sequence_output, h, c) %<-% lstm(inputs)
#' dim(whole_sequence_output)
#' all.equal(h, whole_sequence_output[, 10, ])
#'
#' # go on where the last call stopped
#' dim(lstm(inputs, initial_state = list(h, c))[[1]])
layer_lstm <- function(object,
                       units,
                       activation = "tanh",
                       recurrent_activation = "sigmoid",
                       use_bias = TRUE,
                       return_sequences = FALSE,
                       return_state = FALSE,
                       go_backwards = FALSE,
                       stateful = FALSE,
                       time_major = FALSE,
                       unroll = FALSE,
                       kernel_initializer = "glorot_uniform",
                       recurrent_initializer = "orthogonal",
                       bias_initializer = "zeros",
                       unit_forget_bias = TRUE,
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
  compose(object, LSTM, call_args())
}
