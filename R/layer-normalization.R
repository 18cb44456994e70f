# Normalization sample by sample.
LayerNormalization <- keras_class(
  "LayerNormalization", inherit = KerasLayer,
  public = list(
    supports_masking = TRUE,
    initialize = function(...) {
      take_arguments(self, layer_layer_normalization, list(...))
      self$epsilon <- check_number(self$epsilon, "epsilon", min = 0)
    },
    build = function(input_shape) layer_norm_build(self, input_shape),
    call = function(inputs) layer_norm_call(self, inputs)
  )
)

UnitNormalization <- keras_class(
  "UnitNormalization", inherit = KerasLayer,
  public = list(
    supports_masking = TRUE,
    initialize = function(...) {
      take_arguments(self, layer_unit_normalization, list(...))
    },
    call = function(inputs) {
      x <- one_input(self, inputs)
      unit_length(x, layer_axes(self, self$axis, length(dims(value_of(x)))))
    }
  )
)

layer_norm_build <- function(self, input_shape) {
  shape <- one_shape(self, input_shape, min = 2L)
  axes <- layer_axes(self, self$axis, length(shape))
  sizes <- vapply(axes - 1L, function(a) known_size(self, shape, a), 1L)
  assign(".sizes", sizes, envir = self)
  norm_weights(self, sizes)
}

layer_norm_call <- function(self, inputs) {
  x <- one_input(self, inputs, min = 2L)
  d <- dims(value_of(x))
  axes <- norm_axes(self, d, self$.sizes)
  kept <- replace(rep(1L, length(d)), axes, d[axes])
  mean <- op_mean(x, axes, keepdims = TRUE)
  variance <- op_mean(op_square(x - mean), axes, keepdims = TRUE)
  norm_scale(self, x, mean, variance, kept)
}

#' Normalization of samples
#'
#' `layer_layer_normalization()` subtracts the mean and divides by the standard
#' deviation of each sample (and step), over `axis`, then scales by gamma and
#' shifts by beta. `layer_unit_normalization()` divides by the length, the root
#' of the sum of squares.
#'
#' @inheritParams layer_batch_normalization
#' @param trainable Whether the weights are trained.
#' @param name Name of the layer, or NULL for one of its own.
#' @param axis The axis to normalize over (or several), counted from 0, the
#'   batch; negative from the end.
#' @return An array of the shape of the input. Weights in order: gamma, beta,
#'   of the sizes of `axis`. A mask goes on to the next layer.
#' @section Errors: `ValueError` for an axis that does not exist or has another
#'   size than the layer was built for.
#' @source Ba et al. (2016), *Layer normalization*, arXiv:1607.06450. R keras
#'   2.15.
#' @export
#' @examples
#' x <- matrix(rnorm(12, mean = 5), 3)
#' rowMeans(layer_layer_normalization(x))
#' rowSums(layer_unit_normalization(x)^2)
layer_layer_normalization <- function(object, axis = -1, epsilon = 0.001,
                                      center = TRUE, scale = TRUE,
                                      beta_initializer = "zeros",
                                      gamma_initializer = "ones",
                                      beta_regularizer = NULL,
                                      gamma_regularizer = NULL,
                                      beta_constraint = NULL,
                                      gamma_constraint = NULL,
                                      trainable = TRUE, name = NULL) {
  compose(object, LayerNormalization, call_args())
}

#' @rdname layer_layer_normalization
#' @export
layer_unit_normalization <- function(object, axis = -1L, ...) {
  compose(object, UnitNormalization, call_args())
}
