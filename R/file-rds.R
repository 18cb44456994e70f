# Models and weights in files of R.

load_model_rds <- function(path, filepath, compile) {
  model <- read_rds(path)
  if (!inherits(model, "recurrent_model")) {
    stop_value(
      sprintf("The file \"%s\" holds %s, not a model.", filepath,
              describe_result(model)),
      i = if (inherits(model, "recurrent_saved_weights")) {
        "Make the model, then use `load_model_weights()`."
      } else {
        "Give what `save_model()` or `saveRDS()` wrote."
      }
    )
  }
  if (!compile) forget_compiled(unwrap_layer(model))
  model
}

# All weights in order, and by layer.
weights_of <- function(self) {
  owners <- weight_owners(self)
  layers <- lapply(owners, function(l) lapply(l$weights, value_of))
  names(layers) <- vapply(owners, function(l) l$name, "")
  saved_weights(lapply(self$weights, value_of), layers)
}

saved_weights <- function(weights, layers = NULL) {
  structure(list(weights = weights, layers = layers),
            class = "recurrent_saved_weights")
}

# What `saveRDS(get_weights(model), file)` and weight checkpoints write.
is_array_list <- function(x) {
  is.list(x) && !is.object(x) && all(vapply(x, is.numeric, NA))
}

weight_owners <- function(self) {
  if (inherits(self, "Model")) model_layers(self) else list(self)
}

load_weights_rds <- function(self, path, filepath, by_name, skip_mismatch) {
  saved <- read_rds(path)
  if (inherits(saved, "recurrent_model")) {
    saved <- weights_of(unwrap_layer(saved))
  }
  if (is_array_list(saved)) saved <- saved_weights(saved)
  if (!inherits(saved, "recurrent_saved_weights")) {
    stop_value(
      sprintf("The file \"%s\" holds %s, not weights.", filepath,
              describe_result(saved)),
      i = "Give what `save_model_weights()` or `save_model()` wrote."
    )
  }
  if (by_name && is.null(saved$layers)) {
    stop_value(
      sprintf("The file \"%s\" holds weights without the names of layers.",
              filepath),
      i = "Use `by_name = FALSE`, or write it with `save_model_weights()`."
    )
  }
  if (by_name) set_weights_by_name(self, saved$layers, skip_mismatch) else
    self$set_weights(saved$weights)
}

# All layers are checked before the first is set.
set_weights_by_name <- function(self, saved, skip_mismatch) {
  layers <- Filter(function(l) {
    l$name %in% names(saved) && length(l$weights) + length(saved[[l$name]])
  }, weight_owners(self))
  if (skip_mismatch) {
    layers <- Filter(function(l) weights_fit(l, saved[[l$name]]), layers)
  }
  before <- lapply(layers, function(l) l$get_weights())
  done <- FALSE
  on.exit(if (!done) for (k in seq_along(layers)) {
    layers[[k]]$set_weights(before[[k]])
  })
  for (l in layers) l$set_weights(saved[[l$name]])
  done <- TRUE
}

weights_fit <- function(layer, values) {
  sizes <- function(w) as.integer(dims(value_of(w)))
  identical(lapply(layer$weights, sizes), lapply(values, sizes))
}
