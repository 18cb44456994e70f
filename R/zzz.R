# Methods that scripts for R keras call on the model itself, and that do what
# functions on floors above the model do.
Model$set("public", "train_on_batch", function(...) {
  train_on_batch(callable(self), ...)
})
Model$set("public", "test_on_batch", function(...) {
  test_on_batch(callable(self), ...)
})
Model$set("public", "predict_on_batch", function(x) {
  predict_on_batch(callable(self), x)
})
Model$set("public", "reset_metrics", function() {
  reset_metrics(self)
  invisible(self)
})
Model$set("public", "save", function(filepath, ...) {
  save_model(callable(self), filepath, ...)
})
Model$set("public", "save_weights", function(filepath, ...) {
  save_model_weights(callable(self), filepath, ...)
})
Model$set("public", "load_weights", function(filepath, ...) {
  load_model_weights(callable(self), filepath, ...)
})

.onLoad <- function(libname, pkgname) {
  if (!isFALSE(getOption("recurrent.keep_memory"))) .Call(ffi_keep_memory)
}
