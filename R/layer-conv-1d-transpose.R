# The way back of a convolution: more steps out than in.
Conv1DTranspose <- keras_class(
  "Conv1DTranspose", inherit = KerasLayer,
  public = list(
    initialize = function(...) transpose_initialize(self, list(...)),
    build = function(input_shape) transpose_build(self, input_shape),
    call = function(inputs) transpose_call(self, inputs)
  )
)

transpose_initialize <- function(self, args) {
  take_arguments(self, layer_conv_1d_transpose, args)
  conv_arguments(self)
  extra <- self$output_padding
  if (is.null(extra)) return(invisible())
  self$output_padding <- check_one_count(extra, "output_padding", 0L)
  if (self$output_padding >= self$strides) {
    stop_value(
      sprintf("`output_padding` = %d must be less than `strides` = %d.",
              self$output_padding, self$strides),
      i = "It adds steps at the end that no window starts at."
    )
  }
}

transpose_build <- function(self, input_shape) {
  features <- conv_features(self, input_shape)
  self$kernel <- self$add_weight(
    "kernel", c(self$kernel_size, self$filters, features),
    initializer = self$kernel_initializer,
    regularizer = self$kernel_regularizer, constraint = self$kernel_constraint
  )
  assign(".features", features, envir = self)
  add_bias(self, self$filters)
}

# Number of output steps: such that the convolution of them has `time` steps.
transpose_steps <- function(self, time) {
  reach <- self$dilation_rate * (self$kernel_size - 1L) + 1L
  stride <- self$strides
  extra <- self$output_padding
  if (is.null(extra)) {
    return(time * stride +
             if (self$padding == "valid") max(reach - stride, 0L) else 0L)
  }
  cut <- if (self$padding == "same") 2L * (reach %/% 2L) else 0L
  (time - 1L) * stride + reach - cut + extra
}

transpose_call <- function(self, inputs) {
  x <- conv_inputs(self, inputs)
  time <- dims(value_of(x))[[2L]]
  plan <- window_plan(transpose_steps(self, time), self$kernel_size,
                      self$strides, self$padding, self$dilation_rate)
  if (plan$steps != time) stop_output_padding(self, time)
  y <- apply_op(row_conv_transpose, list(x, self$kernel), list(plan))
  channels_last(self, finish_affine(self, y))
}

stop_output_padding <- function(self, time) {
  stop_value(
    sprintf("Layer \"%s\" (Conv1DTranspose) cannot place %d steps with \
`output_padding` = %s.", self$name, time, format(self$output_padding)),
    i = "Leave `output_padding` out, or choose another `padding`."
  )
}

#' Transposed convolution over time
#'
#' Each input step spreads over a window of output steps: the way back of
#' [layer_conv_1d()], to make sequences longer.
#'
#' @inheritParams layer_conv_1d
#' @param kernel_size Number of output steps that an input step spreads over.
#' @param strides Number of output steps from one input step to the next.
#' @param padding "valid": all output steps; "same": `strides` for each input
#'   step.
#' @param output_padding NULL, or a number of steps, less than `strides`, that
#'   are added at the end.
#' @return An array (batch, steps, filters). Weights: kernel (kernel size,
#'   filters, features), bias (filters). A mask stops here.
#' @inheritSection layer_conv_1d Errors
#' @source R keras 2.15; `tf.keras.layers.Conv1DTranspose`.
#' @export
#' @examples
#' x <- array(rnorm(2 * 5 * 3), c(2, 5, 3))
#' dim(layer_conv_1d_transpose(filters = 4, kernel_size = 3, strides = 2)(x))
layer_conv_1d_transpose <- function(object, filters, kernel_size, strides = 1,
                                    padding = "valid", output_padding = NULL,
                                    data_format = NULL, dilation_rate = 1,
                                    activation = NULL, use_bias = TRUE,
                                    kernel_initializer = "glorot_uniform",
                                    bias_initializer = "zeros",
                                    kernel_regularizer = NULL,
                                    bias_regularizer = NULL,
                                    activity_regularizer = NULL,
                                    kernel_constraint = NULL,
                                    bias_constraint = NULL, input_shape = NULL,
                                    batch_input_shape = NULL,
                                    batch_size = NULL, dtype = NULL,
                                    name = NULL, trainable = NULL,
                                    weights = NULL) {
  compose(object, Conv1DTranspose, call_args())
}
