# Leaves out the steps whose features all are `mask_value`.
Masking <- keras_class(
  "Masking", inherit = KerasLayer,
  public = list(
    supports_masking = TRUE,
    initialize = function(...) masking_initialize(self, list(...)),
    call = function(inputs) masking_call(self, inputs),
    compute_mask = function(inputs, mask = NULL) {
      masking_mask(self, value_of(inputs))
    }
  )
)

masking_initialize <- function(self, args) {
  take_arguments(self, layer_masking, args)
  self$mask_value <- check_number(self$mask_value, "mask_value")
}

masking_call <- function(self, inputs) {
  x <- one_input(self, inputs, min = 2L)
  mask <- masking_mask(self, value_of(x))
  with_mask(op_where(array(mask, c(dim(mask), 1L)), x, 0), mask)
}

# NaN is no mask value: such a step counts.
masking_mask <- function(self, x) {
  other <- x != self$mask_value
  other[is.na(other)] <- TRUE
  value_of(op_any(other, axis = -1L))
}

#' Leaving out steps
#'
#' Steps of a sequence whose features all equal `mask_value` get a mask: the
#' layers that follow pass over them.
#'
#' @inheritParams layer_dense
#' @param mask_value The number that marks steps to leave out.
#' @return For an array (batch, time, features), an array of the same shape,
#'   with zeros at the masked steps. A tensor or a symbolic tensor carries the
#'   mask to the next layer; `layer$compute_mask(x)` shows it, a logical
#'   (batch, time), TRUE where the step counts.
#' @section Errors: `TypeError` when `mask_value` is not a number, `ValueError`
#'   for inputs with one axis.
#' @source R keras 2.15; `tf.keras.layers.Masking`.
#' @export
#' @examples
#' x <- array(c(1, 2, 0, 3, 4, 0), c(1, 3, 2))
#' layer_masking()$compute_mask(x)
#'
#' model <- keras_model_sequential(input_shape = list(NULL, 2)) %>%
#'   layer_masking(mask_value = 0) %>%
#'   layer_simple_rnn(units = 3)
#' model(x)
layer_masking <- function(object, mask_value = 0, input_shape = NULL,
                          batch_input_shape = NULL, batch_size = NULL,
                          dtype = NULL, name = NULL, trainable = NULL,
                          weights = NULL) {
  compose(object, Masking, call_args())
}
