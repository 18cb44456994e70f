# A weight of a layer. `name` and `shape` may stand in either order.
layer_add_weight <- function(self, name, shape, dtype, initializer,
                             regularizer, trainable, constraint) {
  if (!is.null(name) && !is.character(name)) {
    given <- name
    name <- if (is.character(shape)) shape
    shape <- given
  }
  shape <- as_shape(shape)
  if (!known_shape(shape)) {
    stop_value(
      sprintf("Weight `%s` of layer \"%s\" needs a shape without NULL, not %s.",
              name %||% "weight", self$name, format(shape)),
      i = "Give the layer inputs whose last axis is known."
    )
  }
  init <- get_initializer(initializer %||% "glorot_uniform")
  value <- value_of(init(as.integer(shape)))
  sizes <- as.integer(shape)
  if (!identical(as.integer(dims(value)), sizes)) {
    stop_value(
      sprintf("The initializer of weight `%s` gave values of shape %s, not %s.",
              name %||% "weight", format(as_shape(dims(value))),
              format(shape)),
      i = "An initializer is `function(shape, dtype = NULL)` and gives an \
array of that shape."
    )
  }
  storage.mode(value) <- "double"
  weight <- new_variable(
    value, name = name %||% "weight", trainable = trainable,
    initializer = init, regularizer = get_regularizer(regularizer),
    constraint = get_constraint(constraint)
  )
  assign(".weights", c(self$.weights, list(weight)), envir = self)
  weight
}

# Layers and weights held by the attributes of a layer, in the order in which
# they were first set, and the layers of a model.
layer_parts <- function(self) .Call(ffi_parts, self)

sublayers <- function(self) {
  Filter(function(p) inherits(p, "KerasLayer"), layer_parts(self))
}

# The list `expr`, which goes on to the parts of a layer; empty where that
# leads back to a layer that the walk is in: a cell may hold its own layer.
walk_in <- function(self, expr) {
  if (isTRUE(.subset2(self, ".open"))) return(list())
  assign(".open", TRUE, envir = self)
  on.exit(assign(".open", FALSE, envir = self))
  expr
}

# Weights of one kind in Keras' order: own ones first, then those of the parts.
collect_weights <- function(self, trainable) {
  weights_below(self)[[if (trainable) 1L else 2L]]
}

all_weights <- function(self) do.call(c, weights_below(self))

# list(trainable ones, others), each once. A frozen layer has no trainable ones.
weights_below <- function(self) .Call(ffi_weights, self)

unique_by_id <- function(weights) {
  if (!length(weights)) return(list())
  weights[!duplicated(ids_of(weights))]
}

layer_set_trainable <- function(self, value) {
  assign(".trainable", check_flag(value, "trainable"), envir = self)
  walk_in(self, for (part in sublayers(self)) part$trainable <- value)
}

layer_count_params <- function(self) {
  if (!self$built) {
    stop_value(
      sprintf("Layer \"%s\" is not built yet: it has no weights to count.",
              self$name),
      i = "Call it on data, or give `input_shape`."
    )
  }
  sum(vapply(self$weights, function(w) length(value_of(w)), 0L))
}

# All or nothing: every shape is checked before the first weight is set.
layer_set_weights <- function(self, weights) {
  old <- self$weights
  if (!is.list(weights)) weights <- list(weights)
  if (length(weights) != length(old)) {
    stop_value(
      sprintf("\"%s\" has %d weights; %d %s given.", self$name, length(old),
              length(weights), if (length(weights) == 1L) "array was" else
                "arrays were"),
      i = if (!self$built) "It is not built yet: call it on data first, or \
give `input_shape`.",
      i = "Give one array per weight, in the order of `get_weights()`."
    )
  }
  for (k in seq_along(old)) check_weight_shape(self, old[[k]], weights[[k]])
  for (k in seq_along(old)) variable_assign(old[[k]], weights[[k]])
  invisible(self)
}

check_weight_shape <- function(self, weight, value) {
  want <- as.integer(dims(value_of(weight)))
  got <- as.integer(dims(value_of(value)))
  if (identical(want, got)) return(invisible())
  stop_value(
    sprintf("Weight `%s` of \"%s\" has shape %s; the array given has shape %s.",
            weight$name, self$name, format(as_shape(want)),
            format(as_shape(got))),
    i = "Give one array per weight, in the order of `get_weights()`."
  )
}

layer_add_loss <- function(self, losses) {
  if (!is.list(losses) || is_tensor(losses)) losses <- list(losses)
  if (self$.generation != context$generation) {
    assign(".losses", NULL, envir = self)
  }
  assign(".generation", context$generation, envir = self)
  assign(".losses", c(self$.losses, losses), envir = self)
  invisible()
}

layer_add_metric <- function(self, value, name) {
  metrics <- self$.call_metrics
  metrics[[name %||% "metric"]] <- value
  assign(".call_metrics", metrics, envir = self)
  invisible()
}

# Losses that a layer adds to a model's: those of the last call (activity
# regularizers, add_loss()), of all `layers` in it, and those of the weights'
# regularizers.
layer_losses <- function(self, layers = layers_within(self),
                         regularized = regularized_weights(self)) {
  out <- list()
  for (layer in layers) {
    losses <- .subset2(layer, ".losses")
    if (length(losses) && layer$.generation == self$.generation) {
      out <- c(out, losses)
    }
  }
  if (!length(regularized)) return(out)
  c(out, lapply(regularized, function(w) w$regularizer(w)))
}

layers_within <- function(self) {
  walk_in(self, c(list(self), do.call(c, lapply(sublayers(self),
                                                layers_within))))
}

regularized_weights <- function(self) {
  Filter(function(w) !is.null(w$regularizer), self$weights)
}
