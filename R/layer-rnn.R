#' A layer over time for any cell
#'
#' @description
#' `layer_rnn()` runs a cell over the time axis of its inputs: a built-in cell
#' ([layer_simple_rnn_cell()]), a list of cells (a stack), or a cell written in
#' R. Cells written in R train without further code: they compute with
#' tensors, and gradients come by themselves.
#'
#' When every cell is a built-in one, the whole sequence, the whole stack and
#' its gradients run in one call of compiled code; otherwise an R loop runs the
#' cell step by step. Both give the same numbers.
#'
#' @section Cells:
#' A cell is anything with
#' * `call(inputs, states)`, giving `list(output, new_states)` for one time
#'   step: inputs (batch, ...), a list of states (batch, ...). It may also name
#'   the arguments `constants` and `training`; they are passed when it does.
#' * `state_size`: `4` (one state of 4 units), `list(4, 3)` (two states),
#'   `list(c(2, 3))` or `shape(2, 3)` (one state with two axes).
#' * optionally `output_size` (else the size of the first state),
#'   `get_initial_state(inputs, batch_size, dtype)` (else zeros), and
#'   `build(input_shape)`, which makes weights with `self$add_weight()`.
#'
#' It is made with [new_layer_class()] or [Layer()], or is an R6 object, an
#' environment or a list with these members. Inputs, outputs and states may be
#' nested lists; a list given as `inputs` is nested inputs.
#'
#' @section Call arguments:
#' `layer(inputs, mask = NULL, training = NULL, initial_state = NULL,
#' constants = NULL)`
#' * `inputs`: (batch, time, ...), or (time, batch, ...) if `time_major`.
#' * `mask`: logical (batch, time), or (time, batch) if `time_major`: TRUE
#'   where the step counts. A step that does not leaves every state as it was
#'   and repeats the previous output; before the first step that counts the
#'   output is zeros. Without one, the mask that comes with the inputs (from
#'   [layer_masking()] or [layer_embedding()]) is used. It goes on to the next
#'   layer when `return_sequences` is TRUE.
#' * `training`: TRUE in training, FALSE in inference: decides on dropout.
#' * `initial_state`: a list of states (batch, ...), or one alone: arrays,
#'   tensors, or symbolic tensors of a functional model.
#' * `constants`: a list of tensors that the cell gets at each step.
#'
#' @section Statefulness:
#' With `stateful = TRUE` the last states of a batch are the first of the next,
#' sample by sample, across calls, `fit()`, `evaluate()` and `predict()`, until
#' `reset_states()`. The batch size must be fixed: `batch_input_shape =
#' list(batch, time, features)` (NULL for a time that varies), or
#' `batch_shape = ` in [layer_input()]; train with `shuffle = FALSE`. Given
#' `initial_state`, a stateful layer uses it when its recorded state is all
#' zeros, else the recorded state. `layer$states` shows the recorded states: a
#' list of NULLs before the first call. They are saved with the model.
#'
#' @param object What to compose the layer with: missing or NULL gives the
#'   layer itself; a sequential model gives the model with the layer added; a
#'   symbolic tensor gives a symbolic tensor; an array is computed at once and
#'   gives an array.
#' @param cell A cell, or a list of cells, which are stacked on one another.
#' @param return_sequences Whether to give the output of every time step
#'   (batch, time, ...) or of the last one (batch, ...).
#' @param return_state Whether to give the last states too: then the result is
#'   `list(output, state 1, state 2, ...)`, for a stack each cell's in order.
#' @param go_backwards Whether to process the sequence from its end; the
#'   output sequence stays in the order of processing.
#' @param stateful Whether the states last from batch to batch, see below.
#' @param unroll Accepted as in Keras; it changes no value, and needs a known
#'   number of time steps.
#' @param time_major Whether the first two axes of inputs, outputs and masks
#'   are (time, batch) instead of (batch, time).
#' @param zero_output_for_mask Whether masked steps give zeros as output. Acts
#'   only with `return_sequences = TRUE`.
#' @inheritParams layer_simple_rnn_cell
#' @return For an array, an array: (batch, ...), or (batch, time, ...) with
#'   `return_sequences`; a list with `return_state`. Without `object`, a layer:
#'   a function with members `cell`, `states`, `weights`, `losses`,
#'   `reset_states()`, `get_config()`, `compute_output_shape()`,
#'   `compute_mask()`, ...
#' @section Errors: `ValueError` for inputs, masks, states or constants that do
#'   not fit, zero time steps, another batch size than a stateful layer's, what
#'   is not a cell, a cell without `state_size` or whose results do not have the
#'   declared shapes; `TypeError` for a class in place of a cell, or an unknown
#'   argument.
#' @source The reference pages *layer_rnn* of R keras and `tf.keras.layers.RNN`.
#' @seealso [reset_states()], [layer_simple_rnn()],
#'   [layer_stacked_rnn_cells()].
#' @export
#' @examples
#' minimal_cell <- new_layer_class(
#'   "MinimalRNNCell",
#'   initialize = function(units, ...) {
#'     super$initialize(...)
#'     self$units <- units
#'     self$state_size <- units
#'   },
#'   build = function(input_shape) {
#'     self$kernel <- self$add_weight(
#'       "kernel", shape = list(input_shape[[2]], self$units)
#'     )
#'     self$recurrent <- self$add_weight(
#'       "recurrent", shape = list(self$units, self$units)
#'     )
#'   },
#'   call = function(inputs, states) {
#'     output <- inputs %*% self$kernel + states[[1]] %*% self$recurrent
#'     list(output, list(output))
#'   }
#' )
#' x <- array(rnorm(2 * 5 * 3), c(2, 5, 3))
#' layer <- layer_rnn(cell = minimal_cell(units = 4))
#' dim(layer(x))
#'
#' # a stack, with its states
#' layer <- layer_rnn(
#'   cell = list(minimal_cell(units = 4), layer_simple_rnn_cell(2)),
#'   return_sequences = TRUE, return_state = TRUE
#' )
#' c(output, state_1, state_2) %<-% layer(x)
#' dim(output)
layer_rnn <- function(object,
                      cell,
                      return_sequences = FALSE,
                      return_state = FALSE,
                      go_backwards = FALSE,
                      stateful = FALSE,
                      unroll = FALSE,
                      time_major = FALSE,
                      ...,
                      zero_output_for_mask = FALSE) {
  compose(object, RNN, call_args())
}
