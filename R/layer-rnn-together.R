# Several native layers on one input, in one call: each runs as by itself, at
# the same time as the others where threads allow. So do their gradients.

# A subclass may change the call, so only these classes themselves count.
native_layers <- c("RNN", "SimpleRNN", "LSTM", "GRU", "CuDNNLSTM", "CuDNNGRU")

can_run_together <- function(layers) {
  if (!use_native()) return(FALSE)
  for (layer in layers) {
    if (!class(layer)[[1L]] %in% native_layers || !.subset2(layer, "built") ||
          is.null(.subset2(layer, ".native")) ||
          !is.null(.subset2(layer, "activity_regularizer"))) {
      return(FALSE)
    }
  }
  TRUE
}

# What each layer's call gives, in a list; `starts` holds initial states.
run_together <- function(layers, inputs, mask, training, starts, constants) {
  training_before <- context$training
  begun <- 0L
  on.exit({
    for (layer in layers[seq_len(begun)]) {
      rnn_end(layer, training)
      leave_call(training_before)
    }
  })
  ready <- Map(function(layer, start) {
    begun <<- begun + 1L
    enter_call(layer)
    rnn_begin(layer, inputs, mask, training, start, constants)
  }, layers, starts)
  x <- native_double(inputs)
  jobs <- Map(function(layer, r) {
    native_job(layer, r$states, r$mask, training, x)
  }, layers, ready)
  outs <- .Call(ffi_rnn_forward_all, jobs, recording(), run_settings())
  results <- lapply(outs, native_result)
  if (recording()) {
    record_together(layers, inputs, ready, jobs, outs, results)
  }
  Map(function(layer, result, r) rnn_result(layer, result, r$batch),
      layers, results, ready)
}

record_together <- function(layers, inputs, ready, jobs, outs, results) {
  from <- Map(function(layer, r, result) {
    native_sources(layer, r$states, result)
  }, layers, ready, results)
  to <- lapply(results, function(r) c(list(r$output), r$states))
  jobs <- Map(function(job, out) c(job, list(saved = out[[3L]])), jobs, outs)
  tape_record(together_row, c(list(inputs), do.call(c, from)),
              do.call(c, to), list(), outs,
              list(jobs = jobs, n_from = lengths(from), n_to = lengths(to)))
}

# n_from, n_to: sources and outputs of each job. A job whose outputs nobody
# used has no gradients.
together_backward <- function(g, y, jobs, n_from, n_to, need) {
  g <- split_by(g, n_to)
  need_own <- split_by(need[-1L], n_from)
  used <- which(!vapply(g, function(gs) all(vapply(gs, is.null, NA)), NA))
  tasks <- lapply(used, function(k) {
    job <- jobs[[k]]
    wanted <- need_own[[k]]
    weights <- seq_along(job$weights)
    c(job, list(g[[k]][[1L]], g[[k]][-1L],
                c(need[[1L]], any(wanted[weights]), any(wanted[-weights]))))
  })
  d <- .Call(ffi_rnn_backward_all, unname(tasks), run_settings())
  own <- lapply(n_from, function(n) vector("list", n))
  for (i in seq_along(used)) {
    k <- used[[i]]
    n <- length(jobs[[k]]$weights)
    own[[k]] <- c(d[[i]][[2L]] %||% vector("list", n),
                  d[[i]][[3L]] %||% vector("list", n_from[[k]] - n))
  }
  d_x <- if (need[[1L]]) Reduce(`+`, lapply(d, `[[`, 1L))
  c(list(d_x), do.call(c, own))
}

split_by <- function(xs, sizes) {
  unname(split(xs, rep(seq_along(sizes), sizes)))
}

together_row <- op_row("rnn_together", forward = NULL,
                       backward = together_backward, several = TRUE,
                       needs = TRUE)
