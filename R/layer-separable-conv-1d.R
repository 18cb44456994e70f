# Convolutions of each feature by itself, and a mixing of features after it.
DepthwiseConv1D <- keras_class(
  "DepthwiseConv1D", inherit = KerasLayer,
  public = list(
    initialize = function(...) depthwise_initialize(self, list(...)),
    build = function(input_shape) {
      features <- depthwise_build(self, input_shape)
      add_bias(self, features)
    },
    call = function(inputs) depthwise_call(self, inputs)
  )
)

SeparableConv1D <- keras_class(
  "SeparableConv1D", inherit = KerasLayer,
  public = list(
    initialize = function(...) separable_initialize(self, list(...)),
    build = function(input_shape) separable_build(self, input_shape),
    call = function(inputs) separable_call(self, inputs)
  )
)

depthwise_initialize <- function(self, args) {
  take_arguments(self, layer_depthwise_conv_1d, args)
  conv_arguments(self)
  self$depth_multiplier <- check_count(self$depth_multiplier,
                                       "depth_multiplier")
}

separable_initialize <- function(self, args) {
  take_arguments(self, layer_separable_conv_1d, args)
  conv_arguments(self, c("valid", "same", "causal"))
  self$depth_multiplier <- check_count(self$depth_multiplier,
                                       "depth_multiplier")
}

# Gives the number of features that come out.
depthwise_build <- function(self, input_shape) {
  features <- conv_features(self, input_shape)
  self$depthwise_kernel <- self$add_weight(
    "depthwise_kernel", c(self$kernel_size, features, self$depth_multiplier),
    initializer = self$depthwise_initializer,
    regularizer = self$depthwise_regularizer,
    constraint = self$depthwise_constraint
  )
  assign(".features", features, envir = self)
  features * self$depth_multiplier
}

separable_build <- function(self, input_shape) {
  features <- depthwise_build(self, input_shape)
  self$pointwise_kernel <- self$add_weight(
    "pointwise_kernel", c(1L, features, self$filters),
    initializer = self$pointwise_initializer,
    regularizer = self$pointwise_regularizer,
    constraint = self$pointwise_constraint
  )
  add_bias(self, self$filters)
}

# One group for each feature, of `depth_multiplier` filters.
depthwise <- function(self, x) {
  kernel <- self$depthwise_kernel
  d <- as.integer(dims(value_of(kernel)))
  kernel <- op_reshape(kernel, c(d[[1L]], 1L, d[[2L]] * d[[3L]]))
  op_conv_1d(x, kernel, conv_plan(self, x), d[[2L]])
}

depthwise_call <- function(self, inputs) {
  x <- conv_inputs(self, inputs)
  channels_last(self, finish_affine(self, depthwise(self, x)))
}

separable_call <- function(self, inputs) {
  x <- depthwise(self, conv_inputs(self, inputs))
  y <- op_matmul(x, op_squeeze(self$pointwise_kernel, 1L))
  channels_last(self, finish_affine(self, y))
}

#' Convolutions feature by feature
#'
#' `layer_depthwise_conv_1d()` convolves each feature by itself, with
#' `depth_multiplier` filters each; `layer_separable_conv_1d()` then mixes the
#' features into `filters` at each step.
#'
#' @inheritParams layer_conv_1d
#' @param depth_multiplier Number of filters for each feature.
#' @param depthwise_initializer,pointwise_initializer Initializers of the
#'   kernels.
#' @param depthwise_regularizer,pointwise_regularizer Regularizers of the
#'   kernels.
#' @param depthwise_constraint,pointwise_constraint Constraints of the kernels.
#' @param bias_initializer,bias_regularizer,bias_constraint What the bias
#'   starts from, its regularizer and its constraint.
#' @param ... Standard arguments of layers, see [layer_dense()].
#' @return An array (batch, steps, features * depth multiplier), or (batch,
#'   steps, filters). Weights: depthwise kernel (kernel size, features, depth
#'   multiplier), pointwise kernel (1, features * depth multiplier, filters),
#'   bias. A mask stops here.
#' @inheritSection layer_conv_1d Errors
#' @source R keras 2.15.
#' @name layer_separable_conv_1d
#' @examples
#' x <- array(rnorm(2 * 10 * 3), c(2, 10, 3))
#' dim(layer_depthwise_conv_1d(kernel_size = 3, depth_multiplier = 2)(x))
#' dim(layer_separable_conv_1d(filters = 5, kernel_size = 3)(x))
NULL

#' @rdname layer_separable_conv_1d
#' @export
layer_depthwise_conv_1d <- function(object, kernel_size, strides = 1L,
                                    padding = "valid", depth_multiplier = 1L,
                                    data_format = NULL, dilation_rate = 1L,
                                    activation = NULL, use_bias = TRUE,
                                    depthwise_initializer = "glorot_uniform",
                                    bias_initializer = "zeros",
                                    depthwise_regularizer = NULL,
                                    bias_regularizer = NULL,
                                    activity_regularizer = NULL,
                                    depthwise_constraint = NULL,
                                    bias_constraint = NULL, ...) {
  compose(object, DepthwiseConv1D, call_args())
}

#' @rdname layer_separable_conv_1d
#' @export
layer_separable_conv_1d <- function(object, filters, kernel_size, strides = 1,
                                    padding = "valid",
                                    data_format = "channels_last",
                                    dilation_rate = 1, depth_multiplier = 1,
                                    activation = NULL, use_bias = TRUE,
                                    depthwise_initializer = "glorot_uniform",
                                    pointwise_initializer = "glorot_uniform",
                                    bias_initializer = "zeros",
                                    depthwise_regularizer = NULL,
                                    pointwise_regularizer = NULL,
                                    bias_regularizer = NULL,
                                    activity_regularizer = NULL,
                                    depthwise_constraint = NULL,
                                    pointwise_constraint = NULL,
                                    bias_constraint = NULL, input_shape = NULL,
                                    batch_input_shape = NULL,
                                    batch_size = NULL, dtype = NULL,
                                    name = NULL, trainable = NULL,
                                    weights = NULL) {
  compose(object, SeparableConv1D, call_args())
}
