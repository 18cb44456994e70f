# The recurrence in plain R, as the C driver is meant to compute it: one step
# after the other, one cell after the other. Slow, clear, and the reference.

ffi_activations <- list(
  linear = function(z) z,
  tanh = tanh,
  sigmoid = function(z) 1 / (1 + exp(-z)),
  relu = function(z) z * (z > 0),
  elu = function(z) ifelse(z > 0, z, expm1(z)),
  selu = function(z) {
    1.0507009873554805 * ifelse(z > 0, z, 1.6732632423543772 * expm1(z))
  },
  softplus = function(z) log1p(exp(z)),
  softsign = function(z) z / (1 + abs(z)),
  swish = function(z) z / (1 + exp(-z)),
  gelu = function(z) z * pnorm(z),
  exponential = exp,
  hard_sigmoid = function(z) pmin(pmax(0.2 * z + 0.5, 0), 1),
  softmax = function(z) exp(z) / rowSums(exp(z))
)

ffi_gates <- c(1, 4, 3) # of simple, LSTM, GRU
ffi_n_states <- c(1, 2, 1)

# A case: everything that both sides take, over random small shapes. `kind` 0 is
# the simple cell, 1 LSTM, 2 GRU; `flags` 1: reset after, 2: a mask per gate.
ffi_case <- function(batch = 3, steps = 4, features = 2, units = 5,
                     activation = rep(1, length(units)), bias = TRUE,
                     time_major = FALSE, backwards = FALSE, sequences = TRUE,
                     zero_output = FALSE, mask = FALSE, states = TRUE,
                     dropout = FALSE, kind = 0, flags = 0, recurrent = 2) {
  inputs <- c(features, utils::head(units, -1))
  kind <- rep_len(kind, length(units))
  flags <- rep_len(flags, length(units))
  gates <- ffi_gates[kind + 1]
  small <- function(...) array(rnorm(prod(...), sd = 0.5), c(...))
  drop <- function(n, l) {
    dims <- c(batch, n, if (flags[l] >= 2) gates[l])
    array(rbinom(prod(dims), 1, 0.6) / 0.6, dims)
  }
  weights <- unlist(lapply(seq_along(units), function(l) {
    cols <- units[l] * gates[l]
    rows <- if (kind[l] == 2 && flags[l] %% 2 == 1) 2
    list(small(c(inputs[l], cols)), small(c(units[l], cols)),
         if (bias) small(c(rows, cols)))
  }), recursive = FALSE)
  bt <- if (time_major) c(steps, batch) else c(batch, steps)
  top <- units[length(units)]
  widths <- rep(units, ffi_n_states[kind + 1])
  start <- function() lapply(widths, function(u) small(c(batch, u)))
  list(
    x = small(c(bt, features)),
    weights = Filter(Negate(is.null), weights),
    states = if (states) start(),
    mask = if (mask) array(runif(batch * steps) < 0.6, bt),
    dropout = if (dropout) {
      unlist(lapply(seq_along(units), function(l) {
        list(drop(inputs[l], l), drop(units[l], l))
      }), recursive = FALSE)
    },
    spec = as.integer(c(time_major, backwards, sequences, zero_output, 0,
                        length(units),
                        rbind(kind, units, activation, recurrent, bias,
                              flags))),
    d_output = small(if (sequences) c(bt, top) else c(batch, top)),
    d_states = start()
  )
}

ffi_forward <- function(case, keep = TRUE, run = c(1L, 0L)) {
  with(case, .Call(ffi_rnn_forward, x, weights, states, mask, dropout, spec,
                   keep, run))
}

ffi_backward <- function(case, saved = ffi_forward(case, run = run)$saved,
                         need = c(TRUE, TRUE, TRUE), run = c(1L, 0L)) {
  with(case, .Call(ffi_rnn_backward, x, weights, states, mask, dropout, spec,
                   saved, d_output, d_states, need, run))
}

ffi_reference <- function(case) {
  flags <- case$spec[1:4] == 1
  cells <- matrix(case$spec[-(1:6)], 6)
  x <- if (flags[1]) aperm(case$x, c(2, 1, 3)) else case$x
  mask <- if (flags[1] && !is.null(case$mask)) t(case$mask) else case$mask
  order <- seq_len(dim(x)[2])
  if (flags[2]) order <- rev(order)
  n_states <- ffi_n_states[cells[1, ] + 1]
  states <- case$states %||%
    lapply(rep(cells[2, ], n_states), function(u) matrix(0, dim(x)[1], u))
  top <- length(states) - n_states[length(n_states)] + 1
  last <- matrix(0, dim(x)[1], cells[2, ncol(cells)])
  outputs <- array(0, c(dim(x)[1], length(order), ncol(last)))
  for (t in seq_along(order)) {
    use <- if (is.null(mask)) rep(TRUE, nrow(last)) else mask[, order[t]]
    now <- matrix(x[, order[t], ], dim(x)[1])
    new <- ffi_reference_step(case, cells, now, states)
    for (l in seq_along(new)) states[[l]][use, ] <- new[[l]][use, ]
    last[use, ] <- new[[top]][use, ]
    outputs[, t, ] <- last
    if (flags[4]) outputs[!use, t, ] <- 0
  }
  output <- if (!flags[3]) last else if (flags[1]) {
    aperm(outputs, c(2, 1, 3))
  } else {
    outputs
  }
  list(output = output, states = states)
}

ffi_reference_step <- function(case, cells, x, states) {
  at <- 0
  from <- 0
  for (l in seq_len(ncol(cells))) {
    kind <- cells[1, l] + 1
    cell <- list(
      units = cells[2, l], flags = cells[6, l],
      act = ffi_activations[[cells[3, l] + 1]],
      rec = ffi_activations[[cells[4, l] + 1]],
      w = case$weights[[at + 1]], u = case$weights[[at + 2]],
      b = if (cells[5, l]) case$weights[[at + 3]],
      drop = case$dropout[2 * l - 1:0]
    )
    at <- at + 2 + cells[5, l]
    own <- from + seq_len(ffi_n_states[kind])
    states[own] <- ffi_reference_cells[[kind]](cell, x, states[own])
    x <- states[[own[1]]]
    from <- from + length(own)
  }
  states
}

# x W + b and h U of one gate, each after its mask.
ffi_part <- function(cell, value, weight, gate, side) {
  m <- cell$drop[[side]]
  if (!is.null(m)) {
    value <- value * if (length(dim(m)) == 3) {
      matrix(m[, , gate], nrow(m))
    } else {
      m
    }
  }
  own <- (gate - 1) * cell$units + seq_len(cell$units)
  value %*% weight[, own, drop = FALSE]
}

ffi_bias <- function(cell, gate, rows, row = NULL) {
  if (is.null(cell$b)) return(0)
  own <- (gate - 1) * cell$units + seq_len(cell$units)
  b <- if (length(dim(cell$b)) < 2) cell$b[own] else if (is.null(row)) {
    colSums(cell$b)[own]
  } else {
    cell$b[row, own]
  }
  rep(b, each = rows)
}

ffi_gate <- function(cell, x, h, gate) {
  ffi_part(cell, x, cell$w, gate, 1) + ffi_part(cell, h, cell$u, gate, 2) +
    ffi_bias(cell, gate, nrow(x))
}

ffi_reference_cells <- list(
  simple = function(cell, x, s) list(cell$act(ffi_gate(cell, x, s[[1]], 1))),
  lstm = function(cell, x, s) {
    i <- cell$rec(ffi_gate(cell, x, s[[1]], 1))
    f <- cell$rec(ffi_gate(cell, x, s[[1]], 2))
    g <- cell$act(ffi_gate(cell, x, s[[1]], 3))
    o <- cell$rec(ffi_gate(cell, x, s[[1]], 4))
    c <- f * s[[2]] + i * g
    list(o * cell$act(c), c)
  },
  gru = function(cell, x, s) {
    h <- s[[1]]
    z <- cell$rec(ffi_gate(cell, x, h, 1))
    r <- cell$rec(ffi_gate(cell, x, h, 2))
    in_part <- ffi_part(cell, x, cell$w, 3, 1) +
      ffi_bias(cell, 3, nrow(x), row = 1)
    part <- if (cell$flags %% 2 == 1) {
      r * (ffi_part(cell, h, cell$u, 3, 2) + ffi_bias(cell, 3, nrow(x), 2))
    } else {
      ffi_part(cell, r * h, cell$u, 3, 2)
    }
    list(z * h + (1 - z) * cell$act(in_part + part))
  }
)

# sum(outputs * upstream), of which the backward call gives the gradients.
ffi_loss <- function(case) {
  r <- ffi_forward(case, keep = FALSE)
  sum(r$output * case$d_output) + sum(unlist(r$states) * unlist(case$d_states))
}

# Central differences in every element of case[[name]] or case[[name]][[i]].
ffi_slope <- function(case, name, i = NULL, h = 1e-5) {
  shifted <- function(j, by) {
    moved <- case
    if (is.null(i)) moved[[name]][j] <- moved[[name]][j] + by
    else moved[[name]][[i]][j] <- moved[[name]][[i]][j] + by
    ffi_loss(moved)
  }
  value <- if (is.null(i)) case[[name]] else case[[name]][[i]]
  for (j in seq_along(value)) {
    value[j] <- (shifted(j, h) - shifted(j, -h)) / (2 * h)
  }
  value
}

expect_ffi_gradients <- function(case, tolerance = 1e-7) {
  got <- ffi_backward(case)
  testthat::expect_equal(got$d_x, ffi_slope(case, "x"), tolerance = tolerance)
  for (i in seq_along(case$weights)) {
    testthat::expect_equal(c(got$d_weights[[i]]),
                           c(ffi_slope(case, "weights", i)),
                           tolerance = tolerance)
  }
  for (i in seq_along(case$states)) {
    testthat::expect_equal(got$d_states[[i]],
                           ffi_slope(case, "states", i),
                           tolerance = tolerance)
  }
}
