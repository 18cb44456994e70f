# Files that end in ".keras": a zip archive of metadata.json, config.json and
# model.weights.h5.

write_model_keras <- function(self, path, d, include_optimizer = TRUE) {
  config <- model_text(self, d, "keras", compiled = include_optimizer)
  metadata <- json_text(list(
    keras_version = d$keras_version,
    date_saved = format(Sys.time(), "%Y-%m-%d@%H:%M:%S")
  ))
  weights <- tempfile(fileext = ".weights.h5")
  on.exit(unlink(weights))
  write_store(self, weights, d$weights, include_optimizer)
  members <- list(
    metadata.json = charToRaw(metadata), config.json = charToRaw(config),
    model.weights.h5 = readBin(weights, "raw", file.size(weights))
  )
  write_whole(path, function(to) write_or_stop(write_zip(members, to), path))
}

# A full disk is a warning of the connection.
write_or_stop <- function(expr, path) {
  fail <- function(e) {
    if (inherits(e, "recurrent_error")) stop(e)
    stop_runtime(
      sprintf("The file \"%s\" could not be written: %s", path,
              conditionMessage(e)),
      i = "Check that the folder may be written and the disk is not full."
    )
  }
  tryCatch(expr, error = fail, warning = fail)
}

read_model_keras <- function(path, custom_objects, compile) {
  what <- sprintf("The file \"%s\"", basename(path))
  files <- open_keras(path)
  spec <- read_json(keras_text(files, "config.json"), files$fail)
  weights <- keras_weights(files)
  on.exit(unlink(weights))
  model <- model_of_spec(spec, custom_objects, what, files$fail,
                         if (compile) spec[["compile_config"]])
  protected(load_weights_h5(unwrap_layer(model), weights,
                            name = inner_name(path), must_fit = TRUE),
            files$fail)
  model
}

load_weights_keras <- function(self, path, by_name, skip_mismatch) {
  weights <- keras_weights(open_keras(path))
  on.exit(unlink(weights))
  load_weights_h5(self, weights, by_name, skip_mismatch,
                  name = inner_name(path))
}

inner_name <- function(path) paste(path, "(model.weights.h5)")

# The members of the archive, and `fail(why)` for its errors.
open_keras <- function(path) {
  needs_package("jsonlite", "Reading \".keras\" files")
  fail <- function(why) {
    stop_value(
      sprintf("The file \"%s\" is damaged or no model of Keras'.",
              basename(path)),
      x = sub("\n.*", "", why),
      i = "Copy or write the file again; nothing of it was loaded."
    )
  }
  list(path = path, members = protected(zip_members(path, fail), fail),
       fail = fail)
}

keras_member <- function(files, name) {
  at <- match(name, files$members$name)
  if (is.na(at)) {
    found <- files$members$name
    files$fail(sprintf("It has no member \"%s\"; it has %s.", name,
                       if (length(found)) paste0("\"", found, "\"",
                                                 collapse = ", ") else "none"))
  }
  protected(read_zip(files$path, files$members[at, ], files$fail), files$fail)
}

keras_text <- function(files, name) {
  bytes <- keras_member(files, name)
  if (any(bytes == 0)) files$fail(sprintf("\"%s\" is no text.", name))
  text <- rawToChar(bytes)
  Encoding(text) <- "UTF-8"
  text
}

# The weights in a file of their own.
keras_weights <- function(files) {
  bytes <- keras_member(files, "model.weights.h5")
  path <- tempfile(fileext = ".weights.h5")
  writeBin(bytes, path)
  path
}
