# Gates i, f, o and candidate g, weights in the order i, f, g, o:
#   c' = f * c + i * g, output = h' = o * activation(c')
LSTMCell <- keras_class(
  "LSTMCell", inherit = KerasLayer,
  public = list(
    initialize = function(...) {
      gated_initialize(self, layer_lstm_cell, 4L, list(...))
    },
    build = function(input_shape) lstm_cell_build(self, input_shape),
    call = function(inputs, states, training = NULL) {
      lstm_cell_call(self, inputs, states, training)
    },
    begin_sequence = function(batch, training) {
      dropout_begin(self, batch, training)
    },
    end_sequence = function() assign(".masks", NULL, envir = self),
    native_spec = function() gated_native(self, kind = 1L)
  ),
  active = list(
    state_size = function() list(self$units, self$units),
    output_size = function() self$units
  )
)

# What comes in `...` of a gated cell and its layer.
gated_extra <- list(implementation = 2L)

# As in tf.keras, a recurrent dropout has a mask per gate.
gated_initialize <- function(self, constructor, gates, args) {
  take_arguments(self, constructor, args, extra = gated_extra)
  self$implementation <- check_implementation(self$implementation)
  if (isTRUE(self$recurrent_dropout > 0)) self$implementation <- 1L
  if (self$implementation == 1L) assign(".mask_gates", gates, envir = self)
}

# How gates share dropout masks.
check_implementation <- function(value) {
  if (is.numeric(value) && length(value) == 1L && value %in% 1:2) {
    return(as.integer(value))
  }
  stop_value(
    sprintf("`implementation` must be 1 or 2, not %s.", describe(value)),
    i = "1 draws a dropout mask for each gate, 2 one for all gates."
  )
}

gated_native <- function(self, kind, flags = 0L) {
  activation <- attr(self$activation, "native")
  recurrent <- attr(self$recurrent_activation, "native")
  if (is.null(activation) || is.null(recurrent)) return(NULL)
  per_gate <- if (self$implementation == 1L) 2L else 0L
  c(kind, self$units, activation, recurrent, self$use_bias, flags + per_gate)
}

lstm_cell_build <- function(self, input_shape) {
  init <- self$bias_initializer
  if (self$unit_forget_bias) init <- forget_bias_initializer(init, self$units)
  cell_weights(self, input_shape, gates = 4L, bias_initializer = init)
}

# Ones for the forget gate, so that a new cell remembers.
forget_bias_initializer <- function(initializer, units) {
  force(initializer)
  force(units)
  function(shape) {
    c(value_of(initializer(units)), rep(1, units),
      value_of(initializer(2L * units)))
  }
}

lstm_cell_call <- function(self, inputs, states, training = NULL) {
  h <- states[[1L]]
  c <- states[[2L]]
  masks <- dropout_masks(self, inputs, training)
  z <- gate_product(inputs, self$kernel, masks[[1L]], 4L)
  if (self$use_bias) z <- z + self$bias
  z <- z + gate_product(h, self$recurrent_kernel, masks[[2L]], 4L)
  z <- op_split(z, 4L, axis = 2)
  i <- self$recurrent_activation(z[[1L]])
  f <- self$recurrent_activation(z[[2L]])
  o <- self$recurrent_activation(z[[4L]])
  c <- f * c + i * self$activation(z[[3L]])
  h <- o * self$activation(c)
  list(h, list(h, c))
}

#' The cell of the LSTM
#'
#' @description
#' One step of [layer_lstm()]. With the gates `i` (input), `f` (forget), `o`
#' (output), each `recurrent_activation(x W + h U + b)` with weights of its
#' own, and the candidate `g = activation(x W + h U + b)`:
#' * `c' = f * c + i * g`,
#' * output and `h' = o * activation(c')`.
#'
#' Give it to [layer_rnn()], alone or in a list with other cells. Its states
#' are `h` and `c`. `rnn_cell_lstm()` is keras3's name for it.
#'
#' @inheritParams layer_simple_rnn_cell
#' @param activation Activation function of the candidate and of the cell
#'   state on its way to the output: its name, an R function on tensors, or
#'   NULL for none.
#' @param recurrent_activation Activation function of the gates.
#' @param kernel_initializer,recurrent_initializer,bias_initializer
#'   Initializers of the kernel W (features, 4 units), the recurrent kernel U
#'   (units, 4 units) and the bias b (4 units), the gates side by side in the
#'   order i, f, g, o.
#' @param unit_forget_bias Whether the bias of the forget gate starts at one,
#'   whatever `bias_initializer` is.
#' @param ... `name`, `trainable`, `dtype`; `implementation`: 2 (the default)
#'   uses one dropout mask for all gates, 1 a mask of its own for each gate;
#'   with `recurrent_dropout` it is always 1, as in Keras. It changes no other
#'   value.
#' @return A cell: a layer whose call `cell(inputs, list(h, c))` gives
#'   `list(output, list(h, c))`.
#' @section Errors: as [layer_lstm()].
#' @source Hochreiter and Schmidhuber (1997), *Long short-term memory*, Neural
#'   Computation 9; forget gate: Gers, Schmidhuber and Cummins (2000),
#'   *Learning to forget*, Neural Computation 12; `unit_forget_bias`:
#'   Jozefowicz, Zaremba and Sutskever (2015), *An empirical exploration of
#'   recurrent network architectures*. Keras' `LSTMCell`.
#' @export
#' @examples
#' layer <- layer_rnn(cell = layer_lstm_cell(units = 4))
#' dim(layer(array(rnorm(2 * 5 * 3), c(2, 5, 3))))
#'
#' # one step by hand
#' cell <- layer_lstm_cell(units = 4)
#' zeros <- matrix(0, 2, 4)
#' c(output, states) %<-% cell(matrix(rnorm(6), 2), list(zeros, zeros))
#' dim(output)
layer_lstm_cell <- function(units,
                            activation = "tanh",
                            recurrent_activation = "sigmoid",
                            use_bias = TRUE,
                            kernel_initializer = "glorot_uniform",
                            recurrent_initializer = "orthogonal",
                            bias_initializer = "zeros",
                            unit_forget_bias = TRUE,
                            kernel_regularizer = NULL,
                            recurrent_regularizer = NULL,
                            bias_regularizer = NULL,
                            kernel_constraint = NULL,
                            recurrent_constraint = NULL,
                            bias_constraint = NULL,
                            dropout = 0,
                            recurrent_dropout = 0,
                            ...) {
  new_layer(LSTMCell, call_args())
}

#' @rdname layer_lstm_cell
#' @export
rnn_cell_lstm <- layer_lstm_cell
