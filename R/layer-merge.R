# Layers that take a list of inputs and combine them element by element.
Merge <- keras_class(
  "Merge", inherit = KerasLayer,
  public = list(
    supports_masking = TRUE,
    build = function(input_shape) merge_build(self, input_shape),
    call = function(inputs) merge_call(self, inputs),
    compute_mask = function(inputs, mask = NULL) merge_mask(mask)
  )
)

Add <- keras_class(
  "Add", inherit = Merge,
  public = list(combine = function(xs) Reduce(op_add, xs))
)

Subtract <- keras_class(
  "Subtract", inherit = Merge,
  public = list(.limits = c(2, 2), combine = function(xs) {
    op_subtract(xs[[1L]], xs[[2L]])
  })
)

Multiply <- keras_class(
  "Multiply", inherit = Merge,
  public = list(combine = function(xs) Reduce(op_multiply, xs))
)

Average <- keras_class(
  "Average", inherit = Merge,
  public = list(combine = function(xs) {
    op_divide(Reduce(op_add, xs), length(xs))
  })
)

Maximum <- keras_class(
  "Maximum", inherit = Merge,
  public = list(combine = function(xs) Reduce(op_maximum, xs))
)

Minimum <- keras_class(
  "Minimum", inherit = Merge,
  public = list(combine = function(xs) Reduce(op_minimum, xs))
)

# Subtract takes two inputs, the others any number.
merge_limits <- function(self) self$.limits %||% c(1, Inf)

merge_build <- function(self, input_shape) {
  check_shapes(self, input_shape, merge_limits(self))
  check_batches(self, input_shape)
}

check_batches <- function(self, shapes) {
  for (s in shapes) {
    if (!length(s)) {
      stop_value(
        sprintf("Layer \"%s\" (%s) takes arrays with a batch axis, not one \
number.", self$name, class(self)[[1L]]),
        i = "The first axis of all inputs holds the same samples."
      )
    }
  }
  batches <- unique(unlist(lapply(shapes, function(s) s[[1L]])))
  if (length(batches) > 1L) {
    stop_value(
      sprintf("Layer \"%s\" (%s) takes inputs of one batch size, not %s.",
              self$name, class(self)[[1L]], toString(batches)),
      i = "The first axis of all inputs holds the same samples."
    )
  }
}

merge_call <- function(self, inputs) {
  xs <- several_inputs(self, inputs, merge_limits(self))
  check_batches(self, lapply(xs, shape_of))
  self$combine(same_rank(xs))
}

# Axes of one are put after the batch axis of inputs that have fewer axes.
same_rank <- function(xs) {
  ranks <- vapply(xs, function(x) length(dims(value_of(x))), 1L)
  if (all(ranks == ranks[[1L]])) return(xs)
  lapply(xs, function(x) {
    sizes <- dims(value_of(x))
    missing <- max(ranks) - length(sizes)
    op_reshape(x, append(sizes, rep(1L, missing), 1L))
  })
}

# TRUE where all masks are; inputs without a mask do not count.
merge_mask <- function(mask) {
  if (!is.list(mask) || is_tensor(mask)) return(mask)
  masks <- lapply(Filter(Negate(is.null), mask), value_of)
  if (!length(masks)) return(NULL)
  value_of(Reduce(op_logical_and, masks))
}

# layer_add(x, y), layer_add(list(x, y)) and layer_add() alike: arguments
# without a name are inputs, those with one make the layer.
compose_merge <- function(class, inputs, dots, args = list()) {
  named <- nzchar(names_of(dots))
  layer <- new_layer(class, c(args, dots[named]))
  if (!is.null(inputs) && (is_tensor(inputs) || !is.list(inputs))) {
    inputs <- list(inputs)
  }
  inputs <- c(inputs, unname(dots[!named]))
  if (length(inputs)) layer(inputs) else layer
}

#' Combining inputs element by element
#'
#' Sum, difference, product, mean, maximum and minimum of several inputs.
#'
#' @param inputs A list of tensors or arrays, or the first of them; missing or
#'   NULL gives the layer itself.
#' @param ... Arguments without a name are further inputs, those with a name
#'   are standard arguments of layers, see [layer_dense()].
#' @return For arrays, an array; sizes of 1 stretch, and inputs with fewer axes
#'   get axes of 1 after the batch axis. A step that is masked in one input is
#'   masked in the result.
#' @section Errors: `ValueError` when the shapes do not fit, for other than two
#'   inputs of `layer_subtract()`, or what is no list of inputs.
#' @source R keras 2.15.
#' @name layer_merge
#' @examples
#' x <- matrix(1:4, 2)
#' y <- matrix(c(2, 2, 0, 9), 2)
#' layer_add(x, y)
#' layer_subtract(list(x, y))
#' layer_average(list(x, y))
#' layer_maximum()(list(x, y))
NULL

#' @rdname layer_merge
#' @export
layer_add <- function(inputs, ...) {
  compose_merge(Add, if (!missing(inputs)) inputs, list(...))
}

#' @rdname layer_merge
#' @export
layer_subtract <- function(inputs, ...) {
  compose_merge(Subtract, if (!missing(inputs)) inputs, list(...))
}

#' @rdname layer_merge
#' @export
layer_multiply <- function(inputs, ...) {
  compose_merge(Multiply, if (!missing(inputs)) inputs, list(...))
}

#' @rdname layer_merge
#' @export
layer_average <- function(inputs, ...) {
  compose_merge(Average, if (!missing(inputs)) inputs, list(...))
}

#' @rdname layer_merge
#' @export
layer_maximum <- function(inputs, ...) {
  compose_merge(Maximum, if (!missing(inputs)) inputs, list(...))
}

#' @rdname layer_merge
#' @export
layer_minimum <- function(inputs, ...) {
  compose_merge(Minimum, if (!missing(inputs)) inputs, list(...))
}
