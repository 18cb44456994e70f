# Layers that move the elements of a sample and change none.
Flatten <- keras_class(
  "Flatten", inherit = KerasLayer,
  public = list(
    initialize = function(...) {
      take_arguments(self, layer_flatten, list(...))
      self$data_format <- check_data_format(self$data_format)
    },
    call = function(inputs) flatten_call(self, inputs)
  )
)

Reshape <- keras_class(
  "Reshape", inherit = KerasLayer,
  public = list(
    initialize = function(...) reshape_initialize(self, list(...)),
    call = function(inputs) reshape_call(self, inputs),
    compute_output_shape = function(input_shape) {
      reshape_shape(self, as_shape(input_shape))
    },
    .own_shapes = function(args) {
      probe(reshape_shape(self, shape_of(args[[1L]])), dtype_of(args[[1L]]))
    }
  )
)

Permute <- keras_class(
  "Permute", inherit = KerasLayer,
  public = list(
    initialize = function(...) permute_initialize(self, list(...)),
    call = function(inputs) {
      n <- length(self$dims) + 1L
      op_transpose(one_input(self, inputs, n, n), c(1L, self$dims + 1L))
    }
  )
)

RepeatVector <- keras_class(
  "RepeatVector", inherit = KerasLayer,
  public = list(
    initialize = function(...) {
      take_arguments(self, layer_repeat_vector, list(...))
      self$n <- check_count(self$n, "n")
    },
    call = function(inputs) {
      x <- one_input(self, inputs, 2L, 2L)
      op_repeat(op_expand_dims(x, 2L), self$n, axis = 2L)
    }
  )
)

flatten_call <- function(self, inputs) {
  x <- one_input(self, inputs)
  rank <- length(dims(value_of(x)))
  if (self$data_format == "channels_first" && rank > 2L) {
    x <- op_transpose(x, c(1L, seq_len(rank)[-(1:2)], 2L))
  }
  sizes <- dims(value_of(x))
  op_reshape(x, c(sizes[[1L]], prod(sizes[-1L])))
}

reshape_initialize <- function(self, args) {
  take_arguments(self, layer_reshape, args)
  given <- self$target_shape
  target <- if (is.function(given)) list(given) else as.list(given)
  target <- lapply(target, function(s) {
    if (is.null(s) || (is.atomic(s) && anyNA(s))) -1L else s
  })
  target <- unlist(target) %||% integer()
  whole <- is.numeric(target) && all(target == trunc(target) & target >= -1)
  if (!whole || sum(target == -1) > 1L) {
    stop_value(
      sprintf("`target_shape` must hold whole numbers, at most one of them -1, \
not %s.", listed(target)),
      i = "It leaves the batch axis out; -1 is the size that follows from the \
others: `target_shape = c(-1, 3)`."
    )
  }
  self$target_shape <- as.integer(target)
}

# -1 is found here, so that an empty batch keeps its shape.
reshape_call <- function(self, inputs) {
  x <- one_input(self, inputs)
  op_reshape(x, as.integer(reshape_shape(self, shape_of(x))))
}

reshape_shape <- function(self, shape) {
  target <- self$target_shape
  sizes <- as.integer(shape)
  inner <- prod(sizes[-1L])
  open <- target == -1L
  rest <- prod(target[!open])
  if (is.na(inner)) {
    target[open] <- NA
    return(as_shape(c(sizes[1L], target)))
  }
  if (any(open)) target[open] <- if (rest > 0) inner %/% rest else 0L
  if (prod(target) != inner) {
    stop_value(
      sprintf("Layer \"%s\" (Reshape) cannot make %s of inputs of shape %s.",
              self$name, format(as_shape(c(sizes[1L], target))),
              format(shape)),
      i = sprintf("A sample has %s elements; `target_shape` must hold as many.",
                  format(inner))
    )
  }
  as_shape(c(sizes[1L], as.integer(target)))
}

permute_initialize <- function(self, args) {
  take_arguments(self, layer_permute, args)
  given <- unlist(self$dims)
  if (!is.numeric(given) || !setequal(given, seq_along(given)) ||
        anyDuplicated(given)) {
    stop_value(
      sprintf("`dims` must name each axis after the batch axis once, from 1, \
not %s.", listed(given)),
      i = "For example `dims = c(2, 1)` exchanges time and features."
    )
  }
  self$dims <- as.integer(given)
}

#' Reshaping samples
#'
#' `layer_flatten()` makes each sample one vector, `layer_reshape()` gives it a
#' new shape; both read and fill with the last axis running fastest, as Keras
#' does (see [array_reshape()]). `layer_permute()` changes the order of axes,
#' `layer_repeat_vector()` makes a sequence of `n` copies of a vector.
#'
#' @inheritParams layer_dense
#' @param data_format "channels_last" (also NULL), or "channels_first", where
#'   the second axis holds the features and is read as the last.
#' @param target_shape The new shape of a sample, without the batch axis; -1
#'   for one size that follows from the others.
#' @param dims The order of the axes, counted from 1, the first after the
#'   batch axis: `c(2, 1)` exchanges time and features.
#' @param n How many times.
#' @return An array: `layer_flatten()` (batch, n), `layer_reshape()` (batch,
#'   target shape), `layer_permute()` (batch, axes in the new order),
#'   `layer_repeat_vector()` (batch, n, features) of (batch, features). A mask
#'   stops here.
#' @section Errors: `ValueError` when the number of elements does not fit, the
#'   inputs have the wrong number of axes, or `dims` is no order of axes.
#' @source R keras 2.15.
#' @name layer_reshape
#' @examples
#' x <- array(1:12, c(2, 3, 2))
#' layer_flatten()(x)
#' dim(layer_reshape(target_shape = c(2, -1))(x))
#' dim(layer_permute(dims = c(2, 1))(x))
#' dim(layer_repeat_vector(n = 5)(matrix(1:6, 2)))
NULL

#' @rdname layer_reshape
#' @export
layer_flatten <- function(object, data_format = NULL, input_shape = NULL,
                          dtype = NULL, name = NULL, trainable = NULL,
                          weights = NULL) {
  compose(object, Flatten, call_args())
}

#' @rdname layer_reshape
#' @export
layer_reshape <- function(object, target_shape, input_shape = NULL,
                          batch_input_shape = NULL, batch_size = NULL,
                          dtype = NULL, name = NULL, trainable = NULL,
                          weights = NULL) {
  compose(object, Reshape, call_args())
}

#' @rdname layer_reshape
#' @export
layer_permute <- function(object, dims, input_shape = NULL,
                          batch_input_shape = NULL, batch_size = NULL,
                          dtype = NULL, name = NULL, trainable = NULL,
                          weights = NULL) {
  compose(object, Permute, call_args())
}

#' @rdname layer_reshape
#' @export
layer_repeat_vector <- function(object, n, batch_size = NULL, name = NULL,
                                trainable = NULL, weights = NULL) {
  compose(object, RepeatVector, call_args())
}
