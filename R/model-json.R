#' Models as JSON
#'
#' `model_to_json()` writes what a model is made of, without its weights, in
#' the form of tf.keras 2.15; `model_from_json()` makes a model of it, with
#' fresh weights.
#'
#' Ops between symbolic tensors (`x * 2`) are written as layers of class
#' "OpLambda", which only this package reads. Functions and classes defined in
#' R have no JSON: give the classes again as `custom_objects`, or use
#' [saveRDS()], with which they travel.
#'
#' @param object A model.
#' @param json A string, what `model_to_json()` or tf.keras' `to_json()` gave.
#' @param custom_objects Named list of the classes that the text names and that
#'   the package does not have.
#' @return `model_to_json()` a string; `model_from_json()` a model.
#' @section Errors: `ValueError` for text that is no model, or a class that is
#'   not known; `TypeError` when a layer holds a function; `RuntimeError`
#'   without the package jsonlite.
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
  self <- check_model(object)
  needs_jsonlite("model_to_json()")
  spec <- list(
    class_name = class(self)[[1L]], config = json_value(self$get_config()),
    keras_version = "2.15.0", backend = "tensorflow"
  )
  as.character(jsonlite::toJSON(spec, auto_unbox = TRUE, null = "null",
                                digits = NA))
}

needs_jsonlite <- function(what) {
  if (has_package("jsonlite")) return(invisible())
  stop_runtime(
    sprintf("`%s` needs the package jsonlite, which is not installed.", what),
    i = "Run `install.packages(\"jsonlite\")`; `saveRDS()` needs nothing."
  )
}

has_package <- function(name) requireNamespace(name, quietly = TRUE)

# R values as jsonlite writes them: scalars unboxed, empty configs `{}`.
json_value <- function(x) {
  if (is.function(x) || is.environment(x)) {
    stop_type(
      sprintf("The model holds %s, which has no JSON.", describe(x)),
      i = "Save the model with `saveRDS()`: R functions travel with it."
    )
  }
  if (is.list(x)) {
    attributes(x) <- list(names = names(x))
    x <- lapply(x, json_value)
    empty <- vapply(x, function(e) is.list(e) && !length(e), NA)
    x[empty & names_of(x) == "config"] <- list(empty_object())
    return(x)
  }
  if (length(dim(x))) return(list(class_name = "__array__",
                                  config = encode_value(x)))
  if (length(x) != 1L && !is.null(x)) return(as.list(unname(x)))
  if (is.object(x)) as.character(x) else unname(x)
}

empty_object <- function() stats::setNames(list(), character())

#' @rdname model_to_json
#' @export
model_from_json <- function(json, custom_objects = NULL) {
  needs_jsonlite("model_from_json()")
  spec <- tryCatch(
    from_json_value(jsonlite::fromJSON(json, simplifyVector = FALSE)),
    error = function(e) stop_not_json(conditionMessage(e))
  )
  if (!is.list(spec) || !is.character(spec$class_name) ||
        !is.list(spec$config)) {
    stop_not_json("It has no `class_name` and `config`.")
  }
  layer_from_spec(spec, custom_objects)
}

stop_not_json <- function(why) {
  stop_value(
    "`json` is not the JSON text of a model.",
    x = sub("\n.*", "", why),
    i = "Give what `model_to_json()` wrote, as one string."
  )
}

# The inverse of `json_value()`: lists of numbers or strings of one type are
# vectors again.
from_json_value <- function(x) {
  if (!is.list(x)) return(x)
  if (identical(x$class_name, "__array__")) return(decode_value(x$config))
  x <- lapply(x, from_json_value)
  if (!is.null(names(x)) || !length(x)) return(x)
  types <- unique(vapply(x, typeof, ""))
  same <- length(types) == 1L && types %in% c("integer", "double", "character",
                                              "logical")
  if (same && all(lengths(x) == 1L)) unlist(x) else x
}

#' Models as raw vectors
#'
#' `serialize_model()` packs a model, with its weights and, if it has them, its
#' optimizer's and its layers' states, into a raw vector; `unserialize_model()`
#' unpacks it. Functions and classes defined in R travel along.
#'
#' @param model A model; for `unserialize_model()` the raw vector.
#' @param include_optimizer FALSE leaves out what [compile()] set.
#' @param custom_objects Accepted as in R keras; nothing needs them here.
#' @param compile FALSE gives the model as it was before [compile()].
#' @return `serialize_model()` a raw vector; `unserialize_model()` a model.
#' @section Errors: `TypeError` for what is not a model or raw vector,
#'   `ValueError` for bytes that hold no model.
#' @source R keras 2.15.
#' @export
#' @examples
#' model <- keras_model_sequential() %>%
#'   layer_simple_rnn(units = 3, input_shape = list(NULL, 2))
#' bytes <- serialize_model(model)
#' x <- array(rnorm(8), c(1, 4, 2))
#' all.equal(predict(unserialize_model(bytes), x), predict(model, x))
serialize_model <- function(model, include_optimizer = TRUE) {
  self <- check_model(model)
  check_flag(include_optimizer, "include_optimizer")
  path <- tempfile()
  on.exit(unlink(path))
  without_optimizer(self, !include_optimizer, saveRDS(callable(self), path))
  readBin(path, "raw", file.size(path))
}

# Forces `expr` while the model is as before compile().
without_optimizer <- function(self, drop, expr) {
  if (!drop) return(expr)
  kept <- mget(compiled_fields, envir = self, ifnotfound = list(NULL))
  on.exit(for (n in names(kept)) assign(n, kept[[n]], envir = self))
  forget_compiled(self)
  force(expr)
}

compiled_fields <- c("optimizer", "loss", "history", ".compiled", ".trackers")

forget_compiled <- function(self) {
  for (n in compiled_fields) assign(n, NULL, envir = self)
}

#' @rdname serialize_model
#' @export
unserialize_model <- function(model, custom_objects = NULL, compile = TRUE) {
  if (!is.raw(model)) {
    stop_type(
      sprintf("`model` must be a raw vector, not %s.", describe(model)),
      i = "Give what `serialize_model()` gave."
    )
  }
  check_flag(compile, "compile")
  path <- tempfile()
  on.exit(unlink(path))
  writeBin(model, path)
  out <- read_rds(path, "The raw vector")
  if (!inherits(out, "recurrent_model")) {
    stop_value("The raw vector holds no model.",
               i = "Give what `serialize_model()` gave, whole.")
  }
  if (!compile) forget_compiled(unwrap_layer(out))
  out
}
