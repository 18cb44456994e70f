# Weights, optimizer and recorded states in and out of HDF5 files.

# ---- writing: a model as nested lists of file-hdf5-write.R -----------------

# The content of ".weights.h5" and of the weights inside a ".keras".
store_tree <- function(self, dialect = "tf", optimizer = TRUE) {
  root <- h5_group()
  for (place in store_places(self, dialect)) {
    root <- h5_put(root, join_path(place$path, "vars"),
                   vars_group(lapply(place$weights, function(w) {
                     h5_dataset(value_of(w), stored_dtype(place$layer))
                   }), place$name, dialect))
  }
  trained <- if (optimizer && inherits(self, "Model")) self$optimizer
  if (!is.null(trained)) {
    variables <- optimizer_variables(trained, optimizer_labels(self, dialect),
                                     dialect)
    root <- h5_put(root, "optimizer/vars", vars_group(
      lapply(variables, function(v) h5_dataset(v$value, v$dtype)),
      optimizer_name(trained, dialect), dialect
    ))
    if (dialect == "tf") root <- put_metrics(root, self)
  }
  put_states(root, self)
}

# Numbered from 0; Keras 3 notes the layer's name.
vars_group <- function(members, name, dialect) {
  names(members) <- seq_along(members) - 1L
  attrs <- if (dialect == "keras3") list(name = h5_string(name, utf8 = TRUE))
  h5_group(members, as.list(attrs))
}

# Puts a node at a path, in groups that are made as they are needed.
h5_put <- function(group, path, node) {
  at <- regexpr("/", path, fixed = TRUE)
  if (at < 0L) {
    group$members[[path]] <- node
    return(group)
  }
  first <- substr(path, 1L, at - 1L)
  group$members[[first]] <- h5_put(group$members[[first]] %||% h5_group(),
                                   substring(path, at + 1L), node)
  group
}

# The labels of the weights that the optimizer has slots for.
optimizer_labels <- function(self, dialect) {
  labels <- weight_labels(self, dialect, "")
  ids <- vapply(labels, function(l) l$id, 0)
  known <- self$optimizer$.ids
  if (is.null(known) || !all(known %in% ids)) {
    known <- vapply(self$trainable_weights, tensor_id, 0)
  }
  labels[match(known, ids)]
}

# tf.keras keeps what its metrics have counted.
put_metrics <- function(root, self) {
  for (m in metric_states(self)) {
    root <- h5_put(root, paste0("metrics/", m$key, "/vars"), vars_group(
      lapply(unname(as.list(m$state)), h5_dataset), NULL, "tf"
    ))
  }
  root
}

metric_states <- function(self) {
  trackers <- self$.trackers
  if (is.null(trackers)) {
    kept <- self$.file_metrics
    return(if (identical(kept$optimizer, self$optimizer)) kept$states)
  }
  means <- c(list(trackers$total),
             if (length(trackers$each) > 1L) trackers$each)
  states <- c(
    lapply(means, function(m) list(key = "mean", state = c(m$sum, m$n))),
    do.call(c, lapply(seq_along(trackers$each), function(k) {
      c(counted(trackers, "metrics", k), counted(trackers, "weighted", k))
    }))
  )
  key <- vapply(states, function(s) s$key, "")
  Map(function(s, n) {
    list(key = if (n > 1L) paste0(s$key, "_", n - 1L) else s$key,
         state = s$state)
  }, states, stats::ave(seq_along(key), key, FUN = seq_along))
}

# Metrics that are means of a value per sample.
counted <- function(trackers, which, k) {
  metrics <- Filter(function(m) {
    length(metric_self(m)$state) == 2L && is.numeric(metric_self(m)$state)
  }, trackers[[which]][[k]])
  lapply(metrics, function(m) list(key = "mean_metric_wrapper",
                                   state = metric_self(m)$state))
}

# States of stateful layers, which Keras does not keep: in a group of their
# own, that Keras passes by; only where they are not zero.
put_states <- function(root, self) {
  for (place in state_places(self)) {
    states <- place$layer$states
    known <- !vapply(states, is.null, NA)
    if (!all(known) || all(vapply(states, function(s) all(s == 0), NA))) next
    for (k in seq_along(states)) {
      root <- h5_put(root, paste0(join_path(states_group, place$path), "/",
                                  k - 1L),
                     h5_dataset(value_of(states[[k]]),
                                stored_dtype(place$layer)))
    }
  }
  root
}

states_group <- "recurrent_states"

state_places <- function(self) {
  Filter(function(p) {
    inherits(p$layer, "RNN") && isTRUE(p$layer$stateful) && !p$template
  }, store_places(self, "tf"))
}

# The content of a legacy weights file, or of `model_weights` in a model's.
legacy_tree <- function(self, dialect = "tf") {
  places <- legacy_places(self, dialect)
  root <- h5_group(attrs = c(
    h5_names("layer_names", vapply(places, function(p) p$name, "")),
    keras_attrs(dialect_of(dialect))
  ))
  for (p in places) root$members[[p$name]] <- weights_group(
    lapply(p$weights, value_of), p$names, p$dtypes
  )
  own <- if (inherits(self, "Model")) own_weights(self)
  root$members$top_level_model_weights <- weights_group(
    lapply(own, value_of), vapply(own, function(w) w$name, ""),
    rep(stored_dtype(self), length(own))
  )
  root
}

# The row of `dialects` whose weights are called so.
dialect_of <- function(weights) {
  Filter(function(d) d$weights == weights, dialects)[[1L]]
}

keras_attrs <- function(d, utf8 = FALSE) {
  list(backend = h5_string(d$backend, utf8),
       keras_version = h5_string(d$keras_version, utf8))
}

weights_group <- function(values, names, dtypes) {
  group <- h5_group(attrs = h5_names("weight_names", names))
  for (k in seq_along(values)) {
    group <- h5_put(group, names[[k]], h5_dataset(values[[k]], dtypes[[k]]))
  }
  group
}

# Names as an attribute; in parts where they are more than a header holds.
h5_names <- function(key, names) {
  bytes <- length(names) * max(0L, nchar(names, "bytes"))
  if (bytes <= 64512L) {
    return(stats::setNames(list(h5_strings(unname(names))), key))
  }
  n <- min(length(names), ceiling(bytes / 64512))
  parts <- split(unname(names), sort(rep_len(seq_len(n), length(names))))
  stats::setNames(lapply(parts, h5_strings), paste0(key, seq_len(n) - 1L))
}

optimizer_group <- function(self, dialect) {
  optimizer <- self$optimizer
  variables <- optimizer_variables(optimizer, optimizer_labels(self, dialect),
                                   dialect)
  names <- vapply(variables, function(v) v$name, "")
  names <- if (dialect == "tf") paste0(names, ":0") else
    paste0(optimizer_name(optimizer, dialect), "/", names)
  weights_group(lapply(variables, function(v) v$value), make.unique(names, "_"),
                vapply(variables, function(v) v$dtype, ""))
}
