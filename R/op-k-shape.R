#' Backend functions: shapes and elements
#'
#' @description
#' The functions of R keras' backend that move elements: reshape (filled with
#' the last axis running fastest), permute, join, repeat, pad, gather. The ops
#' of [op_shape] and [op_index] do the work.
#'
#' * `k_repeat()` makes (samples, features) into (samples, n, features);
#'   `k_repeat_elements()` repeats each slice of an axis;
#' * `k_flatten()` gives one axis, `k_batch_flatten()` keeps the batch axis;
#' * `k_temporal_padding()` puts zeros before and after the second of three
#'   axes;
#' * `k_gather()` takes slices of the first axis, `k_one_hot()` makes indices
#'   into rows of one 1; their indices count from 0, as in R keras
#'   ([op_take()] and [op_one_hot()] count from 1);
#' * `k_map_fn()` applies a function to each slice of the first axis and stacks
#'   what it gives; `k_foldl()` and `k_foldr()` carry a value along,
#'   `fn(value, slice)`, from the first slice on or from the last.
#'
#' @param x A tensor or array; for `k_stack()` a list of them.
#' @param tensors A list of tensors or arrays.
#' @param axis An axis, counted from 1, negative from the end.
#' @param shape The new shape; -1 or NULL for a size that follows.
#' @param pattern The order of the axes, counted from 1.
#' @param axes Axes to reverse, counted from 1.
#' @param n,rep How many times; `k_tile()`: for each axis.
#' @param padding Two numbers of steps.
#' @param reference A tensor or array to take from.
#' @param indices Whole numbers, counted from 0.
#' @param num_classes How many indices there are.
#' @param num NULL, or the number of pieces, which is checked.
#' @param fn A function of a slice (`k_map_fn()`), or of a value and a slice.
#' @param elems A tensor or array, or a list of them that is cut side by side;
#'   `fn` then gets lists.
#' @param initializer The value to start from; NULL: the first slice.
#' @param dtype NULL, or the dtype of the result.
#' @param name Not used.
#' @return A tensor; `k_unstack()`: a list of tensors; `k_shape()`: a tensor of
#'   sizes; `k_int_shape()` and `k_get_variable_shape()`: a [shape()];
#'   `k_ndim()`, `k_count_params()`: a number; `k_dtype()`: a string.
#' @section Errors: `ValueError` when sizes do not fit, an axis does not exist
#'   or an index is out of range.
#' @source R keras 2.15, `k_*()`; tf.keras 2.15's backend.
#' @name k_shapes
#' @examples
#' x <- array(1:6, c(2, 3))
#' k_repeat(x, 4)$shape
#' k_gather(x, c(1, 0, 1))
#' k_map_fn(function(row) k_sum(row), x)
#' k_foldl(function(total, row) total + row, x)
NULL

#' @rdname k_shapes
#' @export
k_reshape <- function(x, shape) op_reshape(x, shape)

#' @rdname k_shapes
#' @export
k_flatten <- function(x) op_ravel(x)

row_batch_flatten <- op_row(
  "batch_flatten",
  function(x) {
    sizes <- dims(x)
    if (!length(sizes)) {
      stop_value("One number has no batch axis.",
                 i = "Give an array (batch, ...).")
    }
    row_major(x, c(sizes[[1L]], as.integer(prod(sizes[-1L]))))
  },
  function(g, y, x) list(row_major(g, dim(x)))
)

#' @rdname k_shapes
#' @export
k_batch_flatten <- function(x) apply_unary(row_batch_flatten, x)

#' @rdname k_shapes
#' @export
k_permute_dimensions <- function(x, pattern) op_transpose(x, unlist(pattern))

#' @rdname k_shapes
#' @export
k_transpose <- function(x) op_transpose(x)

#' @rdname k_shapes
#' @export
k_expand_dims <- function(x, axis = -1) op_expand_dims(x, axis)

#' @rdname k_shapes
#' @export
k_squeeze <- function(x, axis = NULL) op_squeeze(x, axis)

#' @rdname k_shapes
#' @export
k_reverse <- function(x, axes) op_flip(x, unlist(axes))

#' @rdname k_shapes
#' @export
k_concatenate <- function(tensors, axis = -1) op_concatenate(tensors, axis)

#' @rdname k_shapes
#' @export
k_stack <- function(x, axis = 1) op_stack(x, axis)

#' @rdname k_shapes
#' @export
k_unstack <- function(x, axis = 1L, num = NULL, name = NULL) {
  op_unstack(x, num, axis)
}

#' @rdname k_shapes
#' @export
k_tile <- function(x, n) op_tile(x, n)

#' @rdname k_shapes
#' @export
k_repeat <- function(x, n) {
  rank <- length(shape_of(x))
  if (rank != 2L) {
    stop_value(
      sprintf("`x` must have two axes, (samples, features), not shape %s.",
              format(shape_of(x))),
      i = "Repeat along other axes with `k_repeat_elements()`."
    )
  }
  op_repeat(op_expand_dims(x, 2L), check_count(n, "n"), axis = 2L)
}

#' @rdname k_shapes
#' @export
k_repeat_elements <- function(x, rep, axis) op_repeat(x, rep, axis)

#' @rdname k_shapes
#' @export
k_temporal_padding <- function(x, padding = c(1, 1)) {
  op_pad(x, list(c(0, 0), as.integer(unlist(padding)), c(0, 0)))
}

#' @rdname k_shapes
#' @export
k_gather <- function(reference, indices) {
  op_take(reference, indices, axis = 1L, zero_indexed = TRUE)
}

#' @rdname k_shapes
#' @export
k_one_hot <- function(indices, num_classes) {
  op_one_hot(indices, num_classes, zero_indexed = TRUE)
}

row_shape <- op_row("shape", function(x) {
  array(as.integer(dims(x)), length(dims(x)))
})

#' @rdname k_shapes
#' @export
k_shape <- function(x) apply_unary(row_shape, x)

#' @rdname k_shapes
#' @export
k_int_shape <- function(x) shape_of(x)

#' @rdname k_shapes
#' @export
k_get_variable_shape <- function(x) shape_of(x)

#' @rdname k_shapes
#' @export
k_ndim <- function(x) length(shape_of(x))

#' @rdname k_shapes
#' @export
k_count_params <- function(x) as.integer(prod(as.integer(shape_of(x))))

#' @rdname k_shapes
#' @export
k_dtype <- function(x) dtype_of(x)

# The slices along the first axis of a tensor, or of each in a list.
slices_of <- function(elems) {
  if (!is.list(elems) || is_tensor(elems)) return(op_unstack(elems, axis = 1L))
  parts <- lapply(elems, op_unstack, axis = 1L)
  n <- unique(lengths(parts))
  if (length(n) != 1L) {
    stop_value(
      "The tensors in `elems` have first axes of different sizes.",
      i = "All are cut side by side along the first axis."
    )
  }
  lapply(seq_len(n), function(k) lapply(parts, function(p) p[[k]]))
}

# `run(elems)` now, or in the graph when something in it is symbolic.
now_or_later <- function(run, args, name) {
  if (has_symbolic(args)) symbolic_node(run, args, name) else run(args)
}

#' @rdname k_shapes
#' @export
k_map_fn <- function(fn, elems, name = NULL, dtype = NULL) {
  check_function(fn, "fn")
  now_or_later(function(elems) {
    out <- op_stack(lapply(slices_of(elems), fn), axis = 1L)
    if (is.null(dtype)) out else op_cast(out, dtype)
  }, elems, "map_fn")
}

#' @rdname k_shapes
#' @export
k_foldl <- function(fn, elems, initializer = NULL, name = NULL) {
  fold(fn, elems, initializer, "foldl", identity)
}

#' @rdname k_shapes
#' @export
k_foldr <- function(fn, elems, initializer = NULL, name = NULL) {
  fold(fn, elems, initializer, "foldr", base::rev)
}

fold <- function(fn, elems, initializer, name, order) {
  check_function(fn, "fn")
  now_or_later(function(args) {
    slices <- order(slices_of(args[[1L]]))
    start <- args[[2L]]
    if (is.null(start)) {
      start <- slices[[1L]]
      slices <- slices[-1L]
    }
    Reduce(fn, slices, start)
  }, list(elems, initializer), name)
}
