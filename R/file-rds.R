#' Save and load models
#'
#' @description
#' `save_model()` writes a model to a file, `load_model()` reads it: layers,
#' weights, recorded states, and what [compile()] set, with the optimizer's
#' state, so that training goes on as if it had not stopped. Functions and
#' classes defined in R travel along.
#'
#' `save_model_weights()` and `load_model_weights()` do it for the weights
#' alone.
#'
#' @details
#' The ending of the file's name says what it is: `.rds`, a file of R. It is
#' what `saveRDS(model)` writes too, and `readRDS()` reads both. A file is
#' written whole or not at all: when writing fails, an older file of that name
#' is still there.
#'
#' @param object A model; for the weights also a layer.
#' @param filepath Name of the file, ending in `.rds`.
#' @param overwrite FALSE refuses to replace a file.
#' @param include_optimizer FALSE leaves out what [compile()] set.
#' @param custom_objects Accepted as in R keras; classes travel with the model.
#' @param compile FALSE gives the model as it was before [compile()].
#' @param by_name TRUE loads the weights of those layers whose names the file
#'   has, and leaves the others.
#' @param skip_mismatch TRUE leaves layers alone whose weights do not fit; only
#'   with `by_name`.
#' @param ... Unused.
#' @return `load_model()` the model; the others the object, invisibly.
#' @section Errors: `ValueError` for another ending, a file that exists and may
#'   not be replaced, a file that does not exist, is damaged or holds something
#'   else, or weights that do not fit (no weight is changed then).
#' @source keras3's `save_model()` and `load_model()`.
#' @export
#' @examples
#' model <- keras_model_sequential() %>%
#'   layer_simple_rnn(units = 3, input_shape = list(NULL, 2)) %>%
#'   layer_dense(units = 1)
#' file <- tempfile(fileext = ".rds")
#' save_model(model, file)
#' x <- array(rnorm(8), c(1, 4, 2))
#' all.equal(predict(load_model(file), x), predict(model, x))
save_model <- function(object, filepath, overwrite = TRUE,
                       include_optimizer = TRUE, ...) {
  self <- check_model(object)
  check_flag(include_optimizer, "include_optimizer")
  check_ending(filepath)
  path <- check_new_file(filepath, overwrite)
  without_optimizer(self, !include_optimizer, write_rds(object, path))
  invisible(object)
}

#' @rdname save_model
#' @export
load_model <- function(filepath, custom_objects = NULL, compile = TRUE) {
  check_flag(compile, "compile")
  check_ending(filepath)
  model <- read_rds(check_old_file(filepath))
  if (!inherits(model, "recurrent_model")) {
    stop_value(
      sprintf("The file \"%s\" holds %s, not a model.", filepath,
              describe_result(model)),
      i = if (inherits(model, "recurrent_saved_weights")) {
        "Make the model, then use `load_model_weights()`."
      } else {
        "Give what `save_model()` or `saveRDS()` wrote."
      }
    )
  }
  if (!compile) forget_compiled(unwrap_layer(model))
  model
}

# Whoever reads other kinds of files has their endings here.
check_ending <- function(filepath) {
  check_string(filepath, "filepath")
  ending <- tolower(sub(".*([.][^./\\\\]*)$", "\\1", basename(filepath)))
  if (ending == ".rds") return(invisible(ending))
  stop_value(
    sprintf("`filepath` must end in \".rds\", not \"%s\".",
            basename(filepath)),
    i = "For example \"model.rds\": the ending says what kind of file it is."
  )
}

#' @rdname save_model
#' @export
save_model_weights <- function(object, filepath, overwrite = TRUE) {
  self <- unwrap_layer(object)
  if (!inherits(self, "KerasLayer")) stop_not_layer(object)
  check_ending(filepath)
  path <- check_new_file(filepath, overwrite)
  write_rds(weights_of(self), path)
  invisible(object)
}

# All weights in order, and by layer.
weights_of <- function(self) {
  owners <- weight_owners(self)
  layers <- lapply(owners, function(l) lapply(l$weights, value_of))
  names(layers) <- vapply(owners, function(l) l$name, "")
  saved_weights(lapply(self$weights, value_of), layers)
}

saved_weights <- function(weights, layers = NULL) {
  structure(list(weights = weights, layers = layers),
            class = "recurrent_saved_weights")
}

# What `saveRDS(get_weights(model), file)` and weight checkpoints write.
is_array_list <- function(x) {
  is.list(x) && !is.object(x) && all(vapply(x, is.numeric, NA))
}

weight_owners <- function(self) {
  if (inherits(self, "Model")) model_layers(self) else list(self)
}

#' @rdname save_model
#' @export
load_model_weights <- function(object, filepath, by_name = FALSE,
                               skip_mismatch = FALSE) {
  self <- unwrap_layer(object)
  if (!inherits(self, "KerasLayer")) stop_not_layer(object)
  check_flag(by_name, "by_name")
  check_flag(skip_mismatch, "skip_mismatch")
  check_ending(filepath)
  saved <- read_rds(check_old_file(filepath))
  if (inherits(saved, "recurrent_model")) {
    saved <- weights_of(unwrap_layer(saved))
  }
  if (is_array_list(saved)) saved <- saved_weights(saved)
  if (!inherits(saved, "recurrent_saved_weights")) {
    stop_value(
      sprintf("The file \"%s\" holds %s, not weights.", filepath,
              describe_result(saved)),
      i = "Give what `save_model_weights()` or `save_model()` wrote."
    )
  }
  if (by_name && is.null(saved$layers)) {
    stop_value(
      sprintf("The file \"%s\" holds weights without the names of layers.",
              filepath),
      i = "Use `by_name = FALSE`, or write it with `save_model_weights()`."
    )
  }
  if (by_name) set_weights_by_name(self, saved$layers, skip_mismatch) else
    self$set_weights(saved$weights)
  invisible(object)
}

# All layers are checked before the first is set.
set_weights_by_name <- function(self, saved, skip_mismatch) {
  layers <- Filter(function(l) {
    l$name %in% names(saved) && length(l$weights) + length(saved[[l$name]])
  }, weight_owners(self))
  if (skip_mismatch) {
    layers <- Filter(function(l) weights_fit(l, saved[[l$name]]), layers)
  }
  before <- lapply(layers, function(l) l$get_weights())
  done <- FALSE
  on.exit(if (!done) for (k in seq_along(layers)) {
    layers[[k]]$set_weights(before[[k]])
  })
  for (l in layers) l$set_weights(saved[[l$name]])
  done <- TRUE
}

weights_fit <- function(layer, values) {
  sizes <- function(w) as.integer(dims(value_of(w)))
  identical(lapply(layer$weights, sizes), lapply(values, sizes))
}
