#' Shapes
#'
#' `shape()` makes the shape of an array: a list with one entry per axis, a
#' whole number or `NULL` where the size is not known yet. Shapes index from
#' 1, print as `(2, NULL)`, and `==` compares them whole.
#'
#' @param ... Axis sizes in order: whole numbers, `NULL` or `NA` for a size
#'   that is not known; vectors, lists and other shapes are spliced. An array
#'   or tensor as the only argument gives its own shape.
#' @return A list of class `recurrent_shape`. `x[[i]]` is the size of axis `i`
#'   (an integer or `NULL`), `length(x)` the number of axes, `x == y` a single
#'   `TRUE` or `FALSE`, `as.integer(x)` an integer vector with `NA` for `NULL`.
#' @section Errors: `ValueError` for negative or fractional sizes, `TypeError`
#'   for what is not a number.
#' @source keras3's `shape()`.
#' @export
#' @examples
#' shape(2, NULL)
#' shape(2, NULL) == shape(c(2, NA))
#' layer_input(list(NULL, 8))$shape
shape <- function(...) {
  args <- list(...)
  if (length(args) == 1L && has_axes(args[[1L]])) {
    return(shape_of(args[[1L]]))
  }
  as_shape(args)
}

has_axes <- function(x) {
  inherits(x, "recurrent_tensor") || (is.atomic(x) && length(dim(x)) > 0L)
}

new_shape <- function(x) structure(x, class = "recurrent_shape")

# Anything that names a shape: list(NULL, 8), c(NA, 8), 8, a shape.
as_shape <- function(x, arg = "shape") {
  if (inherits(x, "recurrent_shape")) return(x)
  if (is.null(x)) return(new_shape(list()))
  if (!is.list(x) && !is.atomic(x)) stop_not_sizes(x, arg)
  sizes <- lapply(if (is.list(x)) x else as.list(unname(x)), function(s) {
    if (is.null(s) || length(s) == 0L) return(list(NULL))
    if (is.list(s) || length(s) > 1L) return(unclass(as_shape(s, arg)))
    list(as_axis_size(s, arg))
  })
  new_shape(unname(do.call(c, sizes) %||% list()))
}

as_axis_size <- function(s, arg) {
  if (is.function(s) || is.environment(s)) stop_not_sizes(s, arg)
  if (is.na(s)) return(NULL)
  if (!is.numeric(s)) stop_not_sizes(s, arg)
  if (s != trunc(s) || s < 0) {
    stop_value(
      sprintf("`%s` must hold whole numbers of at least 0, not %s.", arg,
              format(s)),
      i = "Use NULL or NA for a size that is not known."
    )
  }
  as.integer(s)
}

stop_not_sizes <- function(x, arg) {
  stop_type(
    sprintf("`%s` must hold whole numbers, not %s.", arg, describe(x)),
    i = "For example `list(NULL, 8)` or `c(NA, 8)`: NULL or NA where a size is \
not known."
  )
}

shape_of <- function(x) {
  if (inherits(x, "recurrent_symbolic")) return(.subset2(x, "shape"))
  new_shape(as.list(dims(
    if (inherits(x, "recurrent_tensor")) .subset2(x, "value") else x
  )))
}

# Axis sizes of an array: scalars have none, bare vectors one.
dims <- function(v) {
  d <- dim(v)
  if (!is.null(d)) return(d)
  if (length(v) == 1L) integer() else length(v)
}

#' @export
as.integer.recurrent_shape <- function(x, ...) {
  vapply(unclass(x), function(s) if (is.null(s)) NA_integer_ else s, 1L)
}

#' @export
as.double.recurrent_shape <- function(x, ...) as.double(as.integer(x))

#' @export
`[.recurrent_shape` <- function(x, i) new_shape(unclass(x)[i])

#' @export
c.recurrent_shape <- function(...) as_shape(list(...))

#' @export
Ops.recurrent_shape <- function(e1, e2) {
  if (!.Generic %in% c("==", "!=")) {
    stop_type(
      sprintf("`%s` is not defined for shapes.", .Generic),
      i = "Take one size with `x$shape[[i]]`, or all with \
`as.integer(x$shape)`."
    )
  }
  same <- identical(unclass(as_shape(e1)), unclass(as_shape(e2)))
  if (.Generic == "==") same else !same
}

#' @export
format.recurrent_shape <- function(x, ...) {
  sizes <- vapply(unclass(x), function(s) {
    if (is.null(s)) "NULL" else format(s, big.mark = "", scientific = FALSE)
  }, "")
  paste0("(", paste(sizes, collapse = ", "), ")")
}

#' @export
print.recurrent_shape <- function(x, ...) {
  cat("shape", format(x), "\n", sep = "")
  invisible(x)
}

known_shape <- function(x) !anyNA(as.integer(x))

# Axes counted from 1; negative ones from the end. `rank` is the number of axes,
# `extra` how many more there will be, `n` how many are wanted (NULL: any).
check_axis <- function(axis, rank, arg = "axis", extra = 0L, n = NULL) {
  top <- as.integer(rank + extra)
  if (!is.numeric(axis) || !is.null(n) && length(axis) != n) {
    stop_type(
      sprintf("`%s` must be a whole number, not %s.", arg, describe(axis)),
      i = "Axes count from 1, or from -1 (the last) down."
    )
  }
  out <- as.integer(axis)
  from_end <- which(out < 0L)
  out[from_end] <- out[from_end] + top + 1L
  if (anyNA(out) || any(out < 1L) || any(out > top) || any(axis %% 1 != 0)) {
    stop_axis(axis, rank, top, arg)
  }
  out
}

stop_axis <- function(axis, rank, top, arg) {
  stop_value(
    sprintf("`%s` = %s is no axis of an array with %d axes.", arg,
            paste(axis, collapse = ", "), rank),
    i = if (top == 0L) "A single number has no axes." else
      sprintf("Axes count from 1 to %d, or from -1 (the last) down to %d.",
              top, -top)
  )
}
