# One batch. `data` is list(x, y, sample_weight): lists of arrays, y and the
# weights NULL where not given. The loop calls these as methods of the model, so
# that a user's model may have its own.
Model$set("public", "train_step", function(data) train_step(self, data))
Model$set("public", "test_step", function(data) test_step(self, data))
Model$set("public", "predict_step", function(data) predict_step(self, data))
Model$set("active", "metrics_names", function() model_metric_names(self))

train_step <- function(self, data) {
  if (has_own(self, ".train_step")) return(own_step(self, ".train_step", data))
  data <- batch_lists(data)
  if (has_own_parts(self)) return(step_with_own(self, data, TRUE))
  tape <- new_tape()
  result <- on_tape(tape, forward_loss(self, data, training = TRUE))
  weights <- trained_weights(self)
  grads <- tape_gradient(tape, result$total, weights)
  optimizer <- .subset2(self, "optimizer")
  apply_gradients <- .subset2(optimizer, "apply_gradients")
  suspendInterrupts(apply_gradients(grads, weights))
  update_trackers(self, data, result)
  finish_step(self)
}

# A step that a user's calls gives its logs; the loop reads them itself.
finish_step <- function(self) {
  if (length(.subset2(self, ".running"))) tracked_logs(self) else invisible()
}

test_step <- function(self, data) {
  if (has_own(self, ".test_step")) return(own_step(self, ".test_step", data))
  data <- batch_lists(data)
  if (has_own_parts(self)) return(step_with_own(self, data, FALSE))
  result <- forward_loss(self, data, training = FALSE)
  update_trackers(self, data, result)
  finish_step(self)
}

predict_step <- function(self, data) {
  if (has_own(self, ".predict_step")) {
    out <- run_own(self, ".predict_step", user_batch(data[1L]))
    return(to_arrays(out))
  }
  data <- predict_batch(self, data)
  to_arrays(run_model(self, data[[1L]], training = FALSE))
}

# What stays the same while fit() runs: all layers, the trained weights, those
# with a regularizer, stateful layers. Kept on the model for the run, from the
# first batch that finds it built; tf.keras too sees a layer frozen meanwhile at
# the next compile().
run_parts <- function(self) .subset2(self, ".run_parts") %||% find_parts(self)

find_parts <- function(self) {
  layers <- all_layers(self)
  list(
    layers = layers, trained = self$trainable_weights,
    regularized = if (any_regularized(layers)) regularized_weights(self),
    stateful = Filter(is_stateful_layer, layers)
  )
}

any_regularized <- function(layers) {
  for (layer in layers) {
    for (weight in .subset2(layer, ".weights")) {
      if (!is.null(.subset2(weight, "regularizer"))) return(TRUE)
    }
  }
  FALSE
}

keep_parts <- function(self) {
  if (is.null(.subset2(self, ".run_parts")) && .subset2(self, "built")) {
    assign(".run_parts", find_parts(self), envir = self)
  }
}

forget_parts <- function(self) assign(".run_parts", NULL, envir = self)

trained_weights <- function(self) run_parts(self)$trained

run_model <- function(self, x, training) {
  one <- length(x) == 1L && is.null(names(x))
  if (one && is_plain_sequential(self)) {
    return(sequential_batch(self, x[[1L]], training))
  }
  inputs <- if (one) new_tensor(x[[1L]]) else lapply(x, new_tensor)
  call_eager(self, list(inputs, training = training))
}

# The model on a batch, and the loss that its outputs and weights give.
forward_loss <- function(self, data, training) {
  out <- run_model(self, data[[1L]], training)
  y_pred <- if (is_tensor(out)) list(out) else flatten_tensors(out)
  total_loss(self, data[[2L]], y_pred, data[[3L]])
}

need_trackers <- function(self, y, y_pred) {
  if (!is.null(.subset2(self, ".trackers"))) return(invisible())
  y <- match_targets(self, y, y_pred)
  assign(".trackers", make_trackers(self, y, lapply(y_pred, value_of)),
         envir = self)
}

# y and weights: lists of arrays or NULL; y_pred: a list of tensors.
total_loss <- function(self, y, y_pred, weights) {
  y <- match_targets(self, y, y_pred)
  need_trackers(self, y, y_pred)
  trackers <- .subset2(self, ".trackers")
  total <- NULL
  each <- vector("list", length(y_pred))
  for (k in seq_along(y_pred)) {
    loss <- trackers$losses[[k]]
    if (is.null(loss) || is.null(y[[k]])) next
    each[[k]] <- loss$call(y[[k]], y_pred[[k]], weight_of(weights, k),
                           .subset2(y_pred[[k]], "mask"))
    part <- if (trackers$weights[[k]] == 1) each[[k]] else
      each[[k]] * trackers$weights[[k]]
    total <- if (is.null(total)) part else total + part
  }
  parts <- run_parts(self)
  for (extra in layer_losses(self, parts$layers, parts$regularized)) {
    total <- if (is.null(total)) extra else total + extra
  }
  if (is.null(total)) stop_no_loss(self)
  list(total = total, each = each, y = y, y_pred = y_pred)
}

stop_no_loss <- function(self) {
  stop_value(
    sprintf("Model \"%s\" has nothing to minimize: %s.", self$name,
            if (is.null(self$loss)) "it was compiled without a loss" else
              "it was given no targets"),
    i = if (is.null(self$loss)) "Give `compile()` a `loss`." else
      "Give `fit()` the targets `y`."
  )
}

weight_of <- function(weights, k) {
  if (is.null(weights)) NULL else if (length(weights) >= k) weights[[k]] else
    weights[[1L]]
}

# Targets in the order of the outputs.
match_targets <- function(self, y, y_pred) {
  if (is.null(y)) return(vector("list", length(y_pred)))
  if (length(y) != length(y_pred)) {
    stop_value(
      sprintf("Model \"%s\" has %d outputs; `y` holds %d arrays.", self$name,
              length(y_pred), length(y)),
      i = "Give a list with one array per output."
    )
  }
  if (!is.null(names(y)) && length(y) > 1L) {
    names <- model_output_names(self)
    if (all(names %in% names(y))) y <- y[names]
  }
  names(y) <- NULL
  y
}

update_trackers <- function(self, data, result) {
  trackers <- .subset2(self, ".trackers")
  add_losses(trackers, result, n_samples(data[[1L]]))
  if (!isFALSE(trackers$measures)) {
    track_metrics(trackers, result$y, result$y_pred, data[[3L]])
  }
}

# The loss of an output is told apart where there are several.
add_losses <- function(trackers, result, n) {
  add_to_mean(trackers$total, value_of(result$total), n)
  if (length(result$each) == 1L) return(invisible())
  for (k in seq_along(result$each)) {
    if (!is.null(result$each[[k]])) {
      add_to_mean(trackers$each[[k]], value_of(result$each[[k]]), n)
    }
  }
}

track_metrics <- function(trackers, y, y_pred, weights) {
  for (k in seq_along(y_pred)) {
    if (!has_metrics(trackers, k)) next
    mask <- mask_of(y_pred[[k]])
    values <- value_of(y_pred[[k]])
    for (m in trackers$metrics[[k]]) {
      m$update_state(y[[k]], values, mask_weight(NULL, mask))
    }
    for (m in trackers$weighted[[k]]) {
      w <- mask_weight(weight_of(weights, k), mask)
      m$update_state(y[[k]], values, w)
    }
  }
}

has_metrics <- function(trackers, k) {
  length(trackers$metrics[[k]]) || length(trackers$weighted[[k]])
}

# A mask weighs metrics as zeros and ones.
mask_weight <- function(weight, mask) {
  if (is.null(mask)) return(weight)
  mask <- value_of(mask) + 0
  if (is.null(weight)) return(mask)
  weight <- value_of(weight)
  if (length(dims(weight)) < length(dims(mask))) {
    mask * as.vector(weight)
  } else {
    mask * weight
  }
}

# The numbers so far: total loss, loss per output when there are several,
# metrics.
current_logs <- function(self) {
  .subset2(self, ".own_logs") %||% tracked_logs(self)
}

tracked_logs <- function(self) {
  trackers <- .subset2(self, ".trackers")
  if (is.null(trackers)) return(list())
  several <- length(trackers$names) > 1L
  logs <- list(loss = trackers$total$sum / max(trackers$total$n, 1))
  if (several) {
    for (k in seq_along(trackers$names)) {
      m <- trackers$each[[k]]
      if (!is.null(trackers$losses[[k]])) {
        logs[[paste0(trackers$names[[k]], "_loss")]] <- m$sum / max(m$n, 1)
      }
    }
  }
  for (k in seq_along(trackers$names)) {
    for (m in c(trackers$metrics[[k]], trackers$weighted[[k]])) {
      name <- if (several) paste0(trackers$names[[k]], "_", m$name) else m$name
      logs[[name]] <- as.numeric(m$result())
    }
  }
  logs
}
