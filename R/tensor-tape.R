# The tape: a chain of records, the last one first. A record names the tensors
# that went in and came out (by id), with what the op's backward rule needs.
# Recording tapes stand on a stack, so that a tape inside a tape works.
tapes <- new.env(parent = emptyenv())
tapes$top <- NULL

recording <- function() !is.null(tapes$top)

new_tape <- function() {
  tape <- new.env(parent = emptyenv())
  tape$last <- NULL
  tape$n <- 0L
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
#'   neither a tensor nor a weight.
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
  structure(
    list(
      value = value_of(target),
      gradient = function(sources) {
        flat <- flatten_sources(sources)
        grads <- tape_gradient(tape, list(target), list(NULL), flat)
        pack_as(sources, grads)
      }
    ),
    class = "recurrent_tape"
  )
}

#' @export
print.recurrent_tape <- function(x, ...) {
  cat("<gradient tape> value of shape ", format(as_shape(dims(x$value))),
      "; `$gradient(sources)` gives gradients\n", sep = "")
  invisible(x)
}

flatten_sources <- function(sources) {
  if (is_tensor(sources)) return(list(sources))
  if (!is.list(sources)) {
    stop_type(
      sprintf("Gradients are taken of tensors and weights, not of %s.",
              describe(sources)),
      i = "Wrap the array before the tape starts: `x <- as_tensor(array)`, and \
use `x` inside."
    )
  }
  do.call(c, c(lapply(unname(sources), flatten_sources), list(list())))
}

# The flat list `leaves` in the nested structure of `like`.
pack_as <- function(like, leaves) {
  at <- 0L
  walk <- function(x) {
    if (is.list(x) && !is_tensor(x)) return(lapply(x, walk))
    at <<- at + 1L
    leaves[[at]]
  }
  walk(like)
}

# Gradients of sum(targets * upstream) (NULL upstream: ones) for a flat list of
# sources; zeros where nothing flows.
tape_gradient <- function(tape, targets, upstream, sources) {
  records <- tape_records(tape)
  places <- .Call(ffi_places, records, ids_of(sources), ids_of(targets))
  grads <- vector("list", length(places[[3L]]))
  to <- places[[5L]]
  for (k in seq_along(targets)) {
    seed <- upstream[[k]] %||% ones_like(value_of(targets[[k]]))
    s <- to[[k]]
    grads[[s]] <- add_gradient(grads[[s]], seed)
  }
  grads <- .Call(ffi_walk, records, places, grads, op_backward, run_settings())
  from <- places[[4L]]
  out <- grads[from]
  for (k in seq_along(out)) {
    if (is.null(out[[k]])) out[[k]] <- zeros_like(value_of(sources[[k]]))
  }
  out
}

# The chain as a list, the first record first.
tape_records <- function(tape) .Call(ffi_chain, tape$last, tape$n)

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

add_gradient <- function(old, new) if (is.null(old)) new else old + new

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

ones_like <- function(v) {
  v[] <- 1
  storage.mode(v) <- "double"
  v
}

zeros_like <- function(v) {
  v[] <- 0
  storage.mode(v) <- "double"
  v
}
