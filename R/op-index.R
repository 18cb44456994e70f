#' Picking elements
#'
#' @description
#' `x[i, j]` works on tensors as on arrays, with one difference: it drops
#' exactly the axes that are indexed by a single number, so that a batch of one
#' stays a batch; `drop = FALSE` keeps those axes too (for a range that may have
#' one element). Ranges, negative and logical indices and empty places
#' (`x[, 1]`) are understood; `x[mask]` with a "bool" array of the shape of `x`
#' gives the elements chosen, as one axis.
#'
#' `op_where()` chooses between two arrays; what was not chosen gets a gradient
#' of exactly 0, whatever its value. `op_take()` takes slices along
#' an axis, by indices of any shape; `op_take_along_axis()` takes one element
#' of a line per index. `op_slice()` cuts a window out. `op_one_hot()` turns
#' indices into rows of one 1 among zeros, all zeros for an index out of range.
#'
#' @param x,inputs A tensor or array; for `op_one_hot()` the indices.
#' @param condition "bool", or numbers of which those other than 0 count as
#'   TRUE; NaN counts as FALSE.
#' @param x1,x2 Values where `condition` is TRUE and where it is not.
#' @param indices Whole numbers, an array or tensor of any shape, counted from
#'   1.
#' @param axis The axis, counted from 1, negative from the end. NULL: `x` is
#'   read as one axis, its last axis running fastest. `op_one_hot()`: the place
#'   of the new axis.
#' @param start_indices Where the window starts on each axis, from 1.
#' @param shape Its size on each axis.
#' @param num_classes How many indices there are.
#' @param dtype NULL ("float64") or a dtype of the result.
#' @param zero_indexed TRUE counts indices from 0.
#' @return A tensor.
#' @section Errors: `ValueError` when an index is out of range or shapes do not
#'   fit, `TypeError` for indices that are not whole numbers.
#' @source keras3's `op_*()` functions of these names.
#' @name op_index
#' @examples
#' x <- as_tensor(matrix(1:6, 2))
#' x[1, ]
#' x[, 2:3]
#' op_where(x > 3, x, 0)
#' op_take(x, c(3, 1), axis = 2)
#' op_one_hot(c(2, 1, 3), num_classes = 3)
NULL

# index: one entry per axis, numbers or logicals, NULL for all; drop: which axes
# go away. Axes are cut one after the other, and back in the same way.
row_subset <- op_row(
  "subset",
  function(x, index, drop) {
    sizes <- dims(x)
    if (length(index) != length(sizes)) stop_index_count(length(index), sizes)
    for (a in seq_along(index)) {
      i <- index[[a]]
      if (!is.null(i)) {
        x <- .Call(ffi_take, x, resolve_index(i, a, sizes), a)
      }
    }
    if (length(drop)) with_sizes(x, dim(x)[-drop]) else x
  },
  function(g, y, x, index, drop) {
    sizes <- dim(x)
    where <- vector("list", length(index))
    cut <- sizes
    for (a in seq_along(index)) {
      i <- index[[a]]
      if (!is.null(i)) {
        where[[a]] <- resolve_index(i, a, sizes)
        cut[[a]] <- length(where[[a]])
      }
    }
    dim(g) <- cut
    for (a in seq_along(index)) {
      if (!is.null(index[[a]])) {
        g <- .Call(ffi_take_add, g, where[[a]], a, sizes[[a]])
      }
    }
    list(g)
  }
)

# An index of any kind as whole numbers from 1.
resolve_index <- function(i, axis, sizes) {
  n <- sizes[[axis]]
  if (is.numeric(i)) {
    if (anyNA(i) || (length(i) && max(abs(i)) > n)) {
      stop_index_range(i, axis, sizes)
    }
    if (length(i) && min(i) >= 1) return(as.integer(i))
  } else if (anyNA(i) || !(length(i) %in% c(1L, n))) {
    stop_index_range(i, axis, sizes)
  }
  seq_len(n)[i]
}

stop_index_count <- function(n, sizes) {
  stop_value(
    sprintf("A tensor of shape %s has %d axes, but %d %s given.",
            format(as_shape(sizes)), length(sizes), n,
            if (n == 1L) "index was" else "indices were"),
    i = sprintf("Give one index per axis, empty for all: `x[%s]`.",
                paste(c("1", rep(" ", max(length(sizes) - 1L, 0L))),
                      collapse = ","))
  )
}

stop_index_range <- function(i, axis, sizes) {
  wrong <- if (is.logical(i)) {
    sprintf("a logical index of length %d", length(i))
  } else {
    paste("index", format(if (anyNA(i)) NA else i[which.max(abs(i))]))
  }
  stop_value(
    sprintf("Axis %d of a tensor of shape %s has size %d: %s does not fit.",
            axis, format(as_shape(sizes)), sizes[[axis]], wrong),
    i = "Indices count from 1; negative ones leave elements out, as in R."
  )
}

row_mask <- op_row(
  "mask",
  function(x, mask) {
    if (!identical(dims(x), dims(mask))) stop_mask_shape(x, mask)
    y <- if (probing()) as.vector(x) else x[which(mask)]
    dim(y) <- length(y)
    y
  },
  function(g, y, x, mask) {
    d <- array(0, dims(x))
    d[which(mask)] <- g
    list(d, NULL)
  }
)

stop_mask_shape <- function(x, mask) {
  stop_value(
    sprintf("A tensor of shape %s cannot be indexed by %s.",
            format(as_shape(dims(x))), describe(mask)),
    i = "Give one index per axis (`x[1, ]`), or a logical array of the same \
shape."
  )
}

where_values <- function(condition, a, b) {
  .Call(ffi_where, condition, a, b) %||% stop_where(condition, a, b)
}

stop_where <- function(condition, a, b) {
  shapes <- vapply(list(condition, a, b), function(x) {
    format(as_shape(dims(x)))
  }, "")
  stop_value(
    sprintf("A condition of shape %s and values of shapes %s and %s do not \
fit together.", shapes[[1L]], shapes[[2L]], shapes[[3L]]),
    i = "Shapes are aligned at the last axis; sizes must be equal, or 1."
  )
}

row_where <- op_row(
  "where", where_values,
  function(g, y, condition, a, b, need) {
    list(NULL, if (need[[2L]]) sum_to(where_values(condition, g, 0), a),
         if (need[[3L]]) sum_to(where_values(condition, 0, g), b))
  },
  needs = TRUE
)

row_take <- op_row(
  "take",
  function(x, indices, axis, from) {
    axis <- check_axis(axis, length(dims(x)), n = 1L)
    index <- take_index(indices, from, dim(x)[[axis]])
    y <- .Call(ffi_take, x, index, axis)
    with_sizes(y, take_sizes(dim(x), dims(indices), axis))
  },
  function(g, y, x, indices, axis, from) {
    axis <- check_axis(axis, length(dims(x)), n = 1L)
    index <- take_index(indices, from, dim(x)[[axis]])
    dim(g) <- replace(dim(x), axis, length(index))
    list(.Call(ffi_take_add, g, index, axis, dim(x)[[axis]]), NULL)
  }
)

take_sizes <- function(sizes, wanted, axis) {
  c(sizes[seq_len(axis - 1L)], wanted, sizes[-seq_len(axis)])
}

# Indices as integers from 1, checked.
take_index <- function(indices, from, n) {
  if (probing()) return(rep(1L, length(indices)))
  out <- as.integer(indices) + (1L - from)
  if (length(out) && (anyNA(out) || min(out) < 1L || max(out) > n)) {
    wrong <- if (anyNA(out)) NA else
      out[out < 1L | out > n][[1L]] - (1L - from)
    stop_value(
      sprintf("Index %s does not fit an axis of size %d.", format(wrong), n),
      i = sprintf("Indices go from %d to %d.", from, n - 1L + from)
    )
  }
  out
}

row_take_along_axis <- op_row(
  "take_along_axis",
  function(x, indices, axis, from) {
    like(x[along_index(x, indices, axis, from)], indices)
  },
  function(g, y, x, indices, axis, from) {
    d <- array(0, c(length(x), 1L))
    at <- along_index(x, indices, axis, from)
    d <- .Call(ffi_take_add, array(g, c(length(g), 1L)), at, 1L, length(x))
    list(like(as.vector(d), x), NULL)
  }
)

# Places in x, in R's order, of the elements that `indices` name on its axis.
along_index <- function(x, indices, axis, from) {
  sizes <- dims(x)
  axis <- check_axis(axis, length(sizes), n = 1L)
  if (!identical(dims(indices)[-axis], sizes[-axis])) {
    stop_value(
      sprintf("Indices of shape %s do not fit an array of shape %s.",
              format(as_shape(dims(indices))), format(as_shape(sizes))),
      i = sprintf("They must agree in all axes but axis %d.", axis)
    )
  }
  step <- cumprod(c(1, sizes))
  at <- as.integer((take_index(indices, from, sizes[[axis]]) - 1) *
                     step[[axis]] + 1)
  for (a in seq_along(sizes)[-axis]) {
    at <- at + as.integer((slice.index(indices, a) - 1) * step[[a]])
  }
  as.integer(at)
}

row_one_hot <- op_row("one_hot", function(x, n, axis, from, dtype) {
  at <- as.integer(x) + (1L - from)
  y <- matrix(0, length(x), n)
  fits <- which(at >= 1L & at <= n)
  y[cbind(fits, at[fits])] <- 1
  sizes <- dims(x)
  dim(y) <- c(sizes, n)
  rank <- length(sizes) + 1L
  axis <- check_axis(axis, rank, n = 1L)
  if (axis != rank) y <- aperm(y, append(seq_len(rank - 1L), rank, axis - 1L))
  cast_values(y, dtype)
})

#' @rdname op_index
#' @export
op_where <- function(condition, x1, x2) {
  apply_op(row_where, list(condition, x1, x2))
}

#' @rdname op_index
#' @export
op_take <- function(x, indices, axis = NULL, zero_indexed = FALSE) {
  if (is.null(axis)) {
    x <- op_ravel(x)
    axis <- 1L
  }
  apply_op(row_take, list(x, indices), list(axis, first_index(zero_indexed)))
}

#' @rdname op_index
#' @export
op_take_along_axis <- function(x, indices, axis = NULL, zero_indexed = FALSE) {
  if (is.null(axis)) {
    x <- op_ravel(x)
    axis <- 1L
  }
  apply_op(row_take_along_axis, list(x, indices),
           list(axis, first_index(zero_indexed)))
}

#' @rdname op_index
#' @export
op_slice <- function(inputs, start_indices, shape) {
  first <- slice_counts(start_indices, 1L, "start_indices")
  sizes <- slice_counts(shape, 0L, "shape")
  if (length(first) != length(sizes)) {
    stop_value(
      sprintf("`start_indices` names %d axes and `shape` %d.", length(first),
              length(sizes)),
      i = "Both hold one number for each axis."
    )
  }
  index <- Map(function(from, n) from - 1L + seq_len(n), first, sizes)
  apply_op(row_subset, list(inputs), list(unname(index), integer()))
}

slice_counts <- function(x, least, arg) {
  x <- if (missing(x)) NULL else if (is_tensor(x)) value_of(x) else unlist(x)
  fits <- is.numeric(x) && length(x) && !anyNA(x) &&
    all(x == trunc(x) & x >= least & x <= .Machine$integer.max)
  if (!fits) {
    stop_value(
      sprintf("`%s` must hold a whole number of at least %d for each axis, not \
%s.", arg, least, listed(x)),
      i = "For example `op_slice(x, start_indices = c(1, 2), shape = c(2, 1))`."
    )
  }
  as.integer(x)
}

#' @rdname op_index
#' @export
op_one_hot <- function(x, num_classes, axis = -1, dtype = NULL,
                       zero_indexed = FALSE) {
  apply_op(row_one_hot, list(x),
           list(check_count(num_classes, "num_classes"), axis,
                first_index(zero_indexed), dtype))
}
