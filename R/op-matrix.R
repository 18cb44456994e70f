#' Matrix products
#'
#' @description
#' `op_matmul()`, and `%*%` on tensors, multiply matrices; with more than two
#' axes they multiply the last two and broadcast the others, and a vector
#' stands for a row on the left and a column on the right (its axis does not
#' come back). `op_dot()` sums over the last axis of `x1` and the last but one
#' of `x2`; `op_tensordot()` over any axes; `op_outer()` over none.
#'
#' @param x1,x2 Tensors or arrays.
#' @param axes A number n: the last n axes of `x1` with the first n of `x2`; or
#'   a list of two vectors of axes, counted from 1.
#' @return A tensor, "float64".
#' @section Errors: `ValueError` when the shapes do not fit.
#' @source keras3's `op_*()` functions of these names; NumPy's `matmul()`.
#' @name op_matrix
#' @examples
#' a <- as_tensor(matrix(1:6, 2))
#' a %*% diag(3)
#' op_matmul(array(1:12, c(2, 2, 3)), diag(3))$shape
#' op_outer(1:2, 1:3)
NULL

# The one place where matrices are multiplied: op(a) op(b), op transposing.
# Always by the kernel, as C does on its own, so that every way gives one sum.
mat_mul <- function(a, b, ta = FALSE, tb = FALSE) {
  if (is.double(a) && is.double(b)) {
    return(.Call(ffi_matmul, a, b, ta, tb, run_settings()))
  }
  if (ta) return(if (tb) t(b %*% a) else crossprod(a, b))
  if (tb) tcrossprod(a, b) else a %*% b
}

row_matmul <- op_row(
  "matmul",
  function(a, b) {
    if (length(dim(a)) == 2L && length(dim(b)) == 2L &&
          dim(a)[[2L]] == dim(b)[[1L]]) {
      return(mat_mul(a, b))
    }
    p <- product_plan(a, b)
    with_sizes(p$multiply(with_sizes(a, p$a), with_sizes(b, p$b)), p$y)
  },
  function(g, y, a, b, need) {
    if (length(dim(a)) == 2L && length(dim(b)) == 2L) {
      return(matrix_backward(g, a, b, need))
    }
    p <- product_plan(a, b)
    g <- with_sizes(g, p$g)
    d <- p$backward(g, with_sizes(a, p$a), with_sizes(b, p$b), need)
    list(if (need[[1L]]) with_sizes(d[[1L]], dim(a)),
         if (need[[2L]]) with_sizes(d[[2L]], dim(b)))
  },
  needs = TRUE
)

matrix_backward <- function(g, a, b, need) {
  list(if (need[[1L]]) mat_mul(g, b, tb = TRUE),
       if (need[[2L]]) mat_mul(a, g, ta = TRUE))
}

# How arrays of any number of axes are multiplied: as which shapes a and b are
# taken, which function multiplies, and the shape of the result (y) and of its
# gradient (g).
product_plan <- function(a, b) {
  da <- dims(a)
  db <- dims(b)
  ra <- length(da)
  rb <- length(db)
  if (!ra || !rb) stop_matmul(a, b)
  if (da[[ra]] != db[[max(rb - 1L, 1L)]]) stop_matmul(a, b)
  ma <- if (ra == 1L) c(1L, da) else da
  mb <- if (rb == 1L) c(db, 1L) else db
  keep <- c(if (ra > 1L) da[[ra - 1L]], if (rb > 1L) db[[rb]])
  if (length(mb) == 2L) {
    rows <- ma[-length(ma)]
    return(list(a = c(as.integer(prod(rows)), ma[[length(ma)]]), b = mb,
                multiply = mat_mul, backward = matrix_backward,
                y = c(rows[-length(rows)], keep),
                g = c(as.integer(prod(rows)), mb[[2L]])))
  }
  batch <- common_sizes(head_sizes(ma), head_sizes(mb))
  list(a = ma, b = mb, multiply = batch_multiply, backward = batch_backward,
       y = c(batch, keep), g = c(batch, ma[[length(ma) - 1L]],
                                 mb[[length(mb)]]))
}

head_sizes <- function(d) {
  h <- d[seq_len(length(d) - 2L)]
  if (length(h)) h else 1L
}

stop_matmul <- function(a, b) {
  stop_value(
    sprintf("Arrays of shapes %s and %s cannot be multiplied as matrices.",
            format(as_shape(dims(a))), format(as_shape(dims(b)))),
    i = "The last axis of the first must be as long as the last but one of \
the second; multiply by a number with `*`."
  )
}

# Both as (batch, rows, columns) with one batch axis.
as_batches <- function(a, b) {
  batch <- common_sizes(head_sizes(dim(a)), head_sizes(dim(b)))
  list(one_batch(a, batch), one_batch(b, batch))
}

one_batch <- function(x, batch) {
  last <- utils::tail(dim(x), 2L)
  x <- stretch_to(x, c(batch, last))
  dim(x) <- c(as.integer(prod(batch)), last)
  storage.mode(x) <- "double"
  x
}

batch_multiply <- function(a, b) {
  both <- as_batches(a, b)
  .Call(ffi_batch_multiply, both[[1L]], both[[2L]])
}

batch_backward <- function(g, a, b, need) {
  both <- as_batches(a, b)
  batch <- dim(g)[seq_len(length(dim(g)) - 2L)]
  dim(g) <- c(dim(both[[1L]])[1:2], dim(both[[2L]])[[3L]])
  flip <- function(x) aperm(x, c(1L, 3L, 2L))
  back <- function(d, x) {
    dim(d) <- c(batch, dim(d)[-1L])
    sum_to(d, x)
  }
  list(
    if (need[[1L]]) back(.Call(ffi_batch_multiply, g, flip(both[[2L]])), a),
    if (need[[2L]]) back(.Call(ffi_batch_multiply, flip(both[[1L]]), g), b)
  )
}

#' @rdname op_matrix
#' @export
op_matmul <- function(x1, x2) apply_binary(row_matmul, x1, x2)

#' @rdname op_matrix
#' @export
op_dot <- function(x1, x2) {
  quick <- .Call(ffi_binary, row_matmul, x1, x2, tapes, session)
  if (!is.null(quick)) return(quick)
  ra <- length(shape_of(x1))
  rb <- length(shape_of(x2))
  if (!ra || !rb) return(op_multiply(x1, x2))
  op_tensordot(x1, x2, list(ra, max(rb - 1L, 1L)))
}

#' @rdname op_matrix
#' @export
op_tensordot <- function(x1, x2, axes = 2) {
  ra <- length(shape_of(x1))
  rb <- length(shape_of(x2))
  if (length(axes) == 1L && !is.list(axes)) {
    axes <- check_count(axes, "axes", 0L)
    if (axes > min(ra, rb)) {
      stop_value(
        sprintf("`axes` = %d is more than `x1` (%d axes) or `x2` (%d) have.",
                axes, ra, rb),
        i = "The last axes of `x1` meet the first ones of `x2`."
      )
    }
    axes <- list(ra - axes + seq_len(axes), seq_len(axes))
  }
  if (length(axes) != 2L) {
    stop_value(
      sprintf("`axes` must be a number of axes or a list of two, not %s.",
              describe(axes)),
      i = "For example `axes = list(3, 1)`: the axes of `x1`, those of `x2`."
    )
  }
  a <- check_axis(axes[[1L]], ra, "axes")
  b <- check_axis(axes[[2L]], rb, "axes")
  apply_op(row_tensordot, list(x1, x2), list(a, b))
}

row_tensordot <- op_row(
  "tensordot",
  function(a, b, at_a, at_b) {
    p <- tensordot_plan(a, b, at_a, at_b)
    with_sizes(mat_mul(p$a, p$b), p$y)
  },
  function(g, y, a, b, at_a, at_b, need) {
    p <- tensordot_plan(a, b, at_a, at_b)
    dim(g) <- c(nrow(p$a), ncol(p$b))
    d <- matrix_backward(g, p$a, p$b, need)
    list(if (need[[1L]]) ordered_back(d[[1L]], a, p$order_a),
         if (need[[2L]]) ordered_back(d[[2L]], b, p$order_b))
  },
  needs = TRUE
)

# The summed axes last in a and first in b, and both as matrices.
tensordot_plan <- function(a, b, at_a, at_b) {
  da <- dims(a)
  db <- dims(b)
  if (!identical(as.integer(da[at_a]), as.integer(db[at_b]))) stop_matmul(a, b)
  order_a <- c(seq_along(da)[-at_a], at_a)
  order_b <- c(at_b, seq_along(db)[-at_b])
  if (!length(at_a)) {
    order_a <- seq_along(da)
    order_b <- seq_along(db)
  }
  left <- da[setdiff(seq_along(da), at_a)]
  right <- db[setdiff(seq_along(db), at_b)]
  n <- prod(da[at_a])
  list(a = matrix(aperm(a, order_a), prod(left), n),
       b = matrix(aperm(b, order_b), n, prod(right)),
       y = c(left, right), order_a = order_a, order_b = order_b)
}

ordered_back <- function(d, x, order) {
  aperm(array(d, dim(x)[order]), order(order))
}

#' @rdname op_matrix
#' @export
op_outer <- function(x1, x2) {
  op_multiply(op_expand_dims(op_ravel(x1), 2L), op_ravel(x2))
}
