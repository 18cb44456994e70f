# output = activation(x W + b) over the last axis.
Dense <- keras_class(
  "Dense", inherit = KerasLayer,
  public = list(
    supports_masking = TRUE,
    initialize = function(...) take_arguments(self, layer_dense, list(...)),
    build = function(input_shape) dense_build(self, input_shape),
    call = function(inputs) dense_call(self, inputs),
    .quick = function(inputs, ...) {
      if (is_plain_call(inputs, ...)) dense_quick(self, inputs)
    }
  )
)

dense_build <- function(self, input_shape) {
  shape <- one_shape(self, input_shape, min = 2L)
  self$kernel <- self$add_weight(
    "kernel", c(known_size(self, shape), self$units),
    initializer = self$kernel_initializer,
    regularizer = self$kernel_regularizer, constraint = self$kernel_constraint
  )
  add_bias(self, self$units)
}

# The bias of layers that have one when `use_bias` says so.
add_bias <- function(self, shape) {
  if (!self$use_bias) return(invisible())
  self$bias <- self$add_weight(
    "bias", shape, initializer = self$bias_initializer,
    regularizer = self$bias_regularizer, constraint = self$bias_constraint
  )
}

# C takes matrices that surely fit.
dense_call <- function(self, inputs) {
  kernel <- .subset2(self, "kernel")
  bias <- if (.subset2(self, "use_bias")) .subset2(self, "bias")
  z <- if (!is.null(bias)) {
    .Call(ffi_affine, row_affine, inputs, kernel, bias, tapes, session)
  }
  if (!is.null(z)) return(activate(.subset2(self, "activation"), z))
  x <- one_input(self, inputs, 2L, features = nrow(value_of(kernel)))
  if (is.null(bias) || length(dim(value_of(x))) != 2L) {
    return(finish_affine(self, op_matmul(x, kernel)))
  }
  z <- apply_op(row_affine, list(x, kernel, bias))
  activate(.subset2(self, "activation"), z)
}

# x W + b of matrices in one row of the tape.
row_affine <- op_row(
  "affine",
  function(x, w, b) row_add$forward(mat_mul(x, w), b),
  function(g, y, x, w, b, need) {
    c(matrix_backward(g, x, w, need), list(if (need[[3L]]) sum_to(g, b)))
  },
  needs = TRUE
)

# The short road of an array in inference; NULL where there is more to do.
dense_quick <- function(self, x) {
  if (.subset2(self, "built") && !in_single(self) && length(dim(x)) &&
        is.null(.subset2(self, "activity_regularizer"))) {
    value_of(.subset2(self, "call")(new_tensor(x)))
  }
}

# What comes after the product: bias and activation.
finish_affine <- function(self, z) {
  activate(self$activation, if (self$use_bias) op_add(z, self$bias) else z)
}

#' A densely connected layer
#'
#' `activation(x W + b)`: the product runs over the last axis of the inputs,
#' so sequences are transformed step by step.
#'
#' @inheritParams layer_rnn
#' @param units Positive whole number: size of the last axis of the output.
#' @param activation Activation function: its name ("tanh", "relu", ...), an R
#'   function on tensors, or NULL for none.
#' @param use_bias Whether there is a bias vector.
#' @param kernel_initializer,bias_initializer Initializers of the kernel W
#'   and of the bias b: names, `initializer_*()` or R functions of a shape.
#' @param kernel_regularizer,bias_regularizer Regularizers of the same
#'   weights: NULL, names, `regularizer_*()` or R functions.
#' @param activity_regularizer Regularizer of the layer's output; its value,
#'   divided by the batch size, is added to `layer$losses`.
#' @param kernel_constraint,bias_constraint Constraints that act on the same
#'   weights after each update: NULL, names, `constraint_*()` or R functions.
#' @param input_shape Shape of one sample, without the batch axis, for the
#'   first layer of a sequential model: `c(10, 8)`, `list(NULL, 8)`.
#' @param batch_input_shape The same with the batch axis, in place of
#'   `input_shape`.
#' @param batch_size The batch size, when it is fixed, beside `input_shape`.
#' @param dtype NULL for `k_floatx()`, "float64" or "float32".
#' @param name Name of the layer, a string; NULL makes one up.
#' @param trainable FALSE freezes the weights; NULL is TRUE.
#' @param weights A list of arrays, the weights to start from.
#' @return For an array (batch, ..., features), an array (batch, ..., units).
#'   Without `object`, a layer with `weights` kernel (features, units) and bias
#'   (units). A mask goes on to the next layer.
#' @section Errors: `ValueError` for units that are not positive whole numbers,
#'   inputs with less than two axes or another number of features than the
#'   layer was built for; `TypeError` for arguments of the wrong kind or
#'   unknown ones.
#' @source R keras 2.15; `tf.keras.layers.Dense`.
#' @export
#' @examples
#' layer <- layer_dense(units = 3, activation = "relu")
#' layer(matrix(rnorm(8), 2))
#' dim(layer(array(rnorm(2 * 5 * 4), c(2, 5, 4))))
#'
#' layer_input(list(NULL, 4)) %>% layer_dense(units = 3)
layer_dense <- function(object, units, activation = NULL, use_bias = TRUE,
                        kernel_initializer = "glorot_uniform",
                        bias_initializer = "zeros", kernel_regularizer = NULL,
                        bias_regularizer = NULL, activity_regularizer = NULL,
                        kernel_constraint = NULL, bias_constraint = NULL,
                        input_shape = NULL, batch_input_shape = NULL,
                        batch_size = NULL, dtype = NULL, name = NULL,
                        trainable = NULL, weights = NULL) {
  compose(object, Dense, call_args())
}
