#' Making tensors
#'
#' @description
#' `op_zeros()`, `op_ones()` and `op_full()` fill a shape, their `_like`
#' versions the shape of `x`; `op_arange()` counts from `start` up to, but
#' without, `stop`; `op_eye()` is the identity matrix. `op_cast()` changes the
#' dtype, `op_stop_gradient()` lets no gradient through.
#'
#' @param shape A shape: whole numbers. `c()` gives a scalar.
#' @param x A tensor or array.
#' @param fill_value,num A number; `num`: how many.
#' @param start,stop,step Numbers. With `stop = NULL` the count goes from 0 to
#'   `start`.
#' @param N,M Rows and columns; `M = NULL`: as many as rows.
#' @param k Which diagonal holds the ones: 0 the main one, above it positive.
#' @param dtype "float64" (also "float32", "float16": numbers are doubles),
#'   "int32" (also other whole types), "bool"; NULL: "float64", or that of `x`.
#' @param variable What no gradient flows into.
#' @return A tensor; `op_convert_to_numpy()`: an array.
#' @section Errors: `ValueError` for an unknown dtype or a shape that is not
#'   known.
#' @source keras3's `op_*()` functions of these names.
#' @name op_create
#' @examples
#' op_zeros(c(2, 3))
#' op_arange(3)
#' op_cast(c(0.5, 2.7), "int32")
NULL

# What a dtype is in R; every float is a double, every whole number an integer.
storage_of <- function(dtype) {
  dtype <- check_choice(dtype, names(storages), "dtype", "a dtype")
  storages[[dtype]]
}

storages <- c(
  float64 = "double", float32 = "double", float16 = "double", float = "double",
  double = "double", bfloat16 = "double", int32 = "integer", int64 = "integer",
  int8 = "integer", int16 = "integer", uint8 = "integer", uint16 = "integer",
  int = "integer", integer = "integer", bool = "logical", logical = "logical"
)

# Numbers become whole by dropping the fraction, "bool" by being other than 0.
cast_values <- function(x, dtype) {
  if (is.null(dtype)) return(x)
  storage <- storage_of(dtype)
  if (storage == "logical") return(if (is.logical(x)) x else x != 0)
  if (typeof(x) != storage) storage.mode(x) <- storage
  x
}

row_cast <- op_row("cast", cast_values, function(g, y, x, dtype) {
  list(if (is.double(x) && is.double(y)) g)
})

row_stop_gradient <- op_row("stop_gradient", function(x) x)

row_identity <- op_row("identity", function(x) x, function(g, y, x) list(g))

row_full_like <- op_row("full_like", function(x, value, dtype) {
  if (is.null(dtype)) storage.mode(value) <- typeof(x)
  x[] <- 0L
  y <- cast_values(x, dtype %||% dtype_of(x))
  y[] <- if (is.null(dtype)) value else cast_values(value, dtype)
  y
})

filled <- function(value, shape, dtype) {
  sizes <- as.integer(as_shape(shape))
  if (anyNA(sizes)) {
    stop_value(
      sprintf("An array of shape %s cannot be made: a size is not known.",
              format(as_shape(shape))),
      i = "Use `op_zeros_like(x)` and the like, which take the sizes of `x`."
    )
  }
  value <- cast_values(value, dtype)
  new_tensor(if (length(sizes)) array(value, sizes) else value)
}

#' @rdname op_create
#' @export
op_zeros <- function(shape, dtype = NULL) filled(0, shape, dtype)

#' @rdname op_create
#' @export
op_ones <- function(shape, dtype = NULL) filled(1, shape, dtype)

#' @rdname op_create
#' @export
op_full <- function(shape, fill_value, dtype = NULL) {
  filled(fill_value, shape, dtype)
}

#' @rdname op_create
#' @export
op_zeros_like <- function(x, dtype = NULL) op_full_like(x, 0, dtype)

#' @rdname op_create
#' @export
op_ones_like <- function(x, dtype = NULL) op_full_like(x, 1, dtype)

#' @rdname op_create
#' @export
op_full_like <- function(x, fill_value, dtype = NULL) {
  apply_op(row_full_like, list(x), list(fill_value, dtype))
}

#' @rdname op_create
#' @export
op_arange <- function(start, stop = NULL, step = 1, dtype = NULL) {
  if (is.null(stop)) {
    stop <- start
    start <- 0
  }
  start <- check_finite(start, "start")
  stop <- check_finite(stop, "stop")
  step <- check_finite(step, "step")
  n <- max(ceiling((stop - start) / step), 0)
  whole <- all(c(start, stop, step) %% 1 == 0)
  values <- start + step * (seq_len(n) - 1)
  new_tensor(array(cast_values(values, dtype %||% if (whole) "int32"), n))
}

#' @rdname op_create
#' @export
op_linspace <- function(start, stop, num = 50) {
  start <- check_finite(start, "start")
  stop <- check_finite(stop, "stop")
  num <- check_count(num, "num", 0L)
  new_tensor(array(seq(start, stop, length.out = num), num))
}

#' @rdname op_create
#' @export
op_eye <- function(N, M = NULL, k = 0, dtype = NULL) {
  rows <- check_count(N, "N", 0L)
  cols <- if (is.null(M)) rows else check_count(M, "M", 0L)
  y <- array(0, c(rows, cols))
  y[col(y) - row(y) == k] <- 1
  new_tensor(cast_values(y, dtype))
}

#' @rdname op_create
#' @export
op_cast <- function(x, dtype) apply_op(row_cast, list(x), list(dtype))

#' @rdname op_create
#' @export
op_stop_gradient <- function(variable) {
  apply_unary(row_stop_gradient, variable)
}

#' @rdname op_create
#' @export
op_convert_to_tensor <- function(x, dtype = NULL) as_tensor(x, dtype)

#' @rdname op_create
#' @export
op_convert_to_numpy <- function(x) value_of(x)
