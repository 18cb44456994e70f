#' Elementwise functions
#'
#' @description
#' Functions of one array, element by element. R's own functions do the same on
#' tensors where R has them: `exp(x)`, `log(x)`, `log1p(x)`, `sqrt(x)`,
#' `abs(x)`, `sign(x)`, `round(x)`, `tanh(x)`, ...
#'
#' `op_square()` is `x^2`, `op_rsqrt()` is `1 / sqrt(x)`, `op_erf()` the error
#' function. `op_round()` rounds halves to even, as R and TensorFlow do. The
#' gradient of `op_sign()`, `op_round()`, `op_floor()`, `op_ceil()` is zero,
#' that of `op_abs()` at 0 is 0.
#'
#' @param x A tensor, array or number.
#' @param x1,x2 As `x`; shapes broadcast.
#' @param x_min,x_max Bounds, numbers or arrays that broadcast; values at the
#'   bounds pass gradient, values outside do not.
#' @return A tensor of the shape of `x`, "float64" (`op_abs()`, `op_sign()`,
#'   `op_square()` and `op_clip()` keep "int32").
#' @section Errors: `TypeError` when `x` is not numeric.
#' @source keras3's `op_*()` functions of these names.
#' @name op_math
#' @examples
#' op_exp(c(0, 1))
#' op_clip(-2:2, -1, 1)
#' tape <- gradient_tape(op_sum(op_erf(x <- as_tensor(c(0, 1)))))
#' tape$gradient(x)
NULL

row_exp <- op_row("exp", exp, function(g, y, x) list(g * y))
row_expm1 <- op_row("expm1", expm1, function(g, y, x) list(g * (y + 1)))
row_log <- op_row("log", function(x) log(x), function(g, y, x) list(g / x))
row_log1p <- op_row("log1p", log1p, function(g, y, x) list(g / (1 + x)))
row_log2 <- op_row(
  "log2", log2, function(g, y, x) list(g / (x * log(2)))
)
row_log10 <- op_row(
  "log10", log10, function(g, y, x) list(g / (x * log(10)))
)
row_sqrt <- op_row("sqrt", sqrt, function(g, y, x) list(g * 0.5 / y))
row_rsqrt <- op_row(
  "rsqrt", function(x) 1 / sqrt(x), function(g, y, x) list(-0.5 * g * y / x)
)
row_square <- op_row(
  "square", function(x) x * x, function(g, y, x) list(2 * g * x)
)
row_abs <- op_row("abs", abs, function(g, y, x) list(g * sign(x)))
row_sign <- op_row("sign", sign)
row_round <- op_row("round", function(x) round(x))
row_floor <- op_row("floor", floor)
row_ceil <- op_row("ceil", ceiling)
row_trunc <- op_row("trunc", function(x) trunc(x))

row_sin <- op_row("sin", sin, function(g, y, x) list(g * cos(x)))
row_cos <- op_row("cos", cos, function(g, y, x) list(-g * sin(x)))
row_tan <- op_row("tan", tan, function(g, y, x) list(g * (1 + y * y)))
row_arcsin <- op_row(
  "arcsin", asin, function(g, y, x) list(g / sqrt(1 - x * x))
)
row_arccos <- op_row(
  "arccos", acos, function(g, y, x) list(-g / sqrt(1 - x * x))
)
row_arctan <- op_row("arctan", atan, function(g, y, x) list(g / (1 + x * x)))
row_sinh <- op_row("sinh", sinh, function(g, y, x) list(g * cosh(x)))
row_cosh <- op_row("cosh", cosh, function(g, y, x) list(g * sinh(x)))
row_tanh <- op_row("tanh", tanh, function(g, y, x) list(g * (1 - y * y)))
row_arcsinh <- op_row(
  "arcsinh", asinh, function(g, y, x) list(g / sqrt(x * x + 1))
)
row_arccosh <- op_row(
  "arccosh", acosh, function(g, y, x) list(g / sqrt(x * x - 1))
)
row_arctanh <- op_row(
  "arctanh", atanh, function(g, y, x) list(g / (1 - x * x))
)

error_function <- function(x) {
  storage.mode(x) <- "double"
  .Call(ffi_erf, x)
}

row_erf <- op_row(
  "erf", error_function,
  function(g, y, x) list(g * (2 / sqrt(pi)) * exp(-x * x))
)

row_lgamma <- op_row(
  "lgamma", lgamma, function(g, y, x) list(g * digamma(x))
)

row_arctan2 <- op_row(
  "arctan2", broadcasting(function(a, b) atan2(a, b)),
  function(g, y, a, b) {
    radius <- plus(a * a, b * b)
    list(sum_to(g * divided(b, radius), a), sum_to(-g * divided(a, radius), b))
  }
)

row_clip <- op_row(
  "clip", function(x, low, high) pair_min(pair_max(x, low), high),
  function(g, y, x, low, high) {
    list(sum_to(g * inside(x, low, high), x), NULL, NULL)
  }
)

inside <- function(x, low, high) {
  within <- ge(x, low)
  within <- both_true(within, ge(high, x))
  within[is.na(within)] <- TRUE
  within
}

#' @rdname op_math
#' @export
op_exp <- function(x) apply_unary(row_exp, x)

#' @rdname op_math
#' @export
op_expm1 <- function(x) apply_unary(row_expm1, x)

#' @rdname op_math
#' @export
op_log <- function(x) apply_unary(row_log, x)

#' @rdname op_math
#' @export
op_log1p <- function(x) apply_unary(row_log1p, x)

#' @rdname op_math
#' @export
op_log2 <- function(x) apply_unary(row_log2, x)

#' @rdname op_math
#' @export
op_log10 <- function(x) apply_unary(row_log10, x)

#' @rdname op_math
#' @export
op_sqrt <- function(x) apply_unary(row_sqrt, x)

#' @rdname op_math
#' @export
op_rsqrt <- function(x) apply_unary(row_rsqrt, x)

#' @rdname op_math
#' @export
op_square <- function(x) apply_unary(row_square, x)

#' @rdname op_math
#' @export
op_abs <- function(x) apply_unary(row_abs, x)

#' @rdname op_math
#' @export
op_sign <- function(x) apply_unary(row_sign, x)

#' @rdname op_math
#' @export
op_round <- function(x) apply_unary(row_round, x)

#' @rdname op_math
#' @export
op_floor <- function(x) apply_unary(row_floor, x)

#' @rdname op_math
#' @export
op_ceil <- function(x) apply_unary(row_ceil, x)

#' @rdname op_math
#' @export
op_trunc <- function(x) apply_unary(row_trunc, x)

#' @rdname op_math
#' @export
op_sin <- function(x) apply_unary(row_sin, x)

#' @rdname op_math
#' @export
op_cos <- function(x) apply_unary(row_cos, x)

#' @rdname op_math
#' @export
op_tan <- function(x) apply_unary(row_tan, x)

#' @rdname op_math
#' @export
op_arcsin <- function(x) apply_unary(row_arcsin, x)

#' @rdname op_math
#' @export
op_arccos <- function(x) apply_unary(row_arccos, x)

#' @rdname op_math
#' @export
op_arctan <- function(x) apply_unary(row_arctan, x)

#' @rdname op_math
#' @export
op_sinh <- function(x) apply_unary(row_sinh, x)

#' @rdname op_math
#' @export
op_cosh <- function(x) apply_unary(row_cosh, x)

#' @rdname op_math
#' @export
op_tanh <- function(x) apply_unary(row_tanh, x)

#' @rdname op_math
#' @export
op_arcsinh <- function(x) apply_unary(row_arcsinh, x)

#' @rdname op_math
#' @export
op_arccosh <- function(x) apply_unary(row_arccosh, x)

#' @rdname op_math
#' @export
op_arctanh <- function(x) apply_unary(row_arctanh, x)

#' @rdname op_math
#' @export
op_erf <- function(x) apply_unary(row_erf, x)

#' @rdname op_math
#' @export
op_absolute <- op_abs

#' @rdname op_math
#' @export
op_arctan2 <- function(x1, x2) apply_binary(row_arctan2, x1, x2)

#' @rdname op_math
#' @export
op_clip <- function(x, x_min, x_max) apply_op(row_clip, list(x, x_min, x_max))
