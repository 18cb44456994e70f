#' Backend functions: making tensors and variables, settings
#'
#' @description
#' * `k_variable()`, `k_zeros()`, `k_ones()`, `k_eye()` and the random variables
#'   give variables: tensors whose value can be set. `k_constant()` and the
#'   `_like` functions give tensors;
#' * `k_get_value()` and `k_eval()` give the plain array, `k_set_value()` and
#'   `k_update()` set it, `k_update_add()` and `k_update_sub()` add to it and
#'   take from it, `k_moving_average_update()` moves it towards `value`;
#' * `k_floatx()` is the dtype that layers get by default, `k_epsilon()` the
#'   small number that keeps cross-entropies finite; both can be set;
#' * `k_clear_session()` starts the counting of layer names anew.
#'
#' @param value,new_x,increment,decrement An array, tensor or number of the
#'   shape of the variable.
#' @param x A tensor, variable or array.
#' @param shape A shape: whole numbers; `k_constant()`: NULL keeps that of
#'   `value`, a single number fills it.
#' @param dtype NULL ("float64"), or a dtype.
#' @param name NULL, or a name.
#' @param constraint NULL, or a constraint for training.
#' @param size The number of rows.
#' @param start,stop,step Numbers; `stop = NULL` counts from 0 to `start`.
#' @param momentum How much of the old value stays.
#' @param ops A list of tensors.
#' @param lists A list of `list(variable, value)`.
#' @param variables A tensor, or a list of them, that no gradient flows into.
#' @param e A small positive number.
#' @param floatx "float64", "float32" or "float16".
#' @return A variable or tensor; `k_get_value()`, `k_eval()` and
#'   `k_batch_get_value()`: arrays; the `k_update` functions: the variable,
#'   invisibly; `k_set_value()` and the setters of settings: nothing.
#' @section Errors: `ValueError` for a value of another shape or an unknown
#'   dtype, `TypeError` when what is to be set is no variable.
#' @source R keras 2.15, `k_*()`; tf.keras 2.15's backend.
#' @name k_state
#' @examples
#' v <- k_variable(c(1, 2))
#' k_update_add(v, 10)
#' k_get_value(v)
#' k_constant(0.5, shape = c(2, 2))
#' k_floatx()
NULL

# `c(k_shape(x)[1], 4)` and lists with tensors in them, as numbers.
numeric_shape <- function(shape) {
  if (is_tensor(shape)) return(as.integer(shape))
  if (!is.list(shape)) return(shape)
  lapply(shape, function(s) if (is_tensor(s)) as.integer(s) else s)
}

full_value <- function(value, shape, dtype) {
  value_of(op_full(numeric_shape(shape), value, dtype))
}

#' @rdname k_state
#' @export
k_variable <- function(value, dtype = NULL, name = NULL, constraint = NULL) {
  value <- cast_values(value_of(value), dtype)
  new_variable(value, name %||% unique_name("variable"),
               constraint = constraint, dtype = dtype)
}

#' @rdname k_state
#' @export
k_zeros <- function(shape, dtype = NULL, name = NULL) {
  k_variable(full_value(0, shape, dtype), dtype, name)
}

#' @rdname k_state
#' @export
k_ones <- function(shape, dtype = NULL, name = NULL) {
  k_variable(full_value(1, shape, dtype), dtype, name)
}

#' @rdname k_state
#' @export
k_eye <- function(size, dtype = NULL, name = NULL) {
  k_variable(op_eye(size, dtype = dtype), dtype, name)
}

#' @rdname k_state
#' @export
k_zeros_like <- function(x, dtype = NULL, name = NULL) op_zeros_like(x, dtype)

#' @rdname k_state
#' @export
k_ones_like <- function(x, dtype = NULL, name = NULL) op_ones_like(x, dtype)

#' @rdname k_state
#' @export
k_constant <- function(value, dtype = NULL, shape = NULL, name = NULL) {
  if (is.null(shape)) return(as_tensor(value, dtype))
  if (length(value) == 1L) {
    return(op_full(numeric_shape(shape), as.vector(value_of(value)), dtype))
  }
  y <- op_reshape(value, numeric_shape(shape))
  if (is.null(dtype)) y else op_cast(y, dtype)
}

#' @rdname k_state
#' @export
k_arange <- function(start, stop = NULL, step = 1, dtype = "int32") {
  op_arange(start, stop, step, dtype)
}

#' @rdname k_state
#' @export
k_cast <- function(x, dtype) op_cast(x, dtype)

#' @rdname k_state
#' @export
k_cast_to_floatx <- function(x) op_cast(x, settings$floatx)

#' @rdname k_state
#' @export
k_identity <- function(x, name = NULL) apply_unary(row_identity, x)

#' @rdname k_state
#' @export
k_stop_gradient <- function(variables) {
  if (is_tensor(variables) || !is.list(variables)) {
    return(op_stop_gradient(variables))
  }
  lapply(variables, op_stop_gradient)
}

#' @rdname k_state
#' @export
k_is_tensor <- function(x) is_tensor(x)

#' @rdname k_state
#' @export
k_is_keras_tensor <- function(x) is_symbolic(x)

#' @rdname k_state
#' @export
k_get_value <- function(x) value_of(x)

#' @rdname k_state
#' @export
k_eval <- function(x) value_of(x)

#' @rdname k_state
#' @export
k_batch_get_value <- function(ops) lapply(ops, value_of)

#' @rdname k_state
#' @export
k_set_value <- function(x, value) {
  variable_assign(check_variable(x), value)
  invisible()
}

#' @rdname k_state
#' @export
k_batch_set_value <- function(lists) {
  pairs <- is.list(lists) && !is_tensor(lists) &&
    all(vapply(lists, function(p) is.list(p) && length(p) == 2L, NA))
  if (!pairs) {
    stop_type(
      sprintf("`lists` must be a list of pairs, not %s.", describe(lists)),
      i = "For example `list(list(variable, value))`."
    )
  }
  for (pair in lists) k_set_value(pair[[1L]], pair[[2L]])
  invisible()
}

#' @rdname k_state
#' @export
k_update <- function(x, new_x) variable_assign(check_variable(x), new_x)

#' @rdname k_state
#' @export
k_update_add <- function(x, increment) {
  k_update(x, plus(value_of(check_variable(x)), value_of(increment)))
}

#' @rdname k_state
#' @export
k_update_sub <- function(x, decrement) {
  k_update(x, minus(value_of(check_variable(x)), value_of(decrement)))
}

#' @rdname k_state
#' @export
k_moving_average_update <- function(x, value, momentum) {
  old <- value_of(check_variable(x))
  new <- times(value_of(value), 1 - momentum)
  k_update(x, plus(times(old, momentum), new))
}

#' @rdname k_state
#' @export
k_backend <- function() "recurrent"

#' @rdname k_state
#' @export
k_clear_session <- function() {
  reset_names()
  invisible()
}

#' @rdname k_state
#' @export
k_floatx <- function() settings$floatx

#' @rdname k_state
#' @export
k_set_floatx <- function(floatx) {
  settings$floatx <- check_choice(
    floatx, c("float64", "float32", "float16"), "floatx", "a float dtype"
  )
  invisible()
}

#' @rdname k_state
#' @export
k_epsilon <- function() settings$epsilon

#' @rdname k_state
#' @export
k_set_epsilon <- function(e) {
  settings$epsilon <- check_number(e, "e", min = 0, max = 1)
  invisible()
}
