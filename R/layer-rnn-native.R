# The C road: a whole sequence through a whole stack of native cells, and its
# gradients, in one call each.

# What C needs to know of the layer, once it is built: `spec` as the kernels
# read it, the cells, and their weights. NULL when a cell is not native.
native_plan <- function(self) {
  cells <- native_cells(self$.info$cell)
  if (is.null(cells)) return(NULL)
  specs <- lapply(cells, function(cell) cell$native_spec())
  if (any(vapply(specs, is.null, NA))) return(NULL)
  spec <- as.integer(c(
    self$time_major, self$go_backwards, self$return_sequences,
    self$zero_output_for_mask && self$return_sequences,
    identical(self$dtype, "float32"), length(cells), unlist(specs)
  ))
  list(spec = spec, cells = cells, features = cells[[1L]]$.features,
       weights = unlist(lapply(cells, function(cell) cell$weights)),
       time_axis = if (self$time_major) 1L else 2L,
       stateful = self$stateful, return_state = self$return_state)
}

# Cells in order, stacks taken apart; NULL when one is not native.
native_cells <- function(cell) {
  if (identical(class(cell)[[1L]], "StackedRNNCells")) {
    cells <- lapply(cell$.infos, function(i) native_cells(i$cell))
    if (any(vapply(cells, is.null, NA))) return(NULL)
    return(do.call(c, cells))
  }
  exact <- class(cell)[[1L]] %in% native_classes
  if (exact && is.function(.subset2(cell, "native_spec"))) list(cell)
}

# A subclass may change the step, so only these classes themselves count.
native_classes <- c("SimpleRNNCell", "LSTMCell", "GRUCell")

native_run <- function(self, inputs, states, mask, training, constants) {
  job <- native_job(self, states, mask, training, native_double(inputs))
  keep <- recording()
  out <- .Call(ffi_rnn_forward, job$x, job$weights, job$start, job$mask,
               job$masks, job$spec, keep, run_settings())
  result <- native_result(out)
  if (keep) {
    from <- c(list(inputs), native_sources(self, states, result))
    attrs <- c(job, list(saved = out[[3L]], n_states = length(result$states)))
    tape_record(native_row, from, c(list(result$output), result$states),
                list(), out, attrs)
  }
  result
}

# What C takes, in its order.
native_job <- function(self, states, mask, training, x) {
  plan <- .subset2(self, ".native")
  list(
    x = x, weights = .Call(ffi_values, plan$weights),
    start = if (!is.null(states)) lapply(states, native_double), mask = mask,
    masks = if (is_training(training)) native_dropout(plan$cells),
    spec = plan$spec
  )
}

native_result <- function(out) {
  list(output = new_tensor(out[[1L]]), states = lapply(out[[2L]], new_tensor))
}

# Tensors, other than the inputs, that get gradients.
native_sources <- function(self, states, result) {
  c(.subset2(self, ".native")$weights,
    states %||% vector("list", length(result$states)))
}

# c(batch, time) of inputs that surely fit; NULL where rnn_check_inputs() has to
# look.
native_size <- function(plan, inputs) {
  if (is.null(plan) || plan$stateful || !is_tensor(inputs)) return(NULL)
  d <- dim(.subset2(inputs, "value"))
  at <- plan$time_axis
  if (length(d) != 3L || d[[3L]] != plan$features || d[[at]] == 0L) return(NULL)
  d[c(3L - at, at)]
}

drops_any <- function(cells) {
  for (cell in cells) {
    if (!identical(.subset2(cell, "dropout"), 0) ||
          !identical(.subset2(cell, "recurrent_dropout"), 0)) return(TRUE)
  }
  FALSE
}

# Two entries per cell, for inputs and state; NULL when nothing is dropped.
native_dropout <- function(cells) {
  if (!drops_any(cells)) return(NULL)
  masks <- do.call(c, lapply(cells, function(cell) cell$.masks))
  for (m in masks) if (!is.null(m)) return(masks)
  NULL
}

# The short road: a plain array of doubles in inference, and nothing else.
# NULL where the long road has more to do, or an error to tell.
rnn_quick <- function(self, x) {
  plan <- .subset2(self, ".native")
  d <- dim(x)
  if (is.null(plan) || length(d) != 3L || d[[3L]] != plan$features ||
        d[[plan$time_axis]] == 0L || isTRUE(context$training) ||
        !is.null(.subset2(self, "activity_regularizer")) || !use_native()) {
    return(NULL)
  }
  start <- NULL
  if (plan$stateful) {
    batch <- .subset2(self, "batch_size")
    if (is.null(batch) || d[[3L - plan$time_axis]] != batch) return(NULL)
    start <- .subset2(self, "states")
    if (is.null(start[[1L]])) start <- NULL
  }
  out <- .Call(ffi_rnn_forward, x, .Call(ffi_values, plan$weights), start,
               NULL, NULL, plan$spec, FALSE, run_settings())
  if (plan$stateful) assign("states", out[[2L]], envir = self)
  if (plan$return_state) c(list(out[[1L]]), out[[2L]]) else out[[1L]]
}

native_double <- function(state) {
  v <- value_of(state)
  if (!is.double(v)) storage.mode(v) <- "double"
  v
}

native_backward <- function(g, y, x, weights, start, mask, masks, spec, saved,
                            n_states, need) {
  n <- length(weights)
  wanted <- c(need[[1L]], any(need[1L + seq_len(n)]),
              any(need[-seq_len(1L + n)]))
  d <- .Call(ffi_rnn_backward, x, weights, start, mask, masks, spec, saved,
             g[[1L]], g[-1L], wanted, run_settings())
  c(list(d[[1L]]), d[[2L]] %||% vector("list", n),
    d[[3L]] %||% vector("list", n_states))
}

native_row <- op_row("rnn", forward = NULL, backward = native_backward,
                     several = TRUE, needs = TRUE)
