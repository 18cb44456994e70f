# Where a model's graph starts: a layer without computation.
InputLayer <- keras_class(
  "InputLayer", inherit = KerasLayer,
  public = list(
    supports_masking = TRUE,
    initialize = function(...) input_initialize(self, list(...)),
    get_config = function() input_config(self)
  )
)

input_initialize <- function(self, args) {
  args$sparse <- NULL
  args$ragged <- NULL
  args$name <- args$name %||% input_layer_name()
  args$dtype <- input_dtype(args$dtype)
  layer_initialize(self, args)
  assign("built", TRUE, envir = self)
}

input_config <- function(self) {
  structure(
    list(batch_input_shape = unclass(self$batch_input_shape),
         dtype = self$dtype, sparse = FALSE, ragged = FALSE, name = self$name),
    layer_class = layer_generator(self)
  )
}

# input_1, input_2, ...: the only names that count from 1.
input_layer_name <- function() {
  n <- (name_counts[["input"]] %||% 0L) + 1L
  assign("input", n, envir = name_counts)
  paste0("input_", n)
}

# Whole numbers of any width are R's integers.
input_dtype <- function(dtype) {
  if (is.null(dtype)) return(NULL)
  check_string(dtype, "dtype")
  if (grepl("^u?int(8|16|32|64)$", dtype)) return("int32")
  check_dtype(dtype)
}

#' The input of a functional model
#'
#' Makes a symbolic tensor: the place of data that a model gets later. Layers,
#' R arithmetic and `op_*()` functions called on it make a graph, and
#' [keras_model()] makes a model of the graph.
#'
#' @param shape Shape of one sample, without the batch axis: `list(NULL, 8)`
#'   or `c(NA, 8)` for sequences of any length with 8 features.
#' @param batch_shape The shape with the batch axis, in place of `shape`:
#'   `list(32, NULL, 8)`.
#' @param name Name of the input, a string.
#' @param dtype "float64", "float32", "int32" or "bool"; NULL for
#'   `k_floatx()`. Whole numbers of other widths count as "int32".
#' @param sparse,ragged Accepted as in R keras; only FALSE is supported.
#' @param tensor NULL, or a symbolic tensor whose shape and dtype to take.
#' @return A symbolic tensor, with `x$shape` (batch axis first), `x$dtype`.
#' @section Errors: `TypeError` when no shape is given or it is no shape;
#'   `ValueError` for negative or fractional sizes, `sparse` or `ragged`.
#' @source R keras 2.15.
#' @export
#' @examples
#' x <- layer_input(list(NULL, 8))
#' x$shape
#' y <- x %>% layer_simple_rnn(units = 4) %>% layer_dense(units = 1)
#' model <- keras_model(x, y)
#' dim(model(array(0, c(2, 5, 8))))
layer_input <- function(shape = NULL, batch_shape = NULL, name = NULL,
                        dtype = NULL, sparse = FALSE, tensor = NULL,
                        ragged = FALSE) {
  if (check_flag(sparse, "sparse") || check_flag(ragged, "ragged")) {
    stop_value(
      "Sparse and ragged inputs are not supported.",
      i = "Pad sequences with `pad_sequences()` and mask what was padded."
    )
  }
  if (!is.null(tensor)) {
    if (!is_symbolic(tensor)) stop_input_tensor(tensor)
    batch_shape <- unclass(shape_of(tensor))
    dtype <- dtype %||% dtype_of(tensor)
  }
  batch_shape <- input_batch_shape(shape, batch_shape)
  layer <- new_layer(InputLayer, list(
    batch_input_shape = batch_shape, name = name, dtype = dtype
  ))
  input_node(unwrap_layer(layer))
}

input_batch_shape <- function(shape, batch_shape) {
  if (!is.null(batch_shape)) return(as_shape(batch_shape, "batch_shape"))
  if (is.null(shape)) {
    stop_type(
      "`layer_input()` needs the argument `shape`.",
      i = "Give the shape of one sample, e.g. `shape = list(NULL, 8)`; a \
single number is `shape = list()`."
    )
  }
  as_shape(c(list(NULL), unclass(as_shape(shape))))
}

input_node <- function(layer) {
  node <- new_node(NULL, list(), layer, layer$name)
  shape <- layer$batch_input_shape
  x <- new_symbolic(shape, layer$dtype, node, 1L, layer$name)
  node$outputs <- x
  assign("input_shape", shape, envir = layer)
  assign("output_shape", shape, envir = layer)
  assign("input", x, envir = layer)
  assign("output", x, envir = layer)
  x
}

stop_input_tensor <- function(tensor) {
  stop_type(
    sprintf("`tensor` must be a symbolic tensor, not %s.", describe(tensor)),
    i = "Values need no input: use them in R arithmetic with the graph."
  )
}
