#' Running sums and products
#'
#' `op_cumsum()` and `op_cumprod()` run along an axis; `cumsum(x)` and
#' `cumprod(x)` do it on tensors with one axis. The gradient of the product is
#' right where there are zeros.
#'
#' @param x A tensor or array.
#' @param axis The axis, counted from 1, negative from the end; NULL: `x` is
#'   read as one axis, its last axis running fastest.
#' @return A tensor of the shape of `x`, "float64".
#' @section Errors: `ValueError` when the axis does not exist.
#' @source keras3's `op_cumsum()` and `op_cumprod()`.
#' @name op_scan
#' @examples
#' op_cumsum(matrix(1:6, 2), axis = 2)
#' cumprod(as_tensor(1:4))
NULL

scan_of <- function(x, axis, kind) {
  storage.mode(x) <- "double"
  .Call(ffi_scan, x, check_axis(axis, length(dims(x)), n = 1L), kind)
}

row_cumsum <- op_row(
  "cumsum", function(x, axis) scan_of(x, axis, 0L),
  function(g, y, x, axis) list(scan_of(g, axis, 1L))
)

row_cumprod <- op_row(
  "cumprod", function(x, axis) scan_of(x, axis, 2L),
  function(g, y, x, axis) {
    storage.mode(x) <- "double"
    axis <- check_axis(axis, length(dims(x)), n = 1L)
    list(.Call(ffi_prod_backward, g, x, axis, TRUE))
  }
)

apply_scan <- function(row, x, axis) {
  if (!is.null(axis)) return(apply_op(row, list(x), list(axis)))
  apply_op(row, list(op_ravel(x)), list(1L))
}

#' @rdname op_scan
#' @export
op_cumsum <- function(x, axis = NULL) apply_scan(row_cumsum, x, axis)

#' @rdname op_scan
#' @export
op_cumprod <- function(x, axis = NULL) apply_scan(row_cumprod, x, axis)
