test_that("models of every file load, and are written as they were", {
  skip_if_not_installed("jsonlite")
  path <- tempfile(fileext = ".h5")
  for (dialect in names(keras_dialects)) {
    cases <- keras_cases(dialect)
    for (name in keras_file_models) {
      given <- keras_file(dialect, paste0(name, ".h5"))
      model <- load_model_hdf5(given)
      case <- cases[[name]]
      expect_close(get_weights(model), case$weights, 1e-9, name)
      y <- model(if (length(case$inputs) == 1) case$inputs[[1]] else
        case$inputs)
      expect_close(if (is.list(y)) unname(y) else list(y), case$outputs, 1e-5,
                   name)
      if (name == "stateful") reset_states(model)
      save_model(model, path, dialect = dialect_of(dialect)$name)
      # Keras 3 notes what it computes with.
      backend <- function(x) sub("(jax|tensorflow)", "-", x)
      expect_identical(backend(h5_listing(path)), backend(h5_listing(given)))
      again <- load_model_hdf5(path)
      expect_identical(get_weights(again), get_weights(model))
      expect_identical(model_to_json(again), model_to_json(model))
    }
  }
})

test_that("training goes on after Keras' one epoch as without a trip", {
  skip_if_not_installed("jsonlite")
  set.seed(8)
  x <- array(rnorm(10 * 6 * 3), c(10, 6, 3))
  y <- matrix(rnorm(20), 10)
  more <- function(model) {
    fit(model, x, y, epochs = 1, verbose = 0, shuffle = FALSE)
    get_weights(model)
  }
  path <- tempfile(fileext = ".h5")
  for (dialect in names(keras_dialects)) {
    model <- load_model_hdf5(keras_file(dialect, "simple.h5"))
    expect_identical(as.array(model$optimizer$iterations), 1)
    save_model_hdf5(model, path)
    again <- load_model_hdf5(path)
    fresh <- load_model_hdf5(path)
    compile(fresh, optimizer = "adam", loss = "mse")
    want <- more(model)
    expect_close(more(again), want, 1e-6)
    expect_gt(max(abs(unlist(more(fresh)) - unlist(want))), 1e-5)
  }
})

test_that("recorded states are kept, and only where there are any", {
  skip_if_not_installed("jsonlite")
  model <- load_model_hdf5(keras_file("tf", "stateful.h5"))
  x <- array(stats::rnorm(16), c(2, 4, 2))
  model(x)
  states <- function(m) lapply(m$layers[1:2], function(l) l$states)
  for (end in c(".h5", ".weights.h5")) {
    path <- tempfile(fileext = end)
    save_model_weights_hdf5(model, path)
    again <- load_model_hdf5(keras_file("tf", "stateful.h5"))
    load_model_weights_hdf5(again, path)
    expect_close(states(again), states(model), 1e-6)
  }
  save_model_hdf5(model, path)
  again <- load_model_hdf5(path)
  expect_close(states(again), states(model), 1e-6)
  expect_close(again(x), model(x), 1e-6)
  reset_states(model)
  save_model_hdf5(model, path)
  expect_false(any(grepl("recurrent_states", h5_listing(path))))
})

test_that("states of another batch size are refused", {
  make <- function(batch) {
    keras_model_sequential() %>%
      layer_simple_rnn(2, stateful = TRUE, name = "rnn",
                       batch_input_shape = list(batch, 4, 2))
  }
  model <- make(3)
  model(array(1, c(3, 4, 2)))
  path <- file.path(tempdir(), "states.weights.h5")
  save_model_weights_hdf5(model, path)
  other <- make(5)
  before <- get_weights(other)
  expect_snapshot(error = TRUE, load_model_weights_hdf5(other, path))
  expect_identical(get_weights(other), before)
})

test_that("what compile() set may be left out, on both sides", {
  skip_if_not_installed("jsonlite")
  given <- keras_file("tf", "simple.h5")
  expect_null(load_model_hdf5(given, compile = FALSE)$optimizer)
  path <- tempfile(fileext = ".h5")
  model <- load_model_hdf5(given)
  save_model_hdf5(model, path, include_optimizer = FALSE)
  expect_false(any(grepl("optimizer_weights|training_config",
                         h5_listing(path))))
  expect_null(load_model_hdf5(path)$optimizer)
})

test_that("files without a model are told apart", {
  skip_if_not_installed("jsonlite")
  path <- file.path(tempdir(), "alone.h5")
  save_model_weights_hdf5(keras_model_like("simple"), path)
  expect_snapshot(error = TRUE, load_model_hdf5(path))
  write_h5(h5_group(attrs = list(model_config = h5_string("{\"a\": "))), path)
  expect_error(load_model_hdf5(path), class = "ValueError")
  write_h5(h5_group(attrs = list(model_config = h5_strings(c("a", "b")))), path)
  expect_error(load_model_hdf5(path), "not a text", class = "ValueError")
  expect_error(load_model_hdf5(tempfile()), class = "ValueError")
  expect_snapshot(error = TRUE, load_model_hdf5(keras_file("tf",
                                                           "simple.keras")))
})

test_that("damaged files of models are refused, or read whole", {
  skip_if_not_installed("jsonlite")
  given <- readBin(keras_file("tf", "stateful.h5"), "raw", 1e6)
  path <- tempfile(fileext = ".h5")
  set.seed(31)
  for (k in 1:30) {
    bytes <- given
    at <- sample(6000, 4)
    bytes[at] <- as.raw(sample(0:255, 4))
    writeBin(bytes, path)
    result <- tryCatch(load_model_hdf5(path), recurrent_error = function(e) e)
    expect_true(inherits(result, c("recurrent_error", "recurrent_model")))
  }
})
