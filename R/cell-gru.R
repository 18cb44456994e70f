# Update gate z, reset gate r and candidate g, weights in the order z, r, g:
#   output = h' = z * h + (1 - z) * g
GRUCell <- keras_class(
  "GRUCell", inherit = KerasLayer,
  public = list(
    initialize = function(...) {
      gated_initialize(self, layer_gru_cell, 3L, list(...))
      gru_order_arguments(self)
    },
    build = function(input_shape) gru_cell_build(self, input_shape),
    call = function(inputs, states, training = NULL) {
      gru_cell_call(self, inputs, states, training)
    },
    begin_sequence = function(batch, training) {
      dropout_begin(self, batch, training)
    },
    end_sequence = function() assign(".masks", NULL, envir = self),
    native_spec = function() {
      gated_native(self, kind = 2L, flags = as.integer(self$reset_after))
    }
  ),
  active = list(
    state_size = function() self$units,
    output_size = function() self$units
  )
)

# Keras writes `reset_after` last into configs.
gru_order_arguments <- function(self) {
  last <- "reset_after"
  assign(".args", c(setdiff(self$.args, last), last), envir = self)
}

# With `reset_after` the products of the inputs and of the state have biases of
# their own: the rows of a matrix.
gru_cell_build <- function(self, input_shape) {
  bias_shape <- c(if (self$reset_after) 2L, 3L * self$units)
  cell_weights(self, input_shape, gates = 3L, bias_shape = bias_shape)
}

gru_cell_call <- function(self, inputs, states, training = NULL) {
  h <- first_leaf(states)
  masks <- dropout_masks(self, inputs, training)
  x <- gate_product(inputs, self$kernel, masks[[1L]], 3L)
  if (self$use_bias) {
    x <- x + if (self$reset_after) self$bias[1L, ] else self$bias
  }
  x <- op_split(x, 3L, axis = 2)
  step <- if (self$reset_after) gru_reset_after else gru_reset_before
  gates <- step(self, x, h, masks[[2L]])
  z <- gates[[1L]]
  h <- z * h + (1 - z) * gates[[2L]]
  list(h, list(h))
}

# g = activation(x W + r * (h U + b)): all of h U is one product.
gru_reset_after <- function(self, x, h, mask) {
  inner <- gate_product(h, self$recurrent_kernel, mask, 3L)
  if (self$use_bias) inner <- inner + self$bias[2L, ]
  inner <- op_split(inner, 3L, axis = 2)
  z <- self$recurrent_activation(x[[1L]] + inner[[1L]])
  r <- self$recurrent_activation(x[[2L]] + inner[[2L]])
  list(z, self$activation(x[[3L]] + r * inner[[3L]]))
}

# g = activation(x W + (r * h) U)
gru_reset_before <- function(self, x, h, mask) {
  kernels <- op_split(self$recurrent_kernel, 3L, axis = 2)
  state_of <- function(gate) {
    if (is.null(mask)) h else h * mask_of_gate(mask, gate)
  }
  z <- self$recurrent_activation(x[[1L]] + state_of(1L) %*% kernels[[1L]])
  r <- self$recurrent_activation(x[[2L]] + state_of(2L) %*% kernels[[2L]])
  list(z, self$activation(x[[3L]] + (r * state_of(3L)) %*% kernels[[3L]]))
}

#' The cell of the GRU
#'
#' @description
#' One step of [layer_gru()]. With the gates `z` (update) and `r` (reset), each
#' `recurrent_activation(x W + h U + b)` with weights of its own, and the
#' candidate `g`:
#' * `g = activation(x W + b + r * (h U + b'))` if `reset_after`, else
#'   `g = activation(x W + b + (r * h) U)`,
#' * output and `h' = z * h + (1 - z) * g`.
#'
#' Give it to [layer_rnn()], alone or in a list with other cells.
#' `rnn_cell_gru()` is keras3's name for it.
#'
#' @inheritParams layer_lstm_cell
#' @param activation Activation function of the candidate: its name, an R
#'   function on tensors, or NULL for none.
#' @param kernel_initializer,recurrent_initializer,bias_initializer
#'   Initializers of the kernel W (features, 3 units), the recurrent kernel U
#'   (units, 3 units) and the bias (2, 3 units) if `reset_after`, else (3
#'   units); the gates side by side in the order z, r, g.
#' @param reset_after Whether the reset gate acts after the product of the
#'   state with its weights (as cuDNN does) or before it.
#' @return A cell: a layer whose call `cell(inputs, list(h))` gives
#'   `list(output, list(h))`.
#' @section Errors: as [layer_gru()].
#' @source Cho et al. (2014), *Learning phrase representations using RNN
#'   encoder-decoder for statistical machine translation*; Chung, Gulcehre, Cho
#'   and Bengio (2014), *Empirical evaluation of gated recurrent neural
#'   networks on sequence modeling*. Keras' `GRUCell`.
#' @export
#' @examples
#' layer <- layer_rnn(cell = layer_gru_cell(units = 4))
#' dim(layer(array(rnorm(2 * 5 * 3), c(2, 5, 3))))
#'
#' # in a stack with other cells
#' cells <- list(layer_gru_cell(4), layer_lstm_cell(3),
#'               layer_simple_rnn_cell(2))
#' layer <- layer_rnn(cell = cells, return_state = TRUE)
#' length(layer(array(rnorm(2 * 5 * 3), c(2, 5, 3))))
layer_gru_cell <- function(units,
                           activation = "tanh",
                           recurrent_activation = "sigmoid",
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
                           reset_after = TRUE,
                           ...) {
  new_layer(GRUCell, call_args())
}

#' @rdname layer_gru_cell
#' @export
rnn_cell_gru <- layer_gru_cell
