# R's own functions on tensors, variables and symbolic tensors. Each operator
# has its own method rather than one for the group: finding the op by name in
# every call would cost more than the op.

setOldClass(c("recurrent_variable", "recurrent_tensor"))
setOldClass(c("recurrent_symbolic", "recurrent_tensor"))

# The ops of nearly every cell do what apply_binary() and apply_unary() do
# without their call, which would take as long as C takes for a small op.
multiply_tensors <- function(x, y) {
  out <- .Call(ffi_binary, row_matmul, x, y, tapes, session)
  if (is.null(out)) binary_in_r(row_matmul, x, y) else out
}

#' @importFrom methods show
#' @exportMethod %*%
setMethod("%*%", signature("recurrent_tensor", "recurrent_tensor"),
          multiply_tensors)
setMethod("%*%", signature("recurrent_tensor", "ANY"),
          multiply_tensors)
setMethod("%*%", signature("ANY", "recurrent_tensor"),
          multiply_tensors)

#' @exportMethod show
setMethod("show", "recurrent_tensor", function(object) print(object))

#' @export
`+.recurrent_tensor` <- function(e1, e2) {
  if (missing(e2)) return(e1)
  out <- .Call(ffi_binary, row_add, e1, e2, tapes, session)
  if (is.null(out)) binary_in_r(row_add, e1, e2) else out
}

#' @export
`-.recurrent_tensor` <- function(e1, e2) {
  if (missing(e2)) apply_unary(row_negative, e1) else
    apply_binary(row_subtract, e1, e2)
}

#' @export
`*.recurrent_tensor` <- function(e1, e2) {
  out <- .Call(ffi_binary, row_multiply, e1, e2, tapes, session)
  if (is.null(out)) binary_in_r(row_multiply, e1, e2) else out
}

#' @export
`/.recurrent_tensor` <- function(e1, e2) apply_binary(row_divide, e1, e2)

#' @export
`^.recurrent_tensor` <- function(e1, e2) apply_binary(row_power, e1, e2)

#' @export
`%%.recurrent_tensor` <- function(e1, e2) apply_binary(row_mod, e1, e2)

#' @export
`%/%.recurrent_tensor` <- function(e1, e2) {
  apply_binary(row_floor_divide, e1, e2)
}

#' @export
`==.recurrent_tensor` <- function(e1, e2) apply_binary(row_equal, e1, e2)

#' @export
`!=.recurrent_tensor` <- function(e1, e2) apply_binary(row_not_equal, e1, e2)

#' @export
`<.recurrent_tensor` <- function(e1, e2) apply_binary(row_less, e1, e2)

#' @export
`<=.recurrent_tensor` <- function(e1, e2) apply_binary(row_less_equal, e1, e2)

#' @export
`>.recurrent_tensor` <- function(e1, e2) apply_binary(row_greater, e1, e2)

#' @export
`>=.recurrent_tensor` <- function(e1, e2) {
  apply_binary(row_greater_equal, e1, e2)
}

#' @export
`&.recurrent_tensor` <- function(e1, e2) apply_binary(row_logical_and, e1, e2)

#' @export
`|.recurrent_tensor` <- function(e1, e2) apply_binary(row_logical_or, e1, e2)

#' @export
`!.recurrent_tensor` <- function(x) apply_unary(row_logical_not, x)

# The activations of cells: called at every step, so past the group's search.
#' @export
tanh.recurrent_tensor <- function(x) {
  out <- .Call(ffi_unary, row_tanh, x, tapes, session)
  if (is.null(out)) unary_in_r(row_tanh, x) else out
}

#' @export
exp.recurrent_tensor <- function(x) apply_unary(row_exp, x)

#' @export
sqrt.recurrent_tensor <- function(x) apply_unary(row_sqrt, x)

#' @export
abs.recurrent_tensor <- function(x) apply_unary(row_abs, x)

math_rows <- list(
  abs = row_abs, sign = row_sign, sqrt = row_sqrt, floor = row_floor,
  ceiling = row_ceil, trunc = row_trunc, round = row_round, exp = row_exp,
  expm1 = row_expm1, log1p = row_log1p, log2 = row_log2, log10 = row_log10,
  cos = row_cos, sin = row_sin, tan = row_tan, acos = row_arccos,
  asin = row_arcsin, atan = row_arctan, cosh = row_cosh, sinh = row_sinh,
  tanh = row_tanh, acosh = row_arccosh, asinh = row_arcsinh,
  atanh = row_arctanh, lgamma = row_lgamma
)

#' @export
Math.recurrent_tensor <- function(x, ...) {
  row <- math_rows[[.Generic]]
  if (!is.null(row) && ...length() == 0L) return(apply_unary(row, x))
  switch(.Generic,
    log = if (...length()) op_divide(op_log(x), log(..1)) else op_log(x),
    round = op_round(x * 10^..1) / 10^..1,
    cumsum = op_cumsum(only_line(x, "cumsum", "op_cumsum(x, axis)")),
    cumprod = op_cumprod(only_line(x, "cumprod", "op_cumprod(x, axis)")),
    stop_no_method(.Generic, "compute it from `exp()`, `log()` and others")
  )
}

# R's cumsum() forgets the axes; on tensors that would be a trap.
only_line <- function(x, name, instead) {
  if (length(shape_of(x)) > 1L) {
    stop_value(
      sprintf("`%s()` of a tensor of shape %s: along which axis?", name,
              format(shape_of(x))),
      i = sprintf("Use `%s`.", instead)
    )
  }
  x
}

stop_no_method <- function(name, instead) {
  stop_type(
    sprintf("`%s()` does not work on tensors.", name),
    i = sprintf("Instead: %s.", instead)
  )
}

#' @export
Summary.recurrent_tensor <- function(..., na.rm = FALSE) {
  op <- switch(.Generic, sum = op_sum, prod = op_prod, max = op_max,
               min = op_min, any = op_any, all = op_all)
  if (.Generic == "range") {
    return(op_stack(list(min(...), max(...))))
  }
  parts <- lapply(list(...), op)
  if (length(parts) == 1L) parts[[1L]] else op(op_stack(parts))
}

#' @export
mean.recurrent_tensor <- function(x, ...) op_mean(x)

#' @export
`[.recurrent_tensor` <- function(x, ..., drop = TRUE) {
  blank <- .Call(ffi_blanks, eval(substitute(alist(...))))
  if (all(blank) && length(blank) < 2L) return(x)
  index <- vector("list", length(blank))
  gone <- integer()
  for (k in which(!blank)) {
    i <- as_index(...elt(k))
    index[[k]] <- i
    if (is_single(i) && !isFALSE(drop)) gone <- c(gone, k)
  }
  if (length(index) == 1L && length(shape_of(x)) != 1L) {
    return(apply_op(row_mask, list(x, index[[1L]])))
  }
  apply_op(row_subset, list(x), list(index, gone))
}

# One element of an axis: a single number, not one that leaves one out.
is_single <- function(i) is.numeric(i) && length(i) == 1L && !is.na(i) && i > 0

as_index <- function(i) {
  if (is_tensor(i)) i <- value_of(i)
  if (is.numeric(i) || is.logical(i)) {
    if (length(dim(i)) == 1L) as.vector(i) else i
  } else if (is.null(i)) {
    integer()
  } else {
    stop_type(
      sprintf("A tensor is indexed by numbers or logicals, not by %s.",
              describe(i)),
      i = "Axes have no names here: use their places, e.g. `x[, 1:3]`."
    )
  }
}

#' @export
`[[.recurrent_tensor` <- function(x, i, ...) {
  if (is.character(i)) return(.subset2(x, i))
  if (is_symbolic(x)) stop_no_method("[[", "use `x[i, ]`")
  v <- value_of(x)
  if (length(dims(v)) == 1L) return(x[i])
  stop_no_method("[[", "use `x[i, j]`, or `op_unstack(x)` for a list of slices")
}
