# A user's function as a layer. It travels with the model.
Lambda <- keras_class(
  "Lambda", inherit = KerasLayer,
  public = list(
    initialize = function(...) lambda_initialize(self, list(...)),
    call = function(inputs, mask = NULL, training = NULL) {
      lambda_call(self, inputs, mask, training)
    },
    compute_mask = function(inputs, mask = NULL) {
      lambda_mask(self, inputs, mask)
    },
    get_config = function() config_with_shape(self)
  )
)

lambda_initialize <- function(self, args) {
  take_arguments(self, layer_lambda, args)
  self$f <- check_own_function(self$f, "f")
  keep_shape_argument(self)
  if (is.function(self$mask)) self$mask <- carry(self$mask)
  self$supports_masking <- !is.null(self$mask)
  given <- self$arguments
  if (length(given) && (!is.list(given) || !all(nzchar(names_of(given))))) {
    stop_type(
      sprintf("`arguments` must be a named list, not %s.", describe(given)),
      i = "For example `arguments = list(power = 2)`."
    )
  }
}

check_own_function <- function(f, arg) {
  if (is.function(f)) return(carry(f))
  if (rlang::is_formula(f)) return(carry(rlang::as_function(f)))
  stop_type(
    sprintf("`%s` must be a function, not %s.", arg, describe(f)),
    i = sprintf("For example `%s = function(x) x^2`.", arg)
  )
}

lambda_call <- function(self, inputs, mask, training) {
  known <- names(formals(args(self$f)))
  extra <- c(if ("mask" %in% known) list(mask = mask),
             if ("training" %in% known) list(training = training))
  extra <- extra[setdiff(names(extra), names(self$arguments))]
  out <- do.call(self$f, c(list(inputs), self$arguments, extra))
  mask <- lambda_mask(self, inputs, mask)
  set_masks(lambda_tensors(self, out), mask)
}

lambda_tensors <- function(self, x) {
  if (is.list(x) && !is.object(x)) {
    return(lapply(x, lambda_tensors, self = self))
  }
  if (is_tensor(x) || is.numeric(x) || is.logical(x)) {
    return(with_mask(as_tensor(x), NULL))
  }
  stop_type(
    sprintf("The function of layer \"%s\" (Lambda) must give a tensor, not %s.",
            self$name, describe(x)),
    i = "Compute with R arithmetic on its argument, or `op_*()` functions."
  )
}

lambda_mask <- function(self, inputs, mask) {
  if (is.function(self$mask)) self$mask(inputs, mask) else self$mask
}

#' A function as a layer
#'
#' Wraps a function of tensors. Functions with weights are better written with
#' [new_layer_class()].
#'
#' @inheritParams layer_dense
#' @param f A function whose first argument is a tensor (or list of tensors)
#'   and which gives a tensor (or list); it may also name `mask` and
#'   `training`. It computes with R arithmetic and `op_*()` or `k_*()`
#'   functions, and is saved with the model, together with the global
#'   variables that it uses.
#' @param output_shape Accepted as in R keras; shapes are found by calling `f`.
#' @param mask NULL to stop a mask here; a function of inputs and mask, or an
#'   array, to give the next layer a mask.
#' @param arguments Named list of further arguments of `f`.
#' @return What `f` gives for the inputs, as an array or list of arrays.
#' @section Errors: `TypeError` when `f` is no function or gives no tensor;
#'   errors of `f` itself as they are.
#' @source R keras 2.15; `tf.keras.layers.Lambda`.
#' @export
#' @examples
#' layer <- layer_lambda(f = function(x, power) x^power,
#'                       arguments = list(power = 2))
#' layer(matrix(1:4, 2))
#'
#' layer_input(list(NULL, 3)) %>% layer_lambda(function(x) x[, 1, ])
layer_lambda <- function(object, f, output_shape = NULL, mask = NULL,
                         arguments = NULL, input_shape = NULL,
                         batch_input_shape = NULL, batch_size = NULL,
                         dtype = NULL, name = NULL, trainable = NULL,
                         weights = NULL) {
  compose(object, Lambda, call_args())
}
