# The C road: a whole sequence through a whole stack of native cells, and its
# gradients, in one call each.

# What C needs to know of the layer, once it is built: `spec` as the kernels
# read it, the cells, and their weights; C knows the elements by their order.
# NULL when a cell is not native.
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
  plan <- .subset2(self, ".native")
  run_native(inputs, list(native_layer(plan, states, mask, training)))[[1L]]
}

# What C takes of one layer, in its order.
native_layer <- function(plan, states, mask, training) {
  list(plan$spec, plan$weights, states, mask,
       if (is_training(training)) native_dropout(plan$cells))
}

# Of each layer list(output, states). What goes in was checked before.
run_native <- function(inputs, layers) {
  out <- call_native(inputs, layers)
  if (!is.null(out)) return(out)
  for (layer in layers) ids_of(c(list(inputs), layer[[2L]], layer[[3L]]))
  call_native(inputs, layers, run_settings()) %||%
    stop_internal("a native layer refused what was checked")
}

# NULL where something does not fit, or has no id yet, or where the options say
# something special and `run` does not.
call_native <- function(inputs, layers, run = NULL) {
  .Call(ffi_rnn_layers, inputs, layers, row_rnn, tapes, session, run)
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

drops_any <- function(cells) .Call(ffi_drops_any, cells)

# Two entries per cell, for inputs and state; NULL when nothing is dropped.
native_dropout <- function(cells) {
  if (!drops_any(cells)) return(NULL)
  masks <- do.call(c, lapply(cells, function(cell) cell$.masks))
  for (m in masks) if (!is.null(m)) return(masks)
  NULL
}

# The short road of `call`, or of the whole call of the layer, in which masks
# come and go with tensors: NULL where the long road has more to do, or an error
# to tell.
rnn_quick <- function(self, inputs, mask, training, initial_state, whole) {
  if (context$probing) return(NULL)
  in_training <- if (is.null(training)) context$training else training
  if (isTRUE(in_training)) {
    plan <- .subset2(self, ".native")
    if (is.null(plan)) return(NULL)
    if (drops_any(plan$cells)) {
      return(rnn_quick_dropout(self, plan, inputs, mask, initial_state, whole))
    }
  } else if (!is.null(in_training) && !isFALSE(in_training)) {
    return(NULL)
  }
  .Call(ffi_rnn_quick, self, inputs, initial_state, mask, NULL, row_rnn, tapes,
        session, whole)
}

# Where the short road refuses after all, its draws are taken back.
rnn_quick_dropout <- function(self, plan, inputs, mask, initial_state, whole) {
  d <- dim(if (is_tensor(inputs)) .subset2(inputs, "value") else inputs)
  if (length(d) != 3L) return(NULL)
  home <- globalenv()
  seed <- home$.Random.seed
  masks <- NULL
  for (cell in plan$cells) {
    masks <- c(masks, dropout_draw(cell, d[[3L - plan$time_axis]], TRUE))
  }
  out <- .Call(ffi_rnn_quick, self, inputs, initial_state, mask, masks, row_rnn,
               tapes, session, whole)
  if (is.null(out) && !is.null(seed)) home$.Random.seed <- seed
  out
}

row_rnn <- op_row("rnn", forward = NULL)
