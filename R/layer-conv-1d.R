# Convolutions over time: (batch, time, features) -> (batch, steps, filters).
Conv1D <- keras_class(
  "Conv1D", inherit = KerasLayer,
  public = list(
    initialize = function(...) conv_initialize(self, list(...)),
    build = function(input_shape) conv_build(self, input_shape),
    call = function(inputs) conv_call(self, inputs)
  )
)

conv_initialize <- function(self, args) {
  take_arguments(self, layer_conv_1d, args)
  conv_arguments(self, c("valid", "same", "causal"))
  self$groups <- check_count(self$groups, "groups")
  if (self$filters %% self$groups) {
    stop_value(
      sprintf("`filters` = %d cannot be split into %d groups.", self$filters,
              self$groups),
      i = "Give `filters` a multiple of `groups`."
    )
  }
}

# What all convolutions check.
conv_arguments <- function(self, paddings = c("valid", "same")) {
  self$kernel_size <- check_one_count(self$kernel_size, "kernel_size")
  self$strides <- check_one_count(self$strides, "strides")
  self$padding <- check_padding(self$padding, paddings)
  self$data_format <- check_data_format(self$data_format)
  if ("dilation_rate" %in% self$.args) {
    self$dilation_rate <- check_one_count(self$dilation_rate, "dilation_rate")
    if (self$dilation_rate > 1L && self$strides > 1L) {
      stop_value(
        sprintf("`strides` = %d and `dilation_rate` = %d do not go together.",
                self$strides, self$dilation_rate),
        i = "One of them must be 1."
      )
    }
  }
}

# The number of features of (batch, time, features).
conv_features <- function(self, input_shape) {
  shape <- one_shape(self, input_shape, 3L, 3L)
  known_size(self, shape, if (self$data_format == "channels_first") 1L else 2L)
}

conv_build <- function(self, input_shape) {
  features <- conv_features(self, input_shape)
  if (features %% self$groups) {
    stop_value(
      sprintf("Layer \"%s\" (Conv1D) cannot split %d features into %d groups.",
              self$name, features, self$groups),
      i = "The number of features must be a multiple of `groups`."
    )
  }
  self$kernel <- self$add_weight(
    "kernel", c(self$kernel_size, features %/% self$groups, self$filters),
    initializer = self$kernel_initializer,
    regularizer = self$kernel_regularizer, constraint = self$kernel_constraint
  )
  assign(".features", features, envir = self)
  add_bias(self, self$filters)
}

# The inputs with features last, checked.
conv_inputs <- function(self, inputs) {
  x <- channels_last(self, one_input(self, inputs, 3L, 3L))
  d <- dims(value_of(x))
  if (d[[3L]] != self$.features) stop_features(self, d, self$.features)
  x
}

conv_plan <- function(self, x) {
  plan <- window_plan(dims(value_of(x))[[2L]], self$kernel_size, self$strides,
                      self$padding, self$dilation_rate)
  check_window(self, plan, self$dilation_rate * (self$kernel_size - 1L) + 1L)
}

conv_call <- function(self, inputs) {
  x <- conv_inputs(self, inputs)
  y <- op_conv_1d(x, self$kernel, conv_plan(self, x), self$groups)
  channels_last(self, finish_affine(self, y))
}

#' Convolution over time
#'
#' Each output step is an affine function of a window of steps of the inputs,
#' the same function for all windows, and an activation of it.
#'
#' @inheritParams layer_dense
#' @inheritParams layer_pooling
#' @param filters Positive whole number: the features of the output.
#' @param kernel_size Number of steps that a window reads.
#' @param strides Number of steps from one window to the next.
#' @param padding "valid": whole windows only; "same": zeros at both ends, so
#'   that the output has as many steps (with strides 1); "causal": zeros before
#'   the start, so that no step reads later ones.
#' @param dilation_rate Distance of the steps that a window reads.
#' @param groups In how many groups features and filters are split; each group
#'   of filters reads its group of features only.
#' @return An array (batch, steps, filters). Weights: kernel (kernel size,
#'   features / groups, filters), bias (filters). A mask stops here.
#' @section Errors: `ValueError` for inputs that are not (batch, time,
#'   features), too short, or of another number of features than the layer was
#'   built for; sizes that are not positive whole numbers; strides and dilation
#'   both above 1.
#' @source R keras 2.15; `tf.keras.layers.Conv1D`.
#' @export
#' @examples
#' x <- array(rnorm(2 * 10 * 3), c(2, 10, 3))
#' dim(layer_conv_1d(filters = 4, kernel_size = 3)(x))
#' dim(layer_conv_1d(filters = 4, kernel_size = 3, padding = "causal",
#'                   dilation_rate = 2)(x))
layer_conv_1d <- function(object, filters, kernel_size, strides = 1L,
                          padding = "valid", data_format = "channels_last",
                          dilation_rate = 1L, groups = 1L, activation = NULL,
                          use_bias = TRUE,
                          kernel_initializer = "glorot_uniform",
                          bias_initializer = "zeros",
                          kernel_regularizer = NULL, bias_regularizer = NULL,
                          activity_regularizer = NULL,
                          kernel_constraint = NULL, bias_constraint = NULL,
                          input_shape = NULL, batch_input_shape = NULL,
                          batch_size = NULL, dtype = NULL, name = NULL,
                          trainable = NULL, weights = NULL) {
  compose(object, Conv1D, call_args())
}
