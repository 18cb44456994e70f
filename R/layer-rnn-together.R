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
      if (rnn_draws(layer, training)) rnn_end(layer)
      leave_call(training_before)
    }
  })
  ready <- Map(function(layer, start) {
    begun <<- begun + 1L
    enter_call(layer)
    rnn_begin(layer, inputs, mask, rnn_draws(layer, training), start,
              constants)
  }, layers, starts)
  jobs <- Map(function(layer, r) {
    native_layer(r$plan, r$states, r$mask, training)
  }, layers, ready)
  results <- run_native(inputs, jobs)
  Map(function(layer, result, r) rnn_result(layer, result, r$batch),
      layers, results, ready)
}
