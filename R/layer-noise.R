# Noise in training: added, multiplied, or such that mean and variance stay.
GaussianNoise <- keras_class(
  "GaussianNoise", inherit = KerasLayer,
  public = list(
    supports_masking = TRUE,
    initialize = function(...) {
      take_arguments(self, layer_gaussian_noise, list(...))
      check_seed(self$seed)
      check_number(self$stddev, "stddev", min = 0)
    },
    call = function(inputs, training = NULL) {
      gaussian_noise_call(self, inputs, training)
    }
  )
)

GaussianDropout <- keras_class(
  "GaussianDropout", inherit = KerasLayer,
  public = list(
    supports_masking = TRUE,
    initialize = function(...) {
      dropout_initialize(self, layer_gaussian_dropout, list(...))
    },
    call = function(inputs, training = NULL) {
      gaussian_dropout_call(self, inputs, training)
    }
  )
)

AlphaDropout <- keras_class(
  "AlphaDropout", inherit = KerasLayer,
  public = list(
    supports_masking = TRUE,
    initialize = function(...) {
      dropout_initialize(self, layer_alpha_dropout, list(...))
    },
    call = function(inputs, training = NULL) {
      alpha_dropout_call(self, inputs, training)
    }
  )
)

gaussian_noise_call <- function(self, inputs, training) {
  x <- one_input(self, inputs, min = 0L)
  if (!is_training(training) || probing()) return(x)
  x + drawn_normal(self, x, self$stddev)
}

drawn_normal <- function(self, x, sd) {
  sizes <- dims(value_of(x))
  array(drawn(self, stats::rnorm(prod(sizes), 0, sd)), sizes)
}

gaussian_dropout_call <- function(self, inputs, training) {
  x <- one_input(self, inputs, min = 0L)
  if (!draws_noise(self, training) || self$rate == 1) return(x)
  x * (1 + drawn_normal(self, x, sqrt(self$rate / (1 - self$rate))))
}

# Dropped values become the lower limit of selu; an affine step restores the
# mean and the variance.
alpha_dropout_call <- function(self, inputs, training) {
  x <- one_input(self, inputs, min = 0L)
  rate <- self$rate
  if (!draws_noise(self, training) || rate == 1) return(x)
  sizes <- noise_sizes(self, x, self$noise_shape)
  keep <- drawn(self, draw_dropout(rate, sizes)) > 0
  low <- -1.6732632423543772 * 1.0507009873554805
  a <- 1 / sqrt((1 - rate) * (1 + rate * low^2))
  x * (a * keep) + (a * low * (1 - keep) - a * low * rate)
}

#' Noise in training
#'
#' Layers that act in training only; otherwise inputs pass unchanged.
#' `layer_gaussian_noise()` adds normal noise, `layer_gaussian_dropout()`
#' multiplies by normal noise with mean 1, `layer_alpha_dropout()` sets a part
#' of the inputs to the lower limit of "selu" so that their mean and variance
#' stay.
#'
#' @inheritParams layer_dropout
#' @param stddev Standard deviation of the noise, at least 0.
#' @param rate Fraction between 0 and 1. The multiplying noise has the standard
#'   deviation sqrt(rate / (1 - rate)).
#' @param ... Standard arguments of layers, see [layer_dense()].
#' @return An array of the shape of the input. A mask goes on to the next
#'   layer.
#' @section Errors: `ValueError` for rates outside 0 to 1 or a negative
#'   `stddev`, `TypeError` for arguments of the wrong kind.
#' @source Srivastava et al. (2014), *Dropout*, JMLR 15; Klambauer et al.
#'   (2017), *Self-normalizing neural networks*, NIPS (alpha dropout). R keras
#'   2.15.
#' @name layer_noise
#' @examples
#' x <- matrix(1, 2, 4)
#' layer_gaussian_noise(stddev = 0.1)(x, training = TRUE)
#' layer_gaussian_dropout(rate = 0.2)(x, training = TRUE)
#' layer_alpha_dropout(rate = 0.2)(x, training = TRUE)
NULL

#' @rdname layer_noise
#' @export
layer_gaussian_noise <- function(object, stddev, seed = NULL, ...) {
  compose(object, GaussianNoise, call_args())
}

#' @rdname layer_noise
#' @export
layer_gaussian_dropout <- function(object, rate, seed = NULL, ...) {
  compose(object, GaussianDropout, call_args())
}

#' @rdname layer_noise
#' @export
layer_alpha_dropout <- function(object, rate, noise_shape = NULL, seed = NULL,
                                ...) {
  compose(object, AlphaDropout, call_args())
}
