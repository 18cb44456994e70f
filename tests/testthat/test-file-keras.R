skip_if_not_installed("jsonlite")

members_of_keras <- function(path) {
  files <- open_keras(path)
  sapply(files$members$name, function(n) keras_member(files, n),
         simplify = FALSE)
}

repacked <- function(members) {
  path <- file.path(tempdir(), "again.keras")
  write_zip(members, path)
  path
}

plain_inputs <- function(x) if (length(x) == 1L) x[[1L]] else unname(x)

expect_outputs <- function(model, case) {
  got <- predict(model, plain_inputs(case$inputs))
  if (!is.list(got)) got <- list(got)
  for (k in seq_along(got)) {
    expect_close(got[[k]], case$outputs[[k]], 1e-5)
  }
}

test_that("every file opens, and gives Keras' numbers", {
  for (dialect in names(keras_dialects)) {
    for (case in keras_cases(dialect)) {
      file <- keras_file(dialect, paste0(case$name, ".keras"))
      model <- load_model(file)
      expect_outputs(model, case)
      expect_identical(!is.null(model$optimizer),
                       case$name %in% c("simple", "gated"))
      expect_null(load_model(file, compile = FALSE)$optimizer)
    }
  }
})

test_that("what is written has the members and listings of Keras' files", {
  names <- c(tf = "tf.keras 2.15", keras3 = "keras 3")
  unpacked <- function(path) {
    members <- members_of_keras(path)
    weights <- tempfile()
    writeBin(members$model.weights.h5, weights)
    list(names = names(members), listing = h5_listing(weights),
         metadata = jsonlite::parse_json(rawToChar(members$metadata.json)))
  }
  for (dialect in names(keras_dialects)) {
    for (name in setdiff(keras_file_models, "stateful")) {
      file <- keras_file(dialect, paste0(name, ".keras"))
      model <- load_model(file)
      path <- tempfile(fileext = ".keras")
      save_model(model, path, dialect = names[[dialect]])
      want <- unpacked(file)
      got <- unpacked(path)
      expect_identical(got$names, want$names)
      expect_identical(got$listing, want$listing)
      expect_identical(got$metadata$keras_version, want$metadata$keras_version)
      expect_match(got$metadata$date_saved, "^\\d{4}-\\d\\d-\\d\\d@[0-9:]{8}$")
    }
  }
})

test_that("a model written and read again is the same, and trains on", {
  set.seed(1)
  x <- random_array(6, 5, 3)
  y <- random_array(6, 2)
  for (name in names(dialects)) {
    model <- small_sequential()
    model %>% compile(optimizer_adam(0.01), "mse", metrics = "mae")
    fit(model, x, y, epochs = 2, verbose = 0)
    path <- tempfile(fileext = ".keras")
    expect_identical(save_model(model, path, dialect = name), model)
    again <- load_model(path)
    expect_identical(get_weights(again), get_weights(model))
    expect_identical(get_config(again)$name, get_config(model)$name)
    more <- lapply(list(model, again), function(m) {
      set.seed(2)
      run <- fit(m, x, y, epochs = 1, verbose = 0)
      list(run$metrics, get_weights(m))
    })
    expect_equal(more[[2]], more[[1]], tolerance = 1e-6)
    save_model(model, path, include_optimizer = FALSE, dialect = name)
    expect_null(load_model(path)$optimizer)
  }
})

test_that("a float32 model is stored in single precision", {
  path <- tempfile(fileext = ".keras")
  sizes <- vapply(c("float32", "float64"), function(dtype) {
    k_set_floatx(dtype)
    on.exit(k_set_floatx("float64"))
    set.seed(1)
    model <- small_sequential()
    save_model(model, path)
    again <- load_model(path)
    expect_identical(again$layers[[1]]$dtype, dtype)
    expect_equal(get_weights(again), get_weights(model),
                 tolerance = if (dtype == "float32") 1e-6 else 0)
    file.size(path)
  }, 0)
  expect_lt(sizes[[1]], sizes[[2]])
})

test_that("states of stateful layers are kept", {
  case <- keras_cases("tf")$stateful
  model <- load_model(keras_file("tf", "stateful.keras"))
  predict(model, case$inputs[[1]])
  path <- tempfile(fileext = ".keras")
  save_model(model, path)
  again <- load_model(path)
  states <- function(m) lapply(m$layers[1:2], function(l) l$states)
  expect_equal(states(again), states(model), tolerance = 1e-7)
  expect_gt(abs(states(again)[[1]][[1]][[1]]), 0)
})

test_that("weights are taken out of a whole model's file", {
  case <- keras_cases("tf")$simple
  file <- keras_file("tf", "simple.keras")
  model <- model_from_json(case$json)
  load_model_weights(model, file)
  expect_outputs(model, case)
})

test_that("archives that are no models are refused in words", {
  path <- file.path(tempdir(), "x.keras")
  good <- members_of_keras(keras_file("tf", "simple.keras"))
  cut_json <- good
  cut_json$config.json <- cut_json$config.json[1:1000]
  odd <- good
  odd$model.weights.h5 <- charToRaw("no weights")
  binary <- good
  binary$config.json <- as.raw(c(1, 0, 2))
  expect_snapshot(error = TRUE, {
    load_model(repacked(list(readme.txt = charToRaw("hello"))))
    load_model(repacked(good["config.json"]))
    load_model(repacked(cut_json))
    load_model(repacked(odd))
    load_model(repacked(binary))
    load_model(repacked(list()))
  })
})

test_that("files that were cut or changed give errors, never other models", {
  for (dialect in names(keras_dialects)) {
    name <- c(tf = "embedding", keras3 = "stateful")[[dialect]]
    case <- keras_cases(dialect)[[name]]
    file <- keras_file(dialect, paste0(name, ".keras"))
    bytes <- readBin(file, "raw", file.size(file))
    path <- tempfile(fileext = ".keras")
    right <- function(bytes) {
      writeBin(bytes, path)
      tryCatch({
        model <- load_model(path)
        identical(lapply(get_weights(model), c),
                  lapply(unname(case$weights), c)) ||
          isTRUE(all.equal(lapply(get_weights(model), c),
                           lapply(unname(case$weights), c), tolerance = 1e-7))
      }, recurrent_error = function(e) TRUE)
    }
    n <- length(bytes)
    set.seed(4)
    for (size in round(seq(0, n - 1, length.out = 40))) {
      expect_true(right(bytes[seq_len(size)]), info = size)
    }
    for (at in c(1:30, n - 0:60, sample(n, 60))) {
      bad <- bytes
      bad[[at]] <- as.raw(sample(0:255, 1))
      expect_true(right(bad), info = at)
    }
  }
})

test_that("a failed write leaves the old file as it was", {
  model <- small_sequential()
  path <- tempfile(fileext = ".keras")
  save_model(model, path)
  before <- tools::md5sum(path)
  bad <- keras_model_sequential(input_shape = 3) %>%
    layer_dense(units = 2, activation = function(x) x * 2, name = "own")
  expect_snapshot(error = TRUE, {
    save_model(bad, path)
    save_model(small_sequential(), path, overwrite = FALSE)
    save_model(keras_model_sequential(list(layer_dense(units = 2)),
                                      name = "bare"), path)
  }, transform = function(x) gsub("\"[^\" ]*[.]keras\"", "\"x.keras\"", x))
  expect_identical(tools::md5sum(path), before)
  expect_length(list.files(dirname(path), paste0(basename(path), "-")), 0)
})
