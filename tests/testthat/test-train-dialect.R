skip_if_not_installed("jsonlite")

trained_like <- function(...) {
  set.seed(1)
  model <- keras_model_sequential(input_shape = list(3, 2)) %>%
    layer_simple_rnn(units = 3, name = "rnn") %>%
    layer_dense(units = 1, activation = "sigmoid", name = "head")
  compile(model, ...)
}

two_headed <- function(...) {
  x <- layer_input(list(3, 2), name = "x")
  h <- layer_simple_rnn(x, units = 3, name = "h")
  model <- keras_model(x, list(layer_dense(h, 1, name = "a"),
                               layer_dense(h, 2, name = "b")))
  compile(model, ...)
}

# What a file says of compile(), and the model that it makes of it.
compiled_trip <- function(model, name = "tf.keras 2.15", ...) {
  file <- tempfile(fileext = ".keras")
  on.exit(unlink(file))
  save_model(model, file, dialect = name)
  text <- keras_text(open_keras(file), "config.json")
  list(spec = jsonlite::parse_json(text)$compile_config,
       model = load_model(file, ...))
}

# compile() as a spec has it.
compile_by <- function(model, spec) {
  box <- new_box(NULL)
  args <- read_compile_args(spec, box)
  stop_if_missing(box, "The file \"x.keras\"")
  do.call(compile, c(list(model), args))
}

# Losses of one more epoch on both sides.
same_training <- function(a, b, y) {
  set.seed(2)
  x <- array(rnorm(24), c(4, 3, 2))
  one <- function(m) {
    fit(m, x, y, epochs = 2, shuffle = FALSE, verbose = 0)$metrics
  }
  expect_equal(one(b), one(a), tolerance = 1e-12)
  expect_equal(get_weights(b), get_weights(a), tolerance = 1e-12)
}

test_that("optimizers keep their arguments", {
  y <- c(0, 1, 1, 0)
  given <- list(
    "rmsprop", optimizer_sgd(0.1, momentum = 0.9, nesterov = TRUE),
    optimizer_adam(0.01, beta_1 = 0.8, amsgrad = TRUE, clipnorm = 1),
    optimizer_adamax(), optimizer_nadam(), optimizer_adagrad(),
    optimizer_adadelta(), optimizer_ftrl(beta = 0.1),
    optimizer_rmsprop(centered = TRUE, weight_decay = 0.01),
    optimizer_adam(use_ema = TRUE, ema_overwrite_frequency = 2)
  )
  for (optimizer in given) {
    for (name in names(dialects)) {
      model <- trained_like(optimizer = optimizer, loss = "mse")
      again <- compiled_trip(model, name)$model
      want <- optimizer_config(model$optimizer)
      got <- optimizer_config(again$optimizer)
      off <- "jit_compile"
      expect_equal(got[setdiff(names(got), off)],
                   want[setdiff(names(want), off)])
      same_training(model, again, y)
    }
  }
})

test_that("schedules keep their arguments, and old decays are schedules", {
  schedules <- list(
    learning_rate_schedule_exponential_decay(0.1, 3, 0.5, staircase = TRUE),
    learning_rate_schedule_inverse_time_decay(0.1, 3, 0.5),
    learning_rate_schedule_polynomial_decay(0.1, 3),
    learning_rate_schedule_piecewise_constant_decay(c(1, 2), c(0.3, 0.2, 0.1)),
    learning_rate_schedule_cosine_decay(0.1, 30, warmup_target = 0.5,
                                        warmup_steps = 2),
    learning_rate_schedule_cosine_decay_restarts(0.1, 3)
  )
  for (s in schedules) {
    for (name in names(dialects)) {
      model <- trained_like(optimizer = optimizer_sgd(s), loss = "mse")
      same_training(model, compiled_trip(model, name)$model, c(0, 1, 1, 0))
    }
  }
  model <- trained_like(optimizer = optimizer_sgd(0.1, decay = 0.5),
                        loss = "mse")
  same_training(model, compiled_trip(model)$model, c(0, 1, 1, 0))
})

test_that("the optimizer is a name where that says all", {
  model <- trained_like("adam", "mse")
  expect_identical(compiled_trip(model)$spec$optimizer, "adam")
  model$optimizer$learning_rate <- 0.3
  trip <- compiled_trip(model)
  expect_identical(trip$spec$optimizer$config$learning_rate, 0.3)
  expect_equal(value_of(trip$model$optimizer$learning_rate), 0.3)
})

test_that("losses and metrics in all forms", {
  y <- c(0, 1, 1, 0)
  forms <- list(
    list(loss = "bce", metrics = "accuracy"),
    list(loss = loss_binary_crossentropy(label_smoothing = 0.1),
         metrics = list("mae", metric_auc(num_thresholds = 20),
                        metric_binary_accuracy(threshold = 0.3))),
    list(loss = loss_mean_absolute_error, metrics = metric_mean_squared_error),
    list(loss = list("mse"), weighted_metrics = c("mae", "mape")),
    list(loss = loss_huber(delta = 0.5), metrics = c(
      "logcosh", "kullback_leibler_divergence"
    )),
    list(loss = "kullback_leibler_divergence", loss_weights = 2,
         run_eagerly = FALSE, steps_per_execution = 3, jit_compile = FALSE)
  )
  for (form in forms) {
    for (name in names(dialects)) {
      model <- do.call(trained_like, c(list(optimizer = "sgd"), form))
      again <- compiled_trip(model, name)$model
      same_training(model, again, y)
    }
  }
  spec <- compiled_trip(do.call(trained_like, forms[[6]]), "keras 3")$spec
  expect_identical(spec$steps_per_execution, 3L)
  expect_false(spec$jit_compile)
})

test_that("several outputs, in order and by name", {
  y <- list(c(0, 1, 1, 0), matrix(0.5, 4, 2))
  forms <- list(
    list(loss = list("mse", "mae"), loss_weights = c(1, 0.5)),
    list(loss = list(a = "mse", b = loss_huber()),
         loss_weights = list(b = 2, a = 1), metrics = list(a = "mae")),
    list(loss = "mse", metrics = list(list("mae"), list("mape", "mse")))
  )
  for (form in forms) {
    for (name in names(dialects)) {
      model <- do.call(two_headed, c(list(optimizer = "sgd"), form))
      same_training(model, compiled_trip(model, name)$model, y)
    }
  }
})

test_that("what Keras writes of metrics after training is read", {
  spec <- jsonlite::parse_json('{
    "loss": {"module": "keras.losses", "class_name": "MeanSquaredError",
             "config": {"reduction": "auto", "name": "m", "fn": "mse"}},
    "metrics": [[{"class_name": "MeanMetricWrapper", "config":
      {"name": "acc", "dtype": "float32", "fn": "binary_accuracy"}},
      {"class_name": "AUC", "config": {"name": "auc", "num_thresholds": 20,
       "multi_label": false, "newer": 1}}]],
    "optimizer_config": {"class_name": "Custom>Adam", "config": {
      "name": "Adam", "learning_rate": {"class_name": "ExponentialDecay",
        "config": {"initial_learning_rate": 0.1, "decay_steps": 10,
          "decay_rate": 0.5, "staircase": false, "name": null}},
      "decay": 0.0, "beta_1": 0.9, "is_legacy_optimizer": true}}}')
  model <- trained_like("sgd", "mae")
  compile_by(model, spec)
  run <- fit(model, array(rnorm(24), c(4, 3, 2)), c(0, 1, 1, 0), epochs = 1,
             verbose = 0)
  expect_named(run$metrics, c("loss", "acc", "auc"))
  expect_match(format(model$optimizer$.schedule), "ExponentialDecay")
})

test_that("a user's functions are named, and given again", {
  off <- function(y_true, y_pred) op_mean((y_true - y_pred)^4, axis = -1)
  Quantile <- new_loss_class(
    "Quantile",
    initialize = function(q = 0.5, ...) {
      super$initialize(...)
      self$q <- q
    },
    call = function(y_true, y_pred) {
      e <- y_true - y_pred
      op_mean(op_maximum(self$q * e, (self$q - 1) * e), axis = -1)
    },
    get_config = function() c(super$get_config(), list(q = self$q))
  )
  far <- custom_metric("far", off)
  model <- trained_like("sgd", Quantile(q = 0.9), metrics = list(far))
  trip <- compiled_trip(model, custom_objects = list(Quantile = Quantile,
                                                     far = off))
  same_training(model, trip$model, c(0, 1, 1, 0))
  expect_identical(trip$spec$loss$config$q, 0.9)
  model <- trained_like(optimizer_sgd(function(step) 0.1 / (1 + step)), off)
  file <- file.path(tempdir(), "named.keras")
  save_model(model, file)
  own <- list(off = off, schedule = function(step) 0.1 / (1 + step))
  same_training(model, load_model(file, own), c(0, 1, 1, 0))
  expect_null(load_model(file, compile = FALSE)$optimizer)
  expect_snapshot(load_model(file), error = TRUE)
})

test_that("what is not supported is told", {
  model <- trained_like("sgd", "mse")
  try_spec <- function(...) {
    spec <- list(optimizer = "adam", loss = "mse")
    more <- list(...)
    spec[names(more)] <- more
    compile_by(model, spec)
  }
  expect_snapshot(error = TRUE, {
    try_spec(optimizer = "muon", loss = "ctc", metrics = list("f1"))
    try_spec(optimizer = list(class_name = "Adam", config = list(
      gradient_accumulation_steps = 4L
    )))
    try_spec(optimizer = list(class_name = "Adam", config = list(
      learning_rate = list(class_name = "Mine", config = list())
    )), loss = list(class_name = "Dice", config = list()))
  })
  expect_identical(model$loss, "mse")
  expect_null(compile_spec(unwrap_layer(keras_model_sequential()),
                           get_dialect()))
  scaled <- list(class_name = "LossScaleOptimizer", config = list(
    inner_optimizer = list(class_name = "SGD", config = list())
  ))
  try_spec(optimizer = scaled)
  expect_identical(model$optimizer$.class, "SGD")
})

test_that("a loss of the user's is saved by the name it was given by", {
  steep_loss <- function(y_true, y_pred) k_mean(k_abs(y_true - y_pred)^3)
  model <- trained_like("sgd", "mse")
  model %>% compile(optimizer = "sgd", loss = steep_loss)
  for (ending in c(".keras", ".h5")) {
    file <- tempfile(fileext = ending)
    save_model(model, file)
    back <- load_model(file, custom_objects = c(steep_loss = steep_loss))
    same_training(model, back, c(0, 1, 1, 0))
  }
})
