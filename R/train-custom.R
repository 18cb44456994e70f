# Steps of a user's model, and what models give them to work with.
Model$set("public", "compute_loss", function(x = NULL, y = NULL,
                                             y_pred = NULL,
                                             sample_weight = NULL) {
  compute_loss(self, x, y, y_pred, sample_weight)
})
Model$set("public", "compute_metrics", function(x, y, y_pred,
                                                sample_weight = NULL) {
  compute_metrics(self, x, y, y_pred, sample_weight)
})
Model$set("public", "compiled_loss", function(y_true, y_pred,
                                              sample_weight = NULL, ...) {
  own_loss(self, y_true, y_pred, sample_weight)
})
Model$set("active", "compiled_metrics", function() {
  list(update_state = function(y_true, y_pred, sample_weight = NULL) {
    update_metrics(self, y_true, y_pred, sample_weight)
  })
})
Model$set("active", "metrics", function() model_metrics(self))

# Whether the user's `name`, such as `.train_step`, is to be called: not from
# within itself, where `super$train_step()` means the model's own.
has_own <- function(self, name) {
  !is.null(.subset2(self, name)) && !name %in% .subset2(self, ".running")
}

run_own <- function(self, name, ...) {
  before <- self$.running
  on.exit(assign(".running", before, envir = self))
  assign(".running", c(before, name), envir = self)
  .subset2(self, name)(...)
}

# The user's step on data in Keras' form; its logs stand for the model's.
own_step <- function(self, name, data) {
  logs <- run_own(self, name, user_batch(data))
  assign(".own_logs", read_logs(self, logs, name), envir = self)
  invisible(self$.own_logs)
}

read_logs <- function(self, logs, name) {
  name <- sub("^[.]", "", name)
  ok <- is.list(logs) && !is_tensor(logs) &&
    (!length(logs) || all(nzchar(names_of(logs))))
  if (!ok) {
    stop_type(
      sprintf("`%s()` of model \"%s\" must give a named list of numbers, not \
%s.", name, self$name, describe_result(logs)),
      i = "End it with, e.g., `list(loss = loss)`."
    )
  }
  lapply(logs, function(v) {
    v <- as.numeric(value_of(v))
    if (length(v) == 1L) v else mean(v)
  })
}

# list(x), list(x, y) or list(x, y, sample_weight) with tensors, lists where
# there are several; x alone stands by itself.
user_batch <- function(data) {
  data <- lapply(batch_lists(data), function(v) {
    if (is.null(v)) return(NULL)
    v <- lapply(v, as_tensor)
    if (length(v) == 1L && is.null(names(v))) v[[1L]] else v
  })
  n <- max(which(!vapply(data, is.null, NA)))
  if (n == 1L) data[[1L]] else data[seq_len(n)]
}

# The loop's form, lists of plain arrays, of either.
batch_lists <- function(data) {
  if (!is.list(data) || is_tensor(data)) data <- list(data)
  if (length(data) == 3L && all_lists(data)) return(data)
  data <- lapply(data, function(v) {
    if (is.null(v)) return(NULL)
    if (is_tensor(v) || !is.list(v)) v <- list(v)
    lapply(v, value_of)
  })
  c(data, vector("list", 3L - length(data)))
}

all_lists <- function(data) {
  for (v in data) {
    if (!is.null(v) && (!is.list(v) || is.object(v))) return(FALSE)
  }
  TRUE
}

# x alone, or the loop's list of inputs.
predict_batch <- function(self, data) {
  if (is_tensor(data) || !is.list(data)) return(list(list(value_of(data))))
  if (is.list(data[[1L]]) && !is_tensor(data[[1L]])) return(data)
  list(lapply(data, value_of))
}

as_leaves <- function(x) {
  if (is.null(x)) return(NULL)
  if (is_tensor(x) || !is.list(x)) list(x) else x
}

# The compiled loss, with what layers and weights add; the mean of the epoch
# goes on.
compute_loss <- function(self, x, y, y_pred, sample_weight) {
  if (has_own(self, ".compute_loss")) {
    return(call_named(self, ".compute_loss", list(
      x = x, y = y, y_pred = y_pred, sample_weight = sample_weight
    )))
  }
  own_loss(self, y, y_pred, sample_weight)
}

# The user's function with those arguments that it names.
call_named <- function(self, name, args) {
  known <- names(formals(.subset2(self, name)))
  if (!"..." %in% known) args <- args[intersect(names(args), known)]
  do.call(run_own, c(list(self, name), args))
}

own_loss <- function(self, y, y_pred, sample_weight = NULL) {
  y <- lapply(as_leaves(y), value_of)
  y_pred <- flatten_tensors(to_tensors(y_pred))
  weights <- lapply(as_leaves(sample_weight), value_of)
  result <- total_loss(self, if (length(y)) y, y_pred,
                       if (length(weights)) weights)
  n <- dims(value_of(y_pred[[1L]]))[[1L]]
  add_losses(self$.trackers, result, n)
  result$total
}

compute_metrics <- function(self, x, y, y_pred, sample_weight) {
  if (has_own(self, ".compute_metrics")) {
    return(call_named(self, ".compute_metrics", list(
      x = x, y = y, y_pred = y_pred, sample_weight = sample_weight
    )))
  }
  update_metrics(self, y, y_pred, sample_weight)
  tracked_logs(self)
}

update_metrics <- function(self, y, y_pred, sample_weight = NULL) {
  y_pred <- flatten_tensors(to_tensors(y_pred))
  y <- match_targets(self, lapply(as_leaves(y), value_of), y_pred)
  need_trackers(self, y, y_pred)
  weights <- lapply(as_leaves(sample_weight), value_of)
  track_metrics(self$.trackers, y, y_pred, if (length(weights)) weights)
}

# A step with a user's loss or metrics.
step_with_own <- function(self, data, training) {
  x <- data[[1L]]
  y <- data[[2L]]
  forms <- user_batch(list(x, y %||% list(array(0, 1L)), data[[3L]]))
  if (is.null(y)) forms["y"] <- list(NULL)
  weight <- if (length(forms) > 2L) forms[[3L]]
  tape <- new_tape()
  loss <- on_tape(tape, {
    y_pred <- run_model(self, x, training)
    as_tensor(self$compute_loss(forms[[1L]], if (!is.null(y)) forms[[2L]],
                                y_pred, weight))
  })
  if (training) {
    weights <- trained_weights(self)
    grads <- tape_gradient(tape, loss, weights)
    self$optimizer$apply_gradients(grads, weights)
  }
  if (!is.null(self$.compute_loss)) {
    need_trackers(self, y, flatten_tensors(y_pred))
    add_to_mean(self$.trackers$total, sum(value_of(loss)), n_samples(x))
  }
  logs <- self$compute_metrics(forms[[1L]], if (!is.null(y)) forms[[2L]],
                               y_pred, weight)
  assign(".own_logs", read_logs(self, logs, "compute_metrics"), envir = self)
  invisible()
}

has_own_parts <- function(self) {
  !is.null(.subset2(self, ".compute_loss")) ||
    !is.null(.subset2(self, ".compute_metrics"))
}

# Metrics that users see: the loss, the compiled ones, and those held by
# attributes of the model.
model_metrics <- function(self) {
  trackers <- self$.trackers
  compiled <- unlist(c(trackers$metrics, trackers$weighted))
  loss <- if (!is.null(trackers) && !all(lengths(trackers$losses) == 0L)) {
    list(total_metric(trackers$total))
  }
  c(loss, compiled, attribute_metrics(self))
}

total_metric <- function(mean) {
  list(
    name = "loss",
    update_state = function(value, sample_weight = NULL) {
      add_to_mean(mean, sum(value_of(value)), sample_weight %||% 1)
    },
    result = function() mean$sum / max(mean$n, 1),
    reset_state = function() {
      mean$sum <- 0
      mean$n <- 0
    }
  )
}

# What every model has holds no metric of the user's.
model_members <- unlist(lapply(list(KerasLayer, Model), function(class) {
  c(names(class$public_fields), names(class$public_methods),
    names(class$active))
}))

attribute_metrics <- function(self) {
  found <- list()
  for (name in setdiff(ls(self, sorted = FALSE), model_members)) {
    if (bindingIsActive(name, self)) next
    value <- .subset2(self, name)
    if (inherits(value, "recurrent_metric")) found[[name]] <- value
  }
  if (length(found)) unname(found[order(names(found))]) else found
}
