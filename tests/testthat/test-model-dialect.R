# A model of one layer, and one of a merge of two inputs.
with_layer <- function(layer, shape = c(4, 3)) {
  keras_model_sequential(list(layer), input_shape = shape)
}

with_merge <- function(merge, shape = c(4, 3)) {
  x <- layer_input(shape)
  y <- layer_input(shape)
  keras_model(list(x, y), merge(list(x, y)))
}

# Every class of layers, with arguments that are not the defaults.
every_layer <- function() {
  conv <- function(f, ...) f(kernel_size = 2, padding = "same", ...)
  inner <- with_layer(layer_dense(units = 2), 3)
  c(
    lapply(list(
      layer_simple_rnn(units = 2, dropout = 0.1, unroll = TRUE),
      layer_gru(units = 2, reset_after = FALSE, go_backwards = TRUE,
                recurrent_activation = "tanh"),
      layer_lstm(units = 2, unit_forget_bias = FALSE, return_sequences = TRUE,
                 zero_output_for_mask = TRUE),
      layer_rnn(cell = layer_simple_rnn_cell(2)),
      layer_rnn(cell = list(layer_gru_cell(2), layer_lstm_cell(3))),
      bidirectional(layer = layer_gru(units = 2), merge_mode = "sum"),
      bidirectional(layer = layer_lstm(units = 2, name = "there"),
                    backward_layer = layer_gru(units = 2, name = "back",
                                               go_backwards = TRUE)),
      time_distributed(layer = layer_dense(units = 2, activation = "softmax")),
      time_distributed(layer = inner),
      conv(layer_conv_1d, filters = 2, dilation_rate = 2),
      conv(layer_conv_1d_transpose, filters = 2, strides = 2),
      layer_conv_1d_transpose(filters = 2, kernel_size = 3, strides = 2,
                              output_padding = 1),
      conv(layer_depthwise_conv_1d, depth_multiplier = 2),
      conv(layer_separable_conv_1d, filters = 2),
      layer_locally_connected_1d(filters = 2, kernel_size = 2),
      layer_max_pooling_1d(pool_size = 3, strides = 1),
      layer_average_pooling_1d(), layer_global_average_pooling_1d(),
      layer_global_max_pooling_1d(keepdims = TRUE), layer_upsampling_1d(),
      layer_zero_padding_1d(padding = c(1, 2)), layer_cropping_1d(),
      layer_flatten(), layer_masking(mask_value = 9), layer_permute(dims = 2:1),
      layer_reshape(target_shape = c(2, 6)), layer_layer_normalization(),
      layer_spatial_dropout_1d(rate = 0.2)
    ), with_layer),
    lapply(list(
      layer_dense(units = 2, kernel_regularizer = regularizer_l1_l2(0.1, 0.2),
                  activity_regularizer = regularizer_l1(0.2),
                  kernel_constraint = constraint_maxnorm(2),
                  kernel_initializer = initializer_variance_scaling()),
      layer_activation(activation = "relu"), layer_activation_elu(),
      layer_activation_leaky_relu(alpha = 0.1), layer_activation_selu(),
      layer_activation_parametric_relu(), layer_activation_relu(max_value = 2),
      layer_activation_softmax(), layer_activation_thresholded_relu(),
      layer_activity_regularization(l1 = 0.1), layer_alpha_dropout(rate = 0.1),
      layer_batch_normalization(momentum = 0.9), layer_dropout(rate = 0.5,
                                                               seed = 3),
      layer_gaussian_dropout(rate = 0.1), layer_gaussian_noise(stddev = 0.1),
      layer_repeat_vector(n = 3), layer_unit_normalization(), inner,
      layer_embedding(input_dim = 3, output_dim = 2)
    ), with_layer, 3),
    lapply(list(
      layer_add, layer_average, layer_maximum, layer_minimum, layer_multiply,
      layer_subtract, layer_concatenate, layer_attention,
      layer_additive_attention,
      function(x) layer_multi_head_attention(num_heads = 2,
                                             key_dim = 3)(x[[1]], x[[2]]),
      function(x) {
        both <- layer_gru(units = 3, return_state = TRUE)(x[[1]])
        layer_lstm(units = 3)(x[[2]], initial_state = both[c(2, 1)])
      },
      function(x) x[[1]] * 2 + op_tanh(x[[2]])
    ), with_merge),
    list(with_merge(function(x) layer_dot(x, axes = 1), 3))
  )
}

# 3 works like 3L, and comes back as the integer that Keras counts with.
all_doubles <- function(x) {
  if (is.list(x)) return(lapply(x, all_doubles))
  if (is.integer(x)) as.double(x) else x
}

test_that("every layer goes through both dialects", {
  skip_if_not_installed("jsonlite")
  for (model in every_layer()) {
    self <- unwrap_layer(model)
    class <- class(self$.layers[[length(self$.layers)]])[[1]]
    for (d in dialects) {
      if (d$three && class %in% c("ThresholdedReLU", "LocallyConnected1D")) next
      text <- model_text(self, d, "keras")
      read <- model_from_json(text)
      expect_identical(model_text(unwrap_layer(read), d, "keras"), text)
      file <- tempfile(fileext = ".keras")
      save_model(model, file, dialect = d$name)
      again <- load_model(file)
      expect_identical(get_weights(again), get_weights(model), info = class)
      if (!d$three) {
        expect_identical(all_doubles(get_config(again)),
                         all_doubles(get_config(model)), info = class)
      }
    }
  }
  expect_snapshot(error = TRUE, model_text(
    unwrap_layer(with_layer(layer_activation_thresholded_relu(
      name = "threshold"
    ), 3)), get_dialect("keras 3"), "json"
  ))
})

test_that("keys that have no argument here are left out", {
  skip_if_not_installed("jsonlite")
  model <- with_layer(layer_dense(units = 2), 3)
  for (name in names(dialects)) {
    text <- model_text(unwrap_layer(model), get_dialect(name), "keras")
    more <- sub("\"units\":",
                "\"lora_rank\": 3, \"new\": {\"a\": 1}, \"units\":", text)
    more <- sub("\"registered_name\":", "\"newer\": 1, \"registered_name\":",
                more)
    expect_identical(get_config(model_from_json(more)),
                     get_config(model_from_json(text)))
  }
})

test_that("a layer that nested models share is one layer again", {
  skip_if_not_installed("jsonlite")
  v <- layer_input(3)
  w <- layer_input(3)
  dense <- layer_dense(units = 3)
  inner <- keras_model(v, dense(v))
  model <- keras_model(w, layer_add(list(inner(w), dense(w))))
  expect_length(get_weights(model), 2)
  for (name in names(dialects)) {
    file <- tempfile(fileext = ".keras")
    save_model(model, file, dialect = name)
    again <- load_model(file)
    expect_identical(get_weights(again), get_weights(model))
    x <- matrix(c(1, 2, 3), 1)
    expect_identical(predict(again, x), predict(model, x))
  }
})

test_that("hard_sigmoid is the function of the dialect it was written in", {
  skip_if_not_installed("jsonlite")
  model <- with_layer(layer_dense(units = 3, activation = "hard_sigmoid",
                                  name = "hard"), 3)
  text <- model_text(unwrap_layer(model), get_dialect(), "json")
  x <- matrix(c(-4, -1, 2), 1)
  eye <- list(diag(3), numeric(3))
  two <- model_from_json(text)
  set_weights(two, eye)
  expect_equal(c(predict(two, x)), c(0, 0.3, 0.9))
  text <- sub("hard_sigmoid", "relu", text)
  three <- model_text(unwrap_layer(model_from_json(text)),
                      get_dialect("keras 3"), "json")
  three <- model_from_json(sub("relu", "hard_sigmoid", three))
  set_weights(three, eye)
  expect_equal(c(predict(three, x)), c(0, 1 / 3, 5 / 6))
  file <- tempfile(fileext = ".keras")
  save_model(three, file, dialect = "keras 3")
  expect_identical(predict(load_model(file), x), predict(three, x))
  expect_snapshot(error = TRUE, {
    save_model(three, file)
    save_model(two, file, dialect = "keras 3")
  })
})

# A cell, a layer, an initializer and an activation of a user's.
own_parts <- function() {
  list(
    Gained = Layer(
      "Gained",
      initialize = function(units, gain = 0.5, ...) {
        super$initialize(...)
        self$state_size <- units
        self$units <- units
        self$gain <- gain
      },
      build = function(input_shape) {
        self$w <- self$add_weight("w", list(input_shape[[2]], self$units))
      },
      call = function(inputs, states) {
        h <- inputs %*% self$w + states[[1]] * self$gain
        list(h, list(h))
      }
    ),
    Shifted = new_layer_class(
      "Shifted",
      initialize = function(by = 0, ...) {
        super$initialize(...)
        self$by <- by
      },
      call = function(inputs) inputs + self$by
    )
  )
}

test_that("a user's classes are named in files, and asked for", {
  skip_if_not_installed("jsonlite")
  own <- own_parts()
  model <- keras_model_sequential(input_shape = list(NULL, 3)) %>%
    layer_rnn(cell = own$Gained(units = 2, gain = 0.25, name = "gained"))
  model$add(own$Shifted(by = 2, name = "shifted"))
  x <- random_array(2, 4, 3)
  for (name in names(dialects)) {
    file <- tempfile(fileext = ".keras")
    save_model(model, file, dialect = name)
    again <- load_model(file, custom_objects = own)
    expect_identical(predict(again, x), predict(model, x))
    scoped <- with_custom_object_scope(own, load_model(file))
    expect_identical(predict(scoped, x), predict(model, x))
    copy <- file.path(tempdir(), "own.keras")
    file.copy(file, copy, overwrite = TRUE)
    expect_snapshot(load_model(copy), error = TRUE)
    expect_snapshot(load_model(copy, list(Gained = own$Gained)), error = TRUE)
  }
})

test_that("functions and parts are given by the names in the file", {
  skip_if_not_installed("jsonlite")
  model <- with_layer(layer_dense(units = 3), 3)
  text <- model_text(unwrap_layer(model), get_dialect(), "keras")
  text <- sub("\"linear\"", paste0(
    "{\"module\": \"builtins\", \"class_name\": \"function\", ",
    "\"config\": \"twice\", \"registered_name\": \"function\"}"
  ), text, fixed = TRUE)
  text <- sub("\"module\": \"keras.initializers\", \"class_name\": \"Zeros\"",
              "\"module\": \"mine\", \"class_name\": \"Mine\"", text,
              fixed = TRUE)
  text <- sub("\"bias_regularizer\": null", paste0(
    "\"bias_regularizer\": {\"class_name\": \"Custom>Weak\", \"config\": ",
    "{\"by\": 0.5}}"
  ), text, fixed = TRUE)
  own <- list(twice = function(x) x * 2,
              Mine = function(shape, dtype = NULL) array(7, shape),
              Weak = function(by) function(w) op_sum(w) * by)
  read <- model_from_json(text, own)
  expect_equal(c(get_weights(read)[[2]]), rep(7, 3))
  kernel <- get_weights(read)[[1]]
  x <- random_array(2, 3)
  expect_equal(predict(read, x), 2 * (x %*% kernel + 7))
  expect_equal(value_of(read$losses[[1]]), 10.5)
  expect_snapshot(model_from_json(text), error = TRUE)
})

test_that("Keras 3's other forms of values are read", {
  skip_if_not_installed("jsonlite")
  model <- with_layer(layer_dropout(rate = 0.5), 3)
  text <- model_text(unwrap_layer(model), get_dialect("keras 3"), "keras")
  odd <- sub("\"seed\": null", paste0(
    "\"seed\": {\"class_name\": \"SeedGenerator\", \"config\": {\"seed\": 5}}"
  ), text, fixed = TRUE)
  odd <- sub("\"noise_shape\": null", paste0(
    "\"noise_shape\": {\"class_name\": \"__tuple__\", \"items\": [null, 3]}"
  ), odd, fixed = TRUE)
  odd <- gsub("\"name\": \"float64\"", "\"name\": \"mixed_float16\"", odd)
  config <- get_config(model_from_json(odd))$layers[[2]]$config
  expect_identical(config$seed, 5L)
  expect_identical(config$noise_shape, list(NULL, 3L))
  expect_identical(config$dtype, "float32")
})
