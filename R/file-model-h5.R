# A whole model in an HDF5 file of the legacy layout: its JSON and what
# compile() set in attributes, weights and optimizer in groups.

write_model_h5 <- function(self, path, d = get_dialect(),
                           include_optimizer = TRUE) {
  check_has_weights(self, path)
  training <- if (include_optimizer) training_text(self, d)
  attrs <- keras_attrs(d, utf8 = TRUE)
  attrs$model_config <- h5_string(model_text(self, d, "h5"))
  if (!is.null(training)) attrs$training_config <- h5_string(training)
  root <- h5_group(list(model_weights = legacy_tree(self, d$weights)), attrs)
  if (!is.null(training)) {
    root$members$optimizer_weights <- optimizer_group(self, d$weights)
  }
  root <- put_states(root, self)
  write_whole(path, function(to) write_or_stop(write_h5(root, to), path))
}

read_model_h5 <- function(path, custom_objects = NULL, compile = TRUE) {
  file <- read_h5(path)
  fail <- function(why) stop_h5_damaged(file$bytes, sub("\n.*", "", why))
  config <- text_of_attr(file, "model_config", fail)
  if (is.null(config)) stop_weights_alone(path)
  model <- model_from_text(
    config, custom_objects, sprintf("The file \"%s\"", basename(path)), fail,
    if (compile) text_of_attr(file, "training_config", fail)
  )
  protected(load_weights_from(unwrap_layer(model), file, list(
    by_name = FALSE, skip_mismatch = FALSE, reshape = FALSE, path = path,
    must_fit = TRUE
  )), fail)
  model
}

text_of_attr <- function(file, name, fail) {
  x <- h5_attr(file$root, name)
  if (is.null(x) || (is.character(x) && length(x) == 1L)) return(x)
  fail(sprintf("Its `%s` is not a text.", name))
}

stop_weights_alone <- function(path) {
  stop_value(
    sprintf("The file \"%s\" holds no config of a model.", basename(path)),
    i = "If it holds weights alone, make the model and use \
`load_model_weights()`."
  )
}
