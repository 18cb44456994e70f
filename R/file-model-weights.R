#' @rdname save_model
#' @export
save_model_weights <- function(object, filepath, overwrite = TRUE,
                               dialect = NULL) {
  self <- unwrap_layer(object)
  if (!inherits(self, "KerasLayer")) stop_not_layer(object)
  kind <- check_weights_ending(filepath)
  d <- get_dialect(dialect)
  path <- check_new_file(filepath, overwrite)
  if (kind == "rds") write_rds(weights_of(self), path) else
    save_weights_h5(self, path, d$weights)
  invisible(object)
}

check_weights_ending <- function(filepath) {
  check_string(filepath, "filepath")
  if (!endsWith(tolower(filepath), ".keras")) {
    return(check_ending(filepath, weight_kinds))
  }
  stop_value(
    sprintf("A file that ends in \".keras\" (\"%s\") holds a whole model, not \
its weights alone.", basename(filepath)),
    i = "Use `save_model()`, or a name that ends in \".weights.h5\"."
  )
}

#' @rdname save_model
#' @export
load_model_weights <- function(object, filepath, by_name = FALSE,
                               skip_mismatch = FALSE) {
  self <- unwrap_layer(object)
  if (!inherits(self, "KerasLayer")) stop_not_layer(object)
  check_flag(by_name, "by_name")
  check_flag(skip_mismatch, "skip_mismatch")
  kind <- check_ending(filepath, c(weight_kinds, .keras = "keras"))
  path <- check_old_file(filepath)
  check_content(path, kind)
  switch(kind,
    rds = load_weights_rds(self, path, filepath, by_name, skip_mismatch),
    keras = load_weights_keras(self, path, by_name, skip_mismatch),
    h5 = load_weights_h5(self, path, by_name, skip_mismatch)
  )
  invisible(object)
}

# What callbacks write: the model, or its weights, by the ending of the name.
above$write_checkpoint <- function(model, path, weights_only) {
  self <- unwrap_layer(model)
  kind <- checkpoint_kind(path, weights_only)
  d <- get_dialect()
  if (!weights_only) return(write_model(self, path, kind, d))
  if (kind == "h5") return(save_weights_h5(self, path, d$weights))
  write_whole(path, function(to) saveRDS(self$get_weights(), to))
}

above$check_checkpoint <- function(path, weights_only) {
  checkpoint_kind(path, weights_only)
  path
}

checkpoint_kind <- function(path, weights_only) {
  if (weights_only) check_weights_ending(path) else
    check_ending(path, model_kinds)
}
