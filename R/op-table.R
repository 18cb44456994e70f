# Running a row of the table of ops (`op_row()`, base-row.R) on what it is
# given: tensors and arrays (and the tape hears of it), or symbolic tensors
# (and it becomes a node of a graph).

# Gives a tensor, or a list of them if the row is for `several`.
apply_op <- function(row, inputs, attrs = NULL) {
  values <- .Call(ffi_values, inputs)
  if (is.null(values)) {
    for (x in inputs) {
      if (is_symbolic(x)) return(symbolic_op(row, inputs, attrs))
    }
    values <- lapply(inputs, value_of)
  }
  y <- do.call(row$forward, if (is.null(attrs)) values else c(values, attrs))
  finish_op(row, inputs, values, y, attrs)
}

finish_op <- function(row, inputs, values, y, attrs) {
  out <- if (row$several) lapply(y, new_tensor) else .Call(ffi_tensor, y, NULL)
  if (!is.null(tapes$top)) {
    tape_record(row, inputs, if (row$several) out else list(out), values, y,
                attrs)
  }
  out
}

# The short roads of the common ops, with one or two inputs and no attrs: in C
# where it has the row and the inputs are tensors of doubles; it computes and
# records in one call.
apply_unary <- function(row, x) {
  out <- .Call(ffi_unary, row, x, tapes, session)
  if (is.null(out)) unary_in_r(row, x) else out
}

unary_in_r <- function(row, x) {
  v <- .Call(ffi_value, x)
  if (is.null(v)) return(apply_op(row, list(x)))
  y <- row$forward(v)
  out <- .Call(ffi_tensor, y, NULL)
  if (!is.null(tapes$top)) {
    tape_record(row, list(x), list(out), list(v), y, NULL)
  }
  out
}

apply_binary <- function(row, x, y) {
  out <- .Call(ffi_binary, row, x, y, tapes, session)
  if (is.null(out)) binary_in_r(row, x, y) else out
}

binary_in_r <- function(row, x, y) {
  a <- .Call(ffi_value, x)
  b <- .Call(ffi_value, y)
  if (is.null(a) || is.null(b)) return(apply_op(row, list(x, y)))
  z <- row$forward(a, b)
  out <- .Call(ffi_tensor, z, NULL)
  if (!is.null(tapes$top)) {
    tape_record(row, list(x, y), list(out), list(a, b), z, NULL)
  }
  out
}

# An op in a model's graph. The node keeps what to run; shapes come from
# running it on probes.
symbolic_op <- function(row, inputs, attrs) {
  run <- if (identical(find_row(row$name), row)) {
    named_runner(row$name, attrs)
  } else {
    row_runner(row, attrs)
  }
  symbolic_node(run, inputs, name = row$name)
}

# A graph knows its ops by name: a saved model runs the code of the version
# that loads it.
named_runner <- function(name, attrs) {
  force(name)
  force(attrs)
  function(inputs) apply_op(find_row(name), inputs, attrs)
}

row_runner <- function(row, attrs) {
  force(row)
  force(attrs)
  function(inputs) apply_op(row, inputs, attrs)
}

# The row `row_<name>`, or NULL.
find_row <- function(name) {
  get0(paste0("row_", name), topenv(), mode = "list", inherits = FALSE)
}
