skip_if_not_installed("jsonlite")

dialect_of <- c(tf = "tf.keras 2.15", keras3 = "keras 3")

# What is in a .keras or .h5 file, as text.
config_in <- function(dialect, name, form) {
  path <- keras_file(dialect, paste0(name, ".", form))
  if (form == "h5") return(h5_attr(read_h5(path)$root, "model_config"))
  keras_text(open_keras(path), "config.json")
}

training_in <- function(dialect, name) {
  h5_attr(read_h5(keras_file(dialect, paste0(name, ".h5")))$root,
          "training_config")
}

without_ids <- function(text) gsub(", \"shared_object_id\": [0-9]+", "", text)

test_that("JSON of every file's model is read, and written byte by byte", {
  for (dialect in names(dialect_of)) {
    d <- get_dialect(dialect_of[[dialect]])
    for (case in keras_cases(dialect)) {
      model <- load_model(keras_file(dialect, paste0(case$name, ".keras")))
      self <- unwrap_layer(model)
      info <- paste(dialect, case$name)
      expect_identical(model_text(self, d, "json"), case$json, info = info)
      expect_identical(model_text(self, d, "h5"),
                       config_in(dialect, case$name, "h5"), info = info)
      expect_identical(model_text(self, d, "keras"),
                       without_ids(config_in(dialect, case$name, "keras")),
                       info = info)
      expect_identical(training_text(self, d),
                       training_in(dialect, case$name), info = info)
    }
  }
})

test_that("each form of a model's config makes the same model", {
  for (dialect in names(dialect_of)) {
    for (case in keras_cases(dialect)) {
      want <- model_from_json(case$json)
      expect_identical(vapply(want$layers, function(l) l$name, ""),
                       vapply(load_model(keras_file(
                         dialect, paste0(case$name, ".keras")
                       ))$layers, function(l) l$name, ""))
      expect_identical(lapply(get_weights(want), dims),
                       lapply(case$weights, dims))
      set_weights(want, case$weights)
      for (form in c("keras", "h5")) {
        model <- model_from_json(config_in(dialect, case$name, form))
        expect_identical(get_config(model), get_config(want))
        set_weights(model, case$weights)
        inputs <- unname(case$inputs)
        if (length(inputs) == 1L) inputs <- inputs[[1L]]
        got <- predict(model, inputs)
        expect_equal(if (is.list(got)) unname(got) else list(got),
                     unname(case$outputs), tolerance = 1e-5,
                     ignore_attr = TRUE)
      }
    }
  }
})

test_that("the option says in which dialect JSON is written", {
  model <- keras_model_like("stacked_cells")
  old <- options(recurrent.dialect = "keras 3")
  on.exit(options(old))
  text <- model_to_json(model)
  expect_match(text, "DTypePolicy", fixed = TRUE)
  expect_identical(model_to_json(model_from_json(text)), text)
  expect_identical(model$to_json(), text)
  options(recurrent.dialect = "keras 4")
  expect_snapshot(model_to_json(model), error = TRUE)
})

test_that("text that was cut or changed is refused in words", {
  case <- keras_cases("keras3")$encoder_decoder
  n <- nchar(case$json)
  for (size in round(seq(0, n - 1, length.out = 60))) {
    expect_error(model_from_json(substr(case$json, 1, size)),
                 class = "recurrent_error")
  }
  set.seed(3)
  letters <- c(strsplit("{}[]\",:0123456789-nulltrueabc", "")[[1]], "\\")
  tried <- vapply(seq_len(150), function(k) {
    json <- keras_cases(c("tf", "keras3")[[1 + k %% 2]])$encoder_decoder$json
    at <- sample(nchar(json), 1)
    substr(json, at, at) <- sample(letters, 1)
    tryCatch({
      inherits(model_from_json(json), "recurrent_model")
    }, recurrent_error = function(e) TRUE)
  }, NA)
  expect_true(all(tried))
})

test_that("what is missing, odd or no model is told", {
  model <- keras_model_like("simple")
  json <- model_to_json(model)
  strange <- gsub("\"SimpleRNN\"", "\"MyRNN\"", json)
  strange <- gsub("\"tanh\"", "\"my_tanh\"", strange)
  strange <- sub("GlorotUniform", "MyInit", strange)
  expect_snapshot(error = TRUE, {
    model_from_json(strange)
    model_from_json(sub("\"Dense\"", "\"Conv2D\"", json))
    model_from_json(json, custom_objects = list(Dense = 3))
    model_from_json("{\"class_name\": \"Dense\", \"config\": {\"units\": 3}}")
    model_from_json("{\"class_name\": \"Sequential\"}")
    model_from_json(sub("\"units\": 4", "\"units\": -4", json))
    model_from_json(sub("\"layers\": \\[", "\"layers\": [3, ", json))
    model_from_json(model)
  })
})
