# predict() of sequences that continue given states: the stateful layers start
# every batch from its samples' states, as if they had that batch size, and are
# put back afterwards.

# Batches as of training_data(); drawing one sets the states that it starts
# from.
continued_data <- function(self, x, states, batch_size, steps) {
  if (gives_batches(x)) {
    stop_type(
      sprintf("`states` cannot be told for %s.", describe(x)),
      i = "Give `x` as an array: (samples, time, features)."
    )
  }
  layers <- layers_with_states(self)
  x <- check_input_rank(self, as_arrays(x, "x"))
  check_samples(x, x, "x")
  n <- n_samples(x)
  states <- check_starts(self, layers, states, n)
  batch_size <- check_count(batch_size %||% 32L, "batch_size")
  rows <- if (n) batch_rows(n, batch_size) else list(integer())
  set <- function(k) set_starts(layers, states, rows[[k]])
  if (!n) set(1L)
  list(
    x = x, samples = n, start = function(train) NULL,
    steps = min(whole_steps(steps %||% length(rows)), length(rows)),
    batch = function(k) {
      set(k)
      list(take_rows(x, rows[[k]]), NULL, NULL)
    }
  )
}

layers_with_states <- function(self) {
  layers <- Filter(function(l) !is.null(.subset2(l, ".info")),
                   stateful_layers(self))
  if (!length(layers)) {
    stop_attribute(
      sprintf("Model \"%s\" is not stateful: there are no states to continue.",
              self$name),
      i = "Make its layers with `stateful = TRUE`, or give them an \
`initial_state` in a functional model."
    )
  }
  layers
}

# Per layer a list of arrays (n, units).
check_starts <- function(self, layers, states, n) {
  if (!is.list(states) || is.object(states)) states <- list(states)
  counts <- vapply(layers, function(l) length(.subset2(l, ".info")$sizes), 1L)
  if (length(states) != sum(counts)) {
    stop_value(
      sprintf("`states` holds %d entr%s; the stateful layers of model \"%s\" \
have %d states: %s.", length(states), if (length(states) == 1L) "y" else "ies",
              self$name, sum(counts), toString(sprintf(
                "%d of \"%s\"", counts, vapply(layers, function(l) l$name, "")
              ))),
      i = "Give one array (samples, units) for each, in this order, or NULL \
for zeros."
    )
  }
  of <- rep(seq_along(layers), counts)
  lapply(seq_along(layers), function(k) {
    check_start(layers[[k]], unname(states[of == k]), n)
  })
}

check_start <- function(layer, states, n) {
  zeros <- zero_states(.subset2(layer, ".info"), n)
  states <- Map(function(s, zero) {
    if (is.null(s)) zero else new_tensor(value_of(s) + 0)
  }, states, zeros)
  check_states(layer, states, n, "states")
  lapply(states, value_of)
}

set_starts <- function(layers, states, rows) {
  for (k in seq_along(layers)) {
    assign("states", take_rows(states[[k]], rows), envir = layers[[k]])
    assign("batch_size", length(rows), envir = layers[[k]])
  }
}

recorded_starts <- function(self) {
  lapply(layers_with_states(self), function(layer) {
    list(layer = layer, states = .subset2(layer, "states"),
         batch_size = .subset2(layer, "batch_size"))
  })
}

restore_starts <- function(before) {
  for (b in before) {
    assign("states", b$states, envir = b$layer)
    assign("batch_size", b$batch_size, envir = b$layer)
  }
}
