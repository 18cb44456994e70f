# Adds a cost for large values to the loss; inputs pass unchanged.
ActivityRegularization <- keras_class(
  "ActivityRegularization", inherit = KerasLayer,
  public = list(
    supports_masking = TRUE,
    initialize = function(...) {
      take_arguments(self, layer_activity_regularization, list(...))
      self$activity_regularizer <- regularizer_l1_l2(self$l1, self$l2)
    },
    call = function(inputs) one_input(self, inputs, min = 0L)
  )
)

#' A cost on activity
#'
#' Passes its inputs on unchanged and adds to the loss
#' `l1 * sum(abs(x)) + l2 * sum(x^2)`, divided by the batch size.
#'
#' @inheritParams layer_dense
#' @param l1,l2 Factors of the absolute and the squared values.
#' @return An array of the shape of the input. A mask goes on to the next
#'   layer. `layer$losses` has the cost of the last call.
#' @section Errors: `TypeError` for what is not a number.
#' @source R keras 2.15; `tf.keras.layers.ActivityRegularization`.
#' @export
#' @examples
#' layer <- layer_activity_regularization(l2 = 0.5)
#' layer(matrix(1:4, 2))
#' layer$losses
layer_activity_regularization <- function(object, l1 = 0, l2 = 0,
                                          input_shape = NULL,
                                          batch_input_shape = NULL,
                                          batch_size = NULL, dtype = NULL,
                                          name = NULL, trainable = NULL,
                                          weights = NULL) {
  compose(object, ActivityRegularization, call_args())
}
