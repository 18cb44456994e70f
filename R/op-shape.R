#' Shapes of tensors
#'
#' @description
#' Functions that move the elements of an array but do not change them.
#' `op_reshape()` reads and fills with the last axis running fastest, as Keras
#' and NumPy do (R's `array()` runs the first axis fastest), and so does
#' `array_reshape()`, which works on plain arrays.
#'
#' @param x A tensor or array.
#' @param newshape,dim The new shape; -1, NULL (in a list) or NA for one axis
#'   whose size follows from the others.
#' @param axes The order of the axes, counted from 1; NULL reverses them.
#'   `op_moveaxis()` and `op_swapaxes()` move or swap single axes.
#' @param axis An axis, counted from 1, negative from the end. For
#'   `op_expand_dims()` and `op_stack()` the place of the new axis, for
#'   `op_squeeze()` NULL drops all axes of size 1, for `op_flip()` NULL flips
#'   all.
#' @param axis1,axis2,source,destination Axes.
#' @param shape A shape to stretch to.
#' @param xs A list of tensors or arrays; they agree in all axes but `axis`
#'   (for `op_stack()` in all axes).
#' @param num NULL, or the number of pieces, which is checked.
#' @param indices_or_sections A number of equal pieces, or the places (counted
#'   from 1) at which new pieces start.
#' @param repeats How many times, one number for each axis or for `axis`.
#' @param pad_width Padding before and after each axis: a number, a vector of
#'   two, or a list with one vector of two per axis.
#' @param constant_values The number to pad with.
#' @param order "C": last axis fastest, "F": first axis fastest.
#' @return A tensor (`op_unstack()`, `op_split()`: a list of tensors;
#'   `op_shape()`: a shape; `op_ndim()`, `op_size()`: a number;
#'   `array_reshape()`: an array).
#' @section Errors: `ValueError` when the number of elements does not fit, an
#'   axis does not exist, or arrays to be joined do not fit.
#' @source keras3's `op_*()` functions of these names, reticulate's
#'   `array_reshape()`.
#' @name op_shape
#' @examples
#' x <- array_reshape(1:6, c(2, 3))
#' op_reshape(x, c(3, -1))
#' op_transpose(x)
#' op_concatenate(list(x, x), axis = 1)
#' op_stack(list(1:2, 3:4))
#' op_unstack(x, axis = 2)
NULL

# The sizes of a new shape; one of them may follow from the others.
new_sizes <- function(shape, n, old) {
  sizes <- unlist(lapply(as.list(unname(unclass(shape))), function(s) {
    if (is.null(s) || identical(s, NA)) -1 else s
  }))
  if (is.function(shape) || length(sizes) != length(shape) ||
        length(sizes) && !is.numeric(sizes)) {
    stop_type(
      sprintf("A new shape must hold whole numbers, not %s.", describe(shape)),
      i = "For example `c(4, -1)` or `list(NULL, 8)`."
    )
  }
  sizes[is.na(sizes)] <- -1
  open <- which(sizes == -1)
  if (length(open) == 1L) {
    rest <- prod(sizes[-open])
    sizes[[open]] <- if (rest == 0) 0 else n / rest
  }
  if (length(open) > 1L || any(sizes < 0) || any(sizes != trunc(sizes)) ||
        prod(sizes) != n) {
    stop_reshape(shape, old)
  }
  as.integer(sizes)
}

stop_reshape <- function(shape, old) {
  given <- vapply(as.list(shape), function(s) {
    if (is.null(s) || is.na(s)) "NULL" else format(s)
  }, "")
  stop_value(
    sprintf("An array of shape %s cannot get the shape (%s).",
            format(as_shape(old)), paste(given, collapse = ", ")),
    i = "The number of elements must stay the same; -1 or NULL may stand for \
one size that follows from the others."
  )
}

# The array with new sizes, filled with the last axis running fastest. Where
# only axes of 1 come or go both orders are the same.
row_major <- function(x, sizes) {
  long <- sizes != 1L
  if (!identical(sizes[long], dim(x)[dim(x) != 1L]) && any(long)) {
    return(.Call(ffi_row_major, x, sizes))
  }
  with_sizes(x, sizes)
}

# The array with other sizes in R's own order: for axes of 1 added or dropped.
with_sizes <- function(x, sizes) {
  dim(x) <- if (length(sizes)) sizes
  x
}

row_reshape <- op_row(
  "reshape",
  function(x, shape) row_major(x, new_sizes(shape, length(x), dims(x))),
  function(g, y, x, shape) list(row_major(g, as.integer(dims(x))))
)

resize_backward <- function(g, y, x, axis) list(with_sizes(g, dim(x)))

row_expand_dims <- op_row("expand_dims", function(x, axis) {
  sizes <- dims(x)
  at <- check_axis(axis, length(sizes), extra = 1L, n = 1L)
  with_sizes(x, append(sizes, 1L, at - 1L))
}, resize_backward)

row_squeeze <- op_row("squeeze", function(x, axis) {
  sizes <- dims(x)
  if (is.null(axis)) return(with_sizes(x, sizes[sizes != 1L]))
  at <- check_axis(axis, length(sizes))
  if (any(sizes[at] != 1L)) stop_squeeze(at, sizes)
  with_sizes(x, sizes[-at])
}, resize_backward)

row_transpose <- op_row(
  "transpose",
  function(x, axes) {
    if (is.null(dim(x))) return(x)
    if (is.null(axes) && length(dim(x)) == 2L) return(t(x))
    aperm(x, axis_order(axes, length(dim(x))))
  },
  function(g, y, x, axes) {
    if (is.null(dim(x))) return(list(g))
    if (is.null(axes) && length(dim(x)) == 2L) return(list(t(g)))
    list(aperm(g, order(axis_order(axes, length(dim(x))))))
  }
)

axis_order <- function(axes, rank) {
  if (is.null(axes)) return(rev(seq_len(rank)))
  out <- check_axis(unlist(axes), rank, "axes")
  if (length(out) != rank || anyDuplicated(out)) {
    stop_value(
      sprintf("`axes` must name each of the %d axes once, not (%s).", rank,
              paste(unlist(axes), collapse = ", ")),
      i = sprintf("For example `axes = c(%s)`.",
                  paste(rev(seq_len(rank)), collapse = ", "))
    )
  }
  out
}

row_flip <- op_row(
  "flip",
  function(x, axis) flipped(x, axis),
  function(g, y, x, axis) list(flipped(g, axis))
)

flipped <- function(x, axis) {
  rank <- length(dims(x))
  for (a in if (is.null(axis)) seq_len(rank) else check_axis(axis, rank)) {
    x <- .Call(ffi_take, x, rev(seq_len(dim(x)[[a]])), a)
  }
  x
}

row_broadcast_to <- op_row(
  "broadcast_to",
  function(x, shape) stretch_to(x, as.integer(as_shape(shape))),
  function(g, y, x, shape) list(sum_to(g, x))
)

#' @rdname op_shape
#' @export
op_reshape <- function(x, newshape) {
  apply_op(row_reshape, list(x), list(newshape))
}

#' @rdname op_shape
#' @export
op_ravel <- function(x) op_reshape(x, -1L)

#' @rdname op_shape
#' @export
op_transpose <- function(x, axes = NULL) {
  apply_op(row_transpose, list(x), list(axes))
}

#' @rdname op_shape
#' @export
op_moveaxis <- function(x, source, destination) {
  rank <- length(shape_of(x))
  from <- check_axis(source, rank, "source")
  to <- check_axis(destination, rank, "destination")
  order <- integer(rank)
  order[to] <- from
  order[-to] <- setdiff(seq_len(rank), from)
  op_transpose(x, order)
}

#' @rdname op_shape
#' @export
op_swapaxes <- function(x, axis1, axis2) {
  rank <- length(shape_of(x))
  a <- check_axis(c(axis1, axis2), rank)
  order <- seq_len(rank)
  order[a] <- rev(a)
  op_transpose(x, order)
}

#' @rdname op_shape
#' @export
op_expand_dims <- function(x, axis) {
  apply_op(row_expand_dims, list(x), list(axis))
}

#' @rdname op_shape
#' @export
op_squeeze <- function(x, axis = NULL) {
  apply_op(row_squeeze, list(x), list(axis))
}

stop_squeeze <- function(at, sizes) {
  stop_value(
    sprintf("Axis %d of an array of shape %s has size %d and cannot be \
dropped.", at[[1L]], format(as_shape(sizes)), sizes[[at[[1L]]]]),
    i = "Only axes of size 1 can be dropped; take one element with `[`."
  )
}

#' @rdname op_shape
#' @export
op_flip <- function(x, axis = NULL) apply_op(row_flip, list(x), list(axis))

#' @rdname op_shape
#' @export
op_broadcast_to <- function(x, shape) {
  apply_op(row_broadcast_to, list(x), list(shape))
}

#' @rdname op_shape
#' @export
op_shape <- function(x) shape_of(x)

#' @rdname op_shape
#' @export
op_ndim <- function(x) length(shape_of(x))

#' @rdname op_shape
#' @export
op_size <- function(x) prod(as.integer(shape_of(x)))

#' @rdname op_shape
#' @export
array_reshape <- function(x, dim, order = c("C", "F")) {
  order <- check_choice(utils::head(order, 1L), c("C", "F"), "order")
  v <- value_of(x)
  sizes <- new_sizes(dim, length(v), dims(v))
  if (order == "F") array(v, sizes) else row_major(v, sizes)
}
