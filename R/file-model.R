#' Save and load models
#'
#' @description
#' `save_model()` writes a model to a file, `load_model()` reads it: layers,
#' weights, recorded states, and what [compile()] set, with the optimizer's
#' state, so that training goes on as if it had not stopped.
#'
#' `save_model_weights()` and `load_model_weights()` do it for the weights
#' alone.
#'
#' @details
#' The ending of the file's name says what it is:
#'
#' * `.keras`, `.h5` or `.hdf5`: files of Keras, for whole models. They open in
#'   Python and in R keras, and what these wrote opens here.
#' * `.weights.h5`, and `.h5` or `.hdf5` too: the weights alone, as Keras writes
#'   them. Weights can also be taken out of the file of a whole model.
#' * `.rds`: a file of R. It is what `saveRDS(model)` writes too, and
#'   `readRDS()` reads both. Functions and classes defined in R travel along.
#'
#' Keras' files name the functions and classes of R that a model uses, but do
#' not hold them: give them again as `custom_objects`.
#'
#' A file is written whole or not at all: when writing fails, an older file of
#' that name is still there. Files that are damaged are refused; those that end
#' in `.keras` and `.rds` by their checksums, so that not one byte is misread.
#'
#' @param object A model; for the weights also a layer.
#' @param filepath Name of the file, with one of the endings below.
#' @param overwrite FALSE refuses to replace a file.
#' @param include_optimizer FALSE leaves out what [compile()] set.
#' @param custom_objects Named list of classes and functions, by the names that
#'   the file has for them. Files that end in `.rds` need none.
#' @param compile FALSE gives the model as it was before [compile()].
#' @param by_name TRUE loads the weights of those layers whose names the file
#'   has, and leaves the others.
#' @param skip_mismatch TRUE leaves layers alone whose weights do not fit; for
#'   files that end in `.rds` only with `by_name`.
#' @param dialect For Keras' files: "tf.keras 2.15" (the default, which R keras
#'   2.15 and TensorFlow up to 2.15 read, and Keras 3 for the most part) or
#'   "keras 3". NULL stands for `getOption("recurrent.dialect")`, which holds
#'   for [model_to_json()], [save_model_hdf5()] and
#'   [callback_model_checkpoint()] too.
#' @param ... Unused.
#' @return `load_model()` the model; the others the object, invisibly.
#' @section Errors: `ValueError` for another ending, a file that exists and may
#'   not be replaced, a file that does not exist, is damaged or holds something
#'   else, names classes that are not known (all of them are told), or weights
#'   that do not fit (no weight is changed then). `TypeError` for a model with
#'   R functions where only names fit. `RuntimeError` for reading Keras' files
#'   without the package jsonlite, or writing a model without weights.
#' @source keras3's `save_model()` and `load_model()`; tf.keras 2.15 and Keras 3
#'   for the files.
#' @seealso [save_model_hdf5()], [model_to_json()], [serialize_model()]
#' @export
#' @examples
#' model <- keras_model_sequential() %>%
#'   layer_simple_rnn(units = 3, input_shape = list(NULL, 2)) %>%
#'   layer_dense(units = 1)
#' file <- tempfile(fileext = ".rds")
#' save_model(model, file)
#' x <- array(rnorm(8), c(1, 4, 2))
#' all.equal(predict(load_model(file), x), predict(model, x))
#'
#' # for Python, and back
#' file <- tempfile(fileext = ".keras")
#' save_model(model, file)
#' if (requireNamespace("jsonlite", quietly = TRUE)) {
#'   print(all.equal(predict(load_model(file), x), predict(model, x)))
#' }
save_model <- function(object, filepath, overwrite = TRUE,
                       include_optimizer = TRUE, ..., dialect = NULL) {
  self <- check_model(object)
  check_flag(include_optimizer, "include_optimizer")
  kind <- check_ending(filepath, model_kinds)
  d <- get_dialect(dialect)
  path <- check_new_file(filepath, overwrite)
  write_model(self, path, kind, d, include_optimizer)
  invisible(object)
}

write_model <- function(self, path, kind, d, include_optimizer = TRUE) {
  if (kind != "rds") check_has_weights(self, path)
  switch(kind,
    rds = without_optimizer(self, !include_optimizer,
                            write_rds(callable(self), path)),
    keras = write_model_keras(self, path, d, include_optimizer),
    h5 = write_model_h5(self, path, d, include_optimizer)
  )
}

check_has_weights <- function(self, path) {
  if (self$built) return(invisible())
  stop_runtime(
    sprintf("The model \"%s\" has no weights yet, and cannot be written to \
\"%s\".", self$name, basename(path)),
    i = "Give `input_shape` to its first layer, or call it on data first."
  )
}

#' @rdname save_model
#' @export
load_model <- function(filepath, custom_objects = NULL, compile = TRUE) {
  check_flag(compile, "compile")
  kind <- check_ending(filepath, model_kinds)
  path <- check_old_file(filepath)
  check_content(path, kind)
  switch(kind,
    rds = load_model_rds(path, filepath, compile),
    keras = read_model_keras(path, custom_objects, compile),
    h5 = read_model_h5(path, custom_objects, compile)
  )
}

# What files of models and of weights may end in.
model_kinds <- c(.rds = "rds", .keras = "keras", .h5 = "h5", .hdf5 = "h5")
weight_kinds <- c(.weights.h5 = "h5", .h5 = "h5", .hdf5 = "h5", .rds = "rds")

# The kind of a file by the ending of its name.
check_ending <- function(filepath, kinds) {
  check_string(filepath, "filepath")
  name <- tolower(basename(filepath))
  if (identical(kinds, model_kinds) &&
        grepl("[.]weights[.](h5|hdf5)$", name)) {
    stop_value(
      sprintf("`filepath` \"%s\" is the name of a file of weights, not of a \
whole model.", basename(filepath)),
      i = "Use `save_model_weights()` and `load_model_weights()`, or another \
name, for example \"model.keras\"."
    )
  }
  for (ending in names(kinds)) {
    if (endsWith(name, ending)) return(unname(kinds[[ending]]))
  }
  if (dir.exists(path.expand(filepath))) stop_folder(filepath)
  endings <- paste0("\"", names(kinds), "\"")
  n <- length(endings)
  stop_value(
    sprintf("`filepath` must end in %s or %s, not \"%s\".",
            toString(endings[-n]), endings[[n]], basename(filepath)),
    i = sprintf("For example \"%s\": the ending says what kind of file it \
is.", if (identical(kinds, model_kinds)) "model.keras" else "model.weights.h5")
  )
}

stop_folder <- function(path) {
  saved <- file.exists(file.path(path, "saved_model.pb"))
  stop_value(
    sprintf("\"%s\" is a folder%s.", basename(path), if (saved) {
      ": a SavedModel of TensorFlow, which holds code for TensorFlow"
    } else {
      ", not a file"
    }),
    i = if (saved) "In Python, load it with tf.keras and save it with the \
ending \".keras\" or \".h5\"." else "Give the name of a file."
  )
}

# The first bytes of a file must be those of its kind.
check_content <- function(path, kind) {
  first <- readBin(path, "raw", 8L)
  is <- content_of(first)
  if (is == kind || (kind == "rds" && is %in% c("raw_rds", "other"))) {
    return(invisible())
  }
  stop_value(
    sprintf("The file \"%s\" is %s, by what it holds: it %s.", basename(path),
            switch(kind, rds = "no file of R", keras = "no file of Keras'",
                   h5 = "no HDF5 file"),
            content_words[[is]]),
    i = if (is %in% c("rds", "keras", "h5")) {
      sprintf("If it holds what was saved, give it a name that ends in \"%s\".",
              switch(is, rds = ".rds", keras = ".keras", h5 = ".h5"))
    } else if (is %in% c("pickle", "raw_rds")) {
      if (is == "pickle") "Save the model in Python by its `save()` method, \
with the ending \".keras\"." else "Write it with `save_model()`."
    } else {
      "Copy or write the file again."
    }
  )
}

content_words <- list(
  rds = "is compressed, as \".rds\" files are",
  keras = "is a zip archive, as \".keras\" files are",
  h5 = "is an HDF5 file, as \".h5\" files are",
  raw_rds = "is a file of `saveRDS(compress = FALSE)`",
  pickle = "looks like a pickle of Python", json = "looks like JSON text, \
which `model_from_json()` reads", empty = "is empty",
  other = "begins with other bytes"
)

content_of <- function(first) {
  begins <- function(...) {
    bytes <- as.raw(c(...))
    identical(first[seq_along(bytes)], bytes)
  }
  if (!length(first)) return("empty")
  if (begins(0x50, 0x4b, 3, 4) || begins(0x50, 0x4b, 5, 6)) return("keras")
  if (begins(0x89, 0x48, 0x44, 0x46)) return("h5")
  if (begins(0x1f, 0x8b) || begins(0x42, 0x5a, 0x68) || begins(0xfd, 0x37)) {
    return("rds")
  }
  if (begins(0x80) && first[2L] %in% as.raw(2:5)) return("pickle")
  if (begins(0x58, 0x0a) || begins(0x41, 0x0a)) return("raw_rds")
  if (begins(0x7b)) return("json")
  "other"
}
