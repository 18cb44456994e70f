# Two copies of a layer over time: one reads the sequence forwards, the other
# backwards. `layer` stays as it was given; what runs are the copies.
Bidirectional <- keras_class(
  "Bidirectional", inherit = KerasLayer,
  public = list(
    supports_masking = TRUE,
    initialize = function(...) bidirectional_initialize(self, list(...)),
    build = function(input_shape) bidirectional_build(self, input_shape),
    call = function(inputs, mask = NULL, training = NULL,
                    initial_state = NULL, constants = NULL) {
      bidirectional_call(self, inputs, mask, training, initial_state,
                         constants)
    },
    compute_output_shape = function(input_shape) {
      bidirectional_shape(self, input_shape)
    },
    compute_mask = function(inputs, mask = NULL) {
      bidirectional_mask(self, mask)
    },
    get_config = function() bidirectional_config(self),
    reset_states = function(states = NULL) bidirectional_reset(self, states),
    reset_state = function(states = NULL) bidirectional_reset(self, states),
    .own_shapes = function(args) bidirectional_symbolic(self, args)
  ),
  active = list(
    states = function() {
      do.call(c, lapply(both_ways(self), .subset2, "states"))
    }
  )
)

both_ways <- function(self) {
  lapply(list(self$forward_layer, self$backward_layer), unwrap_layer)
}

bidirectional_initialize <- function(self, args) {
  check_two_way(args$layer, "layer", "Bidirectional")
  if (!is.null(args$backward_layer)) {
    check_two_way(args$backward_layer, "backward_layer", "Bidirectional")
  }
  take_arguments(self, bidirectional, args)
  if (!is.null(self$merge_mode)) {
    check_choice(self$merge_mode, c("sum", "mul", "concat", "ave"),
                 "merge_mode", "a way to merge two outputs, or NULL")
  }
  inner <- unwrap_layer(self$layer)
  assign(".trainable", args$trainable %||% inner$.trainable, envir = self)
  for (flag in c("stateful", "return_sequences", "return_state")) {
    assign(flag, isTRUE(.subset2(inner, flag)), envir = self)
  }
  bidirectional_make(self, inner)
  bidirectional_weights(self)
}

# Only the layers that run are tracked, so that no weight counts twice.
bidirectional_make <- function(self, inner) {
  forward <- copy_layer(inner)
  given <- unwrap_layer(self$backward_layer)
  backward <- given
  if (is.null(given)) {
    check_can_copy(inner)
    backward <- copy_layer(inner, go_backwards = !inner$go_backwards)
  } else {
    assign(".backward_spec", layer_spec(given), envir = self)
  }
  assign(".args", c("layer", "merge_mode"), envir = self)
  assign(".tracked", NULL, envir = self)
  check_same_kind(self, forward, backward)
  assign("name", paste0("forward_", forward$name), envir = forward)
  assign("name", paste0("backward_", backward$name), envir = backward)
  self$forward_layer <- callable(forward)
  self$backward_layer <- callable(backward)
  for (layer in both_ways(self)) zero_masked_steps(layer)
}

# A layer made anew from the config of another.
copy_layer <- function(self, ...) {
  config <- self$get_config()
  changes <- list(...)
  config[names(changes)] <- changes
  copy <- unwrap_layer(from_config(config))
  if (is.null(copy$batch_size)) {
    assign("batch_size", self$batch_size, envir = copy)
  }
  copy
}

# Merged sequences must not repeat the outputs of steps before a masked one.
zero_masked_steps <- function(layer) {
  if (!inherits(layer, "RNN")) return(invisible())
  assign("zero_output_for_mask", layer$return_sequences, envir = layer)
  if (layer$built) assign(".native", native_plan(layer), envir = layer)
}

# The first half of `weights` is for the forward layer.
bidirectional_weights <- function(self) {
  weights <- self$.initial_weights
  if (is.null(weights)) return(invisible())
  half <- seq_len(length(weights) %/% 2L)
  assign(".initial_weights", weights[half], envir = both_ways(self)[[1L]])
  assign(".initial_weights", weights[-half], envir = both_ways(self)[[2L]])
  assign(".initial_weights", NULL, envir = self)
}

bidirectional_build <- function(self, input_shape) {
  for (layer in both_ways(self)) {
    if (is.null(layer$batch_size)) {
      assign("batch_size", self$batch_size, envir = layer)
    }
    if (!layer$built) build_layer(layer, input_shape)
    if (self$stateful) assign("batch_size", layer$batch_size, envir = self)
  }
}

bidirectional_call <- function(self, inputs, mask, training, initial_state,
                               constants) {
  states <- split_states(self, initial_state)
  layers <- both_ways(self)
  run <- if (is_tensor(inputs) && can_run_together(layers)) run_together else
    run_in_turn
  results <- run(layers, inputs, mask, training, states, constants)
  outputs <- results
  if (self$return_state) {
    outputs <- lapply(results, `[[`, 1L)
    states <- do.call(c, lapply(results, `[`, -1L))
  }
  merged <- bidirectional_merge(self, outputs[[1L]], outputs[[2L]])
  if (!self$return_state) return(merged)
  c(if (is_tensor(merged)) list(merged) else merged, states)
}

run_in_turn <- function(layers, inputs, mask, training, starts, constants) {
  Map(function(layer, start) {
    args <- list(inputs, mask = mask, training = training)
    args$initial_state <- start
    args$constants <- constants
    do.call(call_layer, c(list(layer), args))
  }, layers, starts)
}

# The output of the backward layer comes in processing order.
bidirectional_merge <- function(self, forward, backward) {
  if (self$return_sequences) {
    axis <- if (isTRUE(.subset2(both_ways(self)[[1L]], "time_major"))) 1L else
      2L
    backward <- map_tensors(backward, op_flip, axis = axis)
  }
  if (is.null(self$merge_mode)) return(list(forward, backward))
  map2_tensors(forward, backward, switch(self$merge_mode,
    sum = `+`, mul = `*`, ave = function(x, y) (x + y) / 2,
    concat = function(x, y) op_concatenate(list(x, y), axis = -1L)
  ))
}

# States of the forward layer, states of the backward layer; NULLs for none.
split_states <- function(self, states, arg = "initial_state") {
  if (is.null(states)) return(list(NULL, NULL))
  flat <- flatten_tensors(lift_arrays(states))
  n <- length(.subset2(both_ways(self)[[1L]], "states"))
  if (length(flat) %% 2L || (n > 0L && length(flat) != 2L * n)) {
    stop_value(
      sprintf("`%s` of layer \"%s\" holds %d array%s.", arg, self$name,
              length(flat), if (length(flat) == 1L) "" else "s"),
      i = sprintf("Give a list of %s: the states of the forward layer first, \
then those of the backward layer.", if (n) 2L * n else "an even number")
    )
  }
  half <- seq_len(length(flat) %/% 2L)
  list(flat[half], flat[-half])
}

bidirectional_mask <- function(self, mask) {
  while (is.list(mask) && !is_tensor(mask) && length(mask)) mask <- mask[[1L]]
  out <- if (self$return_sequences) mask
  if (is.null(self$merge_mode)) out <- list(out, out)
  if (!self$return_state) return(out)
  c(if (is.list(out)) out else list(out), vector("list", length(self$states)))
}

bidirectional_shape <- function(self, input_shape) {
  shapes <- both_ways(self)[[1L]]$compute_output_shape(input_shape)
  states <- if (self$return_state) rep(shapes[-1L], 2L)
  output <- if (self$return_state) shapes[[1L]] else shapes
  if (identical(self$merge_mode, "concat")) {
    output <- map_shapes(output, double_last)
  }
  if (is.null(self$merge_mode)) output <- list(output, output)
  if (!self$return_state) return(output)
  c(if (inherits(output, "recurrent_shape")) list(output) else output, states)
}

double_last <- function(shape) {
  n <- length(shape)
  if (is.null(shape[[n]])) return(shape)
  c(shape[-n], 2L * shape[[n]])
}

# Cells written in R run one step in each direction when a graph is made.
bidirectional_symbolic <- function(self, args) {
  states <- split_states(self, args$initial_state)
  for (k in 1:2) {
    layer <- both_ways(self)[[k]]
    args["initial_state"] <- list(states[[k]])
    if (!is.null(layer$.own_shapes)) layer$.own_shapes(args)
  }
  as_probes(bidirectional_shape(self, shapes_in(args[[1L]])))
}

bidirectional_config <- function(self) {
  config <- layer_config(self)
  config$backward_layer <- self$.backward_spec
  config
}

# Values that fit neither layer change nothing.
bidirectional_reset <- function(self, states = NULL) {
  if (!self$stateful) {
    stop_attribute(
      sprintf("Layer \"%s\" is not stateful: it has no states to reset.",
              self$name),
      i = "Wrap a layer that is made with `stateful = TRUE`."
    )
  }
  layers <- both_ways(self)
  values <- split_states(self, states, "states")
  old <- lapply(layers, .subset2, "states")
  done <- FALSE
  on.exit(if (!done) Map(function(layer, value) {
    assign("states", value, envir = layer)
  }, layers, old))
  Map(function(layer, value) layer$reset_states(value), layers, values)
  done <- TRUE
  invisible(self)
}

#' A layer over time in both directions
#'
#' @description
#' `bidirectional()` runs a layer over time twice, once forwards and once
#' backwards in time, each with weights of its own, and merges what they give:
#' every step of the output then knows what came before and what comes after.
#'
#' What runs are two new layers made from the configuration of `layer`
#' (`$forward_layer` and `$backward_layer`); `layer` itself and weights that it
#' may have are left alone. `layer_bidirectional()` is keras3's name.
#'
#' With `return_sequences`, the output of the backward layer is reversed, so
#' that step t of both belongs to step t of the input, and masked steps give
#' zeros. The mask goes on to the next layer.
#'
#' @inheritParams layer_rnn
#' @param layer The layer to run in both directions: [layer_rnn()],
#'   [layer_simple_rnn()], [layer_lstm()], [layer_gru()], or a layer of your
#'   own with the members `go_backwards`, `return_sequences` and
#'   `return_state`.
#' @param merge_mode How the two outputs become one: "concat" (along the last
#'   axis), "sum", "mul", "ave" (the mean), or NULL for a list of both.
#' @param weights A list of arrays to start with: the weights of the forward
#'   layer, then those of the backward layer.
#' @param backward_layer The layer that runs backwards; NULL makes it from
#'   `layer`. It has the other `go_backwards`, and the same `stateful`,
#'   `return_sequences` and `return_state`. It is used itself, not copied.
#' @param ... Standard arguments of layers: `name`, `trainable`, `dtype`,
#'   `input_shape`, `batch_input_shape`, `batch_size`.
#' @section Call arguments:
#' Those of the wrapped layer, see [layer_rnn()]. `initial_state` is a list of
#' the states of the forward layer, then those of the backward layer.
#' `constants` go to both.
#' @return For an array, an array, or a list of two with `merge_mode = NULL`;
#'   with `return_state` a list of the output(s), the states of the forward
#'   layer and those of the backward layer. Without `object`, a layer with
#'   members `forward_layer`, `backward_layer`, `layer`, `merge_mode`,
#'   `states`, `reset_states()`.
#' @section Errors: `ValueError` for a `layer` that is not a layer over time,
#'   an unknown `merge_mode`, a `backward_layer` that does not fit, or an
#'   `initial_state` of the wrong number of arrays; `AttributeError` for
#'   `reset_states()` of a layer that is not stateful.
#' @source Schuster and Paliwal (1997), *Bidirectional recurrent neural
#'   networks*, IEEE Transactions on Signal Processing 45;
#'   `tf.keras.layers.Bidirectional`.
#' @export
#' @examples
#' x <- array(rnorm(2 * 5 * 3), c(2, 5, 3))
#' layer <- bidirectional(layer = layer_lstm(units = 4))
#' dim(layer(x))
#'
#' layer <- bidirectional(
#'   layer = layer_gru(units = 4, return_sequences = TRUE),
#'   merge_mode = "sum"
#' )
#' dim(layer(x))
#'
#' model <- keras_model_sequential(input_shape = list(NULL, 3)) %>%
#'   bidirectional(layer_simple_rnn(units = 4, return_sequences = TRUE)) %>%
#'   bidirectional(layer_lstm(units = 2), merge_mode = "ave")
#' dim(model(x))
bidirectional <- function(object,
                          layer,
                          merge_mode = "concat",
                          weights = NULL,
                          backward_layer = NULL,
                          ...) {
  if (!missing(object)) check_not_wrapped(object, "bidirectional")
  compose(object, Bidirectional, call_args())
}

#' @rdname bidirectional
#' @export
layer_bidirectional <- bidirectional
