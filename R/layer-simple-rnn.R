# layer_rnn() over one layer_simple_rnn_cell(), with the cell's arguments as
# its own.
SimpleRNN <- keras_class(
  "SimpleRNN", inherit = RNN,
  public = list(
    initialize = function(...) {
      cell_layer_initialize(self, layer_simple_rnn, SimpleRNNCell, list(...))
    }
  )
)

# A layer over time whose arguments are its cell's and those of layer_rnn().
# `extra`: arguments of the cell that come in `...`, with defaults.
cell_layer_initialize <- function(self, constructor, cell_class, args,
                                  extra = list()) {
  given <- setdiff(names(rnn_flags), names(formals(constructor)))
  take_arguments(self, constructor, args, extra = c(extra, rnn_flags[given]))
  own <- setdiff(self$.args, c(names(rnn_flags), "activity_regularizer"))
  values <- mget(own, envir = self)
  cell <- new_layer(cell_class, c(values, list(
    name = paste0(snake_case(cell_class$classname)), dtype = self$dtype,
    trainable = self$.trainable
  )))
  rnn_initialize(self, unwrap_layer(cell))
}

#' The simple recurrent layer
#'
#' A fully connected recurrent layer whose output is fed back to its input:
#' `h_t = activation(x_t W + h_(t-1) U + b)`. It is [layer_rnn()] over a
#' [layer_simple_rnn_cell()], computed in one call of compiled code.
#'
#' @section Which layer:
#' What a simple layer saw fades within some ten steps, unless it starts as a
#' memory (`activation = "relu"`, `recurrent_initializer = "identity"`) or has
#' a single bit to keep. Where what counts is near, as in most measured series,
#' it serves as well as the layers with gates, with a third
#' ([layer_gru()]) or a quarter ([layer_lstm()]) of their weights for the same
#' units. Where something has to be kept over dozens or hundreds of steps, take
#' one of these: GRU has fewer weights, LSTM a second state behind its output.
#' `vignette("gates")` measures both cases.
#'
#' @inheritParams layer_rnn
#' @inheritParams layer_simple_rnn_cell
#' @param units Positive whole number: size of the state and of the output.
#' @param activity_regularizer Regularizer of the layer's output; its value,
#'   divided by the batch size, is added to `layer$losses`.
#' @param dropout,recurrent_dropout Fractions between 0 and 1 of the inputs
#'   and of the state that are dropped in training; drawn once per sequence
#'   and sample, the same at every step.
#' @param ... Standard arguments of layers: `name`, `trainable`, `dtype`,
#'   `input_shape` (without the batch axis), `batch_input_shape`,
#'   `batch_size`, `weights` (a list of arrays); also `time_major` and
#'   `zero_output_for_mask`, see [layer_rnn()].
#' @inheritSection layer_rnn Call arguments
#' @inheritSection layer_rnn Statefulness
#' @return For an array (batch, time, features), an array: (batch, units), or
#'   (batch, time, units) with `return_sequences`; with `return_state`
#'   `list(output, state)`. Without `object`, a layer with members `units`,
#'   `activation`, `use_bias`, ... (its arguments), `cell`, `states`,
#'   `weights` in the order kernel (features, units), recurrent kernel (units,
#'   units), bias (units).
#' @section Errors: `ValueError` for units that are not positive whole
#'   numbers, rates outside 0 to 1, inputs, masks or states that do not fit,
#'   zero time steps, another batch size than a stateful layer's; `TypeError`
#'   for arguments of the wrong kind or unknown ones.
#' @source Elman (1990), *Finding structure in time*, Cognitive Science 14;
#'   the reference page `tf.keras.layers.SimpleRNN`. Dropout: Gal and
#'   Ghahramani (2016), *A theoretically grounded application of dropout in
#'   recurrent neural networks*.
#' @export
#' @examples
#' inputs <- array(rnorm(32 * 10 * 8), c(32, 10, 8))
#' simple_rnn <- layer_simple_rnn(units = 4)
#' dim(simple_rnn(inputs))
#'
#' simple_rnn <- layer_simple_rnn(units = 4, return_sequences = TRUE,
#'                                return_state = TRUE)
#' c(whole_sequence_output, final_state) %<-% simple_rnn(inputs)
#' dim(whole_sequence_output)
#' dim(final_state)
layer_simple_rnn <- function(object,
                             units,
                             activation = "tanh",
                             use_bias = TRUE,
                             return_sequences = FALSE,
                             return_state = FALSE,
                             go_backwards = FALSE,
                             stateful = FALSE,
                             unroll = FALSE,
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
  compose(object, SimpleRNN, call_args())
}
