# Inputs beside each other along one axis.
Concatenate <- keras_class(
  "Concatenate", inherit = KerasLayer,
  public = list(
    supports_masking = TRUE,
    initialize = function(...) {
      take_arguments(self, layer_concatenate, list(...))
    },
    build = function(input_shape) check_shapes(self, input_shape, c(1, Inf)),
    call = function(inputs) concatenate_call(self, inputs),
    compute_mask = function(inputs, mask = NULL) {
      concatenate_mask(self, inputs, mask)
    }
  )
)

concatenate_call <- function(self, inputs) {
  xs <- several_inputs(self, inputs, c(1, Inf))
  sizes <- lapply(xs, function(x) as.integer(dims(value_of(x))))
  axis <- layer_axes(self, self$axis, length(sizes[[1L]]))
  others <- lapply(sizes, function(d) c(length(d), d[-axis]))
  if (length(unique(others)) > 1L) {
    stop_value(
      sprintf("Layer \"%s\" (Concatenate) cannot join inputs of shapes %s \
along axis %d.", self$name, toString(vapply(sizes, function(d) {
        format(as_shape(d))
      }, "")), axis - 1L),
      i = "They must agree in all other axes; axes count from 0, the batch."
    )
  }
  op_concatenate(xs, axis)
}

# Joined along features a step counts where it counts in all; else masks are
# joined as the inputs are. An input without a mask counts everywhere.
concatenate_mask <- function(self, inputs, mask) {
  if (is.null(any_mask(mask))) return(NULL)
  rank <- length(dims(value_of(inputs[[1L]])))
  axis <- layer_axes(self, self$axis, rank)
  masks <- Map(function(x, m) {
    if (is.null(m)) return(array(TRUE, dims(value_of(x))[-rank]))
    m <- value_of(m)
    if (length(dims(m)) == rank) value_of(op_all(m, axis = -1L)) else m
  }, inputs, mask)
  if (axis == rank) return(merge_mask(masks))
  value_of(op_concatenate(unname(masks), axis))
}

#' Joining inputs along an axis
#'
#' @inheritParams layer_merge
#' @param axis The axis along which to join, counted from 0, the batch axis;
#'   negative from the end.
#' @return For arrays, an array. The mask of the result: along features a step
#'   is masked when it is masked in one input; along time masks are joined.
#' @section Errors: `ValueError` when the inputs differ in another axis, or the
#'   axis does not exist.
#' @source R keras 2.15; `tf.keras.layers.Concatenate`.
#' @export
#' @examples
#' x <- array(1:12, c(2, 3, 2))
#' y <- array(1:6, c(2, 3, 1))
#' dim(layer_concatenate(x, y))
#' dim(layer_concatenate(list(x, x), axis = 1))
layer_concatenate <- function(inputs, ..., axis = -1) {
  compose_merge(Concatenate, if (!missing(inputs)) inputs, list(...),
                list(axis = axis))
}
