# Models of training.json.gz.

reference_optimizer <- function(compile) {
  args <- compile[setdiff(names(compile),
                          c("optimizer", "loss", "metrics", "between"))]
  do.call(paste0("optimizer_", compile$optimizer), args)
}

training_layer <- function(spec) {
  cells <- lapply(spec$cells, reference_cell)
  args <- spec[setdiff(names(spec), c("layer", "cells", "inner"))]
  args <- Map(training_argument, args, names(args))
  if (length(cells)) args$cell <- cells
  if (!is.null(spec$inner)) args$layer <- training_layer(spec$inner)
  do.call(spec$layer, args)
}

training_argument <- function(value, name) {
  if (!is.list(value) || is.null(names(value))) return(value)
  if (grepl("regularizer$", name)) {
    return(do.call(paste0("regularizer_", names(value)), unname(value)))
  }
  if (grepl("constraint$", name)) {
    if (names(value) == "max_norm") return(constraint_maxnorm(value[[1]], 0))
    return(constraint_unitnorm(axis = value[[1]]))
  }
  value
}

encoder_decoder <- function() {
  input_1 <- layer_input(list(4, 2))
  input_2 <- layer_input(list(3, 2))
  c(out, state) %<-% layer_simple_rnn(units = 3, return_state = TRUE)(input_1)
  decoded <- layer_simple_rnn(units = 3, return_sequences = TRUE)(
    input_2, initial_state = state
  )
  keras_model(list(input_1, input_2), layer_dense(decoded, units = 1))
}

training_model <- function(case, x) {
  if (is.null(case$spec$layers)) {
    layers <- lapply(case$spec, training_layer)
    model <- keras_model_sequential(layers = layers)
  } else {
    model <- encoder_decoder()
  }
  predict(model, x)
  reset <- length(stateful_layers(unwrap_layer(model))) > 0
  if (reset) reset_states(model)
  set_weights(model, as_reference_array(case$weights))
  model
}
