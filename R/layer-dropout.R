# Sets a part of the inputs to zero in training.
Dropout <- keras_class(
  "Dropout", inherit = KerasLayer,
  public = list(
    supports_masking = TRUE,
    initialize = function(...) {
      dropout_initialize(self, layer_dropout, list(...))
    },
    call = function(inputs, training = NULL) {
      dropout_call(self, inputs, training)
    }
  )
)

# One mask for all time steps: whole features are dropped.
SpatialDropout1D <- keras_class(
  "SpatialDropout1D", inherit = KerasLayer,
  public = list(
    supports_masking = TRUE,
    initialize = function(...) {
      take_arguments(self, layer_spatial_dropout_1d, list(...))
    },
    call = function(inputs, training = NULL) {
      dropout_call(self, one_input(self, inputs, 3L, 3L), training,
                   list(NULL, 1L, NULL))
    }
  )
)

dropout_initialize <- function(self, constructor, args) {
  take_arguments(self, constructor, args)
  check_seed(self$seed)
  if (!is.null(self$noise_shape)) {
    self$noise_shape <- unclass(as_shape(self$noise_shape, "noise_shape"))
  }
}

dropout_call <- function(self, inputs, training,
                         noise_shape = self$noise_shape) {
  x <- one_input(self, inputs, min = 0L)
  if (!draws_noise(self, training)) return(x)
  x * drawn(self, draw_dropout(self$rate, noise_sizes(self, x, noise_shape)))
}

# Nothing is drawn while shapes are probed.
draws_noise <- function(self, training) {
  is_training(training) && self$rate > 0 && !probing()
}

# Draws with the layer's own seed give other numbers at each call, and the same
# ones for a new layer with the same seed.
drawn <- function(self, draw) {
  if (is.null(self$seed)) return(draw)
  calls <- self$.draws %||% 0
  assign(".draws", calls + 1, envir = self)
  with_seed(as.integer((self$seed + 7919 * calls) %% .Machine$integer.max),
            draw)
}

# NULL in the shape of the noise is the size of the input.
noise_sizes <- function(self, x, noise_shape) {
  sizes <- as.integer(dims(value_of(x)))
  if (is.null(noise_shape)) return(sizes)
  out <- as.integer(as_shape(noise_shape))
  if (length(out) != length(sizes)) stop_noise_shape(self, sizes, noise_shape)
  out[is.na(out)] <- sizes[is.na(out)]
  if (any(out != sizes & out != 1L)) {
    stop_noise_shape(self, sizes, noise_shape)
  }
  out
}

stop_noise_shape <- function(self, sizes, noise_shape) {
  stop_value(
    sprintf("`noise_shape` %s of layer \"%s\" does not fit inputs of shape %s.",
            format(as_shape(noise_shape)), self$name,
            format(as_shape(sizes))),
    i = "It has an entry for each axis, the batch first: NULL, the size of the \
axis, or 1 for one choice along the whole axis."
  )
}

#' Dropout
#'
#' In training, sets a random part of the inputs to zero and multiplies the
#' others by 1 / (1 - rate), so that their mean stays. Otherwise inputs pass
#' unchanged. `layer_spatial_dropout_1d()` drops whole features of a sequence:
#' the same ones at every time step.
#'
#' @inheritParams layer_dense
#' @param rate Fraction between 0 and 1 of the inputs that are dropped.
#' @param noise_shape NULL, or the shape of the choice, batch axis first, with
#'   1 for axes along which it is the same: `list(NULL, 1, NULL)` drops whole
#'   features.
#' @param seed NULL to draw from the generator that `set.seed()` starts; or a
#'   whole number that fixes the layer's own draws.
#' @return An array of the shape of the input. A mask goes on to the next
#'   layer.
#' @section Errors: `ValueError` for rates outside 0 to 1 and a `noise_shape`
#'   that does not fit, `TypeError` for arguments of the wrong kind.
#' @source Srivastava et al. (2014), *Dropout: a simple way to prevent neural
#'   networks from overfitting*, JMLR 15. Tompson et al. (2015), *Efficient
#'   object localization using convolutional networks*, CVPR (spatial). R keras
#'   2.15.
#' @export
#' @examples
#' layer <- layer_dropout(rate = 0.5)
#' x <- matrix(1, 2, 6)
#' layer(x)
#' layer(x, training = TRUE)
#'
#' layer_spatial_dropout_1d(rate = 0.5)(array(1, c(1, 3, 4)), training = TRUE)
layer_dropout <- function(object, rate, noise_shape = NULL, seed = NULL,
                          input_shape = NULL, batch_input_shape = NULL,
                          batch_size = NULL, name = NULL, trainable = NULL,
                          weights = NULL) {
  compose(object, Dropout, call_args())
}

#' @rdname layer_dropout
#' @export
layer_spatial_dropout_1d <- function(object, rate, batch_size = NULL,
                                     name = NULL, trainable = NULL,
                                     weights = NULL) {
  compose(object, SpatialDropout1D, call_args())
}
