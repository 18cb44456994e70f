# The two dialects in which Keras writes models: what each of them calls the
# arguments of layers. In between stands the form of get_config().

# `nodes` of functional models, dtypes and modules differ as well; that is code,
# in model-dialect-read.R and model-dialect-write.R.
dialects <- list(
  "tf.keras 2.15" = list(
    name = "tf.keras 2.15", three = FALSE, keras_version = "2.15.0",
    backend = "tensorflow", functional = "keras.src.engine.functional",
    weights = "tf"
  ),
  "keras 3" = list(
    name = "keras 3", three = TRUE, keras_version = "3.15.1",
    backend = "tensorflow", functional = "keras.src.models.functional",
    weights = "keras3"
  )
)

# NULL: what the option `recurrent.dialect` says.
get_dialect <- function(x = NULL, arg = "dialect") {
  x <- x %||% getOption("recurrent.dialect", "tf.keras 2.15")
  check_choice(x, names(dialects), arg, "a dialect of Keras' files")
  dialects[[x]]
}

# A layer of Keras: the function with its arguments here, and the keys of its
# config in both dialects, in Keras' order, besides name, trainable and dtype.
# "key[]" is always a list, "key?" stands there only when it is given (neither
# NULL nor FALSE), "key=value" is what layers here do not have, "key<other" has
# another name here. NA: the dialect has no such layer.
layer_row <- function(maker, keys, three = keys) {
  list(maker = maker, two = split_keys(keys), three = split_keys(three))
}

split_keys <- function(keys) {
  if (length(keys) == 1L && is.na(keys)) return(NULL)
  words <- unlist(strsplit(keys[nzchar(keys)], "\\s+"))
  lapply(stats::setNames(nm = words), key_of) |>
    stats::setNames(sub("[][?=<].*", "", words))
}

key_of <- function(word) {
  list(
    here = if (grepl("<", word)) sub(".*<", "", word) else
      sub("[][?=].*", "", word),
    is_list = grepl("[]", word, fixed = TRUE),
    if_given = endsWith(word, "?"),
    lacks = grepl("=", word),
    value = if (grepl("=", word)) key_value(sub(".*=", "", word))
  )
}

key_value <- function(text) {
  switch(text, null = NULL, false = FALSE, `1` = 1L, text)
}

keys_rnn <- "return_sequences return_state go_backwards stateful unroll"
keys_rnn_two <- c(keys_rnn, "time_major zero_output_for_mask?")
keys_rnn_three <- c(keys_rnn, "zero_output_for_mask")

# The arguments that cells share; "bias" etc. with what they regularize.
keys_weights <- function(what, suffix) paste0(what, suffix, collapse = " ")

rnn_weights <- c("kernel", "recurrent", "bias")

keys_cell <- function(first, between = NULL, activity = TRUE) {
  c(first, keys_weights(rnn_weights, "_initializer"), between,
    keys_weights(rnn_weights, "_regularizer"),
    if (activity) "activity_regularizer",
    keys_weights(rnn_weights, "_constraint"), "dropout recurrent_dropout")
}

keys_gates <- "units activation recurrent_activation use_bias"

keys_dense <- function(what = c("kernel", "bias"),
                       activity = "activity_regularizer") {
  c(keys_weights(what, "_initializer"), keys_weights(what, "_regularizer"),
    activity, keys_weights(what, "_constraint"))
}

keys_conv <- function(own, what = c("kernel", "bias")) {
  c(own, "activation use_bias", keys_dense(what))
}

keys_norm <- c(
  "axis", "momentum", "epsilon", "center", "scale", "beta_initializer",
  "gamma_initializer", "moving_mean_initializer",
  "moving_variance_initializer", "beta_regularizer", "gamma_regularizer",
  "beta_constraint", "gamma_constraint"
)

# Keys of whole numbers; all other numbers are written with a point.
whole_keys <- c(
  "units", "filters", "kernel_size", "strides", "dilation_rate", "pool_size",
  "padding", "cropping", "output_padding", "axis", "axes", "n", "size",
  "dims", "target_shape", "num_heads", "key_dim", "value_dim",
  "output_shape", "input_dim", "output_dim", "input_length", "groups",
  "depth_multiplier", "seed", "implementation", "shared_axes",
  "attention_axes", "noise_shape", "batch_input_shape", "batch_shape",
  "ema_overwrite_frequency", "warmup_steps", "k", "num_classes",
  "num_thresholds", "class_id", "top_k", "ignore_class"
)

is_whole_key <- function(key) key %in% whole_keys

# Layers that Keras 3 holds to be built from the start.
built_at_start <- c(
  "Activation", "ActivityRegularization", "AlphaDropout", "Dropout", "ELU",
  "GaussianDropout", "GaussianNoise", "LeakyReLU", "Masking", "ReLU",
  "Softmax", "SpatialDropout1D", "UnitNormalization"
)

# Of what is inside other layers, tf.keras 2.15 notes the shapes of these.
built_inside <- c("SimpleRNNCell", "LSTMCell", "GRUCell")
