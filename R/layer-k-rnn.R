#' Iterate over the time axis of a tensor
#'
#' The loop of [layer_rnn()] for a step written as a function.
#'
#' @param step_function Function of one time step (batch, ...) and a list of
#'   states, followed by the constants; gives `list(output, new_states)`.
#' @param inputs Tensor or array (batch, time, ...), or nested lists of them.
#' @param initial_states List of tensors or arrays (batch, ...).
#' @param go_backwards Whether to go from the last step to the first; the
#'   outputs stay in the order of processing.
#' @param mask Logical (batch, time), or (batch, time, 1): TRUE where the step
#'   counts; a step that does not leaves the states and repeats the output.
#' @param constants List of tensors that each step gets after the states.
#' @param unroll,input_length Accepted as in R keras; they change nothing.
#' @return `list(last_output, outputs, new_states)`: (batch, ...), (batch,
#'   time, ...), and the list of last states. Tensors.
#' @section Errors: `ValueError` for zero time steps or a mask of another
#'   shape.
#' @source R keras 2.15; `tf.keras.backend.rnn`.
#' @export
#' @examples
#' x <- array(rnorm(2 * 5 * 3), c(2, 5, 3))
#' mean_so_far <- function(input, states) {
#'   n <- states[[2]] + 1
#'   mean <- states[[1]] + (input - states[[1]]) / n
#'   list(mean, list(mean, n))
#' }
#' result <- k_rnn(mean_so_far, x, list(matrix(0, 2, 3), matrix(0, 2, 1)))
#' as.array(result[[1]])
#' apply(x, c(1, 3), mean)
k_rnn <- function(step_function, inputs, initial_states, go_backwards = FALSE,
                  mask = NULL, constants = NULL, unroll = FALSE,
                  input_length = NULL) {
  check_function(step_function, "step_function")
  check_flag(go_backwards, "go_backwards")
  inputs <- to_tensors(inputs)
  d <- dims(value_of(first_leaf(inputs)))
  if (length(d) < 2L || d[[2L]] == 0L) {
    stop_value(
      sprintf("`inputs` must have shape (batch, time, ...) with at least one \
time step, not %s.", format(as_shape(d))),
      i = "One series of n values is `array(x, c(1, n, 1))`."
    )
  }
  if (!is.list(initial_states) || is_tensor(initial_states)) {
    initial_states <- list(initial_states)
  }
  constants <- if (is.null(constants)) list() else to_tensors(constants)
  step <- function(x, states) {
    result <- step_function(x, c(states, constants))
    list(map_tensors(result[[1L]], as_tensor), to_tensors(result[[2L]]))
  }
  out <- rnn_loop(step, inputs, to_tensors(initial_states),
                  loop_mask(mask, d[1:2]), go_backwards)
  list(out[[2L]], out[[1L]], out[[3L]])
}

loop_mask <- function(mask, size) {
  if (is.null(mask)) return(NULL)
  mask <- value_of(mask)
  if (length(mask) != prod(size) ||
        !identical(as.integer(dims(mask)[1:2]), as.integer(size))) {
    stop_value(
      sprintf("`mask` must have shape %s, not %s.", format(as_shape(size)),
              format(as_shape(dims(mask)))),
      i = "A mask says for each (sample, time) whether the step counts."
    )
  }
  array(as.logical(mask), size)
}
