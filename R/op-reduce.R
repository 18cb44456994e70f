#' Reductions
#'
#' @description
#' Sums, means, extremes and the like over some or all axes. R's `sum(x)`,
#' `mean(x)`, `max(x)`, `min(x)`, `prod(x)`, `any(x)`, `all(x)`, `range(x)`
#' reduce a tensor over all axes.
#'
#' `op_var()` and `op_std()` divide by n, as NumPy and TensorFlow do (R's
#' `var()` divides by n - 1). NaN gives NaN. The gradient of `op_max()` and
#' `op_min()` is split evenly between equal extremes; that of `op_prod()` is
#' right where there are zeros; no gradient flows through `op_any()`,
#' `op_all()`, `op_argmax()`, `op_argmin()`, `op_count_nonzero()`.
#'
#' @param x A tensor or array.
#' @param axis Axes to reduce, counted from 1, negative ones from the end: one
#'   or several whole numbers. NULL: all. `op_argmax()` and `op_argmin()` take
#'   one axis; with NULL they give the place in `x` read with its last axis
#'   running fastest.
#' @param keepdims TRUE keeps the reduced axes, with size 1.
#' @param zero_indexed TRUE counts places from 0, FALSE from 1.
#' @param ord The order of the norm: NULL or 2 (root of the sum of squares),
#'   1, or Inf.
#' @return A tensor without the reduced axes (`()` when all are).
#' @section Errors: `ValueError` when an axis does not exist, or for an extreme
#'   or its place over an empty axis.
#' @source keras3's `op_*()` functions of these names.
#' @name op_reduce
#' @examples
#' x <- matrix(1:6, 2)
#' op_sum(x, axis = 1)
#' op_mean(x, axis = -1, keepdims = TRUE)
#' op_argmax(x, axis = 2)
#' op_logsumexp(c(1000, 1001))
NULL

all_axes <- function(x) seq_along(dims(x))

# Axes to reduce, in order, without doubles.
reduce_axes <- function(axis, x) {
  if (is.null(axis)) return(all_axes(x))
  out <- check_axis(axis, length(dims(x)))
  if (length(out) > 1L) unique(out) else out
}

reduced <- function(x, axis, keepdims, kind) {
  if (is.null(axis) && !keepdims && is.double(x)) {
    if (kind == 0L) return(sum(x))
  }
  .Call(ffi_reduce, x, reduce_axes(axis, x), kind, keepdims)
}

# A reduced array with its reduced axes back, as axes of 1.
unreduced <- function(y, axis, keepdims, x) {
  if (keepdims || is.null(dim(x))) return(y)
  sizes <- dim(x)
  sizes[reduce_axes(axis, x)] <- 1L
  dim(y) <- sizes
  y
}

spread <- function(y, axis, keepdims, x) {
  if (is.null(dim(x))) return(y)
  stretch_to(unreduced(y, axis, keepdims, x), dim(x))
}

# Whole numbers give whole numbers, as long as they fit.
whole_if <- function(y, x) {
  if (is.double(x) || any(abs(y) > .Machine$integer.max, na.rm = TRUE)) {
    return(y)
  }
  storage.mode(y) <- "integer"
  y
}

row_sum <- op_row(
  "sum",
  function(x, axis, keepdims) {
    if (is.double(x)) return(reduced(x, axis, keepdims, 0L))
    whole_if(reduced(x, axis, keepdims, 0L), x)
  },
  function(g, y, x, axis, keepdims) list(spread(g, axis, keepdims, x))
)

reduced_count <- function(x, axis) {
  if (is.null(axis)) return(length(x))
  prod(dims(x)[reduce_axes(axis, x)])
}

row_mean <- op_row(
  "mean",
  function(x, axis, keepdims) {
    reduced(x, axis, keepdims, 0L) / reduced_count(x, axis)
  },
  function(g, y, x, axis, keepdims) {
    list(spread(g / reduced_count(x, axis), axis, keepdims, x))
  }
)

extreme <- function(kind, what) {
  function(x, axis, keepdims) {
    if (reduced_count(x, axis) == 0) stop_empty(x, what)
    whole_if(reduced(x, axis, keepdims, kind), x)
  }
}

stop_empty <- function(x, what) {
  stop_value(
    sprintf("The %s of no numbers is not defined: the shape is %s.", what,
            format(as_shape(dims(x)))),
    i = "Reduce over an axis that has at least one element."
  )
}

extreme_backward <- function(g, y, x, axis, keepdims) {
  hit <- x == spread(y, axis, keepdims, x)
  hit[is.na(hit)] <- TRUE
  ties <- .Call(ffi_reduce, hit, reduce_axes(axis, x), 0L, keepdims)
  list(hit * spread(g / ties, axis, keepdims, x))
}

row_max <- op_row("max", extreme(2L, "maximum"), extreme_backward)
row_min <- op_row("min", extreme(3L, "minimum"), extreme_backward)

# One axis (or none: a scalar); several are reduced one after the other.
row_prod <- op_row(
  "prod",
  function(x, axis, keepdims) {
    if (is.null(dim(x))) return(x)
    whole_if(reduced(x, axis, keepdims, 1L), x)
  },
  function(g, y, x, axis, keepdims) {
    if (is.null(dim(x))) return(list(g))
    storage.mode(x) <- "double"
    axis <- check_axis(axis, length(dim(x)))
    list(.Call(ffi_prod_backward, g, x, axis, FALSE))
  }
)

# Over no elements any() is FALSE and all() TRUE, as in R.
row_any <- op_row("any", function(x, axis, keepdims) {
  .Call(ffi_reduce, x != 0, reduce_axes(axis, x), 0L, keepdims) > 0
})

row_all <- op_row("all", function(x, axis, keepdims) {
  .Call(ffi_reduce, x == 0, reduce_axes(axis, x), 0L, keepdims) == 0
})

row_count_nonzero <- op_row("count_nonzero", function(x, axis, keepdims) {
  y <- .Call(ffi_reduce, x != 0, reduce_axes(axis, x), 0L, keepdims)
  storage.mode(y) <- "integer"
  y
})

extreme_at <- function(sign, what) {
  function(x, axis, keepdims, zero_indexed) {
    from <- if (zero_indexed) 0L else 1L
    if (is.null(axis)) {
      y <- x
      if (length(dim(x)) > 1L) y <- row_major(x, length(x))
      axis <- 1L
    } else {
      y <- x
      axis <- check_axis(axis, length(dims(x)), n = 1L)
    }
    if (is.null(dim(y))) return(from)
    if (dim(y)[[axis]] == 0L) stop_empty(x, paste("place of the", what))
    out <- .Call(ffi_arg, y, axis, sign) + from
    if (keepdims) {
      if (length(dim(y)) == length(dim(x))) {
        dim(out) <- replace(dim(y), axis, 1L)
      } else {
        dim(out) <- rep(1L, length(dim(x)))
      }
    }
    out
  }
}

row_argmax <- op_row("argmax", extreme_at(1, "maximum"))
row_argmin <- op_row("argmin", extreme_at(-1, "minimum"))

# log(sum(exp(x))) with the largest element taken out first.
row_logsumexp <- op_row(
  "logsumexp",
  function(x, axis, keepdims) {
    if (reduced_count(x, axis) == 0) {
      return(log(reduced(x, axis, keepdims, 0L)))
    }
    top <- reduced(x, axis, keepdims, 2L)
    top[is.infinite(top)] <- 0
    shifted <- exp(x - spread(top, axis, keepdims, x))
    log(reduced(shifted, axis, keepdims, 0L)) + top
  },
  function(g, y, x, axis, keepdims) {
    share <- exp(x - spread(y, axis, keepdims, x))
    share[is.na(share) & is.infinite(x)] <- 0
    list(share * spread(g, axis, keepdims, x))
  }
)

row_var <- op_row(
  "var",
  function(x, axis, keepdims) {
    n <- reduced_count(x, axis)
    d <- x - spread(reduced(x, axis, TRUE, 0L) / n, axis, TRUE, x)
    reduced(d * d, axis, keepdims, 0L) / n
  },
  function(g, y, x, axis, keepdims) {
    n <- reduced_count(x, axis)
    d <- x - spread(reduced(x, axis, TRUE, 0L) / n, axis, TRUE, x)
    list(d * spread(2 * g / n, axis, keepdims, x))
  }
)

apply_reduce <- function(row, x, axis, keepdims) {
  check_flag(keepdims, "keepdims")
  apply_op(row, list(x), list(axis = axis, keepdims = keepdims))
}

apply_arg <- function(row, x, axis, keepdims, zero_indexed) {
  check_flag(keepdims, "keepdims")
  check_flag(zero_indexed, "zero_indexed")
  apply_op(row, list(x), list(axis, keepdims, zero_indexed))
}

#' @rdname op_reduce
#' @export
op_sum <- function(x, axis = NULL, keepdims = FALSE) {
  apply_reduce(row_sum, x, axis, keepdims)
}

#' @rdname op_reduce
#' @export
op_mean <- function(x, axis = NULL, keepdims = FALSE) {
  apply_reduce(row_mean, x, axis, keepdims)
}

#' @rdname op_reduce
#' @export
op_max <- function(x, axis = NULL, keepdims = FALSE) {
  apply_reduce(row_max, x, axis, keepdims)
}

#' @rdname op_reduce
#' @export
op_min <- function(x, axis = NULL, keepdims = FALSE) {
  apply_reduce(row_min, x, axis, keepdims)
}

#' @rdname op_reduce
#' @export
op_prod <- function(x, axis = NULL, keepdims = FALSE) {
  rank <- length(shape_of(x))
  axes <- if (is.null(axis)) seq_len(rank) else
    unique(check_axis(axis, rank))
  # From the last axis on, so that dropped axes move none that are left.
  for (a in if (length(axes)) sort(axes, decreasing = TRUE) else 0L) {
    x <- apply_reduce(row_prod, x, a, keepdims)
  }
  x
}

#' @rdname op_reduce
#' @export
op_var <- function(x, axis = NULL, keepdims = FALSE) {
  apply_reduce(row_var, x, axis, keepdims)
}

#' @rdname op_reduce
#' @export
op_std <- function(x, axis = NULL, keepdims = FALSE) {
  op_sqrt(op_var(x, axis, keepdims))
}

#' @rdname op_reduce
#' @export
op_logsumexp <- function(x, axis = NULL, keepdims = FALSE) {
  apply_reduce(row_logsumexp, x, axis, keepdims)
}

#' @rdname op_reduce
#' @export
op_norm <- function(x, ord = NULL, axis = NULL, keepdims = FALSE) {
  is_ord <- function(n) is.numeric(ord) && identical(as.double(ord), n)
  if (is.null(ord) || is_ord(2)) {
    return(op_sqrt(op_sum(op_square(x), axis, keepdims)))
  }
  if (is_ord(1)) return(op_sum(op_abs(x), axis, keepdims))
  if (is_ord(Inf)) return(op_max(op_abs(x), axis, keepdims))
  stop_value(
    sprintf("`ord` must be NULL, 1, 2 or Inf, not %s.", describe(ord)),
    i = "NULL and 2 give the root of the sum of squares."
  )
}

#' @rdname op_reduce
#' @export
op_any <- function(x, axis = NULL, keepdims = FALSE) {
  apply_reduce(row_any, x, axis, keepdims)
}

#' @rdname op_reduce
#' @export
op_all <- function(x, axis = NULL, keepdims = FALSE) {
  apply_reduce(row_all, x, axis, keepdims)
}

#' @rdname op_reduce
#' @export
op_count_nonzero <- function(x, axis = NULL, keepdims = FALSE) {
  apply_reduce(row_count_nonzero, x, axis, keepdims)
}

#' @rdname op_reduce
#' @export
op_argmax <- function(x, axis = NULL, keepdims = FALSE, zero_indexed = FALSE) {
  apply_arg(row_argmax, x, axis, keepdims, zero_indexed)
}

#' @rdname op_reduce
#' @export
op_argmin <- function(x, axis = NULL, keepdims = FALSE, zero_indexed = FALSE) {
  apply_arg(row_argmin, x, axis, keepdims, zero_indexed)
}
