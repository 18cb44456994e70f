# Scales features by mean and variance: of the batch in training, of what
# training has seen otherwise.
BatchNormalization <- keras_class(
  "BatchNormalization", inherit = KerasLayer,
  public = list(
    supports_masking = TRUE,
    initialize = function(...) norm_initialize(self, list(...)),
    build = function(input_shape) batch_norm_build(self, input_shape),
    call = function(inputs, training = NULL, mask = NULL) {
      batch_norm_call(self, inputs, training, mask)
    }
  )
)

norm_initialize <- function(self, args) {
  take_arguments(self, layer_batch_normalization, args)
  check_flag(self$synchronized, "synchronized")
  self$momentum <- check_number(self$momentum, "momentum", 0, 1)
  self$epsilon <- check_number(self$epsilon, "epsilon", min = 0)
}

batch_norm_build <- function(self, input_shape) {
  shape <- one_shape(self, input_shape, min = 2L)
  axes <- layer_axes(self, self$axis, length(shape))
  sizes <- vapply(axes - 1L, function(a) known_size(self, shape, a), 1L)
  norm_weights(self, sizes)
  self$moving_mean <- self$add_weight(
    "moving_mean", sizes, initializer = self$moving_mean_initializer,
    trainable = FALSE
  )
  self$moving_variance <- self$add_weight(
    "moving_variance", sizes, initializer = self$moving_variance_initializer,
    trainable = FALSE
  )
}

# gamma scales, beta shifts.
norm_weights <- function(self, sizes) {
  if (self$scale) {
    self$gamma <- self$add_weight(
      "gamma", sizes, initializer = self$gamma_initializer,
      regularizer = self$gamma_regularizer, constraint = self$gamma_constraint
    )
  }
  if (self$center) {
    self$beta <- self$add_weight(
      "beta", sizes, initializer = self$beta_initializer,
      regularizer = self$beta_regularizer, constraint = self$beta_constraint
    )
  }
}

# A frozen layer works as in inference. An empty batch has no mean.
batch_norm_call <- function(self, inputs, training, mask) {
  x <- one_input(self, inputs, min = 2L)
  d <- dims(value_of(x))
  axes <- norm_axes(self, d, dims(value_of(self$moving_mean)))
  kept <- replace(rep(1L, length(d)), axes, d[axes])
  if (!is_training(training) || !self$.trainable || !prod(d)) {
    return(norm_scale(self, x, op_reshape(self$moving_mean, kept),
                      op_reshape(self$moving_variance, kept), kept))
  }
  over <- seq_along(d)[-axes]
  moments <- batch_moments(self, x, over, mask)
  y <- norm_scale(self, x, moments$mean, moments$variance, kept)
  if (!probing()) {
    move_statistic(self, self$moving_mean, moments$mean)
    move_statistic(self, self$moving_variance, moments$variance)
  }
  y
}

# The axes that keep their own mean, checked against what was built.
norm_axes <- function(self, sizes, built) {
  axes <- layer_axes(self, self$axis, length(sizes))
  if (!identical(as.integer(sizes[axes]), as.integer(built))) {
    stop_value(
      sprintf("Layer \"%s\" (%s) was built for size %s on axis %s; inputs of \
shape %s have %s.", self$name, class(self)[[1L]], toString(built),
              toString(axes - 1L), format(as_shape(sizes)),
              toString(sizes[axes])),
      i = "Give inputs of that size, or make a new layer."
    )
  }
  axes
}

# Masked steps do not count.
batch_moments <- function(self, x, over, mask) {
  if (is.null(mask)) {
    mean <- op_mean(x, over, keepdims = TRUE)
    return(list(mean = mean,
                variance = op_mean(op_square(x - mean), over,
                                   keepdims = TRUE)))
  }
  weight <- value_of(mask)
  dim(weight) <- c(dims(weight), rep(1L, length(dims(value_of(x))) -
                                       length(dims(weight))))
  weight <- weight != 0
  w <- array(as.double(weight), dim(weight))
  total <- op_sum(op_broadcast_to(w, dims(value_of(x))), over, keepdims = TRUE)
  x <- op_where(weight, x, 0)
  mean <- op_sum(x, over, keepdims = TRUE) / total
  off <- op_square(x - mean) * w
  list(mean = mean, variance = op_sum(off, over, keepdims = TRUE) / total)
}

norm_scale <- function(self, x, mean, variance, kept) {
  factor <- op_rsqrt(variance + self$epsilon)
  if (self$scale) factor <- factor * op_reshape(self$gamma, kept)
  y <- (x - mean) * factor
  if (self$center) y + op_reshape(self$beta, kept) else y
}

move_statistic <- function(self, weight, value) {
  old <- value_of(weight)
  new <- old * self$momentum + as.vector(value_of(value)) * (1 - self$momentum)
  assign("value", new, envir = weight)
}

#' Batch normalization
#'
#' Subtracts the mean and divides by the standard deviation of each feature,
#' then scales by gamma and shifts by beta. In training mean and variance are
#' those of the batch, over all axes but `axis`, and move the layer's own mean
#' and variance; otherwise the layer's own are used, as they are when it is
#' frozen (`trainable = FALSE`).
#'
#' @inheritParams layer_dense
#' @param axis The axis of the features (or several), counted from 0, the
#'   batch; negative from the end.
#' @param momentum How much of the layer's own mean and variance stays at each
#'   training call, between 0 and 1.
#' @param epsilon Small number that is added to the variance.
#' @param center,scale Whether there is a shift beta, a scale gamma.
#' @param beta_initializer,gamma_initializer Initializers of beta and gamma.
#' @param moving_mean_initializer,moving_variance_initializer Initializers of
#'   the layer's own mean and variance.
#' @param beta_regularizer,gamma_regularizer Regularizers of beta and gamma.
#' @param beta_constraint,gamma_constraint Constraints of beta and gamma.
#' @param synchronized Accepted as in R keras; there is one process.
#' @param ... Standard arguments of layers, see [layer_dense()].
#' @return An array of the shape of the input. Weights in order: gamma, beta,
#'   moving mean, moving variance; the last two are not trainable. A mask goes
#'   on to the next layer, and masked steps do not count in training.
#' @section Errors: `ValueError` for an axis that does not exist or has another
#'   size than the layer was built for, and numbers out of range.
#' @source Ioffe and Szegedy (2015), *Batch normalization*, ICML. R keras 2.15.
#' @export
#' @examples
#' x <- matrix(rnorm(40, mean = 5), 10)
#' layer <- layer_batch_normalization()
#' colMeans(layer(x, training = TRUE))
#' layer$weights[[3]]
layer_batch_normalization <- function(object, axis = -1L, momentum = 0.99,
                                      epsilon = 0.001, center = TRUE,
                                      scale = TRUE, beta_initializer = "zeros",
                                      gamma_initializer = "ones",
                                      moving_mean_initializer = "zeros",
                                      moving_variance_initializer = "ones",
                                      beta_regularizer = NULL,
                                      gamma_regularizer = NULL,
                                      beta_constraint = NULL,
                                      gamma_constraint = NULL,
                                      synchronized = FALSE, ...) {
  compose(object, BatchNormalization, call_args())
}
