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
  list(spec = spec, cells = cells,
       weights = unlist(lapply(cells, function(cell) cell$weights)))
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
native_classes <- "SimpleRNNCell"

native_run <- function(self, inputs, states, mask, training, constants) {
  plan <- self$.native
  x <- value_of(inputs)
  if (!is.double(x)) storage.mode(x) <- "double"
  weights <- lapply(plan$weights, value_of)
  start <- if (is.null(states)) vector("list", length(self$.info$sizes)) else
    lapply(states, native_double)
  masks <- do.call(c, lapply(plan$cells, function(cell) cell$.masks))
  if (all(vapply(masks, is.null, NA))) masks <- NULL
  keep <- recording()
  out <- .Call(ffi_rnn_forward, x, weights, start, mask, masks, plan$spec,
               keep, run_settings())
  result <- list(output = new_tensor(out[[1L]]),
                 states = lapply(out[[2L]], new_tensor))
  if (keep) {
    from <- c(list(inputs), plan$weights,
              states %||% vector("list", length(start)))
    tape_record(
      native_row, vapply(from, id_or_zero, 0),
      vapply(c(list(result$output), result$states), tensor_id, 0),
      list(), out,
      list(x = x, weights = weights, start = start, mask = mask,
           masks = masks, spec = plan$spec, saved = out[[3L]])
    )
  }
  result
}

native_double <- function(state) {
  v <- value_of(state)
  if (!is.double(v)) storage.mode(v) <- "double"
  v
}

# Threads and the kernel's variant (0: chosen for the processor).
run_settings <- function() c(1L, 0L)

native_backward <- function(g, y, x, weights, start, mask, masks, spec, saved,
                            need) {
  n <- length(weights)
  wanted <- c(need[[1L]], any(need[1L + seq_len(n)]),
              any(need[-seq_len(1L + n)]))
  d <- .Call(ffi_rnn_backward, x, weights, start, mask, masks, spec, saved,
             g[[1L]], g[-1L], wanted, run_settings())
  c(list(d[[1L]]), d[[2L]] %||% vector("list", n),
    d[[3L]] %||% vector("list", length(start)))
}

native_row <- op_row("rnn", forward = NULL, backward = native_backward,
                     several = TRUE, needs = TRUE)
