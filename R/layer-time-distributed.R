# A layer applied to every time step: time goes into the batch axis and comes
# out again, so that one call does all steps.
TimeDistributed <- keras_class(
  "TimeDistributed", inherit = KerasLayer,
  public = list(
    supports_masking = TRUE,
    initialize = function(...) distributed_initialize(self, list(...)),
    build = function(input_shape) distributed_build(self, input_shape),
    call = function(inputs, mask = NULL, training = NULL) {
      distributed_call(self, inputs, mask, training)
    },
    compute_output_shape = function(input_shape) {
      distributed_shape(self, input_shape)
    },
    compute_mask = function(inputs, mask = NULL) {
      distributed_mask(self, inputs, mask)
    }
  )
)

distributed_initialize <- function(self, args) {
  check_wrapped(args$layer, "layer", "TimeDistributed")
  take_arguments(self, time_distributed, args)
  inner <- unwrap_layer(self$layer)
  assign(".trainable", args$trainable %||% inner$.trainable, envir = self)
}

distributed_build <- function(self, input_shape) {
  inner <- unwrap_layer(self$layer)
  step <- map_shapes(input_shape, distributed_step, self)
  if (!inner$built) build_layer(inner, step)
}

distributed_step <- function(shape, self) {
  if (length(shape) < 3L) {
    stop_value(
      sprintf("Layer \"%s\" takes inputs of shape (batch, time, ...) with at \
least three axes, not %s.", self$name, format(shape)),
      i = "One number per step is one feature: `array(x, c(dim(x), 1))`."
    )
  }
  shape[-2L]
}

# (batch, time, ...) -> (batch * time, ...), and back. In R's layout nothing
# moves.
row_fold <- op_row(
  "fold_time",
  function(x) {
    d <- dim(x)
    with_sizes(x, c(d[[1L]] * d[[2L]], d[-(1:2)]))
  },
  function(g, y, x) list(with_sizes(g, dim(x)))
)

row_unfold <- op_row(
  "unfold_time",
  function(x, size) with_sizes(x, c(size, dims(x)[-1L])),
  function(g, y, x, size) list(with_sizes(g, dims(x)))
)

fold_time <- function(x) apply_op(row_fold, list(x))

unfold_time <- function(x, size) {
  y <- apply_op(row_unfold, list(x), list(size))
  mask <- mask_of(x)
  if (is.null(mask)) y else
    with_mask(y, with_sizes(mask, c(size, dims(mask)[-1L])))
}

distributed_call <- function(self, inputs, mask, training) {
  size <- distributed_size(self, inputs)
  inner <- unwrap_layer(self$layer)
  if (isTRUE(.subset2(inner, "stateful"))) {
    return(distributed_steps(inner, inputs, leading_mask(mask), training))
  }
  y <- call_layer(inner, map_tensors(inputs, fold_time),
                  mask = mask_inside(inner, mask), training = training)
  map_tensors(y, unfold_time, size)
}

distributed_size <- function(self, inputs) {
  shape <- shape_of(first_leaf(inputs))
  distributed_step(shape, self)
  if (shape[[2L]] == 0L) {
    stop_value(
      sprintf("Layer \"%s\" was given sequences of zero time steps (shape %s).",
              self$name, format(shape)),
      i = "Give at least one time step."
    )
  }
  as.integer(shape)[1:2]
}

leading_mask <- function(mask) {
  while (is.list(mask) && !is_tensor(mask) && length(mask)) mask <- mask[[1L]]
  if (!is.null(mask)) value_of(mask)
}

# The steps of a stateful layer follow one another.
distributed_steps <- function(inner, inputs, mask, training) {
  step <- function(x, states) {
    list(call_layer(inner, x, training = training), states)
  }
  if (!is.null(mask)) storage.mode(mask) <- "logical"
  rnn_loop(step, inputs, list(), mask)[[1L]]
}

# A mask (batch, time) is about whole steps: it tells a layer that itself runs
# over time, or a model, nothing of its inputs.
mask_inside <- function(inner, mask) {
  if (is.null(mask) || !call_arguments(inner)$mask) return(NULL)
  if (is.list(mask) && !is_tensor(mask)) {
    return(lapply(mask, function(m) mask_inside(inner, m)))
  }
  mask <- value_of(mask)
  over_time <- inherits(inner, c("TimeDistributed", "Model")) ||
    !is.null(.subset2(inner, "return_sequences"))
  if (length(dim(mask)) == 2L && over_time) return(NULL)
  row_fold$forward(mask)
}

# The mask that the wrapped layer makes of its inputs and of theirs, else
# which steps count.
distributed_mask <- function(self, inputs, mask = NULL) {
  inner <- unwrap_layer(self$layer)
  inputs <- to_tensors(inputs)
  size <- distributed_size(self, inputs)
  made <- if (inner$supports_masking && !isTRUE(.subset2(inner, "stateful"))) {
    inner$compute_mask(map_tensors(inputs, fold_time),
                       mask_inside(inner, mask))
  }
  made <- leading_mask(made)
  if (!is.null(made)) return(with_sizes(made, c(size, dims(made)[-1L])))
  mask <- leading_mask(mask)
  if (length(dim(mask)) < 3L) return(mask)
  array(rowSums(mask != 0, dims = 2L) > 0, dim(mask)[1:2])
}

distributed_shape <- function(self, input_shape) {
  input_shape <- map_shapes(as_input_shape(input_shape), identity)
  time <- first_shape(input_shape)[2L]
  inner <- unwrap_layer(self$layer)
  step <- map_shapes(input_shape, distributed_step, self)
  map_shapes(inner$compute_output_shape(step), function(s) {
    c(s[1L], time, s[-1L])
  })
}

#' A layer for every time step
#'
#' @description
#' `time_distributed()` applies a layer to every time step of its input, with
#' the same weights: a dense layer to each step of a sequence, a whole model to
#' each window of a longer series. `layer_time_distributed()` is keras3's name.
#'
#' All steps are computed in one call of the layer, as one large batch. Only a
#' stateful layer gets them one after the other.
#'
#' @inheritParams layer_rnn
#' @param layer The layer or model to apply to each step; it takes inputs
#'   (batch, ...).
#' @param ... Standard arguments of layers: `name`, `trainable`, `dtype`,
#'   `input_shape`, `batch_input_shape`, `batch_size`, `weights`.
#' @section Call arguments:
#' `layer(inputs, mask = NULL, training = NULL)`
#' * `inputs`: (batch, time, ...), or a list of such for a layer of several
#'   inputs.
#' * `mask`: logical (batch, time), or (batch, time, ...) with axes for the
#'   wrapped layer; by default the mask that comes with the inputs. It goes on
#'   to the next layer.
#' @return For an array (batch, time, ...), an array (batch, time, ...): what
#'   the layer gives for each step. Without `object`, a layer with the member
#'   `layer`.
#' @section Errors: `ValueError` when `layer` is not a layer, for inputs with
#'   fewer than three axes, and for zero time steps.
#' @source `tf.keras.layers.TimeDistributed`.
#' @export
#' @examples
#' x <- array(rnorm(2 * 5 * 3), c(2, 5, 3))
#' layer <- time_distributed(layer = layer_dense(units = 4))
#' dim(layer(x))
#'
#' # a sequence of sequences: the inner layer reads each, the outer all
#' x <- array(rnorm(2 * 6 * 5 * 3), c(2, 6, 5, 3))
#' model <- keras_model_sequential(input_shape = list(6, 5, 3)) %>%
#'   time_distributed(layer_gru(units = 4)) %>%
#'   layer_lstm(units = 2)
#' dim(model(x))
time_distributed <- function(object, layer, ...) {
  if (!missing(object)) check_not_wrapped(object, "time_distributed")
  compose(object, TimeDistributed, call_args())
}

#' @rdname time_distributed
#' @export
layer_time_distributed <- time_distributed
