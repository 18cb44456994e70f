# Arrays made larger: tiled, repeated, padded.

row_tile <- op_row(
  "tile",
  function(x, repeats) {
    sizes <- tile_sizes(x, repeats)
    x <- with_sizes(x, sizes$from)
    for (a in seq_along(sizes$from)) {
      x <- .Call(ffi_take, x, rep(seq_len(sizes$from[[a]]), sizes$times[[a]]),
                 a)
    }
    x
  },
  function(g, y, x, repeats) {
    sizes <- tile_sizes(x, repeats)
    for (a in seq_along(sizes$from)) {
      n <- sizes$from[[a]]
      g <- .Call(ffi_take_add, g, rep(seq_len(n), sizes$times[[a]]), a, n)
    }
    list(with_sizes(g, dim(x)))
  }
)

# Fewer repeats than axes, or the other way round: ones are put in front.
tile_sizes <- function(x, repeats) {
  from <- as.integer(dims(x))
  times <- check_repeats(unlist(repeats))
  rank <- max(length(from), length(times))
  list(from = c(rep(1L, rank - length(from)), from),
       times = c(rep(1L, rank - length(times)), times))
}

row_repeat <- op_row(
  "repeat",
  function(x, repeats, axis) {
    axis <- check_axis(axis, length(dims(x)), n = 1L)
    .Call(ffi_take, x, repeat_index(x, repeats, axis), axis)
  },
  function(g, y, x, repeats, axis) {
    axis <- check_axis(axis, length(dims(x)), n = 1L)
    index <- repeat_index(x, repeats, axis)
    list(.Call(ffi_take_add, g, index, axis, dim(x)[[axis]]))
  }
)

repeat_index <- function(x, repeats, axis) {
  n <- dim(x)[[axis]]
  rep(seq_len(n), times = rep_len(check_repeats(repeats), n))
}

check_repeats <- function(repeats) {
  if (!is.numeric(repeats) || !length(repeats)) {
    stop_type(
      sprintf("`repeats` must hold whole numbers, not %s.", describe(repeats))
    )
  }
  vapply(repeats, check_count, 1L, arg = "repeats", min = 0L)
}

row_pad <- op_row(
  "pad",
  function(x, widths, value) {
    out <- array(value, dims(x) + colSums(widths))
    do.call(`[<-`, c(list(out), pad_window(x, widths), list(value = x)))
  },
  function(g, y, x, widths, value) {
    list(do.call(`[`, c(list(g), pad_window(x, widths), drop = FALSE)))
  }
)

pad_window <- function(x, widths) {
  lapply(seq_along(dim(x)), function(a) widths[1L, a] + seq_len(dim(x)[[a]]))
}

# Padding as a matrix: before and after in rows, axes in columns.
pad_widths <- function(pad_width, rank) {
  w <- if (is.list(pad_width)) pad_width else
    rep(list(if (is.atomic(pad_width)) rep_len(pad_width, 2L)), rank)
  given <- unlist(w)
  right <- length(w) == rank && all(lengths(w) == 2L) && is.numeric(given) &&
    !anyNA(given) && all(given >= 0)
  if (!right) {
    stop_value(
      sprintf("`pad_width` must have two whole numbers of at least 0 for each \
of the %d axes.", rank),
      i = "For example `pad_width = list(c(0, 0), c(1, 1))` for a matrix."
    )
  }
  matrix(as.integer(unlist(w)), 2L)
}

#' @rdname op_shape
#' @export
op_tile <- function(x, repeats) apply_op(row_tile, list(x), list(repeats))

#' @rdname op_shape
#' @export
op_repeat <- function(x, repeats, axis = NULL) {
  if (is.null(axis)) {
    x <- op_ravel(x)
    axis <- 1L
  }
  apply_op(row_repeat, list(x), list(repeats, axis))
}

#' @rdname op_shape
#' @export
op_pad <- function(x, pad_width, constant_values = 0) {
  widths <- pad_widths(pad_width, length(shape_of(x)))
  apply_op(row_pad, list(x), list(widths, constant_values))
}
