#' Comparison and logic
#'
#' @description
#' Comparisons and logic, element by element, with broadcasting. R's operators
#' do the same on tensors: `==`, `!=`, `<`, `<=`, `>`, `>=`, `&`, `|`, `!`.
#'
#' The results are "bool"; used in arithmetic they count as 0 and 1. No
#' gradient flows through them; choose between values with [op_where()].
#'
#' @param x1,x2,x Tensors, arrays or numbers; for logic, numbers other than 0
#'   count as TRUE.
#' @return A tensor of the common shape, "bool".
#' @section Errors: `ValueError` when the shapes do not fit together.
#' @source keras3's `op_*()` functions of these names.
#' @name op_logic
#' @examples
#' op_greater(c(1, 5, 3), 2)
#' op_logical_and(c(TRUE, FALSE), TRUE)
#' as_tensor(1:3) >= 2
NULL

row_equal <- op_row("equal", broadcasting(`==`))
row_not_equal <- op_row("not_equal", broadcasting(`!=`))
row_less <- op_row("less", broadcasting(`<`))
row_less_equal <- op_row("less_equal", broadcasting(`<=`))
row_greater <- op_row("greater", gt)
row_greater_equal <- op_row("greater_equal", ge)
row_logical_and <- op_row("logical_and", both_true)
row_logical_or <- op_row("logical_or", broadcasting(`|`))
row_logical_xor <- op_row(
  "logical_xor", broadcasting(function(a, b) (a != 0) != (b != 0))
)
row_logical_not <- op_row("logical_not", function(x) !x)
row_isnan <- op_row("isnan", function(x) is.na(x))
row_isfinite <- op_row("isfinite", function(x) like(is.finite(x), x))
row_isinf <- op_row("isinf", function(x) like(is.infinite(x), x))

# The shape of `x` put on values in its order.
like <- function(values, x) {
  dim(values) <- dim(x)
  values
}

#' @rdname op_logic
#' @export
op_equal <- function(x1, x2) apply_binary(row_equal, x1, x2)

#' @rdname op_logic
#' @export
op_not_equal <- function(x1, x2) apply_binary(row_not_equal, x1, x2)

#' @rdname op_logic
#' @export
op_less <- function(x1, x2) apply_binary(row_less, x1, x2)

#' @rdname op_logic
#' @export
op_less_equal <- function(x1, x2) apply_binary(row_less_equal, x1, x2)

#' @rdname op_logic
#' @export
op_greater <- function(x1, x2) apply_binary(row_greater, x1, x2)

#' @rdname op_logic
#' @export
op_greater_equal <- function(x1, x2) apply_binary(row_greater_equal, x1, x2)

#' @rdname op_logic
#' @export
op_logical_and <- function(x1, x2) apply_binary(row_logical_and, x1, x2)

#' @rdname op_logic
#' @export
op_logical_or <- function(x1, x2) apply_binary(row_logical_or, x1, x2)

#' @rdname op_logic
#' @export
op_logical_xor <- function(x1, x2) apply_binary(row_logical_xor, x1, x2)

#' @rdname op_logic
#' @export
op_logical_not <- function(x) apply_unary(row_logical_not, x)

#' @rdname op_logic
#' @export
op_isnan <- function(x) apply_unary(row_isnan, x)

#' @rdname op_logic
#' @export
op_isfinite <- function(x) apply_unary(row_isfinite, x)

#' @rdname op_logic
#' @export
op_isinf <- function(x) apply_unary(row_isinf, x)
