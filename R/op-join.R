# Joining arrays along an axis and cutting them again: each the gradient of
# the other, each one pass in C.

row_concatenate <- op_row(
  "concatenate",
  function(..., axis) {
    xs <- of_one_type(list(...))
    axis <- check_axis(axis, length(dims(xs[[1L]])), n = 1L)
    sizes <- .Call(ffi_join_sizes, xs, axis) %||% stop_join(xs, axis)
    out <- dim(xs[[1L]])
    out[[axis]] <- sum(sizes)
    .Call(ffi_join, xs, axis, out, sizes)
  },
  function(g, y, ..., axis) {
    axis <- check_axis(axis, length(dim(g)))
    .Call(ffi_cut, g, axis, .Call(ffi_join_sizes, list(...), axis), FALSE)
  }
)

stop_join <- function(xs, axis) {
  shapes <- vapply(xs, function(x) format(as_shape(dims(x))), "")
  stop_value(
    sprintf("Arrays of shapes %s cannot be joined at axis %d.",
            paste(unique(shapes), collapse = ", "), axis),
    i = "They must have the same axes, of the same sizes except at the axis \
where they are joined."
  )
}

# All double, or all integer, or all logical: the widest of them.
of_one_type <- function(xs) {
  first <- typeof(xs[[1L]])
  same <- TRUE
  for (x in xs) if (typeof(x) != first) same <- FALSE
  if (same) return(xs)
  types <- vapply(xs, typeof, "")
  widest <- if (any(types == "double")) "double" else "integer"
  lapply(xs, function(x) {
    storage.mode(x) <- widest
    x
  })
}

row_stack <- op_row(
  "stack",
  function(..., axis) {
    xs <- of_one_type(list(...))
    sizes <- as.integer(dims(xs[[1L]]))
    axis <- check_axis(axis, length(sizes), extra = 1L, n = 1L)
    for (x in xs) if (!identical(as.integer(dims(x)), sizes)) stop_stack(xs)
    out <- append(sizes, length(xs), axis - 1L)
    .Call(ffi_join, xs, axis, out, rep(1L, length(xs)))
  },
  function(g, y, ..., axis) {
    axis <- check_axis(axis, length(dim(g)))
    .Call(ffi_cut, g, axis, rep(1L, ...length()), TRUE)
  }
)

stop_stack <- function(xs) {
  shapes <- vapply(xs, function(x) format(as_shape(dims(x))), "")
  stop_value(
    sprintf("Arrays of shapes %s cannot be stacked.",
            paste(unique(shapes), collapse = ", ")),
    i = "All must have the same shape; join others with `op_concatenate()`."
  )
}

row_unstack <- op_row(
  "unstack",
  function(x, axis) {
    axis <- check_axis(axis, length(dims(x)), n = 1L)
    .Call(ffi_cut, x, axis, rep(1L, dim(x)[[axis]]), TRUE)
  },
  function(g, y, x, axis) {
    axis <- check_axis(axis, length(dims(x)), n = 1L)
    list(.Call(ffi_join, g, axis, dim(x), rep(1L, dim(x)[[axis]])))
  },
  several = TRUE
)

row_split <- op_row(
  "split",
  function(x, axis, sections) {
    axis <- check_axis(axis, length(dims(x)), n = 1L)
    .Call(ffi_cut, x, axis, split_sizes(sections, dim(x)[[axis]]), FALSE)
  },
  function(g, y, x, axis, sections) {
    axis <- check_axis(axis, length(dims(x)), n = 1L)
    sizes <- split_sizes(sections, dim(x)[[axis]])
    list(.Call(ffi_join, g, axis, dim(x), sizes))
  },
  several = TRUE
)

# A number of equal pieces, or where pieces after the first start.
split_sizes <- function(sections, n) {
  if (!is.numeric(sections) || anyNA(sections) || any(sections %% 1 != 0) ||
        length(sections) == 1L && sections < 1) {
    stop_type(
      sprintf("`indices_or_sections` must hold whole numbers, not %s.",
              describe(sections)),
      i = "Give the number of equal pieces, or where pieces start."
    )
  }
  if (length(sections) != 1L) {
    sizes <- diff(c(1, sections, n + 1))
    fits <- all(sizes >= 0)
  } else {
    sizes <- rep(n / sections, sections)
    fits <- n %% sections == 0
  }
  if (!fits) {
    stop_value(
      sprintf("An axis of size %d cannot be split by (%s).", n,
              paste(sections, collapse = ", ")),
      i = "Give a number that divides the size, or rising start positions."
    )
  }
  as.integer(sizes)
}

check_list <- function(xs, arg) {
  if (is.list(xs) && !is_tensor(xs) && length(xs)) return(unname(xs))
  stop_type(
    sprintf("`%s` must be a list of tensors or arrays, not %s.", arg,
            if (identical(xs, list())) "an empty list" else describe(xs)),
    i = sprintf("For example `%s = list(x, y)`.", arg)
  )
}

#' @rdname op_shape
#' @export
op_concatenate <- function(xs, axis = -1) {
  apply_op(row_concatenate, check_list(xs, "xs"), list(axis = axis))
}

#' @rdname op_shape
#' @export
op_stack <- function(xs, axis = 1) {
  apply_op(row_stack, check_list(xs, "xs"), list(axis = axis))
}

#' @rdname op_shape
#' @export
op_unstack <- function(x, num = NULL, axis = 1) {
  out <- apply_op(row_unstack, list(x), list(axis = axis))
  if (!is.null(num) && check_count(num, "num", 0L) != length(out)) {
    stop_value(
      sprintf("`num` is %s, but the axis has size %d.", format(num),
              length(out)),
      i = "Leave `num` out: it follows from the shape."
    )
  }
  out
}

#' @rdname op_shape
#' @export
op_split <- function(x, indices_or_sections, axis = 1) {
  apply_op(row_split, list(x),
           list(axis = axis, sections = indices_or_sections))
}
