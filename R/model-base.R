# A model is a layer that owns layers, an optimizer and a training loop. With
# `inputs` and `outputs` it is their graph, else its `call` says what it does.
Model <- keras_class(
  "Model", inherit = KerasLayer, changes = TRUE,
  public = list(
    optimizer = NULL,
    loss = NULL,
    inputs = NULL,
    outputs = NULL,
    stop_training = FALSE,
    .compiled = NULL,
    .layers = NULL,
    .nodes = NULL,
    .plan = NULL,
    .running = NULL,
    .own_logs = NULL,
    initialize = function(...) model_initialize(self, list(...)),
    call = function(inputs, mask = NULL, training = NULL) {
      model_call(self, inputs, mask)
    },
    # Its layers round.
    .call_single = function(args) do.call(self$call, args),
    get_config = function() model_config(self),
    make_from_config = function(config, custom_objects = NULL, class = NULL) {
      model_from_config_of(class, config, custom_objects)
    },
    summary = function(...) print_summary(self, ...),
    get_layer = function(name = NULL, index = NULL) {
      model_get_layer(self, name, index)
    },
    reset_states = function(states = NULL) model_reset_states(self, states),
    reset_state = function(states = NULL) model_reset_states(self, states),
    to_json = function(...) above$model_to_json(callable(self)),
    compile = function(...) compile(callable(self), ...),
    fit = function(...) fit(callable(self), ...),
    evaluate = function(...) generics::evaluate(callable(self), ...),
    predict = function(...) stats::predict(callable(self), ...)
  ),
  active = list(
    layers = function() lapply(model_layers(self), callable),
    stateful = function() length(stateful_layers(self)) > 0L,
    input_names = function() model_input_names(self),
    output_names = function() model_output_names(self),
    weights = function() model_weights(self, c(TRUE, FALSE)),
    trainable_weights = function() model_weights(self, TRUE),
    non_trainable_weights = function() model_weights(self, FALSE),
    variables = function() model_weights(self, c(TRUE, FALSE)),
    trainable_variables = function() model_weights(self, TRUE),
    non_trainable_variables = function() model_weights(self, FALSE)
  )
)

model_initialize <- function(self, args) {
  graph <- c("inputs", "outputs")
  bare <- which(!nzchar(names_of(args)))
  if (length(bare) == 2L) names(args)[bare] <- graph
  given <- intersect(names(args), graph)
  base <- if (length(given)) "model" else snake_case(class(self)[[1L]])
  rest <- args[!names_of(args) %in% graph]
  rest$name <- rest$name %||% unique_name(base)
  layer_initialize(self, rest)
  if (!length(given)) return(invisible(self))
  functional_initialize(self, args$inputs, args$outputs)
}

model_call <- function(self, inputs, mask) {
  if (is.null(self$.plan)) {
    stop_runtime(
      sprintf("Model \"%s\" (%s) has no `call` method.", self$name,
              class(self)[[1L]]),
      i = "Give `new_model_class()` one, or make the model from `inputs` and \
`outputs`."
    )
  }
  functional_call(self, inputs, mask)
}

# Attributes of a model count as its parts where it is no graph.
model_layers <- function(self) {
  if (!is.null(self$.layers)) return(self$.layers)
  sublayers(self)
}

# Layers of a graph are parts too, for everything that asks layers for theirs.
set_model_layers <- function(self, layers) {
  assign(".layers", layers, envir = self)
  assign(".tracked", union(".layers", self$.tracked), envir = self)
}

# Layer by layer, as Keras orders the weights of models: the model's own first.
# A frozen model counts all weights as not trainable.
model_weights <- function(self, kinds) {
  if (!self$.trainable) kinds <- if (FALSE %in% kinds) c(TRUE, FALSE)
  own <- c(self$.weights, Filter(is_variable, layer_parts(self)))
  own <- Filter(function(w) isTRUE(w$trainable) %in% kinds, own)
  below <- walk_in(self, lapply(model_layers(self), weights_of_kinds, kinds))
  unique_by_id(c(own, do.call(c, below)))
}

weights_of_kinds <- function(layer, kinds) {
  own_say <- inherits(layer, "Model") || !is.null(.subset2(layer, ".generator"))
  if (!own_say) return(do.call(c, weights_below(layer)[2L - kinds]))
  do.call(c, lapply(kinds, function(k) {
    if (k) layer$trainable_weights else layer$non_trainable_weights
  }))
}

# Every layer at any depth, the layer itself first.
all_layers <- function(self) .Call(ffi_layers, self)

model_parts <- function(self) {
  if (inherits(self, "Model")) model_layers(self) else sublayers(self)
}

stateful_layers <- function(self) Filter(is_stateful_layer, all_layers(self))

is_stateful_layer <- function(layer) {
  isTRUE(.subset2(layer, "stateful_layer")) ||
    (!inherits(layer, "Model") && isTRUE(.subset2(layer, "stateful")))
}

model_reset_states <- function(self, states = NULL) {
  if (!is.null(states)) {
    stop_value(
      "The states of a whole model cannot be set at once.",
      i = "Set them layer by layer: `reset_states(get_layer(model, \"name\"), \
states = ...)`."
    )
  }
  for (layer in stateful_layers(self)) {
    if (is.function(layer$reset_states) &&
          !is.null(layer$batch_size)) layer$reset_states()
  }
  invisible(self)
}

# The batch size that a stateful model is fixed to; NULL when it has none.
model_batch_size <- function(self, stateful = stateful_layers(self)) {
  for (layer in stateful) {
    if (!is.null(layer$batch_size)) return(layer$batch_size)
  }
  NULL
}

model_output_names <- function(self) {
  if (is.null(self$.nodes)) {
    layers <- model_layers(self)
    return(if (length(layers)) layers[[length(layers)]]$name else "output")
  }
  outputs <- self$outputs
  if (!is_tensor(outputs) && !is.null(names(outputs))) return(names(outputs))
  layers <- lapply(nodes_of(symbolic_leaves(outputs)), function(n) n$layer)
  make.unique(vapply(layers, function(l) l$name, ""), "_")
}

model_input_names <- function(self) {
  vapply(symbolic_leaves(self$inputs), function(t) {
    .subset2(t, "name") %||% "input"
  }, "")
}

model_get_layer <- function(self, name, index) {
  layers <- model_layers(self)
  at <- if (is.null(index)) find_layer(name, layers, "name") else
    find_layer(index, layers, "index")
  callable(layers[[at]])
}

#' Layers and parameters of a model
#'
#' `get_layer()` finds a layer by name or place, `count_params()` counts the
#' numbers in all weights, `pop_layer()` takes the last layer off a sequential
#' model.
#'
#' @param object A model; for `count_params()` also a layer.
#' @param name Name of the layer.
#' @param index Its place, counted from 1; negative from the end.
#' @return `get_layer()` the layer; `count_params()` a number; `pop_layer()`
#'   the model, invisibly.
#' @section Errors: `ValueError` for a name or place that the model does not
#'   have, or a layer that is not built yet.
#' @source R keras 2.15.
#' @export
#' @examples
#' model <- keras_model_sequential() %>%
#'   layer_simple_rnn(units = 3, input_shape = list(NULL, 2)) %>%
#'   layer_dense(units = 1, name = "head")
#' get_layer(model, "head")
#' get_layer(model, index = 1)
#' count_params(model)
get_layer <- function(object, name = NULL, index = NULL) {
  model_get_layer(check_model(object), name, index)
}

#' @rdname get_layer
#' @export
count_params <- function(object) {
  self <- unwrap_layer(object)
  if (!inherits(self, "KerasLayer")) stop_not_layer(object)
  self$count_params()
}

stop_not_layer <- function(object) {
  stop_type(
    sprintf("`object` must be a layer or a model, not %s.", describe(object))
  )
}

check_model <- function(object) {
  self <- unwrap_layer(object)
  if (!inherits(self, "Model")) {
    stop_type(
      sprintf("`object` must be a model, not %s.", describe(object)),
      i = "Make one with `keras_model_sequential()` or `keras_model()`."
    )
  }
  self
}

#' Weights of layers and models
#'
#' `get_weights()` gives them as plain arrays in Keras' order, `set_weights()`
#' sets them: all, or none when one does not fit.
#'
#' @param object A layer or model.
#' @param trainable NA for all weights, TRUE for those that are trained, FALSE
#'   for the others.
#' @param weights A list of arrays, one per weight, of the same shapes.
#' @return `get_weights()` a list of arrays; `set_weights()` the object,
#'   invisibly.
#' @section Errors: `ValueError` when the number of arrays or a shape does not
#'   fit; nothing is changed then.
#' @source R keras 2.15.
#' @export
#' @examples
#' layer <- layer_simple_rnn(units = 2, input_shape = list(NULL, 3))
#' y <- layer(array(1, c(1, 4, 3)))
#' str(get_weights(layer))
#' set_weights(layer, lapply(get_weights(layer), function(w) w * 0))
get_weights <- function(object, trainable = NA) {
  self <- unwrap_layer(object)
  if (!inherits(self, "KerasLayer")) stop_not_layer(object)
  if (length(trainable) != 1L) check_flag(trainable, "trainable")
  if (is.na(trainable)) return(self$get_weights())
  lapply(if (trainable) self$trainable_weights else
    self$non_trainable_weights, value_of)
}

#' @rdname get_weights
#' @export
set_weights <- function(object, weights) {
  self <- unwrap_layer(object)
  if (!inherits(self, "KerasLayer")) stop_not_layer(object)
  self$set_weights(weights)
  invisible(object)
}
