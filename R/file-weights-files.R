# Whole files of weights: read, checked, and set; or made and written.

# The file of weights alone: the store where the name ends in ".weights.h5",
# else the legacy layout, as tf.keras does it.
save_weights_h5 <- function(self, path, dialect = "tf") {
  tree <- if (grepl("[.]weights[.](h5|hdf5)$", path, ignore.case = TRUE)) {
    store_tree(self, dialect)
  } else {
    put_states(legacy_tree(self, dialect), self)
  }
  write_whole(path, function(to) write_or_stop(write_h5(tree, to), path))
}

# The file of weights inside a ".keras".
write_store <- function(self, path, dialect = "tf", include_optimizer = TRUE) {
  write_h5(store_tree(self, dialect, include_optimizer), path)
}

# Sets weights, states, and the optimizer's state where the file has one that
# fits. `name`: the file as messages call it.
load_weights_h5 <- function(self, path, by_name = FALSE, skip_mismatch = FALSE,
                            reshape = FALSE, name = path, must_fit = FALSE) {
  file <- read_h5(path, name)
  load_weights_from(self, file, list(
    by_name = by_name, skip_mismatch = skip_mismatch, reshape = reshape,
    path = name, must_fit = must_fit
  ))
}

# `must_fit`: the model was made for this file, and says when the optimizer's
# state is not for it.
load_weights_from <- function(self, file, how) {
  pairs <- weight_pairs(self, file, how)
  states <- file_states(self, file, how)
  optimizer <- if (inherits(self, "Model")) self$optimizer
  state <- if (!is.null(optimizer)) optimizer_in_file(self, file, how)
  metrics <- if (!is.null(optimizer)) file_metrics(file)
  set_pairs(pairs)
  for (s in states) assign("states", s$states, envir = s$layer)
  if (!is.null(state)) {
    optimizer$set_state(state)
    name <- optimizer_name_in(file)
    if (!is.null(name) && name != tolower(optimizer$.class)) {
      optimizer$name <- name
    }
  }
  if (length(metrics)) {
    assign(".file_metrics", list(optimizer = optimizer, states = metrics),
           envir = self)
  }
  invisible(self)
}

# The optimizer's variables in the order of the file; NULL when it has none.
optimizer_values <- function(file, how) {
  legacy <- file$root$members$optimizer_weights
  if (!is.null(legacy)) {
    return(legacy_values(file, file$root, "optimizer_weights", how))
  }
  group <- h5_find(file$root, "optimizer/vars")
  numbered_values(file, group, "optimizer/vars", how$path)
}

optimizer_in_file <- function(self, file, how) {
  values <- optimizer_values(file, how)
  if (!length(values)) return(NULL)
  weights <- self$trainable_weights
  state <- if (all(vapply(values, is.numeric, NA)) && length(weights) &&
                 is_step_count(values[[1L]])) {
    optimizer_state_of(self$optimizer, values, weights)
  }
  if (is.null(state) && how$must_fit) {
    warn_recurrent(
      sprintf("The state of the optimizer in \"%s\" is not one of %s for this \
model.", basename(how$path), self$optimizer$.class),
      i = "Training starts with a new optimizer; the weights are those of the \
file."
    )
  }
  state
}

# Keras 3 notes it.
optimizer_name_in <- function(file) {
  name <- h5_attr(h5_find(file$root, "optimizer/vars"), "name")
  if (is.null(name)) {
    first <- h5_attr(file$root$members$optimizer_weights, "weight_names")[1L]
    if (length(first) && is.character(first) && endsWith(first, "/iteration")) {
      name <- sub("/iteration$", "", first)
    }
  }
  if (is.character(name) && length(name) == 1L && nzchar(name)) name
}

is_step_count <- function(x) {
  length(x) == 1L && is.finite(x) && x >= 0 && x < 2^53 && x == floor(x)
}

# What the metrics of tf.keras have counted: kept to be written again.
file_metrics <- function(file) {
  groups <- h5_find(file$root, "metrics")$members
  lapply(stats::setNames(nm = names(groups)), function(key) {
    members <- h5_find(groups[[key]], "vars")$members
    list(key = key, state = lapply(Filter(Negate(is_h5_group), members),
                                   function(m) h5_array(file, m)))
  }) |> unname()
}

# list(layer, states) for the layers whose states the file has.
file_states <- function(self, file, how) {
  root <- file$root$members[[states_group]]
  places <- if (!is.null(root)) state_places(self)
  Filter(Negate(is.null), lapply(places, function(p) {
    group <- h5_find(root, p$path)
    if (is.null(group)) return(NULL)
    nodes <- group$members[order(names(group$members))]
    states <- lapply(unname(nodes), function(n) {
      if (is_h5_group(n)) stop_h5_lacks(how$path, p$path)
      h5_array(file, n)
    })
    if (!states_fit(p$layer, states)) {
      if (how$skip_mismatch) return(NULL)
      stop_value(
        sprintf("The recorded states of layer \"%s\" in \"%s\" do not fit it.",
                p$layer$name, basename(how$path)),
        i = "Make the model with the batch size and units of the one that was \
saved."
      )
    }
    list(layer = p$layer, states = states)
  }))
}

states_fit <- function(layer, states) {
  sizes <- layer$.info$sizes
  length(states) == length(sizes) && all(mapply(function(s, size) {
    is.numeric(s) && length(dim(s)) == 1L + length(size) &&
      identical(as.integer(dim(s)[-1L]), as.integer(size)) &&
      dim(s)[[1L]] == (layer$batch_size %||% dim(s)[[1L]])
  }, states, sizes))
}
