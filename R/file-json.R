#' Models as JSON
#'
#' `model_to_json()` writes what a model is made of, without its weights, as
#' Keras does; `model_from_json()` makes a model of it, with fresh weights.
#'
#' @section Dialects:
#' There are two: that of tf.keras 2.15, in which R keras 2.15 and TensorFlow
#' up to 2.15 write, and that of Keras 3. Both are read, and which one it is
#' shows in the text. Written is that of tf.keras 2.15, unless
#' `options(recurrent.dialect = "keras 3")` is set, or [save_model()] is asked
#' for another one. Where Keras 3 computes an activation otherwise
#' ("hard_sigmoid"), the model read computes it as Keras 3 does.
#'
#' Arguments that R keras does not have are left out on reading.
#'
#' Ops between symbolic tensors (`x * 2`) are written as layers of class
#' "OpLambda", which only this package reads. Functions and classes defined in
#' R have no JSON: give the classes again as `custom_objects`, or use
#' [saveRDS()], with which they travel.
#'
#' @param object A model.
#' @param json A string, what `model_to_json()` or Keras' `to_json()` gave.
#' @param custom_objects Named list of the classes and functions that the text
#'   names and that the package does not have.
#' @return `model_to_json()` a string; `model_from_json()` a model.
#' @section Errors: `ValueError` for text that is no model, or that names
#'   classes that are not known (all of them are told); `TypeError` when a layer
#'   holds a function; `RuntimeError` for reading without the package jsonlite.
#' @source R keras 2.15.
#' @export
#' @examplesIf requireNamespace("jsonlite", quietly = TRUE)
#' model <- keras_model_sequential() %>%
#'   layer_simple_rnn(units = 3, input_shape = list(NULL, 2)) %>%
#'   layer_dense(units = 1)
#' json <- model_to_json(model)
#' substr(json, 1, 60)
#' model_from_json(json)
model_to_json <- function(object) {
  model_text(check_model(object), get_dialect(), "json")
}

above$model_to_json <- function(object) model_to_json(object)

# The JSON of a model: `form` is "json" (what to_json() gives), "keras" (the
# config.json of a .keras file) or "h5" (the attribute model_config).
model_text <- function(self, d, form, compiled = TRUE) {
  if (form == "keras") d$shared <- shared_layers(self)
  spec <- dialect_spec(self, d)
  if (form == "h5") return(json_text(legacy_spec(spec)))
  if (form == "json" && !d$three) {
    return(json_text(list(
      class_name = spec$class_name, config = spec$config,
      keras_version = d$keras_version, backend = d$backend
    )))
  }
  training <- if (compiled) compile_spec(self, d)
  if (d$three) {
    if (form == "json") training$optimizer <- NULL
    spec$compile_config <- training %||% empty_object()
  } else {
    spec$compile_config <- training
  }
  json_text(spec)
}

# What compile() set, as the attribute training_config of HDF5 files has it;
# NULL when nothing was set.
training_text <- function(self, d) {
  spec <- training_spec(self, d)
  if (!is.null(spec)) json_text(spec)
}

# HDF5 files hold the layers of a model without modules and shapes.
legacy_spec <- function(spec) {
  keep <- function(x) {
    x[intersect(names(x), c("class_name", "config", "name", "inbound_nodes"))]
  }
  if (is.list(spec$config[["layers"]])) {
    spec$config$layers <- lapply(spec$config$layers, keep)
  }
  keep(spec)
}

#' @rdname model_to_json
#' @export
model_from_json <- function(json, custom_objects = NULL) {
  needs_package("jsonlite", "`model_from_json()`",
                "`readRDS()` needs nothing.")
  fail <- function(why) {
    stop_value(
      "`json` is not the JSON text of a model.",
      x = sub("\n.*", "", why),
      i = "Give what `model_to_json()` wrote, as one string."
    )
  }
  model_of_spec(read_json(json, fail), custom_objects, "`json`", fail)
}

# A model with fresh weights of the texts in an HDF5 file; `training`, the
# training_config, compiles it. `what` names the file in messages, `fail(why)`
# says that it is damaged.
model_from_text <- function(text, custom_objects, what, fail, training = NULL) {
  needs_package("jsonlite", "Reading Keras' files")
  if (!is.null(training)) training <- read_json(training, fail)
  model_of_spec(read_json(text, fail), custom_objects, what, fail, training)
}

# A model, with fresh weights, of what JSON text holds. Whatever goes wrong in
# making it is told as `fail(why)`, but for what the user can mend.
model_of_spec <- function(spec, custom_objects, what, fail, training = NULL) {
  if (!is_class_spec(spec) || !is.list(spec[["config"]])) {
    fail("It has no `class_name` and `config`.")
  }
  box <- new_box(custom_objects)
  read <- protected(read_model_spec(spec, box), fail)
  layers <- box$missing
  args <- protected(read_compile_args(training, box), fail)
  stop_if_missing(box, what, if (length(box$missing) > length(layers)) {
    "Without what training needs, load it with `compile = FALSE`."
  })
  model <- protected(layer_from_spec(read), fail, length(custom_objects) > 0L)
  if (!inherits(model, "recurrent_model")) {
    fail(sprintf("It holds %s.", describe(model)))
  }
  protected(build_from_spec(unwrap_layer(model), spec), fail)
  if (!is.null(args)) {
    protected(do.call(compile, c(list(model), args)), fail, TRUE)
  }
  model
}

# Errors that no one raised on purpose come from damaged text; where no user
# can have made the mistake, so do the others.
protected <- function(expr, fail, tell = TRUE) {
  tryCatch(expr, error = function(e) {
    if (tell && inherits(e, "recurrent_error")) stop(e)
    fail(conditionMessage(e))
  })
}

# A model whose layers say no input shape has it beside them.
build_from_spec <- function(self, spec) {
  if (self$built || !inherits(self, "Sequential")) return(invisible())
  shape <- spec[["config"]][["build_input_shape"]] %||%
    spec[["build_config"]][["input_shape"]]
  if (is.list(shape) && length(shape) && length(self$.layers)) {
    sequential_build(self, lapply(shape, identity))
  }
}
