# Layers that make sequences longer or shorter.
UpSampling1D <- keras_class(
  "UpSampling1D", inherit = KerasLayer,
  public = list(
    initialize = function(...) {
      take_arguments(self, layer_upsampling_1d, list(...))
      self$size <- check_one_count(self$size, "size")
    },
    call = function(inputs) {
      op_repeat(one_input(self, inputs, 3L, 3L), self$size, axis = 2L)
    }
  )
)

ZeroPadding1D <- keras_class(
  "ZeroPadding1D", inherit = KerasLayer,
  public = list(
    initialize = function(...) {
      take_arguments(self, layer_zero_padding_1d, list(...))
      self$padding <- check_ends(self$padding, "padding")
    },
    call = function(inputs) {
      op_pad(one_input(self, inputs, 3L, 3L),
             list(c(0L, 0L), self$padding, c(0L, 0L)))
    }
  )
)

Cropping1D <- keras_class(
  "Cropping1D", inherit = KerasLayer,
  public = list(
    initialize = function(...) {
      take_arguments(self, layer_cropping_1d, list(...))
      self$cropping <- check_ends(self$cropping, "cropping")
    },
    call = function(inputs) cropping_call(self, inputs)
  )
)

# Numbers of steps at the start and at the end; one stands for both.
check_ends <- function(x, arg) {
  given <- unlist(x)
  if (!is.numeric(given) || !length(given) %in% 1:2 || anyNA(given) ||
        any(given < 0 | given != trunc(given))) {
    stop_value(
      sprintf("`%s` must be one or two whole numbers of at least 0, not %s.",
              arg, if (is.list(x)) toString(given) else describe(x)),
      i = sprintf("At the start and at the end: `%s = c(1, 2)`.", arg)
    )
  }
  rep_len(as.integer(given), 2L)
}

cropping_call <- function(self, inputs) {
  x <- one_input(self, inputs, 3L, 3L)
  time <- dims(value_of(x))[[2L]]
  left <- time - sum(self$cropping)
  if (left < 1L) {
    stop_value(
      sprintf("Layer \"%s\" (Cropping1D) cuts %d steps off; the inputs have \
%d.", self$name, sum(self$cropping), time),
      i = "Give longer sequences, or cut less."
    )
  }
  op_slice(x, c(1L, self$cropping[[1L]] + 1L, 1L),
           replace(dims(value_of(x)), 2L, left))
}

#' Longer and shorter sequences
#'
#' `layer_upsampling_1d()` repeats each step, `layer_zero_padding_1d()` adds
#' steps of zeros at both ends, `layer_cropping_1d()` cuts steps off.
#'
#' @inheritParams layer_dense
#' @param size How many times each step is repeated.
#' @param padding,cropping Number of steps at both ends, or at the start and at
#'   the end.
#' @return An array (batch, time, features) with another number of steps. A mask
#'   stops here.
#' @section Errors: `ValueError` for inputs that are not (batch, time,
#'   features), numbers that are not whole, and cutting all steps off.
#' @source R keras 2.15.
#' @name layer_length
#' @examples
#' x <- array(1:6, c(1, 3, 2))
#' layer_upsampling_1d(size = 2)(x)
#' dim(layer_zero_padding_1d(padding = c(1, 2))(x))
#' dim(layer_cropping_1d(cropping = c(1, 0))(x))
NULL

#' @rdname layer_length
#' @export
layer_upsampling_1d <- function(object, size = 2L, batch_size = NULL,
                                name = NULL, trainable = NULL,
                                weights = NULL) {
  compose(object, UpSampling1D, call_args())
}

#' @rdname layer_length
#' @export
layer_zero_padding_1d <- function(object, padding = 1L, batch_size = NULL,
                                  name = NULL, trainable = NULL,
                                  weights = NULL) {
  compose(object, ZeroPadding1D, call_args())
}

#' @rdname layer_length
#' @export
layer_cropping_1d <- function(object, cropping = c(1L, 1L), batch_size = NULL,
                              name = NULL, trainable = NULL, weights = NULL) {
  compose(object, Cropping1D, call_args())
}
