# A layer of dtype "float32" computes in single precision: what goes in, its
# weights and its results are rounded; R objects stay doubles, and gradients
# pass as if nothing were rounded. (The C road of recurrent layers rounds as it
# packs, and computes in floats.)

round_single <- function(x) if (is.double(x)) .Call(ffi_single, x) else x

row_single <- op_row("single", round_single, function(g, y, x) list(g))

in_single <- function(self) identical(.subset2(self, "dtype"), "float32")

# Tensors keep their masks, and the logits of a last activation.
to_single <- function(x) {
  if (is.list(x) && !is.object(x)) return(lapply(x, to_single))
  if (!is_tensor(x)) return(x)
  y <- apply_unary(row_single, x)
  logits <- logits_of(x)
  if (!is.null(logits)) {
    y <- with_logits(y, to_single(logits), .subset2(x, "activation"))
  }
  mask <- mask_of(x)
  if (is.null(mask)) y else with_mask(y, mask)
}

# `args`: the inputs first, then other arguments of the layer's `call`.
call_single <- function(self, args) {
  weights <- self$weights
  exact <- lapply(weights, .subset2, "value")
  rounded <- lapply(exact, round_single)
  set_values(weights, rounded)
  on.exit(restore_values(weights, rounded, exact))
  args[[1L]] <- to_single(args[[1L]])
  for (name in c("initial_state", "constants", "states")) {
    if (!is.null(args[[name]])) {
      args[[name]] <- to_single(to_tensors(args[[name]]))
    }
  }
  to_single(do.call(.subset2(self, "call"), args))
}

set_values <- function(weights, values) {
  for (k in seq_along(weights)) {
    assign("value", values[[k]], envir = weights[[k]])
  }
}

# What the call itself has changed (moving averages) stays.
restore_values <- function(weights, rounded, exact) {
  for (k in seq_along(weights)) {
    if (identical(.subset2(weights[[k]], "value"), rounded[[k]])) {
      assign("value", exact[[k]], envir = weights[[k]])
    }
  }
}
