# Windows over time, for pooling and convolution: which steps of (batch, time,
# features) each output step reads.

# index: (output steps, places of the window), steps counted from 1; padding
# reads step time + 1.
window_plan <- function(time, size, stride, padding, dilation = 1L) {
  reach <- dilation * (size - 1L) + 1L
  steps <- if (padding == "valid") (time - reach) %/% stride + 1L else
    (time - 1L) %/% stride + 1L
  steps <- max(steps, 0L)
  left <- switch(padding, valid = 0L, causal = reach - 1L,
                 same = max((steps - 1L) * stride + reach - time, 0L) %/% 2L)
  start <- (seq_len(steps) - 1L) * stride - left
  index <- outer(start, (seq_len(size) - 1L) * dilation, `+`) + 1L
  outside <- index < 1L | index > time
  index[outside] <- time + 1L
  list(index = index, steps = steps, time = time, padded = any(outside))
}

check_window <- function(self, plan, size) {
  if (plan$steps > 0L) return(plan)
  stop_value(
    sprintf("Layer \"%s\" (%s) has windows of %d steps, but the inputs have \
%d.", self$name, class(self)[[1L]], size, plan$time),
    i = "Give longer sequences, or `padding = \"same\"`."
  )
}

# (batch, time, features) -> (batch, output steps * places, features).
gather_windows <- function(x, plan, fill = 0) {
  storage.mode(x) <- "double"
  if (plan$padded) x <- with_step(x, fill)
  .Call(ffi_take, x, as.integer(plan$index), 2L)
}

# Its twin: what windows give back, added up step by step.
scatter_windows <- function(d, plan) {
  n <- plan$time + plan$padded
  d <- .Call(ffi_take_add, d, as.integer(plan$index), 2L, n)
  if (plan$padded) d[, seq_len(plan$time), , drop = FALSE] else d
}

# One step more, at the end, of one value.
with_step <- function(x, fill) {
  d <- dim(x)
  out <- array(fill, d + c(0L, 1L, 0L))
  out[, seq_len(d[[2L]]), ] <- x
  out
}

# The largest of each window; ties give their gradient to the first.
row_max_window <- op_row(
  "max_window",
  function(x, plan) {
    taken <- window_slices(gather_windows(x, plan, -Inf), plan, dim(x))
    do.call(pmax, taken)
  },
  function(g, y, x, plan) {
    taken <- window_slices(gather_windows(x, plan, -Inf), plan, dim(x))
    left <- array(TRUE, dim(y))
    d <- lapply(taken, function(slice) {
      hit <- left & slice == y
      hit[is.na(hit)] <- FALSE
      left <<- left & !hit
      g * hit
    })
    list(scatter_windows(join_slices(d), plan))
  }
)

# Padding does not count in the mean.
row_mean_window <- op_row(
  "mean_window",
  function(x, plan) {
    taken <- window_slices(gather_windows(x, plan), plan, dim(x))
    divide_steps(Reduce(`+`, taken), plan)
  },
  function(g, y, x, plan) {
    g <- divide_steps(g, plan)
    slices <- rep(list(g), ncol(plan$index))
    list(scatter_windows(join_slices(slices), plan))
  }
)

# One (batch, output steps, features) per place of the window.
window_slices <- function(taken, plan, d) {
  dim(taken) <- c(d[[1L]], plan$steps, ncol(plan$index), d[[3L]])
  lapply(seq_len(ncol(plan$index)), function(j) {
    array(taken[, , j, ], c(d[[1L]], plan$steps, d[[3L]]))
  })
}

join_slices <- function(slices) {
  d <- dim(slices[[1L]])
  out <- array(0, c(d[1:2], length(slices), d[[3L]]))
  for (j in seq_along(slices)) out[, , j, ] <- slices[[j]]
  dim(out) <- c(d[[1L]], d[[2L]] * length(slices), d[[3L]])
  out
}

divide_steps <- function(y, plan) {
  count <- rowSums(plan$index <= plan$time)
  y / rep(count, each = dim(y)[[1L]])
}
