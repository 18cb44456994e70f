# Reading weights: first all pairs (weight, values) are found and checked, then
# they are set at once, so that nothing is half-loaded.

# What a file is by its content: "model", "legacy" or "store".
h5_kind <- function(file, path) {
  root <- file$root
  if (!is_h5_group(root)) stop_no_weights(path)
  if (!is.null(root$members$model_weights)) return("model")
  if (length(h5_attr(root, "layer_names"))) return("legacy")
  if (any(c("layers", "vars", "_layer_checkpoint_dependencies") %in%
            names(root$members))) return("store")
  stop_no_weights(path)
}

stop_no_weights <- function(path) {
  stop_value(
    sprintf("The file \"%s\" holds no weights of a Keras model.",
            basename(path)),
    i = "Give a file that `save_model()` or `save_model_weights()` wrote, here \
or in Keras."
  )
}

# The pairs of a whole file, optimizer and states with them.
# how: list(by_name, skip_mismatch, reshape, path)
weight_pairs <- function(self, file, how) {
  kind <- h5_kind(file, how$path)
  root <- if (kind == "model") file$root$members$model_weights else file$root
  if (kind == "store" && how$by_name) {
    stop_value(
      sprintf("The file \"%s\" does not hold the names of layers.",
              basename(how$path)),
      i = "Use `by_name = FALSE`, or a file in the older layout: \
`save_model_weights_hdf5()` to a name that ends in \".h5\", not \
\".weights.h5\"."
    )
  }
  pairs <- if (kind == "store") store_pairs(self, file, root, how) else
    legacy_pairs(self, file, root, how)
  do.call(c, c(list(list()), unname(pairs)))
}

# The pairs of one layer; NULL when they may be left out.
layer_pairs <- function(layer, weights, values, how) {
  if (length(weights) != length(values)) {
    if (how$skip_mismatch) return(NULL)
    stop_weight_count(layer, length(weights), length(values), how$path)
  }
  out <- Map(function(w, v) {
    value <- fitting_value(layer, w, v, how)
    if (!is.null(value)) list(weight = w, value = value)
  }, weights, values)
  if (any(vapply(out, is.null, NA))) NULL else unname(out)
}

fitting_value <- function(layer, weight, value, how) {
  if (!is.numeric(value)) stop_text_weight(layer, weight, how$path)
  want <- as.integer(dims(value_of(weight)))
  got <- as.integer(dims(value))
  if (identical(want, got)) return(value)
  if (how$reshape && prod(want) == prod(got)) return(in_shape(value, want))
  if (how$skip_mismatch) return(NULL)
  stop_value(
    sprintf("Weight `%s` of layer \"%s\" has shape %s; in the file \"%s\" it \
has shape %s.", weight$name, layer$name, format(as_shape(want)),
            basename(how$path), format(as_shape(got))),
    i = "Make the model as the one that was saved, or leave such layers out: \
`skip_mismatch = TRUE`."
  )
}

stop_text_weight <- function(layer, weight, path) {
  stop_value(
    sprintf("The file \"%s\" has text for the weight `%s` of layer \"%s\".",
            basename(path), weight$name, layer$name),
    i = "It was changed or damaged: write it again."
  )
}

# NumPy's order: the last axis moves first.
in_shape <- function(value, shape) {
  flat <- as.vector(if (length(dim(value)) > 1L) aperm(value) else value)
  if (length(shape) < 2L) return(array(flat, length(flat)))
  aperm(array(flat, rev(shape)))
}

stop_weight_count <- function(layer, want, got, path) {
  stop_value(
    sprintf("Layer \"%s\" has %d weights; the file \"%s\" holds %d for it.",
            layer$name, want, basename(path), got),
    i = if (!layer$built) "It is not built yet: call the model on data first, \
or give `input_shape`.",
    i = "Make the model as the one that was saved."
  )
}

store_pairs <- function(self, file, root, how) {
  places <- Filter(function(p) !p$template, store_places(self, "tf"))
  groups <- as.list(store_groups(root))
  names(groups) <- store_key(names(groups))
  check_store_covered(self, names(groups), places, how)
  lapply(places, function(p) {
    group <- groups[[store_key(join_path(p$path, "vars"))]]
    if (is.null(group)) {
      if (!length(p$weights) || how$skip_mismatch) return(NULL)
      stop_layer_missing(p, how$path)
    }
    values <- numbered_values(file, group, join_path(p$path, "vars"), how$path)
    layer_pairs(p$layer, p$weights, values, how)
  })
}

# The data "0", "1", ... of a group.
numbered_values <- function(file, group, name, path) {
  lapply(as.character(seq_along(group$members) - 1L), function(key) {
    node <- group$members[[key]]
    if (is.null(node) || is_h5_group(node)) {
      stop_h5_lacks(path, paste0(name, "/", key))
    }
    h5_array(file, node)
  })
}

# One name for what versions name differently: tf.keras 2.12 and 2.13 the
# layers of a model, Keras 3 the parts of attention.
store_key <- function(path) {
  path <- gsub("\\b_layer_checkpoint_dependencies\\b", "layers", path)
  sub("/_?(query|key|value|output)_dense/vars$", "/\\1_dense/vars", path)
}

# All groups that hold data, by path.
store_groups <- function(node, path = "") {
  if (!is_h5_group(node)) return(NULL)
  own <- if (any(!vapply(node$members, is_h5_group, NA))) {
    stats::setNames(list(node), path)
  }
  below <- Map(function(m, name) store_groups(m, join_path(path, name)),
               node$members, names(node$members))
  c(own, do.call(c, unname(below)))
}

stop_layer_missing <- function(place, path) {
  stop_value(
    sprintf("The file \"%s\" has no weights for layer \"%s\" (%s): there is no \
\"%s/vars\" in it.", basename(path), place$layer$name,
            class(place$layer)[[1L]], place$path),
    i = "Make the model as the one that was saved."
  )
}

# Weights in the file that the model has no place for. Generators of random
# numbers, optimizers and metrics are not weights.
check_store_covered <- function(self, found, places, how) {
  if (how$skip_mismatch) return(invisible())
  known <- vapply(places, function(p) join_path(p$path, "vars"), "")
  more <- setdiff(found, store_key(known))
  more <- grep("^(optimizer|metrics|recurrent_states)/|_generator/|metric",
               more, value = TRUE, invert = TRUE)
  if (!length(more)) return(invisible())
  stop_value(
    sprintf("The file \"%s\" has weights at \"%s\"; the model \"%s\" has no \
layer there.", basename(how$path), more[[1L]], self$name),
    i = if (!self$built) "The model is not built yet: call it on data first, \
or give `input_shape`.",
    i = "Make the model as the one that was saved."
  )
}

legacy_pairs <- function(self, file, root, how) {
  layers <- lapply(h5_attr(root, "layer_names"), function(name) {
    list(name = name, values = legacy_values(file, root, name, how))
  })
  own <- Filter(function(p) length(p$weights), legacy_places(self, "tf"))
  pairs <- if (how$by_name) named_pairs(own, layers, how) else
    ordered_pairs(self, own, Filter(function(l) length(l$values), layers), how)
  c(pairs, list(top_pairs(self, file, root, how)))
}

legacy_values <- function(file, root, name, how) {
  group <- root$members[[name]]
  if (is.null(group)) stop_h5_lacks(how$path, name)
  lapply(h5_attr(group, "weight_names"), function(weight) {
    node <- h5_find(group, weight)
    if (is.null(node) || is_h5_group(node)) {
      stop_h5_lacks(how$path, paste0(name, "/", weight))
    }
    h5_array(file, node)
  })
}

stop_h5_lacks <- function(path, name) {
  stop_value(
    sprintf("The file \"%s\" is damaged.", basename(path)),
    x = sprintf("It does not hold \"%s\", as it should.", name),
    i = "Write it again."
  )
}

named_pairs <- function(places, layers, how) {
  lapply(layers, function(l) {
    at <- match(l$name, vapply(places, function(p) p$name, ""))
    if (is.na(at)) return(NULL)
    layer_pairs(places[[at]]$layer, places[[at]]$weights, l$values, how)
  })
}

# Layers with weights, one after the other.
ordered_pairs <- function(self, places, layers, how) {
  if (length(places) != length(layers)) {
    stop_value(
      sprintf("The model \"%s\" has %d layers with weights; the file \"%s\" \
has %d.", self$name, length(places), basename(how$path), length(layers)),
      i = if (!self$built) "The model is not built yet: call it on data first, \
or give `input_shape`.",
      i = "Make the model as the one that was saved, or load the layers whose \
names are the same: `by_name = TRUE`."
    )
  }
  Map(function(p, l) layer_pairs(p$layer, p$weights, l$values, how), places,
      layers)
}

top_pairs <- function(self, file, root, how) {
  own <- if (inherits(self, "Model")) own_weights(self)
  if (!length(own) || is.null(root$members$top_level_model_weights)) {
    return(NULL)
  }
  values <- legacy_values(file, root, "top_level_model_weights", how)
  layer_pairs(self, own, values, how)
}

# All at once; nothing can fail any more.
set_pairs <- function(pairs) {
  for (p in pairs) variable_assign(p$weight, p$value)
}
