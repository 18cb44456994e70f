# Every op is one row: what it computes, and how gradients return.
#
# forward(values..., attrs...) gives an array, or a list of arrays if `several`;
# backward(g, y, values..., attrs...) gives one gradient (or NULL) per value.
# A row that `needs` also gets `need`, a logical per value, to skip work.
# Values are plain arrays, attrs plain R objects. backward NULL: nothing flows.
op_row <- function(name, forward, backward = NULL, several = FALSE,
                   needs = FALSE) {
  list(name = name, forward = forward, backward = backward,
       several = several, needs = needs)
}

# Runs a row on tensors and arrays (and records it), or adds it to the graph
# when an input is symbolic. Gives a tensor, or a list of them if `several`.
apply_op <- function(row, inputs, attrs = NULL) {
  for (x in inputs) {
    if (is_symbolic(x)) return(symbolic_op(row, inputs, attrs))
  }
  values <- lapply(inputs, value_of)
  y <- do.call(row$forward, c(values, attrs))
  finish_op(row, inputs, values, y, attrs)
}

finish_op <- function(row, inputs, values, y, attrs) {
  out <- if (row$several) lapply(y, new_tensor) else new_tensor(y)
  if (!is.null(tapes$top)) {
    out_ids <- if (row$several) vapply(out, tensor_id, 0) else tensor_id(out)
    tape_record(row, vapply(inputs, id_or_zero, 0), out_ids, values, y, attrs)
  }
  out
}

id_or_zero <- function(x) if (is_tensor(x)) .subset2(x, "id") else 0

# The same for one input without attrs: the short road of the common ops.
apply_unary <- function(row, x) {
  if (is_symbolic(x)) return(symbolic_op(row, list(x), NULL))
  v <- value_of(x)
  y <- row$forward(v)
  out <- .Call(ffi_tensor, y, NULL)
  if (!is.null(tapes$top)) {
    tape_record(row, id_or_zero(x), .subset2(out, "id"), list(v), y, NULL)
  }
  out
}

apply_binary <- function(row, x, y) {
  if (is_symbolic(x) || is_symbolic(y)) {
    return(symbolic_op(row, list(x, y), NULL))
  }
  vx <- value_of(x)
  vy <- value_of(y)
  z <- row$forward(vx, vy)
  out <- .Call(ffi_tensor, z, NULL)
  if (!is.null(tapes$top)) {
    tape_record(row, c(id_or_zero(x), id_or_zero(y)), .subset2(out, "id"),
                list(vx, vy), z, NULL)
  }
  out
}

# An op in a model's graph. The node keeps what to run; shapes come from
# running it on probes.
symbolic_op <- function(row, inputs, attrs) {
  run <- function(inputs) apply_op(row, inputs, attrs)
  symbolic_node(run, inputs, name = row$name)
}
