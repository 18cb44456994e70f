# Layers that are one function of their inputs.
Activation <- keras_class(
  "Activation", inherit = KerasLayer,
  public = list(
    supports_masking = TRUE,
    initialize = function(...) {
      take_arguments(self, layer_activation, list(...))
    },
    call = function(inputs) {
      activate(self$activation, one_input(self, inputs, min = 0L))
    }
  )
)

ReLU <- keras_class(
  "ReLU", inherit = KerasLayer,
  public = list(
    supports_masking = TRUE,
    initialize = function(...) relu_initialize(self, list(...)),
    call = function(inputs) {
      activation_relu(one_input(self, inputs, min = 0L),
                      self$negative_slope, self$max_value, self$threshold)
    }
  )
)

LeakyReLU <- keras_class(
  "LeakyReLU", inherit = KerasLayer,
  public = list(
    supports_masking = TRUE,
    initialize = function(...) {
      take_arguments(self, layer_activation_leaky_relu, list(...))
      check_finite(self$alpha, "alpha")
    },
    call = function(inputs) {
      op_leaky_relu(one_input(self, inputs, min = 0L), self$alpha)
    }
  )
)

ELU <- keras_class(
  "ELU", inherit = KerasLayer,
  public = list(
    supports_masking = TRUE,
    initialize = function(...) {
      take_arguments(self, layer_activation_elu, list(...))
      check_finite(self$alpha, "alpha")
    },
    call = function(inputs) {
      op_elu(one_input(self, inputs, min = 0L), self$alpha)
    }
  )
)

ThresholdedReLU <- keras_class(
  "ThresholdedReLU", inherit = KerasLayer,
  public = list(
    supports_masking = TRUE,
    initialize = function(...) {
      take_arguments(self, layer_activation_thresholded_relu, list(...))
      check_finite(self$theta, "theta", min = 0)
    },
    call = function(inputs) {
      x <- one_input(self, inputs, min = 0L)
      op_where(x > self$theta, x, 0)
    }
  )
)

Softmax <- keras_class(
  "Softmax", inherit = KerasLayer,
  public = list(
    supports_masking = TRUE,
    initialize = function(...) {
      take_arguments(self, layer_activation_softmax, list(...))
    },
    call = function(inputs, mask = NULL) softmax_call(self, inputs, mask)
  )
)

PReLU <- keras_class(
  "PReLU", inherit = KerasLayer,
  public = list(
    supports_masking = TRUE,
    initialize = function(...) {
      take_arguments(self, layer_activation_parametric_relu, list(...))
    },
    build = function(input_shape) prelu_build(self, input_shape),
    call = function(inputs) prelu_call(self, inputs)
  )
)

relu_initialize <- function(self, args) {
  take_arguments(self, layer_activation_relu, args)
  if (!is.null(self$max_value)) {
    check_finite(self$max_value, "max_value", min = 0)
  }
  check_finite(self$negative_slope, "negative_slope", min = 0)
  check_finite(self$threshold, "threshold", min = 0)
}

# A mask of the shape of the inputs leaves elements out; one of steps only
# goes on.
softmax_call <- function(self, inputs, mask) {
  x <- one_input(self, inputs)
  sizes <- dims(value_of(x))
  axis <- layer_axes(self, self$axis, length(sizes))
  if (!is.null(mask) && length(dims(value_of(mask))) == length(sizes)) {
    x <- x - 1e9 * (1 - value_of(mask))
  }
  y <- if (length(axis) == 1L) op_softmax(x, axis) else
    op_exp(x - op_logsumexp(x, axis, keepdims = TRUE))
  if (identical(axis, length(sizes))) with_logits(y, x, "softmax") else y
}

prelu_build <- function(self, input_shape) {
  shape <- one_shape(self, input_shape, min = 2L)
  rank <- length(shape)
  shared <- layer_axes(self, self$shared_axes, rank, "shared_axes")
  sizes <- lapply(seq_len(rank)[-1L], function(a) {
    if (a %in% shared) 1L else known_size(self, shape, a - 1L)
  })
  self$alpha <- self$add_weight(
    "alpha", unlist(sizes), initializer = self$alpha_initializer,
    regularizer = self$alpha_regularizer, constraint = self$alpha_constraint
  )
}

prelu_call <- function(self, inputs) {
  x <- one_input(self, inputs, min = 2L)
  op_relu(x) - self$alpha * op_relu(-x)
}

#' Activations as layers
#'
#' @description
#' `layer_activation()` applies any of the [activations]; the others have
#' functions of their own, element by element but for softmax:
#'
#' * `layer_activation_relu()`: x between `threshold` and `max_value`,
#'   `max_value` above it, `negative_slope * (x - threshold)` below;
#' * `layer_activation_leaky_relu()`: x above 0, else `alpha * x`;
#' * `layer_activation_parametric_relu()`: the same with a weight for alpha;
#' * `layer_activation_thresholded_relu()`: x above `theta`, else 0;
#' * `layer_activation_elu()`: x above 0, else `alpha * (exp(x) - 1)`;
#' * `layer_activation_selu()`: "selu";
#' * `layer_activation_softmax()`: exp(x) / sum(exp(x)), the sum over `axis`.
#'
#' @inheritParams layer_dense
#' @param max_value NULL, or the largest value.
#' @param negative_slope Slope below the threshold, at least 0.
#' @param threshold Where the identity begins, at least 0.
#' @param alpha `elu`: minus the value far below 0; `leaky_relu`: the slope
#'   below 0.
#' @param theta Where the identity begins, at least 0.
#' @param axis The axis to sum over (or several), counted from 0, the batch
#'   axis; negative from the end.
#' @param alpha_initializer,alpha_regularizer,alpha_constraint Initializer,
#'   regularizer and constraint of the slopes.
#' @param shared_axes NULL, or axes along which the slope is the same, counted
#'   from 1, the first after the batch axis.
#' @return An array of the shape of the input. A mask goes on to the next
#'   layer; `layer_activation_softmax()` called with a `mask` of the shape of
#'   its inputs gives (almost) no weight to what is FALSE.
#' @section Errors: `ValueError` for unknown names, axes that do not exist and
#'   numbers out of range; `TypeError` for arguments of the wrong kind.
#' @source R keras 2.15. He et al. (2015), *Delving deep into rectifiers*, ICCV
#'   (parametric); further sources at [activations].
#' @export
#' @examples
#' x <- matrix(c(-2, -1, 0, 0.5, 1, 2), 2)
#' layer_activation(activation = "tanh")(x)
#' layer_activation_relu(max_value = 1, negative_slope = 0.1)(x)
#' layer_activation_softmax()(x)
#' layer <- layer_activation_parametric_relu(alpha_initializer = "ones")
#' layer(x)
layer_activation <- function(object, activation, input_shape = NULL,
                             batch_input_shape = NULL, batch_size = NULL,
                             dtype = NULL, name = NULL, trainable = NULL,
                             weights = NULL) {
  compose(object, Activation, call_args())
}

#' @rdname layer_activation
#' @export
layer_activation_relu <- function(object, max_value = NULL, negative_slope = 0,
                                  threshold = 0, input_shape = NULL,
                                  batch_input_shape = NULL, batch_size = NULL,
                                  dtype = NULL, name = NULL, trainable = NULL,
                                  weights = NULL) {
  compose(object, ReLU, call_args())
}

#' @rdname layer_activation
#' @export
layer_activation_leaky_relu <- function(object, alpha = 0.3,
                                        input_shape = NULL,
                                        batch_input_shape = NULL,
                                        batch_size = NULL, dtype = NULL,
                                        name = NULL, trainable = NULL,
                                        weights = NULL) {
  compose(object, LeakyReLU, call_args())
}

#' @rdname layer_activation
#' @export
layer_activation_parametric_relu <- function(object,
                                             alpha_initializer = "zeros",
                                             alpha_regularizer = NULL,
                                             alpha_constraint = NULL,
                                             shared_axes = NULL,
                                             input_shape = NULL,
                                             batch_input_shape = NULL,
                                             batch_size = NULL, dtype = NULL,
                                             name = NULL, trainable = NULL,
                                             weights = NULL) {
  compose(object, PReLU, call_args())
}

#' @rdname layer_activation
#' @export
layer_activation_thresholded_relu <- function(object, theta = 1,
                                              input_shape = NULL,
                                              batch_input_shape = NULL,
                                              batch_size = NULL, dtype = NULL,
                                              name = NULL, trainable = NULL,
                                              weights = NULL) {
  compose(object, ThresholdedReLU, call_args())
}

#' @rdname layer_activation
#' @export
layer_activation_elu <- function(object, alpha = 1, input_shape = NULL,
                                 batch_input_shape = NULL, batch_size = NULL,
                                 dtype = NULL, name = NULL, trainable = NULL,
                                 weights = NULL) {
  compose(object, ELU, call_args())
}

#' @rdname layer_activation
#' @export
layer_activation_selu <- function(object, input_shape = NULL,
                                  batch_input_shape = NULL, batch_size = NULL,
                                  dtype = NULL, name = NULL, trainable = NULL,
                                  weights = NULL) {
  compose(object, Activation, c(call_args(), activation = "selu"))
}

#' @rdname layer_activation
#' @export
layer_activation_softmax <- function(object, axis = -1, input_shape = NULL,
                                     batch_input_shape = NULL,
                                     batch_size = NULL, dtype = NULL,
                                     name = NULL, trainable = NULL,
                                     weights = NULL) {
  compose(object, Softmax, call_args())
}
