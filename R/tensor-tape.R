# The tape: a chain of records, the last one first. A record names the tensors
# that went in and came out (by id), with what the op's backward rule needs.
# Recording tapes stand on a stack, so that a tape inside a tape works.
tapes <- new.env(parent = emptyenv())
tapes$top <- NULL

recording <- function() !is.null(tapes$top)

new_tape <- function() {
  tape <- new.env(parent = emptyenv())
  tape$last <- NULL
  tape$below <- NULL
  tape
}

push_tape <- function(tape) {
  tape$below <- tapes$top
  tapes$top <- tape
}

pop_tape <- function(tape) tapes$top <- tape$below

# `expr` is forced while `tape` records.
on_tape <- function(tape, expr) {
  push_tape(tape)
  on.exit(pop_tape(tape))
  force(expr)
}

without_tape <- function(expr) {
  top <- tapes$top
  tapes$top <- NULL
  on.exit(tapes$top <- top)
  force(expr)
}

# Tells the tapes of an op: `inputs` and `outs` are lists of tensors (plain
# arrays among the inputs take no gradient), `values` their arrays.
tape_record <- function(row, inputs, outs, values, y, attrs) {
  if (.Call(ffi_record, row, inputs, outs, values, y, attrs, tapes, session)) {
    return(invisible())
  }
  # Now every variable has an id.
  ids_of(inputs)
  .Call(ffi_record, row, inputs, outs, values, y, attrs, tapes, session)
  invisible()
}

#' Gradients of anything computed with tensors
#'
#' `gradient_tape()` evaluates an expression while it records what is done to
#' tensors, layers and weights; the result gives the value, and gradients of it
#' with respect to any of them.
#'
#' @param expr An expression, usually in braces, whose value is a tensor. A
#'   value with several elements is summed (its gradient is that of its sum).
#' @return An object with
#'   * `tape$value`: the value of the expression, a plain array;
#'   * `tape$gradient(sources)`: gradients, plain arrays in the structure of
#'     `sources`: a tensor made by [as_tensor()], a weight of a layer, or
#'     nested lists of them. Each gradient has the shape of its source, and is
#'     zero where nothing flows. It may be called more than once.
#' @section Errors: `TypeError` when the value is not a tensor or a source is
#'   neither a tensor nor a weight; `ValueError` when the tape comes from a file
#'   or another process.
#' @source Reverse-mode differentiation: Griewank and Walther (2008),
#'   *Evaluating Derivatives*, SIAM.
#' @export
#' @examples
#' layer <- layer_simple_rnn(units = 3)
#' x <- as_tensor(array(rnorm(2 * 4 * 5), c(2, 4, 5)))
#' tape <- gradient_tape(op_sum(layer(x)^2))
#' tape$value
#' str(tape$gradient(list(x = x, weights = layer$weights)))
gradient_tape <- function(expr) {
  tape <- new_tape()
  target <- on_tape(tape, expr)
  if (!is_tensor(target)) {
    stop_type(
      sprintf("The taped expression must give a tensor, not %s.",
              describe(target)),
      i = "Start from tensors: `x <- as_tensor(array)`, and end with one, e.g. \
`op_sum(layer(x) * w)`."
    )
  }
  recorded_in <- session
  out <- list(
    value = value_of(target),
    gradient = function(sources) {
      if (!identical(recorded_in, session)) stop_old_tape()
      pack_as(sources, tape_gradient(tape, target, flatten_sources(sources)))
    }
  )
  class(out) <- "recurrent_tape"
  out
}

# What a file or a worker gives back is a copy of the session's environment.
stop_old_tape <- function() {
  stop_value(
    "This tape was recorded in another session, whose weights are not here.",
    i = "Record again with `gradient_tape()`; gradients are plain arrays that \
can be saved."
  )
}

#' @export
print.recurrent_tape <- function(x, ...) {
  cat("<gradient tape> value of shape ", format(as_shape(dims(x$value))),
      "; `$gradient(sources)` gives gradients\n", sep = "")
  invisible(x)
}

flatten_sources <- function(sources) {
  .Call(ffi_flatten, sources) %||% stop_not_sources(sources)
}

# Of what is nested, the first that is no source.
stop_not_sources <- function(x) {
  if (is_symbolic(x)) stop_symbolic(x)
  if (is.list(x) && !is_tensor(x)) {
    for (e in x) if (is.null(.Call(ffi_flatten, e))) stop_not_sources(e)
  }
  stop_type(
    sprintf("Gradients are taken of tensors and weights, not of %s.",
            describe(x)),
    i = "Wrap the array before the tape starts: `x <- as_tensor(array)`, and \
use `x` inside."
  )
}

# The flat list `leaves` in the nested structure of `like`.
pack_as <- function(like, leaves) .Call(ffi_pack, like, leaves)

# Gradients of sum(target) for a flat list of sources; zeros where nothing
# flows.
tape_gradient <- function(tape, target, sources) {
  out <- .Call(ffi_gradients, tape, target, sources, session, op_backward, NULL)
  if (!is.null(out)) return(out)
  ids_of(c(list(target), sources)) # now every variable has one
  .Call(ffi_gradients, tape, target, sources, session, op_backward,
        run_settings())
}

# One op's backward rule: `g` a list of gradients of its outputs (NULL where
# none flows), `need` which inputs want one. Loud when a rule is missing.
op_backward <- function(record, g, need) {
  row <- record$row
  if (is.null(row$backward)) return(vector("list", length(need)))
  if (length(g) == 1L && !row$several) g <- g[[1L]]
  values <- record$values
  d <- if (length(values) == 2L && is.null(record$attrs)) {
    if (row$needs) {
      row$backward(g, record$y, values[[1L]], values[[2L]], need = need)
    } else {
      row$backward(g, record$y, values[[1L]], values[[2L]])
    }
  } else {
    do.call(row$backward, c(list(g, record$y), values, record$attrs,
                            if (row$needs) list(need = need)))
  }
  if (!is.list(d) || length(d) != length(need)) {
    stop_internal(sprintf("the backward rule of `%s` gave %d gradients for %d \
inputs", row$name, length(d), length(need)))
  }
  d
}

tensor_id <- function(x) {
  if (is.environment(x) && !identical(.subset2(x, "session"), session)) {
    renew_id(x)
  }
  .subset2(x, "id")
}

# Ids of a list, 0 for what is no tensor.
ids_of <- function(xs) {
  .Call(ffi_ids, xs, session) %||% vapply(xs, function(x) {
    if (is_tensor(x)) tensor_id(x) else 0
  }, 0)
}

# A variable (or symbolic tensor) that was read from a file is a copy: its id
# may be that of the original, or of a second copy. It is known by the
# environment of its session,
# which no file gives back, and gets an id of its own.
session <- new.env(parent = emptyenv())

renew_id <- function(v) {
  assign("id", .subset2(new_tensor(NULL), "id"), envir = v)
  assign("session", session, envir = v)
}
