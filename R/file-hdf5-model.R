#' Models and weights in HDF5 files
#'
#' @description
#' `save_model_hdf5()` and `load_model_hdf5()` write and read whole models as
#' tf.keras does in files that end in `.h5`: layers, weights, what [compile()]
#' set and the optimizer's state. Files go both ways, from Python to R and
#' back, and Keras 3 reads and writes them too.
#'
#' `save_model_weights_hdf5()` and `load_model_weights_hdf5()` do it for the
#' weights alone.
#'
#' @details
#' Files of weights have two layouts. A name that ends in `.weights.h5` is for
#' the newer one, in which a layer is known by its place in the model; any
#' other name for the older one, by the names of layers. Reading tells them
#' apart by what they hold, and takes the weights out of a whole model's file
#' too.
#'
#' Numbers are stored in the precision of their layer: single where its `dtype`
#' is "float32", as Keras does by default, else double. The recorded states of
#' stateful layers go into a group of their own that Keras passes by.
#'
#' Files are read and written without the HDF5 library, which may crash R on a
#' file that is damaged. Data that is stored in pieces or compressed is not
#' read; Keras does not write such.
#'
#' @param object A model; for the weights also a layer.
#' @param filepath Name of the file, ending in `.h5` or `.hdf5`.
#' @param overwrite FALSE refuses to replace a file.
#' @param include_optimizer FALSE leaves out what [compile()] set and the
#'   optimizer's state.
#' @param custom_objects Named list of the classes and functions that the file
#'   names and that the package does not have.
#' @param compile FALSE gives the model without what [compile()] set.
#' @param by_name TRUE loads the weights of those layers whose names the file
#'   has, and leaves the others; only with the older layout.
#' @param skip_mismatch TRUE leaves layers alone whose weights do not fit.
#' @param reshape TRUE takes weights of another shape, when the number of values
#'   is the same.
#' @return `load_model_hdf5()` the model; the others the object, invisibly.
#' @section Errors: `ValueError` for a file that exists and may not be
#'   replaced, that does not exist, is damaged or something else, or whose
#'   weights do not fit (no weight is changed then).
#' @source R keras 2.15; the files are those of tf.keras 2.15 and Keras 3.
#' @seealso [save_model()]
#' @export
#' @examplesIf requireNamespace("jsonlite", quietly = TRUE)
#' model <- keras_model_sequential() %>%
#'   layer_simple_rnn(units = 3, input_shape = list(NULL, 2)) %>%
#'   layer_dense(units = 1)
#' file <- tempfile(fileext = ".h5")
#' save_model_hdf5(model, file)
#' again <- load_model_hdf5(file)
#' identical(get_weights(again), get_weights(model))
#'
#' # the weights alone, into a model of the same shape
#' file <- tempfile(fileext = ".weights.h5")
#' save_model_weights_hdf5(model, file)
#' load_model_weights_hdf5(again, file)
save_model_hdf5 <- function(object, filepath, overwrite = TRUE,
                            include_optimizer = TRUE) {
  self <- check_model(object)
  check_flag(include_optimizer, "include_optimizer")
  path <- check_new_file(filepath, overwrite)
  write_model_h5(self, path, include_optimizer = include_optimizer)
  invisible(object)
}

#' @rdname save_model_hdf5
#' @export
load_model_hdf5 <- function(filepath, custom_objects = NULL, compile = TRUE) {
  check_flag(compile, "compile")
  read_model_h5(check_old_file(filepath), custom_objects, compile)
}

#' @rdname save_model_hdf5
#' @export
save_model_weights_hdf5 <- function(object, filepath, overwrite = TRUE) {
  self <- unwrap_layer(object)
  if (!inherits(self, "KerasLayer")) stop_not_layer(object)
  save_weights_h5(self, check_new_file(filepath, overwrite))
  invisible(object)
}

#' @rdname save_model_hdf5
#' @export
load_model_weights_hdf5 <- function(object, filepath, by_name = FALSE,
                                    skip_mismatch = FALSE, reshape = FALSE) {
  self <- unwrap_layer(object)
  if (!inherits(self, "KerasLayer")) stop_not_layer(object)
  check_flag(by_name, "by_name")
  check_flag(skip_mismatch, "skip_mismatch")
  check_flag(reshape, "reshape")
  load_weights_h5(self, check_old_file(filepath), by_name, skip_mismatch,
                  reshape)
  invisible(object)
}
