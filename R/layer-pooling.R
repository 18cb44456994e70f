# Means and maxima over time: of windows, or of the whole sequence.
MaxPooling1D <- keras_class(
  "MaxPooling1D", inherit = KerasLayer,
  public = list(
    initialize = function(...) {
      pooling_initialize(self, layer_max_pooling_1d, list(...))
    },
    call = function(inputs) pooling_call(self, inputs, row_max_window)
  )
)

AveragePooling1D <- keras_class(
  "AveragePooling1D", inherit = KerasLayer,
  public = list(
    initialize = function(...) {
      pooling_initialize(self, layer_average_pooling_1d, list(...))
    },
    call = function(inputs) pooling_call(self, inputs, row_mean_window)
  )
)

GlobalAveragePooling1D <- keras_class(
  "GlobalAveragePooling1D", inherit = KerasLayer,
  public = list(
    supports_masking = TRUE,
    initialize = function(...) {
      global_initialize(self, layer_global_average_pooling_1d, list(...))
    },
    call = function(inputs, mask = NULL) global_mean(self, inputs, mask),
    compute_mask = function(inputs, mask = NULL) NULL
  )
)

GlobalMaxPooling1D <- keras_class(
  "GlobalMaxPooling1D", inherit = KerasLayer,
  public = list(
    initialize = function(...) {
      global_initialize(self, layer_global_max_pooling_1d, list(...))
    },
    call = function(inputs) {
      x <- one_input(self, inputs, 3L, 3L)
      op_max(x, time_axis(self), keepdims = self$keepdims)
    }
  )
)

pooling_initialize <- function(self, constructor, args) {
  take_arguments(self, constructor, args)
  self$pool_size <- check_one_count(self$pool_size, "pool_size")
  self$strides <- check_one_count(self$strides %||% self$pool_size, "strides")
  self$padding <- check_padding(self$padding)
  self$data_format <- check_data_format(self$data_format)
}

global_initialize <- function(self, constructor, args) {
  take_arguments(self, constructor, args)
  check_flag(self$keepdims, "keepdims")
  self$data_format <- check_data_format(self$data_format)
}

pooling_call <- function(self, inputs, row) {
  x <- channels_last(self, one_input(self, inputs, 3L, 3L))
  time <- dims(value_of(x))[[2L]]
  plan <- window_plan(time, self$pool_size, self$strides, self$padding)
  check_window(self, plan, self$pool_size)
  channels_last(self, apply_op(row, list(x), list(plan)))
}

time_axis <- function(self) {
  if (self$data_format == "channels_first") 3L else 2L
}

# Masked steps do not count; their values, NaN included, change nothing.
global_mean <- function(self, inputs, mask) {
  x <- one_input(self, inputs, 3L, 3L)
  axis <- time_axis(self)
  if (is.null(mask)) return(op_mean(x, axis, keepdims = self$keepdims))
  d <- dims(value_of(x))
  counts <- step_mask(self, mask, array(0, d[c(1L, axis)]))
  dim(counts) <- replace(d, 5L - axis, 1L)
  total <- op_sum(op_where(counts, x, 0), axis, keepdims = self$keepdims)
  n <- rowSums(counts)
  total / array(n, c(d[[1L]], if (self$keepdims) c(1L, 1L) else 1L))
}

#' Pooling over time
#'
#' `layer_max_pooling_1d()` and `layer_average_pooling_1d()` take the maximum
#' and the mean of windows of a sequence, `layer_global_max_pooling_1d()` and
#' `layer_global_average_pooling_1d()` of the whole sequence.
#'
#' @inheritParams layer_dense
#' @param pool_size Number of steps of a window.
#' @param strides Number of steps from one window to the next; NULL is
#'   `pool_size`.
#' @param padding "valid": whole windows only; "same": windows over both ends
#'   too, of which padding does not count.
#' @param data_format "channels_last": (batch, time, features);
#'   "channels_first": (batch, features, time).
#' @param keepdims Whether the time axis stays, with size 1.
#' @param ... Standard arguments of layers, see [layer_dense()].
#' @return An array (batch, windows, features), or (batch, features) of the
#'   whole sequence. A mask stops here; the global mean leaves masked steps
#'   out.
#' @section Errors: `ValueError` for inputs that are not (batch, time,
#'   features) or shorter than a window, and sizes that are not positive whole
#'   numbers.
#' @source R keras 2.15.
#' @name layer_pooling
#' @examples
#' x <- array(1:12, c(1, 6, 2))
#' layer_max_pooling_1d(pool_size = 2)(x)
#' layer_average_pooling_1d(pool_size = 4, strides = 2, padding = "same")(x)
#' layer_global_average_pooling_1d()(x)
NULL

#' @rdname layer_pooling
#' @export
layer_max_pooling_1d <- function(object, pool_size = 2L, strides = NULL,
                                 padding = "valid",
                                 data_format = "channels_last",
                                 batch_size = NULL, name = NULL,
                                 trainable = NULL, weights = NULL) {
  compose(object, MaxPooling1D, call_args())
}

#' @rdname layer_pooling
#' @export
layer_average_pooling_1d <- function(object, pool_size = 2L, strides = NULL,
                                     padding = "valid",
                                     data_format = "channels_last",
                                     batch_size = NULL, name = NULL,
                                     trainable = NULL, weights = NULL) {
  compose(object, AveragePooling1D, call_args())
}

#' @rdname layer_pooling
#' @export
layer_global_average_pooling_1d <- function(object,
                                            data_format = "channels_last",
                                            keepdims = FALSE, ...) {
  compose(object, GlobalAveragePooling1D, call_args())
}

#' @rdname layer_pooling
#' @export
layer_global_max_pooling_1d <- function(object, data_format = "channels_last",
                                        keepdims = FALSE, ...) {
  compose(object, GlobalMaxPooling1D, call_args())
}
