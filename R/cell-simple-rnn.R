# output = state = activation(x W + h U + b)
SimpleRNNCell <- keras_class(
  "SimpleRNNCell", inherit = KerasLayer,
  public = list(
    initialize = function(...) {
      take_arguments(self, layer_simple_rnn_cell, list(...))
    },
    build = function(input_shape) simple_cell_build(self, input_shape),
    call = function(inputs, states, training = NULL) {
      simple_cell_call(self, inputs, states, training)
    },
    begin_sequence = function(batch, training) {
      dropout_begin(self, batch, training)
    },
    end_sequence = function() assign(".masks", NULL, envir = self),
    native_spec = function() simple_cell_native(self)
  ),
  active = list(
    state_size = function() self$units,
    output_size = function() self$units
  )
)

simple_cell_build <- function(self, input_shape) cell_weights(self, input_shape)

# Weights of a built-in cell. The columns of its gates stand side by side.
cell_weights <- function(self, input_shape, gates = 1L,
                         bias_shape = gates * self$units,
                         bias_initializer = self$bias_initializer) {
  features <- cell_features(self, input_shape)
  columns <- gates * self$units
  self$kernel <- self$add_weight(
    "kernel", c(features, columns), initializer = self$kernel_initializer,
    regularizer = self$kernel_regularizer, constraint = self$kernel_constraint
  )
  self$recurrent_kernel <- self$add_weight(
    "recurrent_kernel", c(self$units, columns),
    initializer = self$recurrent_initializer,
    regularizer = self$recurrent_regularizer,
    constraint = self$recurrent_constraint
  )
  if (self$use_bias) {
    self$bias <- self$add_weight(
      "bias", bias_shape, initializer = bias_initializer,
      regularizer = self$bias_regularizer, constraint = self$bias_constraint
    )
  }
}

# The number of features that a cell of matrices (batch, features) takes.
cell_features <- function(self, input_shape) {
  if (!inherits(input_shape, "recurrent_shape")) {
    stop_nested_inputs(self, length(input_shape))
  }
  shape <- as_shape(input_shape)
  if (length(shape) != 2L || is.null(shape[[2L]]) || shape[[2L]] == 0L) {
    stop_value(
      sprintf("Cell \"%s\" (%s) takes steps of shape (batch, features), not \
%s.", self$name, class(self)[[1L]], format(shape)),
      i = "Give inputs of shape (batch, time, features) with a known number of \
features; one feature is `array(x, c(dim(x), 1))`."
    )
  }
  assign(".features", shape[[2L]], envir = self)
  shape[[2L]]
}

stop_nested_inputs <- function(self, given) {
  stop_value(
    sprintf("\"%s\" (%s) takes one input, not a list of %d.", self$name,
            class(self)[[1L]], given),
    i = "A list given as inputs is nested inputs. Give the initial state as \
`initial_state = `."
  )
}

simple_cell_call <- function(self, inputs, states, training = NULL) {
  h <- first_leaf(states)
  masks <- dropout_masks(self, inputs, training)
  if (!is.null(masks[[1L]])) inputs <- inputs * masks[[1L]]
  recurrent <- if (is.null(masks[[2L]])) h else h * masks[[2L]]
  z <- inputs %*% self$kernel
  if (self$use_bias) z <- z + self$bias
  output <- self$activation(z + recurrent %*% self$recurrent_kernel)
  list(output, list(output))
}

simple_cell_native <- function(self) {
  activation <- attr(self$activation, "native")
  if (is.null(activation)) return(NULL)
  c(0L, self$units, activation, 0L, self$use_bias, 0L)
}

#' The cell of the simple RNN
#'
#' One step of [layer_simple_rnn()]: `output = activation(x W + h U + b)`,
#' and the output is the new state. Give it to [layer_rnn()], alone or in a
#' list with other cells.
#'
#' @param units Positive whole number: size of the state and of the output.
#' @param activation Activation function: its name ("tanh", "relu", ...), an R
#'   function on tensors, or NULL for none ("linear").
#' @param use_bias Whether there is a bias vector.
#' @param kernel_initializer,recurrent_initializer,bias_initializer
#'   Initializers of the kernel W (features, units), the recurrent kernel U
#'   (units, units) and the bias b (units): names, `initializer_*()` or R
#'   functions of a shape.
#' @param kernel_regularizer,recurrent_regularizer,bias_regularizer
#'   Regularizers of the same weights: NULL, names, `regularizer_*()` or R
#'   functions.
#' @param kernel_constraint,recurrent_constraint,bias_constraint Constraints
#'   that act on the same weights after each update: NULL, names,
#'   `constraint_*()` or R functions.
#' @param dropout,recurrent_dropout Fractions between 0 and 1 of the inputs
#'   and of the state that are dropped in training, the same ones at every
#'   step of a sequence.
#' @param ... Standard arguments of layers: `name`, `trainable`, `dtype`,
#'   `weights` (a list of arrays), and for layers `input_shape` (without the
#'   batch axis), `batch_input_shape`, `batch_size`.
#' @return A cell: `cell(inputs, states)` takes inputs (batch, features) and a
#'   list with one state (batch, units), and gives `list(output, states)`. It
#'   has `state_size`, `output_size`, `weights` in the order W, U, b.
#' @section Errors: `ValueError` for units that are not positive whole numbers
#'   and rates outside 0 to 1, `TypeError` for unknown arguments.
#' @source Elman (1990), *Finding structure in time*, Cognitive Science 14;
#'   the tf.keras reference page of `SimpleRNN`.
#' @export
#' @examples
#' cell <- layer_simple_rnn_cell(4)
#' layer <- layer_rnn(cell = cell, return_sequences = TRUE)
#' dim(layer(array(rnorm(2 * 5 * 3), c(2, 5, 3))))
layer_simple_rnn_cell <- function(units,
                                  activation = "tanh",
                                  use_bias = TRUE,
                                  kernel_initializer = "glorot_uniform",
                                  recurrent_initializer = "orthogonal",
                                  bias_initializer = "zeros",
                                  kernel_regularizer = NULL,
                                  recurrent_regularizer = NULL,
                                  bias_regularizer = NULL,
                                  kernel_constraint = NULL,
                                  recurrent_constraint = NULL,
                                  bias_constraint = NULL,
                                  dropout = 0,
                                  recurrent_dropout = 0,
                                  ...) {
  new_layer(SimpleRNNCell, call_args())
}

#' @rdname layer_simple_rnn_cell
#' @export
rnn_cell_simple <- layer_simple_rnn_cell
