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

# A case: everything that both sides take, over random small shapes.
ffi_case <- function(batch = 3, steps = 4, features = 2, units = 5,
                     activation = rep(1, length(units)), bias = TRUE,
                     time_major = FALSE, backwards = FALSE, sequences = TRUE,
                     zero_output = FALSE, mask = FALSE, states = TRUE,
                     dropout = FALSE) {
  inputs <- c(features, utils::head(units, -1))
  small <- function(...) array(rnorm(prod(...), sd = 0.5), c(...))
  drop <- function(n) array(rbinom(batch * n, 1, 0.6) / 0.6, c(batch, n))
  weights <- list()
  for (l in seq_along(units)) {
    weights <- c(weights, list(small(c(inputs[l], units[l]))),
                 list(small(c(units[l], units[l]))),
                 if (bias) list(small(units[l])))
  }
  bt <- if (time_major) c(steps, batch) else c(batch, steps)
  case <- list(
    x = small(c(bt, features)),
    weights = weights,
    states = if (states) lapply(units, function(u) small(c(batch, u))),
    mask = if (mask) array(runif(batch * steps) < 0.6, bt),
    dropout = if (dropout) {
      unlist(lapply(seq_along(units), function(l) {
        list(drop(inputs[l]), drop(units[l]))
      }), recursive = FALSE)
    },
    spec = as.integer(c(time_major, backwards, sequences, zero_output, 0,
                        length(units),
                        rbind(0, units, activation, 0, bias, 0)))
  )
  top <- units[length(units)]
  case$d_output <- small(if (sequences) c(bt, top) else c(batch, top))
  case$d_states <- lapply(units, function(u) small(c(batch, u)))
  case
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
  top <- cells[2, ncol(cells)]
  states <- case$states %||%
    lapply(cells[2, ], function(u) matrix(0, dim(x)[1], u))
  last <- matrix(0, dim(x)[1], top)
  outputs <- array(0, c(dim(x)[1], length(order), top))
  for (t in seq_along(order)) {
    use <- if (is.null(mask)) rep(TRUE, nrow(last)) else mask[, order[t]]
    now <- matrix(x[, order[t], ], dim(x)[1])
    new <- ffi_reference_step(case, cells, now, states)
    for (l in seq_along(new)) states[[l]][use, ] <- new[[l]][use, ]
    last[use, ] <- new[[length(new)]][use, ]
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
  for (l in seq_len(ncol(cells))) {
    w <- case$weights[at + 1:2]
    b <- if (cells[5, l]) case$weights[[at + 3]] else 0
    at <- at + 2 + cells[5, l]
    h <- states[[l]]
    if (!is.null(case$dropout)) {
      x <- x * case$dropout[[2 * l - 1]]
      h <- h * case$dropout[[2 * l]]
    }
    z <- x %*% w[[1]] + h %*% w[[2]]
    z <- z + rep(b, each = nrow(z))
    states[[l]] <- x <- ffi_activations[[cells[3, l] + 1]](z)
  }
  states
}

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
