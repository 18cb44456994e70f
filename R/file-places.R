# Where the weights of a model stand in Keras' files, in one description for
# reading and writing. Two layouts: the store (".weights.h5", inside ".keras"),
# by the place of a layer in the model, and the legacy one (".h5"), by its name.
# dialect: "tf" (tf.keras 2.15) or "keras3".

# Every layer at any depth with its path in the store: list(path, layer, name,
# weights). A template holds no weights that count; tf.keras lists it still.
store_places <- function(self, dialect, path = "", template = FALSE) {
  children <- store_children(self, dialect)
  own <- if (length(children$parts)) list() else if (!template) {
    own_weights(self)
  }
  here <- list(path = path, layer = self, name = self$name, weights = own,
               template = template)
  parts <- Map(function(part, key) {
    list(path = join_path(path, key), layer = self, name = part$name,
         weights = part$weights, template = template)
  }, children$parts, names(children$parts))
  below <- Map(function(child, key) {
    store_places(child, dialect, join_path(path, key),
                 template || identical(key, "layer") &&
                   inherits(self, "Bidirectional"))
  }, children$layers, names(children$layers))
  places <- c(list(here), unname(parts), do.call(c, unname(below)))
  if (nzchar(path)) places else once_each(places)
}

join_path <- function(a, b) if (nzchar(a)) paste0(a, "/", b) else b

# A layer that several models share has its first place.
once_each <- function(places) {
  keys <- lapply(places, function(p) list(p$layer, if (length(p$weights)) {
    tensor_id(p$weights[[1L]])
  }, p$name))
  places[!duplicated(keys)]
}

# Trained weights first, whatever the layer's `trainable`.
own_weights <- function(self) {
  weights <- c(self$.weights, Filter(is_variable, layer_parts(self)))
  weights <- unique_by_id(weights)
  trained <- vapply(weights, function(w) isTRUE(w$trainable), NA)
  c(weights[trained], weights[!trained])
}

# What Keras finds below a layer: list(layers = by key, parts = by key). Parts
# are layers of Keras' that are none here.
store_children <- function(self, dialect) {
  if (inherits(self, "Model")) {
    return(list(layers = by_class("layers", model_layers(self))))
  }
  if (inherits(self, "MultiHeadAttention")) {
    return(list(parts = heads_parts(self, dialect)))
  }
  if (inherits(self, "StackedRNNCells")) {
    cells <- lapply(self$.infos, function(i) i$cell)
    return(list(layers = by_class("cells", cells)))
  }
  if (inherits(self, "RNN")) return(list(layers = list(cell = self$.info$cell)))
  if (inherits(self, "Bidirectional")) {
    ways <- both_ways(self)
    names(ways) <- c("forward_layer", "backward_layer")
    inner <- if (dialect == "tf") list(layer = unwrap_layer(self$layer))
    return(list(layers = c(ways, inner)))
  }
  list(layers = attribute_layers(self))
}

# Layers in a list go by class, with a number from the second on.
by_class <- function(key, layers) {
  class <- vapply(layers, function(l) snake_case(class(l)[[1L]]), "")
  place <- stats::ave(seq_along(class), class, FUN = seq_along) - 1L
  number <- ifelse(place > 0L, paste0("_", place), "")
  stats::setNames(layers, paste0(key, "/", class, number, recycle0 = TRUE))
}

# The layers that stand in the attributes of a user's layer.
attribute_layers <- function(self) {
  found <- list()
  for (name in self$.tracked) {
    value <- .subset2(self, name)
    if (inherits(value, c("recurrent_layer", "KerasLayer"))) {
      found[[name]] <- unwrap_layer(value)
    } else if (is.list(value) && !is.object(value)) {
      layers <- Filter(function(v) {
        inherits(v, c("recurrent_layer", "KerasLayer"))
      }, value)
      found <- c(found, by_class(name, lapply(unname(layers), unwrap_layer)))
    }
  }
  found
}

# Keras' attention of several heads is made of dense layers, which Keras 3 finds
# under their public names.
heads_parts <- function(self, dialect) {
  if (!length(self$.weights)) return(list())
  keys <- c(query = "query_dense", key = "key_dense", value = "value_dense",
            attention_output = "output_dense")
  parts <- lapply(names(keys), function(name) {
    list(name = name, weights = Filter(Negate(is.null),
                                       unname(self[[keys[[name]]]])))
  })
  names(parts) <- paste0(if (dialect == "tf") "_" else "", keys)
  c(parts, list(`_softmax` = list(name = "softmax", weights = list()),
                `_dropout_layer` = list(name = "dropout", weights = list())))
}

# As what a weight is stored: float64 where its layer computes in it.
stored_dtype <- function(layer) {
  if (identical(layer$dtype, "float64")) "float64" else "float32"
}

# dtypes and, in the legacy layout, names of all weights below a layer, by id.
weight_labels <- function(self, dialect, scope) {
  own <- lapply(own_weights(self), function(w) {
    list(id = tensor_id(w), weight = w, dtype = stored_dtype(self),
         name = join_path(scope, w$name))
  })
  children <- store_children(self, dialect)$layers
  if (inherits(self, "Bidirectional")) children$layer <- NULL
  c(own, do.call(c, lapply(unname(children), function(child) {
    weight_labels(child, dialect, child_scope(self, child, dialect, scope))
  })))
}

# tf.keras leaves out the names of models and of the layer that is applied to
# every step; Keras 3 those of functional models.
child_scope <- function(self, child, dialect, scope) {
  if (inherits(self, "Model")) {
    inside <- dialect == "keras3" && inherits(self, "Sequential")
    return(if (inside) join_path(self$name, child$name) else child$name)
  }
  if (dialect == "tf" && inherits(self, "TimeDistributed")) return(scope)
  join_path(scope, child$name)
}

# The layers of a model in the legacy layout: list(name, layer, weights, names,
# dtypes), weights in the order in which the file lists them.
legacy_places <- function(self, dialect) {
  lapply(weight_owners(self), function(layer) {
    scope <- if (inherits(self, "Model")) {
      child_scope(self, layer, dialect, "")
    } else {
      layer$name
    }
    legacy_place(layer, dialect, scope)
  })
}

legacy_place <- function(layer, dialect, scope) {
  labels <- weight_labels(layer, dialect, scope)
  weights <- unique_by_id(c(layer$trainable_weights,
                            layer$non_trainable_weights))
  ids <- vapply(labels, function(l) l$id, 0)
  labels <- labels[match(vapply(weights, tensor_id, 0), ids)]
  names <- make.unique(vapply(labels, function(l) l$name, ""), "_")
  list(name = layer$name, layer = layer, weights = weights,
       names = paste0(names, if (dialect == "tf") ":0" else "",
                      recycle0 = TRUE),
       dtypes = vapply(labels, function(l) l$dtype, ""))
}
