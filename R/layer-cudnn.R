#' LSTM and GRU under their GPU names
#'
#' `layer_cudnn_lstm()` and `layer_cudnn_gru()` are the names under which R
#' keras has the layers that run on NVIDIA's cuDNN. Here they are
#' [layer_lstm()] and [layer_gru()] with the settings that cuDNN knows:
#' `tanh`, `sigmoid`, a bias, `reset_after` for the GRU, no dropout. Weights,
#' states and configurations are those of [layer_lstm()] and [layer_gru()].
#'
#' @inheritParams layer_lstm
#' @param kernel_initializer,recurrent_initializer,bias_initializer
#'   Initializers of the weights, see [layer_lstm_cell()] and
#'   [layer_gru_cell()].
#' @param input_shape,batch_input_shape The shape of the inputs without and
#'   with the batch axis, see [layer_input()]; NULL finds it at the first call.
#' @param batch_size Size of the batch axis, with `input_shape`.
#' @param dtype "float64" or "float32": the precision of the layer.
#' @param name Name of the layer, unique within a model; NULL makes one up.
#' @param trainable Whether training changes the weights; NULL means TRUE.
#' @param weights A list of arrays: the weights to start with.
#' @inheritSection layer_lstm Errors
#' @return As [layer_lstm()] and [layer_gru()].
#' @source R keras 2.15; Chetlur et al. (2014), *cuDNN: Efficient primitives
#'   for deep learning*.
#' @seealso [layer_lstm()], [layer_gru()].
#' @export
#' @examples
#' inputs <- array(rnorm(4 * 5 * 3), c(4, 5, 3))
#' dim(layer_cudnn_lstm(units = 2)(inputs))
#' dim(layer_cudnn_gru(units = 2, return_sequences = TRUE)(inputs))
layer_cudnn_lstm <- function(object,
                             units,
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
                             return_sequences = FALSE,
                             return_state = FALSE,
                             stateful = FALSE,
                             input_shape = NULL,
                             batch_input_shape = NULL,
                             batch_size = NULL,
                             dtype = NULL,
                             name = NULL,
                             trainable = NULL,
                             weights = NULL) {
  compose(object, LSTM, call_args())
}

#' @rdname layer_cudnn_lstm
#' @export
layer_cudnn_gru <- function(object,
                            units,
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
                            return_sequences = FALSE,
                            return_state = FALSE,
                            stateful = FALSE,
                            input_shape = NULL,
                            batch_input_shape = NULL,
                            batch_size = NULL,
                            dtype = NULL,
                            name = NULL,
                            trainable = NULL,
                            weights = NULL) {
  compose(object, GRU, call_args())
}
