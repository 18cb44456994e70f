# Layers over time held to each other and to central differences.

# One call under a tape: outputs flat, and the gradients of
# sum(outputs * upstream) with respect to inputs, weights, initial state and
# constants. `given`: list(x, mask, initial_state, constants, training).
taped_call <- function(layer, given, upstream = NULL, seed = 1) {
  sources <- lapply(given[c("x", "initial_state", "constants")], map_leaves,
                    as_tensor)
  outputs <- NULL
  tape <- gradient_tape({
    set.seed(seed)
    outputs <- call_given(layer, c(sources, given[c("mask", "training")]))
    upstream <- upstream %||% upstream_for(outputs)
    Reduce(`+`, Map(function(y, u) op_sum(y * u), outputs, upstream))
  })
  list(
    outputs = lapply(outputs, as.array), upstream = upstream,
    grads = tape$gradient(list(
      inputs = sources$x, weights = layer$weights,
      initial_state = sources$initial_state %||% list(),
      constants = sources$constants %||% list()
    ))
  )
}

call_given <- function(layer, given) {
  args <- Filter(Negate(is.null), given[setdiff(names(given), c("x", NA))])
  flatten_tensors(do.call(layer, c(list(given$x), args)))
}

map_leaves <- function(x, f) {
  if (is.null(x)) return(NULL)
  if (is.list(x) && !inherits(x, "recurrent_tensor")) {
    return(lapply(x, map_leaves, f))
  }
  f(x)
}

# Fixed numbers that differ from place to place.
upstream_for <- function(outputs) {
  lapply(seq_along(outputs), function(k) {
    v <- as.array(outputs[[k]])
    v[] <- sin(seq_along(v) * 1.7 + k)
    v
  })
}

# The same gradients by central differences, in the same structure.
slopes <- function(layer, given, upstream, seed = 1, h = 1e-5) {
  loss <- function(given) {
    set.seed(seed)
    out <- call_given(layer, given)
    sum(unlist(Map(function(y, u) sum(as.array(y) * u), out, upstream)))
  }
  slope_of <- function(value, total) {
    g <- value
    for (i in seq_along(value)) {
      up <- down <- value
      up[[i]] <- up[[i]] + h
      down[[i]] <- down[[i]] - h
      g[[i]] <- (total(up) - total(down)) / (2 * h)
    }
    g
  }
  by_place <- function(name) {
    leaves <- if (is.list(given[[name]])) flatten_tensors(given[[name]])
    if (is.null(given[[name]])) return(list())
    if (is.null(leaves)) {
      return(slope_of(given[[name]], function(v) {
        loss(utils::modifyList(given, stats::setNames(list(v), name)))
      }))
    }
    got <- lapply(seq_along(leaves), function(k) {
      slope_of(leaves[[k]], function(v) {
        leaves[[k]] <- v
        given[[name]] <- pack_as(given[[name]], leaves)
        loss(given)
      })
    })
    pack_as(given[[name]], got)
  }
  by_weight <- lapply(seq_along(layer$weights), function(k) {
    w <- layer$weights[[k]]
    old <- as.array(w)
    on.exit(w$assign(old))
    slope_of(old, function(v) {
      w$assign(v)
      loss(given)
    })
  })
  list(inputs = by_place("x"), weights = by_weight,
       initial_state = by_place("initial_state"),
       constants = by_place("constants"))
}

# Gradients of the call are those of central differences.
expect_slopes <- function(layer, given, tolerance = 1e-6, seed = 1,
                          info = NULL) {
  invisible(call_given(layer, given))
  got <- taped_call(layer, given, seed = seed)
  want <- slopes(layer, given, got$upstream, seed = seed)
  expect_close(got$grads, want, tolerance, info = info)
}

# Weights away from zero, so that no gradient is zero by chance.
stir_weights <- function(layer, sd = 0.3) {
  for (w in layer$weights) {
    v <- as.array(w)
    v[] <- stats::rnorm(length(v), sd = sd)
    w$assign(v)
  }
  invisible(layer)
}

native_activations <- c(
  "linear", "tanh", "sigmoid", "relu", "elu", "selu", "softplus", "softsign",
  "swish", "gelu", "exponential", "hard_sigmoid", "softmax"
)

pick <- function(x) x[[sample.int(length(x), 1L)]]

flip <- function(p = 0.5) stats::runif(1) < p

# One built-in cell, of any kind.
random_cell <- function(dropout) {
  args <- list(
    units = pick(1:5), activation = pick(native_activations),
    use_bias = flip(0.7), dropout = if (dropout) 0.3 else 0,
    recurrent_dropout = if (dropout && flip()) 0.4 else 0
  )
  kind <- pick(c("simple_rnn", "lstm", "gru"))
  if (kind == "simple_rnn") return(do.call(layer_simple_rnn_cell, args))
  # exp(exp(...)) over time soon leaves what a double can hold
  if (args$activation == "exponential") args$activation <- "elu"
  gates <- list(recurrent_activation = pick(c("sigmoid", "hard_sigmoid")),
                implementation = pick(1:2))
  if (kind == "lstm") return(do.call(layer_lstm_cell, c(args, gates)))
  do.call(layer_gru_cell, c(args, gates, list(reset_after = flip())))
}

# A random stack of 1 to 4 built-in cells, nested at random.
random_cells <- function(depth = pick(1:4), dropout = flip(0.3)) {
  cells <- lapply(seq_len(depth), function(k) random_cell(dropout))
  if (depth >= 3 && flip()) {
    cells <- list(cells[[1]], layer_stacked_rnn_cells(cells[-1]))
  }
  if (depth == 1 && flip()) cells[[1]] else cells
}

on_road <- function(native, expr) {
  old <- options(recurrent.native = native)
  on.exit(options(old))
  force(expr)
}

both_roads <- function(layer, given, seed = 1) {
  list(c = on_road(TRUE, taped_call(layer, given, seed = seed)),
       r = on_road(FALSE, taped_call(layer, given, seed = seed)))
}

# Every activation in both places of a gated layer, on both roads.
expect_gated_activations <- function(make, ...) {
  x <- array(stats::rnorm(2 * 3 * 3, sd = 0.5), c(2, 3, 3))
  for (k in seq_along(native_activations)) {
    layer <- make(units = 3, activation = native_activations[[k]],
                  recurrent_activation = rev(native_activations)[[k]],
                  return_sequences = TRUE, ...)
    layer(x)
    stir_weights(layer, 0.2)
    expect_false(is.null(unwrap_layer(layer)$.native))
    got <- both_roads(layer, list(x = x))
    expect_close(got$c, got$r, 1e-12, info = native_activations[[k]])
    expect_slopes(layer, list(x = x), info = native_activations[[k]])
  }
}

# A random native layer with what to call it on.
random_native_case <- function() {
  sizes <- sample(c(2, 3, 4, 5, 6), 3)
  if (flip(0.15)) sizes[[2]] <- 1
  if (flip(0.15)) sizes[[1]] <- 1
  flags <- list(
    return_sequences = flip(), return_state = flip(0.7), go_backwards = flip(),
    time_major = flip(0.3), zero_output_for_mask = flip(0.3)
  )
  cells <- random_cells()
  layer <- do.call(layer_rnn, c(list(cell = cells), flags))
  lead <- if (flags$time_major) sizes[2:1] else sizes[1:2]
  x <- array(stats::rnorm(prod(sizes), sd = 0.7), c(lead, sizes[[3]]))
  invisible(layer(x))
  stir_weights(layer)
  units <- vapply(unwrap_layer(layer)$.info$sizes, sum, 0L)
  list(
    layer = layer,
    given = list(
      x = x, mask = if (flip(0.6)) random_mask(sizes, flags$time_major),
      training = flip(),
      initial_state = if (flip()) lapply(units, function(u) {
        matrix(stats::rnorm(sizes[[1]] * u, sd = 0.6), sizes[[1]])
      })
    )
  )
}

# (batch, time); some rows begin masked, some are masked whole.
random_mask <- function(sizes, time_major = FALSE) {
  mask <- matrix(stats::runif(sizes[[1]] * sizes[[2]]) < 0.6, sizes[[1]])
  if (flip()) mask[pick(seq_len(sizes[[1]])), ] <- FALSE
  if (flip()) mask[pick(seq_len(sizes[[1]])), 1] <- FALSE
  if (time_major) t(mask) else mask
}
