#' Tensors
#'
#' @description
#' A tensor holds an R array and is known to the gradient tape. Cells and
#' custom layers always receive tensors; R's arithmetic, comparison, Math and
#' Summary functions, `%*%`, `[`, `t()`, `dim()`, `rev()` and the `op_*()` and
#' `k_*()` functions work on them, with NumPy's broadcasting: shapes are
#' aligned at the last axis, and an axis of size 1 stretches.
#'
#' `x[i, ]` drops exactly the axes that are indexed by a single number, so a
#' batch of one stays a batch.
#'
#' @param x An array, vector, number, logical, or a tensor (returned as it is).
#' @param dtype NULL to keep, or "float64", "int32", "bool".
#' @return `as_tensor()`: a tensor of the shape of `x` (a single number without
#'   `dim` has shape `()`, a bare vector of length n shape `(n)`). It has
#'   `x$shape`, `x$dtype`; `as.array(x)` gives the plain array back.
#' @section Errors: `TypeError` when `x` is not numeric or logical.
#' @aliases %*%,recurrent_tensor,ANY-method
#'   %*%,ANY,recurrent_tensor-method
#'   %*%,recurrent_tensor,recurrent_tensor-method show,recurrent_tensor-method
#' @source NumPy's broadcasting rules.
#' @export
#' @examples
#' x <- as_tensor(matrix(1:6, 2))
#' x * 2 + 1
#' as.array(x %*% t(x))
as_tensor <- function(x, dtype = NULL) {
  if (!is.null(dtype)) return(op_cast(x, dtype))
  if (inherits(x, "recurrent_tensor")) return(x)
  new_tensor(value_of(x))
}

new_tensor <- function(value, mask = NULL) .Call(ffi_tensor, value, mask)

is_tensor <- function(x) is.object(x) && inherits(x, "recurrent_tensor")

# Symbolic tensors and variables are environments, other tensors lists.
is_symbolic <- function(x) {
  is.environment(x) && inherits(x, "recurrent_symbolic")
}

# The plain array of a tensor, variable, array, vector, data frame or factor.
value_of <- function(x) {
  if (is.object(x)) {
    if (inherits(x, "recurrent_tensor")) {
      if (is_symbolic(x)) stop_symbolic(x)
      return(.subset2(x, "value"))
    }
    x <- plain_array(x)
  }
  if (!is.numeric(x) && !is.logical(x)) stop_not_numeric(x)
  a <- attributes(x)
  if (is.null(a)) {
    if (length(x) != 1L) dim(x) <- length(x)
    return(x)
  }
  if (length(a) == 1L && !is.null(a$dim)) x else plain_array(x)
}

plain_array <- function(x) {
  if (is.data.frame(x)) x <- as.matrix(x)
  if (!is.atomic(x) || is.factor(x)) stop_not_numeric(x)
  d <- dims(x)
  if (!is.object(x) && identical(names(attributes(x)), "dim")) return(x)
  if (length(d)) array(as.vector(x), d) else as.vector(x)
}

stop_not_numeric <- function(x) {
  stop_type(
    sprintf("A numeric array was expected, not %s.", describe(x)),
    i = if (is.factor(x)) "A factor gives class numbers that count from 0 by \
`as.integer(x) - 1L`, and one-hot rows by `to_categorical(x)`.",
    i = "Give numbers: a vector, matrix or array, e.g. \
`array(values, c(samples, time, features))`."
  )
}

stop_symbolic <- function(x) {
  stop_type(
    sprintf("A symbolic tensor of shape %s has no values.",
            format(shape_of(x))),
    i = "Make a model with `keras_model(inputs, outputs)` and call it with \
data."
  )
}

# A weight: a tensor whose value changes. An environment, so that every holder
# sees the change.
new_variable <- function(value, name = "variable", trainable = TRUE,
                         initializer = NULL, regularizer = NULL,
                         constraint = NULL, dtype = NULL) {
  v <- new.env(parent = emptyenv())
  v$value <- value
  renew_id(v)
  v$name <- name
  v$trainable <- trainable
  v$initializer <- initializer
  v$regularizer <- regularizer
  v$constraint <- constraint
  v$dtype <- dtype
  class(v) <- c("recurrent_variable", "recurrent_tensor")
  asS4(v)
}

is_variable <- function(x) {
  is.environment(x) && inherits(x, "recurrent_variable")
}

# A tensor that no array stands behind yet: an edge of a model's graph.
# `node` made it; `index` is its place among the node's outputs. An environment,
# so that `c(list(x), y)` holds it as one element.
new_symbolic <- function(shape, dtype = "float64", node = NULL, index = 1L,
                         name = NULL) {
  x <- list2env(list(shape = as_shape(shape), dtype = dtype, node = node,
                     index = index, name = name), parent = emptyenv())
  renew_id(x)
  class(x) <- c("recurrent_symbolic", "recurrent_tensor")
  asS4(x)
}

dtype_of <- function(x) {
  if (is_symbolic(x)) return(.subset2(x, "dtype"))
  known <- if (is_variable(x)) .subset2(x, "dtype")
  known %||% switch(typeof(value_of(x)), integer = "int32", logical = "bool",
                    "float64")
}

mask_of <- function(x) {
  if (is.list(x) && inherits(x, "recurrent_tensor")) .subset2(x, "mask")
}

with_mask <- function(x, mask) {
  new <- unclass(x)
  new["mask"] <- list(mask)
  class(new) <- "recurrent_tensor"
  asS4(new)
}

# What the activation that gave `x` was taken of: sigmoid and softmax leave it
# on their result with their name, so that a cross-entropy of their kind loses
# no digits.
with_logits <- function(x, logits, activation) {
  new <- unclass(x)
  new["logits"] <- list(logits)
  new["activation"] <- activation
  class(new) <- "recurrent_tensor"
  asS4(new)
}

# Of any activation, or only of the one that is named.
logits_of <- function(x, activation = .subset2(x, "activation")) {
  if (!is.list(x) || !inherits(x, "recurrent_tensor")) return(NULL)
  if (identical(.subset2(x, "activation"), activation)) .subset2(x, "logits")
}

#' @export
`$.recurrent_tensor` <- function(x, name) {
  switch(name,
    shape = shape_of(x),
    dtype = dtype_of(x),
    ndim = length(shape_of(x)),
    numpy = function() value_of(x),
    get_shape = function() shape_of(x),
    assign = function(value) variable_assign(x, value),
    assign_add = function(value) {
      variable_assign(x, plus(value_of(x), value_of(value)))
    },
    assign_sub = function(value) {
      variable_assign(x, minus(value_of(x), value_of(value)))
    },
    .subset2(x, name)
  )
}

#' @export
`$<-.recurrent_tensor` <- function(x, name, value) {
  if (!is_variable(x)) {
    stop_type(
      sprintf("`%s` of a tensor cannot be set.", name),
      i = "Compute a new tensor instead, or keep values that change in \
`k_variable()`."
    )
  }
  assign(name, value, envir = x)
  x
}

check_variable <- function(x, arg = "x") {
  if (is_variable(x)) return(x)
  stop_type(
    sprintf("`%s` must be a variable, not %s.", arg, describe(x)),
    i = "Only variables change: `k_variable(value)`, or a layer's weight."
  )
}

# Sets a weight to values of the same shape.
variable_assign <- function(x, value) {
  check_variable(x)
  value <- value_of(value)
  old <- .subset2(x, "value")
  if (!identical(as.integer(dims(value)), as.integer(dims(old)))) {
    stop_value(
      sprintf("Weight `%s` has shape %s; the values given have shape %s.",
              .subset2(x, "name"), format(as_shape(dims(old))),
              format(as_shape(dims(value)))),
      i = "Give an array of the weight's shape."
    )
  }
  if (is.double(old)) storage.mode(value) <- "double"
  dim(value) <- dim(old)
  assign("value", value, envir = x)
  invisible(x)
}
