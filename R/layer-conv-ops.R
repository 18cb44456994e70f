# Convolution over time as products of matrices: windows of the inputs (rows:
# batch and output steps; columns: places and features) times the kernel.

# x (batch, time, features), kernel (places, features / groups, filters).
row_conv <- op_row(
  "conv_1d",
  function(x, kernel, plan, groups) {
    y <- lapply(seq_len(groups), function(k) {
      window_rows(part_of(x, k, groups), plan) %*%
        kernel_rows(part_of(kernel, k, groups))
    })
    array(unlist(y), c(dim(x)[[1L]], plan$steps, dim(kernel)[[3L]]))
  },
  function(g, y, x, kernel, plan, groups, need) {
    d <- lapply(seq_len(groups), function(k) {
      conv_backward(part_of(g, k, groups), part_of(x, k, groups),
                    part_of(kernel, k, groups), plan, need)
    })
    list(if (need[[1L]]) array(unlist(lapply(d, `[[`, 1L)), dim(x)),
         if (need[[2L]]) array(unlist(lapply(d, `[[`, 2L)), dim(kernel)))
  },
  needs = TRUE
)

conv_backward <- function(g, x, kernel, plan, need) {
  g <- rows_of(g)
  list(if (need[[1L]]) rows_back(tcrossprod(g, kernel_rows(kernel)), x, plan),
       if (need[[2L]]) crossprod(window_rows(x, plan), g))
}

# The convolution's gradient of its inputs, as a layer: each input step spreads
# over a window. kernel (places, filters, features); plan of the outputs.
row_conv_transpose <- op_row(
  "conv_1d_transpose",
  function(x, kernel, plan) {
    d <- c(dim(x)[[1L]], plan$time, dim(kernel)[[2L]])
    rows_back(tcrossprod(rows_of(x), kernel_rows(kernel)), array(0, d), plan)
  },
  function(g, y, x, kernel, plan, need) {
    rows <- window_rows(g, plan)
    list(if (need[[1L]]) array(rows %*% kernel_rows(kernel), dim(x)),
         if (need[[2L]]) array(crossprod(rows, rows_of(x)), dim(kernel)))
  },
  needs = TRUE
)

# One of the equal parts of the last axis.
part_of <- function(x, k, groups) {
  if (groups == 1L) return(x)
  n <- dim(x)[[3L]] %/% groups
  x[, , (k - 1L) * n + seq_len(n), drop = FALSE]
}

rows_of <- function(x) {
  d <- dim(x)
  storage.mode(x) <- "double"
  dim(x) <- c(d[[1L]] * d[[2L]], d[[3L]])
  x
}

kernel_rows <- rows_of

window_rows <- function(x, plan) {
  rows <- gather_windows(x, plan)
  dim(rows) <- c(dim(x)[[1L]] * plan$steps, ncol(plan$index) * dim(x)[[3L]])
  rows
}

rows_back <- function(rows, x, plan) {
  d <- dim(x)
  dim(rows) <- c(d[[1L]], plan$steps * ncol(plan$index), d[[3L]])
  scatter_windows(rows, plan)
}

op_conv_1d <- function(x, kernel, plan, groups = 1L) {
  apply_op(row_conv, list(x, kernel), list(plan, groups))
}
