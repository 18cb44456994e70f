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
