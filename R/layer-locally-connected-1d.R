# A convolution whose windows have a kernel each.
LocallyConnected1D <- keras_class(
  "LocallyConnected1D", inherit = KerasLayer,
  public = list(
    initialize = function(...) local_initialize(self, list(...)),
    build = function(input_shape) local_build(self, input_shape),
    call = function(inputs) local_call(self, inputs)
  )
)

# `implementation`, in gated cells 1 or 2, has three values here.
local_initialize <- function(self, args) {
  way <- args$implementation %||% 1L
  args$implementation <- NULL
  take_arguments(self, layer_locally_connected_1d, args)
  conv_arguments(self)
  assign("dilation_rate", 1L, envir = self)
  self$implementation <- check_count(way, "implementation")
  if (self$implementation > 3L) {
    stop_value(
      sprintf("`implementation` must be 1, 2 or 3, not %d.",
              self$implementation),
      i = "It changes no value here."
    )
  }
  if (self$implementation == 1L && self$padding != "valid") {
    stop_value(
      "`padding` = \"same\" does not go with `implementation` = 1.",
      i = "Give `implementation = 2`, or `padding = \"valid\"`."
    )
  }
}

local_build <- function(self, input_shape) {
  features <- conv_features(self, input_shape)
  time <- known_size(self, input_shape, time_axis(self) - 1L)
  plan <- window_plan(time, self$kernel_size, self$strides, self$padding)
  check_window(self, plan, self$kernel_size)
  self$kernel <- self$add_weight(
    "kernel", c(plan$steps, self$kernel_size * features, self$filters),
    initializer = self$kernel_initializer,
    regularizer = self$kernel_regularizer, constraint = self$kernel_constraint
  )
  assign(".features", features, envir = self)
  assign(".time", time, envir = self)
  add_bias(self, c(plan$steps, self$filters))
}

# Windows (steps, batch, places and features) times kernels (steps, places and
# features, filters); features run fastest, as in Keras.
local_call <- function(self, inputs) {
  x <- conv_inputs(self, inputs)
  d <- as.integer(dims(value_of(x)))
  if (d[[2L]] != self$.time) stop_local_time(self, d)
  plan <- conv_plan(self, x)
  if (plan$padded) x <- op_pad(x, list(c(0, 0), c(0, 1), c(0, 0)))
  rows <- op_take(x, plan$index, axis = 2L)
  rows <- op_reshape(op_transpose(rows, c(2L, 1L, 3L, 4L)),
                     c(plan$steps, d[[1L]], ncol(plan$index) * d[[3L]]))
  y <- op_transpose(op_matmul(rows, self$kernel), c(2L, 1L, 3L))
  channels_last(self, finish_affine(self, y))
}

stop_local_time <- function(self, sizes) {
  stop_value(
    sprintf("Layer \"%s\" (LocallyConnected1D) was built for %d steps; inputs \
of shape %s have %d.", self$name, self$.time, format(as_shape(sizes)),
            sizes[[2L]]),
    i = "It has a kernel for each window: give sequences of that length."
  )
}

#' Locally connected layer over time
#'
#' As [layer_conv_1d()], but each window has a kernel and bias of its own, so
#' that all sequences have one length.
#'
#' @inheritParams layer_conv_1d
#' @param padding "valid": whole windows only; "same" (with `implementation` 2
#'   or 3): zeros at both ends.
#' @param implementation 1, 2 or 3, accepted as in R keras: the values and the
#'   shapes of the weights are those of 1.
#' @return An array (batch, steps, filters). Weights: kernel (steps, kernel size
#'   * features, filters), bias (steps, filters). A mask stops here.
#' @inheritSection layer_conv_1d Errors
#' @source R keras 2.15; `tf.keras.layers.LocallyConnected1D`.
#' @export
#' @examples
#' x <- array(rnorm(2 * 6 * 3), c(2, 6, 3))
#' dim(layer_locally_connected_1d(filters = 4, kernel_size = 3)(x))
layer_locally_connected_1d <- function(object, filters, kernel_size,
                                       strides = 1L, padding = "valid",
                                       data_format = NULL, activation = NULL,
                                       use_bias = TRUE,
                                       kernel_initializer = "glorot_uniform",
                                       bias_initializer = "zeros",
                                       kernel_regularizer = NULL,
                                       bias_regularizer = NULL,
                                       activity_regularizer = NULL,
                                       kernel_constraint = NULL,
                                       bias_constraint = NULL,
                                       implementation = 1L, batch_size = NULL,
                                       name = NULL, trainable = NULL,
                                       weights = NULL) {
  compose(object, LocallyConnected1D, call_args())
}
