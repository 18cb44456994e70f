# Keras' files under data/keras-files: <dialect>/<model>.<ending>.

keras_dialects <- c(tf = "tf-keras-2.15", keras3 = "keras-3")

keras_file <- function(dialect, name) {
  test_path("data", "keras-files", keras_dialects[[dialect]], name)
}

keras_cases <- function(dialect) {
  file <- gzfile(keras_file(dialect, "cases.json.gz"))
  cases <- jsonlite::fromJSON(file, simplifyVector = FALSE)$cases
  names(cases) <- vapply(cases, function(case) case$name, "")
  lapply(cases, function(case) {
    for (what in c("inputs", "outputs", "weights")) {
      case[[what]] <- as_reference_array(case[[what]])
    }
    case
  })
}

value_at <- function(file, path) h5_array(file, h5_find(file$root, path))

# Every group and dataset of an HDF5 file in one line each: path, type, shape,
# attributes with type, shape and, unless they are texts of configs, values.
h5_listing <- function(path) {
  file <- if (is.character(path)) read_h5(path) else path
  out <- character()
  in_order <- function(names) sort(as.character(names), method = "radix")
  walk <- function(node, at) {
    attrs <- vapply(in_order(names(node$attrs)), function(name) {
      a <- node$attrs[[name]]
      text <- if (!endsWith(name, "_config")) toString(a$value)
      paste0(" @", name, "[", toString(a$shape), " ", a$dtype, " ", a$cset,
             "] ", text)
    }, "")
    data <- if (!is_h5_group(node)) {
      paste0(" ", node$dtype, " (", toString(node$shape), ")")
    }
    out[[length(out) + 1L]] <<- paste0(c(at, data, attrs), collapse = "")
    for (name in in_order(names(node$members))) {
      walk(node$members[[name]], paste0(sub("/$", "", at), "/", name))
    }
  }
  walk(file$root, "/")
  out
}

# The models of the files, made here.
keras_model_like <- function(name) {
  k_set_floatx("float32")
  on.exit(k_set_floatx("float64"))
  get(paste0("like_", name), mode = "function")()
}

like_simple <- function() {
  keras_model_sequential(name = "sequential") %>%
    layer_simple_rnn(4, return_sequences = TRUE, input_shape = list(6, 3),
                     name = "simple_rnn") %>%
    layer_simple_rnn(3, activation = "relu", use_bias = FALSE,
                     name = "simple_rnn_1") %>%
    layer_dense(2, name = "dense") %>%
    compile(optimizer = "adam", loss = "mse")
}

like_stacked_cells <- function() {
  cells <- list(layer_simple_rnn_cell(4, name = "simple_rnn_cell"),
                layer_gru_cell(3, name = "gru_cell"),
                layer_lstm_cell(2, name = "lstm_cell"))
  stack <- layer_stacked_rnn_cells(cells, name = "stacked_rnn_cells")
  keras_model_sequential(name = "sequential_1") %>%
    layer_rnn(stack, return_sequences = TRUE, input_shape = list(NULL, 3),
              name = "rnn") %>%
    time_distributed(layer_dense(units = 2, activation = "softmax",
                                 name = "dense_1"), name = "time_distributed")
}

like_gated <- function() {
  keras_model_sequential(name = "sequential_2") %>%
    bidirectional(layer_lstm(units = 3, return_sequences = TRUE,
                             name = "lstm"),
                  input_shape = list(5, 2), name = "bidirectional") %>%
    layer_gru(4, reset_after = FALSE, return_sequences = TRUE, name = "gru") %>%
    layer_gru(2, name = "gru_1") %>%
    layer_dense(1, activation = "sigmoid", name = "dense_2") %>%
    compile(optimizer = "adam", loss = "mse")
}

like_embedding <- function() {
  keras_model_sequential(name = "sequential_3") %>%
    layer_embedding(11, 4, mask_zero = TRUE, input_length = 8,
                    name = "embedding") %>%
    layer_simple_rnn(5, go_backwards = TRUE, name = "simple_rnn_2") %>%
    layer_dropout(0.2, name = "dropout") %>%
    layer_dense(3, activation = "softmax", name = "dense_3")
}

like_encoder_decoder <- function() {
  past <- layer_input(list(5, 2), name = "past")
  future <- layer_input(list(3, 2), name = "future")
  encoder <- layer_simple_rnn(units = 4, return_state = TRUE, name = "encoder")
  decoder <- layer_simple_rnn(units = 4, return_sequences = TRUE,
                              name = "decoder")
  out <- encoder(past)
  decoded <- decoder(future, initial_state = out[[2L]])
  keras_model(list(past, future), list(
    layer_dense(decoded, 1, name = "head"),
    layer_dense(out[[1L]], 2, name = "side")
  ), name = "functional_4")
}

like_stateful <- function() {
  keras_model_sequential(name = "sequential_4") %>%
    layer_simple_rnn(3, return_sequences = TRUE, stateful = TRUE,
                     batch_input_shape = list(2, 4, 2),
                     name = "simple_rnn_3") %>%
    layer_simple_rnn(2, stateful = TRUE, name = "simple_rnn_4") %>%
    layer_dense(1, name = "dense_4")
}

keras_file_models <- c("simple", "stacked_cells", "gated", "embedding",
                       "encoder_decoder", "stateful")
