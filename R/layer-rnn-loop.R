# The one loop over time, written with ops: the readable definition, and the
# road of every cell that is not native.
#
# step(inputs, states) gives list(output, states); inputs is a nested list of
# tensors (batch, time, ...) or (time, batch, ...); mask is a logical matrix of
# the same two first axes, or NULL; states is a flat list of tensors.
# Gives list(outputs, last output, states): outputs stacked over time in
# processing order when `sequences`, else NULL.
rnn_loop <- function(step, inputs, states, mask = NULL, go_backwards = FALSE,
                     time_major = FALSE, zero_output = FALSE,
                     sequences = TRUE) {
  axis <- if (time_major) 1L else 2L
  if (!is.null(mask)) {
    inputs <- map_tensors(inputs, hide_masked, mask)
    if (time_major) mask <- t(mask)
  }
  steps <- map_tensors(inputs, op_unstack, axis = axis)
  time <- dims(value_of(first_leaf(inputs)))[[axis]]
  nested <- !is_tensor(inputs)
  last <- NULL
  kept <- vector("list", if (sequences) time else 0L)
  for (k in seq_len(time)) {
    t <- if (go_backwards) time - k + 1L else k
    on <- mask[, t]
    x <- if (nested) take_step(steps, t) else steps[[t]]
    result <- if (is.null(on) || all(on)) step(x, states) else
      step_masked(step, x, states, on)
    output <- result[[1L]]
    if (is.null(on) || all(on)) {
      states <- result[[2L]]
      last <- output
    } else {
      if (is.null(last)) last <- map_tensors(output, op_zeros_like)
      states <- Map(choose_rows, result[[2L]], states, MoreArgs = list(on = on))
      last <- map2_tensors(output, last, choose_rows, on)
    }
    if (sequences) kept[[k]] <- if (zero_output) zero_masked(last, on) else last
  }
  list(if (sequences) stack_steps(kept, axis), last, states)
}

# Rows whose step does not count take the values of one that does, and no tape
# sees a step that counts nowhere: what overflows there would come back from
# `choose_rows()` as 0 * Inf.
step_masked <- function(step, x, states, on) {
  if (!recording()) return(step(x, states))
  if (!any(on)) return(without_tape(step(x, states)))
  rows <- ifelse(on, seq_along(on), which(on)[[1L]])
  step(map_tensors(x, op_take, rows, axis = 1L),
       map_tensors(states, op_take, rows, axis = 1L))
}

# `new` where the row's step counts, else `old`. on: logical (batch).
choose_rows <- function(new, old, on) {
  rank <- length(dims(value_of(new)))
  op_where(array(on, c(length(on), rep(1L, rank - 1L))), new, old)
}

zero_masked <- function(output, on) {
  if (is.null(on) || all(on)) return(output)
  map_tensors(output, function(y) choose_rows(y, op_zeros_like(y), on))
}

# NaN and Inf at masked steps must not reach a gradient as 0 * NaN: they are
# replaced by zeros. Finite values stay as they are.
hide_masked <- function(x, mask) {
  v <- value_of(x)
  wild <- !is.finite(v)
  if (!any(wild)) return(x)
  dim(wild) <- dim(v)
  op_where(wild & !array(mask, dim(v)), op_zeros_like(x), x)
}

map_tensors <- function(x, f, ...) {
  if (is.list(x) && !is_tensor(x)) return(lapply(x, map_tensors, f, ...))
  f(x, ...)
}

map2_tensors <- function(x, y, f, ...) {
  if (is.list(x) && !is_tensor(x)) {
    return(Map(function(a, b) map2_tensors(a, b, f, ...), x, y))
  }
  f(x, y, ...)
}

# `steps` holds, where the inputs held a tensor, the list of its time steps.
take_step <- function(steps, t) {
  if (is_tensor(steps[[1L]])) return(steps[[t]])
  lapply(steps, take_step, t)
}

# A list over time of nested outputs as nested outputs with a time axis.
stack_steps <- function(kept, axis) {
  if (is_tensor(kept[[1L]])) return(op_stack(kept, axis = axis))
  out <- lapply(seq_along(kept[[1L]]), function(j) {
    stack_steps(lapply(kept, `[[`, j), axis)
  })
  names(out) <- names(kept[[1L]])
  out
}
