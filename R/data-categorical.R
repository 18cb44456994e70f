#' Classes as columns of zeros and ones
#'
#' Each class number becomes a vector with a one at its place: the form that
#' `loss_categorical_crossentropy()` wants. (With
#' `loss_sparse_categorical_crossentropy()` class numbers do as they are.)
#'
#' @param y Class numbers, counted from 0: a vector, or an array of any shape;
#'   a last axis of size 1 is dropped. A factor counts its levels from 0.
#' @param num_classes Number of classes; the highest number in `y` plus one
#'   when NULL (for a factor, its number of levels).
#' @param dtype Type of the result: "float32", "int32" or "bool".
#' @return An array of the shape of `y` and one more axis of `num_classes`:
#'   (samples, classes) for a vector.
#' @section Errors: `TypeError` for what is not numbers, `ValueError` for
#'   numbers that are negative, fractional, missing or not below `num_classes`.
#' @source R keras 2.15 and tf.keras 2.15.
#' @export
#' @examples
#' to_categorical(c(0, 2, 1, 2))
#' to_categorical(factor(c("no", "yes", "no")))
#' dim(to_categorical(matrix(0:5, 2, 3), num_classes = 7))
to_categorical <- function(y, num_classes = NULL, dtype = "float32") {
  if (is.factor(y)) {
    num_classes <- num_classes %||% nlevels(y)
    y <- array(as.integer(y) - 1L)
  }
  y <- check_classes(y)
  d <- dim(y) %||% length(y)
  if (length(d) > 1L && d[[length(d)]] == 1L) d <- d[-length(d)]
  num_classes <- if (is.null(num_classes)) max(y, -1) + 1 else
    check_count(num_classes, "num_classes")
  if (any(y >= num_classes)) {
    stop_value(
      sprintf("`y` holds class %s, but `num_classes` is %d.",
              format(max(y)), num_classes),
      i = sprintf("Classes count from 0: %d classes are 0 to %d. If yours \
count from 1, give `y - 1`.", num_classes, num_classes - 1L)
    )
  }
  out <- matrix(0, length(y), num_classes)
  out[cbind(seq_along(y), as.vector(y) + 1)] <- 1
  array(as_dtype(out, dtype, "y"), c(d, num_classes))
}

check_classes <- function(y) {
  if (is_tensor(y)) y <- value_of(y)
  if (!is.numeric(y) && !is.logical(y)) {
    stop_type(
      sprintf("`y` must hold class numbers, not %s.", describe(y)),
      i = if (is.character(y)) "Names of classes go through `factor(y)`."
      else "Give whole numbers that count the classes from 0."
    )
  }
  bad <- which(!is.finite(y) | y < 0 | y != trunc(y))
  if (length(bad)) {
    stop_value(
      sprintf("`y` holds %s, which is no class number.",
              format(y[[bad[[1L]]]])),
      i = "Classes are whole numbers that count from 0."
    )
  }
  y
}

#' Scale vectors to length one
#'
#' Divides by the norm along one axis; vectors of zeros stay as they are.
#'
#' @param x A numeric array.
#' @param axis The axis along which the norm is taken, counted from 1; -1 is
#'   the last.
#' @param order Order of the norm: 2 for the Euclidean one, 1 for the sum of
#'   absolute values, `Inf` for the largest.
#' @return An array of the shape of `x`.
#' @section Errors: `TypeError` for what is not numbers, `ValueError` for an
#'   axis that `x` does not have.
#' @source R keras 2.15 and tf.keras 2.15.
#' @export
#' @examples
#' x <- matrix(c(3, 4, 0, 1), 2)
#' normalize(x)
#' normalize(x, axis = 1, order = 1)
normalize <- function(x, axis = -1, order = 2) {
  if (is_tensor(x)) x <- value_of(x)
  if (!is.numeric(x)) {
    stop_type(sprintf("`x` must hold numbers, not %s.", describe(x)))
  }
  d <- dim(x) %||% length(x)
  axis <- check_axis(axis, length(d))
  by <- seq_along(d)[-axis]
  if (!length(by)) return(x / nonzero(vector_norm(as.vector(x), order)))
  norms <- apply(x, by, vector_norm, order = order)
  sweep(x, by, nonzero(norms), "/")
}

nonzero <- function(x) {
  x[x == 0] <- 1
  x
}

vector_norm <- function(v, order) {
  v <- abs(v)
  if (order == Inf) return(max(v))
  if (order == -Inf) return(min(v))
  if (order == 0) return(sum(v != 0))
  sum(v^order)^(1 / order)
}
