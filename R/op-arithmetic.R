#' Arithmetic
#'
#' @description
#' Elementwise arithmetic with NumPy's broadcasting: shapes are aligned at the
#' last axis, and an axis of size 1 stretches. R's operators do the same on
#' tensors: `x1 + x2`, `x1 - x2`, `x1 * x2`, `x1 / x2`, `x1^x2`, `x1 %% x2`,
#' `x1 %/% x2`, `-x1`.
#'
#' Whole numbers ("int32") stay whole where they do in R (`+`, `-`, `*`), and
#' become "float64" elsewhere.
#'
#' @param x1,x2,x Tensors, arrays or numbers of shapes that fit together.
#' @return A tensor of the common shape. Where `x1` and `x2` are equal, the
#'   gradient of `op_maximum()` and `op_minimum()` goes to `x1`.
#'   `op_divide_no_nan()` is 0 where `x2` is 0.
#' @section Errors: `ValueError` when the shapes do not fit together,
#'   `TypeError` when an input is not numeric.
#' @source keras3's `op_*()` functions of these names; NumPy's broadcasting.
#' @name op_arithmetic
#' @examples
#' x <- matrix(1:6, 2)
#' op_add(x, c(10, 20, 30))
#' op_multiply(x, matrix(c(1, -1), 2))
#' op_maximum(x, 3)
#' as_tensor(x)^2 - 1
NULL

row_add <- op_row(
  "add", plus,
  function(g, y, a, b) list(sum_to(g, a), sum_to(g, b))
)

row_subtract <- op_row(
  "subtract", minus,
  function(g, y, a, b) list(sum_to(g, a), sum_to(-g, b))
)

row_multiply <- op_row("multiply", times, function(g, y, a, b, need) {
  list(if (need[[1L]]) sum_to(times(g, b), a),
       if (need[[2L]]) sum_to(times(g, a), b))
}, needs = TRUE)

row_divide <- op_row(
  "divide", divided,
  function(g, y, a, b, need) {
    list(if (need[[1L]]) sum_to(divided(g, b), a),
         if (need[[2L]]) sum_to(-divided(g * y, b), b))
  },
  needs = TRUE
)

# d(a^b)/da is 0 where b is 0, even where a is; d(a^b)/db = y log(a) is taken
# as 0 where log(a) is not defined.
row_power <- op_row(
  "power", powered,
  function(g, y, a, b, need) {
    list(if (need[[1L]]) sum_to(times(g, power_slope(a, b)), a),
         if (need[[2L]]) sum_to(times(g * y, log_or_zero(a)), b))
  },
  needs = TRUE
)

power_slope <- function(a, b) {
  slope <- times(powered(a, b - 1), b)
  flat <- which(b == 0)
  if (length(flat)) {
    slope[stretch_to(b == 0, dim(slope) %||% 1L)] <- 0
  }
  slope
}

log_or_zero <- function(a) {
  a[which(a <= 0)] <- 1
  log(a)
}

# Where both are equal the gradient goes to the first, as in TensorFlow.
row_maximum <- op_row("maximum", pair_max, function(g, y, a, b) {
  first <- first_wins(a, b)
  list(sum_to(g * first, a), sum_to(g * !first, b))
})

row_minimum <- op_row("minimum", pair_min, function(g, y, a, b) {
  first <- first_wins(b, a)
  list(sum_to(g * first, a), sum_to(g * !first, b))
})

# Where `a` is at least `b`; never NA.
first_wins <- function(a, b) {
  wins <- ge(a, b)
  wins[is.na(wins)] <- TRUE
  wins
}

row_mod <- op_row("mod", broadcasting(`%%`), function(g, y, a, b) {
  list(sum_to(g, a), sum_to(-g * floored(a, b), b))
})

row_floor_divide <- op_row("floor_divide", floored)

divided_no_nan <- function(a, b) divided(times(a, b != 0), b + (b == 0))

row_divide_no_nan <- op_row(
  "divide_no_nan", divided_no_nan,
  function(g, y, a, b) {
    list(sum_to(divided_no_nan(g, b), a),
         sum_to(-divided_no_nan(g * y, b), b))
  }
)

row_negative <- op_row("negative", function(x) -x, function(g, y, x) list(-g))

row_reciprocal <- op_row(
  "reciprocal", function(x) 1 / x, function(g, y, x) list(-g * y * y)
)

#' @rdname op_arithmetic
#' @export
op_add <- function(x1, x2) apply_binary(row_add, x1, x2)

#' @rdname op_arithmetic
#' @export
op_subtract <- function(x1, x2) apply_binary(row_subtract, x1, x2)

#' @rdname op_arithmetic
#' @export
op_multiply <- function(x1, x2) apply_binary(row_multiply, x1, x2)

#' @rdname op_arithmetic
#' @export
op_divide <- function(x1, x2) apply_binary(row_divide, x1, x2)

#' @rdname op_arithmetic
#' @export
op_divide_no_nan <- function(x1, x2) apply_binary(row_divide_no_nan, x1, x2)

#' @rdname op_arithmetic
#' @export
op_floor_divide <- function(x1, x2) apply_binary(row_floor_divide, x1, x2)

#' @rdname op_arithmetic
#' @export
op_mod <- function(x1, x2) apply_binary(row_mod, x1, x2)

#' @rdname op_arithmetic
#' @export
op_power <- function(x1, x2) apply_binary(row_power, x1, x2)

#' @rdname op_arithmetic
#' @export
op_maximum <- function(x1, x2) apply_binary(row_maximum, x1, x2)

#' @rdname op_arithmetic
#' @export
op_minimum <- function(x1, x2) apply_binary(row_minimum, x1, x2)

#' @rdname op_arithmetic
#' @export
op_negative <- function(x) apply_unary(row_negative, x)

#' @rdname op_arithmetic
#' @export
op_reciprocal <- function(x) apply_unary(row_reciprocal, x)
