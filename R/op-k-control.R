#' Backend functions: choices
#'
#' @description
#' `k_switch()` gives one of two values: a single condition chooses between
#' them as wholes (and only the one chosen is computed, when they are given as
#' functions), an array of conditions chooses element by element, each standing
#' for a slice when the values have more axes.
#'
#' `k_in_train_phase()` gives `x` while a model trains and `alt` otherwise,
#' `k_in_test_phase()` the other way round.
#'
#' @param condition A logical, or a tensor or array; other than 0 is TRUE.
#' @param then_expression,else_expression,x,alt Tensors or arrays, or functions
#'   without arguments that give them.
#' @param training TRUE or FALSE; NULL: what the running model or layer says,
#'   FALSE outside of one.
#' @return A tensor (or what the function that was chosen gives).
#' @section Errors: `ValueError` when the condition has more axes than the
#'   values, or shapes do not fit.
#' @source R keras 2.15, `k_*()`; tf.keras 2.15's backend.
#' @name k_control
#' @examples
#' x <- as_tensor(c(-1, 2))
#' k_switch(x > 0, x, 0 * x)
#' k_switch(TRUE, function() x, function() stop("not computed"))
#' k_in_train_phase(1, 0, training = TRUE)
NULL

#' @rdname k_control
#' @export
k_switch <- function(condition, then_expression, else_expression) {
  if (!is_symbolic(condition)) {
    value <- value_of(condition)
    if (!length(dims(value))) {
      return(computed(if (isTRUE(value != 0)) then_expression else
        else_expression))
    }
  }
  a <- computed(then_expression)
  b <- computed(else_expression)
  rank <- length(shape_of(condition))
  more <- max(length(shape_of(a)), length(shape_of(b))) - rank
  if (more < 0L) {
    stop_value(
      sprintf("`condition` has %d axes, the values have %d.", rank,
              rank + more),
      i = "A condition chooses elements or slices of the values."
    )
  }
  for (k in seq_len(if (rank) more else 0L)) {
    condition <- op_expand_dims(condition, -1L)
  }
  op_where(condition, a, b)
}

# A value, or what a function gives.
computed <- function(x) {
  if (is.function(x)) x <- x()
  if (is.list(x)) x else as_tensor(x)
}

#' @rdname k_control
#' @export
k_in_train_phase <- function(x, alt, training = NULL) {
  if (!is.null(training)) {
    training <- isTRUE(as.logical(value_of(training)))
    return(computed(if (training) x else alt))
  }
  if (!has_symbolic(list(x, alt))) {
    return(computed(if (is_training()) x else alt))
  }
  now_or_later(function(args) {
    if (is_training()) args[[1L]] else args[[2L]]
  }, list(computed(x), computed(alt)), "in_train_phase")
}

#' @rdname k_control
#' @export
k_in_test_phase <- function(x, alt, training = NULL) {
  k_in_train_phase(alt, x, training)
}
