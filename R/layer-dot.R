# Sums of products of two inputs over one axis of each, sample by sample.
Dot <- keras_class(
  "Dot", inherit = KerasLayer,
  public = list(
    supports_masking = TRUE,
    initialize = function(...) dot_initialize(self, list(...)),
    build = function(input_shape) check_shapes(self, input_shape, c(2, 2)),
    call = function(inputs) dot_call(self, inputs),
    compute_mask = function(inputs, mask = NULL) NULL
  )
)

dot_initialize <- function(self, args) {
  take_arguments(self, layer_dot, args)
  check_flag(self$normalize, "normalize")
  axes <- unlist(self$axes)
  if (!is.numeric(axes) || !length(axes) %in% 1:2 ||
        any(axes != trunc(axes))) {
    stop_type(
      sprintf("`axes` must be one or two whole numbers, not %s.",
              describe(self$axes)),
      i = "One for both inputs or one for each, counted from 0, the batch: \
`axes = c(1, 2)`."
    )
  }
  self$axes <- as.integer(axes)
}

dot_call <- function(self, inputs) {
  xs <- several_inputs(self, inputs, c(2, 2))
  axes <- rep_len(self$axes, 2L)
  at <- integer(2L)
  for (k in 1:2) {
    xs[[k]] <- one_input(self, xs[[k]], min = 2L)
    at[[k]] <- layer_axes(self, axes[[k]], length(dims(value_of(xs[[k]]))),
                          "axes")
  }
  check_dot(self, lapply(xs, function(x) dims(value_of(x))), at)
  if (self$normalize) xs <- Map(unit_length, xs, at)
  batch_dot(xs[[1L]], xs[[2L]], at)
}

check_dot <- function(self, sizes, at) {
  fits <- sizes[[1L]][[at[[1L]]]] == sizes[[2L]][[at[[2L]]]] && all(at > 1L) &&
    sizes[[1L]][[1L]] == sizes[[2L]][[1L]]
  if (fits) return(invisible())
  stop_value(
    sprintf("Layer \"%s\" (Dot) cannot multiply inputs of shapes %s and %s \
over axes %d and %d.", self$name, format(as_shape(sizes[[1L]])),
            format(as_shape(sizes[[2L]])), at[[1L]] - 1L, at[[2L]] - 1L),
    i = "Both axes must have the same size, and the batches too; axes count \
from 0, the batch, which is none of them."
  )
}

unit_length <- function(x, axis) {
  square <- op_sum(op_square(x), axis, keepdims = TRUE)
  op_multiply(x, op_rsqrt(op_maximum(square, 1e-12)))
}

# (batch, p..., k) and (batch, k, q...) -> (batch, p..., q...); two matrices
# give (batch, 1).
batch_dot <- function(x, y, at) {
  dx <- as.integer(dims(value_of(x)))
  dy <- as.integer(dims(value_of(y)))
  left <- dx[-c(1L, at[[1L]])]
  right <- dy[-c(1L, at[[2L]])]
  k <- dx[[at[[1L]]]]
  x <- op_reshape(op_moveaxis(x, at[[1L]], length(dx)),
                  c(dx[[1L]], prod(left), k))
  y <- op_reshape(op_moveaxis(y, at[[2L]], 2L), c(dx[[1L]], k, prod(right)))
  out <- c(dx[[1L]], left, right)
  op_reshape(op_matmul(x, y), if (length(out) == 1L) c(out, 1L) else out)
}

#' Products of two inputs
#'
#' Sums the products of two inputs over one axis of each, sample by sample.
#'
#' @inheritParams layer_merge
#' @param axes One axis for both inputs or one for each, counted from 0, the
#'   batch axis; negative from the end.
#' @param normalize Whether vectors along these axes are divided by their
#'   length first: the result is then the cosine of their angle.
#' @return For arrays (batch, p, k) and (batch, q, k) with `axes = 2`, an array
#'   (batch, p, q); for (batch, k) twice with `axes = 1`, (batch, 1). A mask
#'   stops here.
#' @section Errors: `ValueError` for other than two inputs, and axes that do not
#'   exist or differ in size.
#' @source R keras 2.15; `tf.keras.layers.Dot`.
#' @export
#' @examples
#' x <- array(1:12, c(2, 3, 2))
#' dim(layer_dot(list(x, x), axes = 2))
#' layer_dot(matrix(1:4, 2), matrix(4:1, 2), axes = 1, normalize = TRUE)
layer_dot <- function(inputs, ..., axes, normalize = FALSE) {
  args <- list(normalize = normalize)
  if (!missing(axes)) args$axes <- axes
  compose_merge(Dot, if (!missing(inputs)) inputs, list(...), args)
}
