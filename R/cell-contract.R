# A cell is anything with `call(inputs, states)` and `state_size`. What the
# time loop needs to know about one is gathered once, in a list:
#   cell            the KerasLayer behind it (foreign objects are adapted)
#   struct          state sizes as given: a leaf (integer vector), or nested
#                   lists of leaves; sizes: the leaves, flat
#   output          output sizes, same form
#   call            its method for one step
#   constants, training   whether `call` names these arguments
cell_info <- function(cell) {
  size <- cell$state_size
  if (is.null(size)) stop_no_state_size(cell)
  struct <- parse_sizes(size, "state_size")
  sizes <- flat_sizes(struct)
  if (!length(sizes)) stop_no_state_size(cell)
  out <- cell$output_size
  output <- if (is.null(out)) sizes[[1L]] else parse_sizes(out, "output_size")
  named <- cell_call_names(cell)
  if (length(named) < 2L && !"..." %in% named) {
    stop_value(
      sprintf("`call()` of cell \"%s\" takes %d arguments, not inputs and \
states.", cell$name, length(named)),
      i = "Write it as `call = function(inputs, states)`."
    )
  }
  list(
    cell = cell, struct = struct, sizes = sizes, output = output,
    named = has_names(struct) || has_names(output),
    single = !is.list(struct), call = .subset2(cell, "call"),
    constants = "constants" %in% named, training = "training" %in% named
  )
}

cell_call_names <- function(cell) {
  cell$.call_names %||% names(formals(cell$call))
}

stop_no_state_size <- function(cell) {
  stop_value(
    sprintf("The cell \"%s\" has no `state_size`.", cell$name),
    i = "Set it in `initialize()`: `self$state_size <- units` for one state, \
`list(4, 3)` for two, `list(c(2, 3))` for one state with two axes."
  )
}

# 4 and c(2, 3) and shape(2, 3) are leaves; a list has one entry per state.
parse_sizes <- function(x, arg) {
  if (is.list(x) && !inherits(x, "recurrent_shape")) {
    return(lapply(x, parse_sizes, arg))
  }
  sizes <- if (inherits(x, "recurrent_shape")) as.integer(x) else x
  fits <- is.numeric(sizes) && length(sizes) && !anyNA(sizes) &&
    all(sizes >= 1 & sizes == trunc(sizes))
  if (!fits) {
    fail <- if (is.numeric(sizes)) stop_value else stop_type
    fail(
      sprintf("`%s` must hold positive whole numbers, not %s.", arg,
              if (is.object(x)) format(x) else describe(x)),
      i = "Use `4` for one state of 4 units, `list(4, 3)` for two states."
    )
  }
  as.integer(sizes)
}

flat_sizes <- function(struct) {
  if (!is.list(struct)) return(list(struct))
  do.call(c, c(lapply(unname(struct), flat_sizes), list(list())))
}

# Anything that works as a cell, as a KerasLayer: a layer instance, an R6
# object, an environment, a list with `call` and `state_size`, or a list of
# such (a stack).
as_cell <- function(x) {
  self <- unwrap_layer(x)
  if (inherits(self, "KerasLayer")) return(check_cell(adopt_layer(self)))
  if (inherits(x, "R6ClassGenerator") || is_layer_class(x)) {
    stop_type(
      "`cell` is a class, not an instance of it.",
      i = "Make one first, e.g. `cell = MyCell(units = 4)`."
    )
  }
  parts <- c("call", "state_size")
  if (is.environment(x) || (is.list(x) && any(parts %in% names(x)))) {
    return(new_foreign_cell(x))
  }
  if (is.list(x) && !is.object(x)) return(new_stack(x))
  stop_not_cell(x)
}

is_layer_class <- function(x) {
  is.function(x) && !is.null(attr(x, "layer_class"))
}

check_cell <- function(self) {
  if (is.null(.subset2(self, "state_size"))) {
    if (inherits(self, "RNN")) {
      stop_value(
        sprintf("`cell` is a layer over time (%s), not a cell.",
                class(self)[[1L]]),
        i = "Give the cell of one step, e.g. `layer_simple_rnn_cell(4)`; \
layers are stacked by `return_sequences = TRUE`."
      )
    }
    stop_no_state_size(self)
  }
  self
}

stop_not_cell <- function(x) {
  stop_value(
    sprintf("`cell` must be a cell or a list of cells, not %s.", describe(x)),
    i = "A cell has a method `call(inputs, states)` that gives \
`list(output, new_states)`, and a `state_size`: see `?layer_rnn`."
  )
}

# One step: flat states in, list(output, flat states) out.
cell_step <- function(info, inputs, states, constants, training) {
  call <- info$call
  if (!info$single) states <- pack_as_struct(info$struct, states)
  out <- if (!info$constants || is.null(constants)) {
    if (info$training) call(inputs, states, training = training) else
      call(inputs, states)
  } else if (info$training) {
    call(inputs, states, constants = constants, training = training)
  } else {
    call(inputs, states, constants = constants)
  }
  if (!is.list(out) || is_tensor(out) || length(out) < 2L) {
    stop_value(
      sprintf("`call()` of cell \"%s\" must give `list(output, new_states)`, \
not %s.", info$cell$name, describe_result(out)),
      i = "End it with `list(output, list(state))`."
    )
  }
  output <- out[[1L]]
  if (info$named) {
    output <- in_order_of(info$output, output)
    out[[2L]] <- in_order_of(info$struct, out[[2L]])
  }
  list(output, flatten_tensors(out[[2L]]))
}

# Nested lists with names, in the order of the declared sizes.
in_order_of <- function(struct, x) {
  if (!is.list(struct) || !is.list(x) || is_tensor(x)) return(x)
  if (!is.null(names(struct)) && setequal(names(struct), names(x))) {
    x <- x[names(struct)]
  }
  if (length(x) != length(struct)) return(x)
  x[] <- Map(in_order_of, struct, x)
  x
}

has_names <- function(struct) {
  is.list(struct) &&
    (!is.null(names(struct)) || any(vapply(struct, has_names, NA)))
}

describe_result <- function(x) {
  if (is.list(x) && !is_tensor(x)) {
    sprintf("a list of length %d", length(x))
  } else {
    describe(x)
  }
}

pack_as_struct <- function(struct, flat) {
  at <- 0L
  walk <- function(s) {
    if (is.list(s)) return(lapply(s, walk))
    at <<- at + 1L
    flat[[at]]
  }
  walk(struct)
}

flatten_tensors <- function(x) {
  if (!is.list(x) || is_tensor(x)) return(list(x))
  if (length(x) == 1L && is_tensor(x[[1L]])) {
    return(if (is.null(names(x))) x else unname(x))
  }
  do.call(c, c(lapply(unname(x), flatten_tensors), list(list())))
}

# What a cell gave at the first step must have the shapes that it declares.
check_step <- function(info, result, batch) {
  name <- info$cell$name
  outputs <- flatten_tensors(result[[1L]])
  wanted <- flat_sizes(info$output)
  check_step_part(outputs, wanted, batch, name, "output",
                  "`output_size` (or the first entry of `state_size`)")
  check_step_part(result[[2L]], info$sizes, batch, name, "state",
                  "`state_size`")
}

check_step_part <- function(got, sizes, batch, name, what, member) {
  if (length(got) != length(sizes)) {
    stop_value(
      sprintf("Cell \"%s\" gave %d %ss; its %s says %d.", name, length(got),
              what, member, length(sizes)),
      i = sprintf("Give one tensor for each %s.", what)
    )
  }
  for (k in seq_along(got)) {
    if (!is_tensor(got[[k]])) got[[k]] <- as_tensor(got[[k]])
    have <- as.integer(dims(value_of(got[[k]])))
    want <- as.integer(c(batch, sizes[[k]]))
    if (!identical(have, want)) {
      stop_value(
        sprintf("Cell \"%s\" gave %s %d of shape %s; its %s says %s.", name,
                what, k, format(as_shape(have)), member,
                format(as_shape(want))),
        i = "Mend `call()` or the declared size; the first axis is the batch."
      )
    }
  }
}

# Initial states of a cell: its own, else zeros.
cell_initial_states <- function(info, inputs, batch, dtype = "float64") {
  own <- .subset2(info$cell, "get_initial_state")
  if (is.function(own)) {
    args <- list(inputs = inputs, batch_size = batch, dtype = dtype)
    named <- info$cell$.initial_names %||% names(formals(own))
    if (!"..." %in% named) args <- args[intersect(names(args), named)]
    states <- do.call(own, args)
    return(flatten_tensors(to_tensors(states)))
  }
  zero_states(info, batch)
}

zero_states <- function(info, batch) {
  lapply(info$sizes, function(s) new_tensor(array(0, c(batch, s))))
}

# Dropout masks are drawn once per sequence; cells without them do nothing.
cell_begin <- function(cell, batch, training) {
  begin <- .subset2(cell, "begin_sequence")
  if (is.function(begin)) begin(batch, training)
}

cell_end <- function(cell) {
  end <- .subset2(cell, "end_sequence")
  if (is.function(end)) end()
}
