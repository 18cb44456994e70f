# Rows of a table, picked by index.
Embedding <- keras_class(
  "Embedding", inherit = KerasLayer,
  public = list(
    initialize = function(...) embedding_initialize(self, list(...)),
    build = function(input_shape) embedding_build(self),
    call = function(inputs) embedding_call(self, inputs),
    compute_mask = function(inputs, mask = NULL) embedding_mask(self, inputs)
  )
)

# `input_dim` and `input_length`, elsewhere about the shape of the inputs, are
# arguments of the layer's own here.
embedding_initialize <- function(self, args) {
  own <- as.list(formals(layer_embedding))[c("input_dim", "input_length")]
  take_arguments(self, layer_embedding, args, extra = own)
  self$input_dim <- check_count(self$input_dim, "input_dim")
  self$output_dim <- check_count(self$output_dim, "output_dim")
  check_flag(self$sparse, "sparse")
  self$supports_masking <- self$mask_zero
  if (is.null(self$batch_input_shape)) {
    inner <- if (is.null(self$input_length)) list(NULL) else self$input_length
    self$batch_input_shape <- as_shape(
      c(list(args$batch_size), unclass(as_shape(inner, "input_length")))
    )
  }
}

embedding_build <- function(self) {
  self$embeddings <- self$add_weight(
    "embeddings", c(self$input_dim, self$output_dim),
    initializer = self$embeddings_initializer,
    regularizer = self$embeddings_regularizer,
    constraint = self$embeddings_constraint
  )
}

embedding_call <- function(self, inputs) {
  x <- one_input(self, inputs)
  check_indices(self, value_of(x))
  y <- op_take(self$embeddings, x, axis = 1L, zero_indexed = TRUE)
  with_mask(y, embedding_mask(self, x))
}

embedding_mask <- function(self, inputs) {
  if (self$mask_zero) value_of(inputs) != 0
}

check_indices <- function(self, index) {
  if (!length(index)) return(invisible())
  fits <- is.finite(index) & index == trunc(index) & index >= 0 &
    index < self$input_dim
  if (all(fits)) return(invisible())
  bad <- which(!fits)[[1L]]
  stop_value(
    sprintf("Layer \"%s\" (Embedding) was given the index %s; `input_dim` is \
%d.", self$name, format(index[[bad]]), self$input_dim),
    i = sprintf("Indices are whole numbers from 0 to %d, without NA; give \
`input_dim` one more than the largest index.", self$input_dim - 1L)
  )
}

#' Vectors for words: an embedding
#'
#' Turns whole numbers (indices of words) into rows of a table that is
#' trained with the model.
#'
#' @inheritParams layer_dense
#' @param input_dim Number of rows: the largest index plus 1.
#' @param output_dim Number of columns: the size of each vector.
#' @param embeddings_initializer,embeddings_regularizer,embeddings_constraint
#'   Initializer, regularizer and constraint of the table.
#' @param mask_zero Whether the index 0 is padding: then the output has a mask
#'   that leaves these steps out, and index 0 must not mean a word.
#' @param input_length Length of the sequences, when it is fixed.
#' @param sparse Accepted as in R keras; it changes no value.
#' @param ... Standard arguments of layers, see [layer_dense()].
#' @return For an array of indices, counted from 0, of shape (batch, time), an
#'   array (batch, time, output_dim); indices of any shape get one axis more.
#'   Without `object`, a layer with one weight, embeddings (input_dim,
#'   output_dim).
#' @section Errors: `ValueError` for indices that are NA, fractional, negative
#'   or not below `input_dim`, and sizes that are not positive whole numbers.
#' @source R keras 2.15; `tf.keras.layers.Embedding`.
#' @export
#' @examples
#' words <- rbind(c(3, 1, 2, 0), c(5, 4, 0, 0))
#' layer <- layer_embedding(input_dim = 6, output_dim = 2, mask_zero = TRUE)
#' dim(layer(words))
#' layer$compute_mask(words)
layer_embedding <- function(object, input_dim, output_dim,
                            embeddings_initializer = "uniform",
                            embeddings_regularizer = NULL,
                            activity_regularizer = NULL,
                            embeddings_constraint = NULL, mask_zero = FALSE,
                            input_length = NULL, sparse = FALSE, ...) {
  compose(object, Embedding, call_args())
}
