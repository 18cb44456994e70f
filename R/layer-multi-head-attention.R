# Attention of several heads, each with its own projections.
MultiHeadAttention <- keras_class(
  "MultiHeadAttention", inherit = KerasLayer,
  public = list(
    supports_masking = TRUE,
    initialize = function(...) heads_initialize(self, list(...)),
    build = function(input_shape) heads_build(self, input_shape),
    call = function(query, value = NULL, key = NULL, attention_mask = NULL,
                    return_attention_scores = FALSE, training = NULL,
                    use_causal_mask = FALSE, mask = NULL) {
      heads_call(self, heads_inputs(self, query, value, key), attention_mask,
                 return_attention_scores, training, use_causal_mask, mask)
    },
    compute_mask = function(inputs, mask = NULL) query_mask(mask),
    get_config = function() config_with_shape(self)
  )
)

heads_initialize <- function(self, args) {
  take_arguments(self, layer_multi_head_attention, args)
  keep_shape_argument(self)
  self$num_heads <- check_count(self$num_heads, "num_heads")
  self$key_dim <- check_count(self$key_dim, "key_dim")
  if (!is.null(self$value_dim)) {
    self$value_dim <- check_count(self$value_dim, "value_dim")
  }
}

query_mask <- function(mask) {
  if (is.list(mask) && !is_tensor(mask)) mask[[1L]] else mask
}

# Called as layer(query, value) or layer(list(query, value, key)).
heads_inputs <- function(self, query, value, key) {
  inputs <- if (is_tensor(query)) {
    c(list(query), if (!is.null(value)) list(as_tensor(value)),
      if (!is.null(key)) list(as_tensor(key)))
  } else {
    query
  }
  if (length(inputs) < 2L || length(inputs) > 3L) {
    stop_value(
      sprintf("Layer \"%s\" (MultiHeadAttention) takes a query, a value and \
perhaps a key, not %d inputs.", self$name, length(inputs)),
      i = "Give `layer(query, value)`; for self-attention `layer(x, x)`."
    )
  }
  if (length(inputs) == 2L) inputs <- c(inputs, inputs[2L])
  for (x in inputs) one_input(self, x, min = 3L)
  unname(inputs)
}

# With the shape of the query alone the weights, and the values that they are
# to start from, wait for the call.
heads_build <- function(self, input_shape) {
  if (inherits(input_shape, "recurrent_shape")) {
    assign(".late_weights", self$.initial_weights, envir = self)
    assign(".initial_weights", NULL, envir = self)
    return(invisible())
  }
  shapes <- check_shapes(self, input_shape, c(2, 3))
  heads_weights(self, lapply(c(shapes, shapes[2L])[1:3], function(s) {
    known_size(self, one_shape(self, s, min = 3L))
  }))
}

# sizes: the features of query, value and key.
heads_weights <- function(self, sizes) {
  heads <- self$num_heads
  values <- self$value_dim %||% self$key_dim
  out <- as.integer(unlist(self$.given_shape) %||% sizes[[1L]])
  add <- function(name, shape, bias) {
    list(kernel = add_heads_weight(self, paste0(name, "/kernel"), shape,
                                   "kernel"),
         bias = if (self$use_bias) {
           add_heads_weight(self, paste0(name, "/bias"), bias, "bias")
         })
  }
  one <- function(name, size, dim) {
    add(name, c(size, heads, dim), c(heads, dim))
  }
  self$query_dense <- one("query", sizes[[1L]], self$key_dim)
  self$key_dense <- one("key", sizes[[3L]], self$key_dim)
  self$value_dense <- one("value", sizes[[2L]], values)
  self$output_dense <- add("attention_output", c(heads, values, out), out)
  assign(".sizes", sizes, envir = self)
  if (is.null(self$.late_weights)) return(invisible())
  layer_set_weights(self, self$.late_weights)
  assign(".late_weights", NULL, envir = self)
}

add_heads_weight <- function(self, name, shape, kind) {
  part <- function(what) .subset2(self, paste0(kind, "_", what))
  self$add_weight(name, shape, initializer = part("initializer"),
                  regularizer = part("regularizer"),
                  constraint = part("constraint"))
}

heads_call <- function(self, inputs, attention_mask, with_scores, training,
                       causal, mask) {
  sizes <- lapply(inputs, function(x) {
    d <- dims(value_of(x))
    d[[length(d)]]
  })
  if (!length(self$.weights)) heads_weights(self, sizes)
  if (!identical(sizes, self$.sizes)) stop_heads_features(self, sizes)
  masks <- heads_masks(inputs, mask)
  shape <- dims(value_of(inputs[[1L]]))
  at <- heads_axes(self, length(shape))
  flat <- lapply(inputs, heads_flat, at)
  check_heads(self, flat)
  q <- project_heads(flat[[1L]], self$query_dense) / sqrt(self$key_dim)
  k <- project_heads(flat[[3L]], self$key_dense)
  v <- project_heads(flat[[2L]], self$value_dense)
  scores <- op_matmul(op_transpose(q, c(1L, 3L, 2L, 4L)),
                      op_transpose(k, c(1L, 3L, 4L, 2L)))
  hidden <- hidden_pairs(self, dims(value_of(scores)), attention_mask, masks,
                         check_flag(causal, "use_causal_mask"))
  if (!is.null(hidden)) scores <- scores - 1e9 * hidden
  weights <- op_softmax(scores)
  mixed <- op_matmul(attention_dropout(self, weights, training),
                     op_transpose(v, c(1L, 3L, 2L, 4L)))
  out <- op_tensordot(mixed, self$output_dense$kernel, list(c(2L, 4L), 1:2))
  if (self$use_bias) out <- out + self$output_dense$bias
  out <- heads_unflat(out, shape, at)
  if (isTRUE(with_scores)) list(out, weights) else out
}

stop_heads_features <- function(self, sizes) {
  stop_value(
    sprintf("Layer \"%s\" (MultiHeadAttention) was built for a query, value \
and key of %s features, not %s.", self$name, toString(self$.sizes),
            toString(sizes)),
    i = "Give inputs whose last axis has these sizes, or make a new layer."
  )
}

check_heads <- function(self, flat) {
  d <- lapply(flat, function(x) dims(value_of(x)))
  same_batch <- d[[1L]][[1L]] == d[[2L]][[1L]] &&
    d[[2L]][[1L]] == d[[3L]][[1L]]
  if (same_batch && d[[2L]][[2L]] == d[[3L]][[2L]]) return(invisible())
  stop_value(
    sprintf("Layer \"%s\" (MultiHeadAttention) was given a query, value and \
key of shapes %s.", self$name, toString(vapply(d, function(s) {
      format(as_shape(s))
    }, ""))),
    i = "All have the same batch, value and key the same steps."
  )
}

# (batch, steps, features) -> (batch, steps, heads, size of a head).
project_heads <- function(x, dense) {
  y <- op_tensordot(x, dense$kernel, list(3L, 1L))
  if (is.null(dense$bias)) y else y + dense$bias
}

# Masks of query, value and key: those given, else those that they carry.
heads_masks <- function(inputs, mask) {
  masks <- lapply(inputs, mask_of)
  given <- if (is.list(mask) && !is_tensor(mask)) mask else list(mask)
  for (k in seq_along(given)) {
    if (!is.null(given[[k]])) masks[[k]] <- given[[k]]
  }
  masks
}

# TRUE where a query (batch, heads, query, value) may not look; NULL: nowhere.
hidden_pairs <- function(self, sizes, attention_mask, masks, causal) {
  if (is.null(attention_mask) && all(lengths(masks) == 0L) && !causal) {
    return(NULL)
  }
  seen <- array(TRUE, sizes[-2L])
  if (!is.null(attention_mask)) {
    seen <- value_of(op_logical_and(seen, value_of(attention_mask) != 0))
  }
  for (k in 1:3) {
    m <- masks[[k]]
    if (is.null(m)) next
    m <- step_mask(self, m, seen_shape(sizes, k))
    dim(m) <- if (k == 1L) c(dim(m), 1L) else c(dim(m)[[1L]], 1L,
                                                dim(m)[[2L]])
    seen <- value_of(op_logical_and(seen, m))
  }
  if (causal) seen <- seen & slice.index(seen, 2L) >= slice.index(seen, 3L)
  array(!seen, c(sizes[[1L]], 1L, sizes[-(1:2)]))
}

seen_shape <- function(sizes, k) {
  array(0, c(sizes[[1L]], sizes[[if (k == 1L) 3L else 4L]]))
}

# The axes that are looked along (all between batch and features, if not said),
# and the others, over which the layer works one by one.
heads_axes <- function(self, rank) {
  inner <- seq_len(rank)[-c(1L, rank)]
  along <- if (is.null(self$attention_axes)) inner else
    layer_axes(self, self$attention_axes, rank, "attention_axes")
  list(along = along, other = setdiff(inner, along))
}

# (batch and other axes, axes looked along, features).
heads_flat <- function(x, at) {
  d <- as.integer(dims(value_of(x)))
  rank <- length(d)
  if (rank == 3L && length(at$along) == 1L) return(x)
  x <- op_transpose(x, c(1L, at$other, at$along, rank))
  op_reshape(x, c(prod(d[c(1L, at$other)]), prod(d[at$along]), d[[rank]]))
}

heads_unflat <- function(y, shape, at) {
  rank <- length(shape)
  if (rank == 3L && length(at$along) == 1L) return(y)
  out <- dims(value_of(y))[-(1:2)]
  order <- c(1L, at$other, at$along)
  y <- op_reshape(y, c(shape[order], out))
  op_transpose(y, c(order(order), rank - 1L + seq_along(out)))
}

#' Attention of several heads
#'
#' Projects query, key and value into `num_heads` smaller spaces, lets each
#' head attend there (softmax of `query key / sqrt(key_dim)`), and projects
#' what the heads give back.
#'
#' @section Call arguments:
#' `layer(query, value, key = value, attention_mask = NULL,
#' return_attention_scores = FALSE, training = NULL, use_causal_mask = FALSE)`;
#' query, value and key may also come as one list. `attention_mask` is logical
#' (batch, query steps, value steps), TRUE where a query may look. Masks that
#' inputs carry are heeded. `return_attention_scores = TRUE` gives
#' `list(result, weights)`, weights (batch, heads, query steps, value steps).
#' `use_causal_mask = TRUE` lets a query look at values up to its own step.
#'
#' @inheritParams layer_dense
#' @inheritParams layer_attention
#' @param inputs `list(query, value)` or `list(query, value, key)`, tensors or
#'   arrays (batch, steps, features); missing or NULL gives the layer itself.
#' @param num_heads Number of heads.
#' @param key_dim Size of each head for query and key.
#' @param value_dim Size of each head for value; NULL is `key_dim`.
#' @param use_bias Whether the projections have bias vectors.
#' @param output_shape Size (or sizes) of the result's features; NULL is that
#'   of the query.
#' @param attention_axes The axes to look along, counted from 0, the batch;
#'   NULL is all between batch and features.
#' @return An array (batch, query steps, features). The weights in order:
#'   kernel (features, heads, size) and bias (heads, size) of query, key and
#'   value, then kernel (heads, value size, features) and bias of the result.
#'   The query's mask goes on to the next layer.
#' @section Errors: `ValueError` for inputs and masks that do not fit, sizes
#'   that are not positive whole numbers, rates outside 0 to 1.
#' @source Vaswani et al. (2017), *Attention is all you need*, NIPS. R keras
#'   2.15.
#' @export
#' @examples
#' x <- array(rnorm(2 * 5 * 8), c(2, 5, 8))
#' layer <- layer_multi_head_attention(num_heads = 2, key_dim = 4)
#' dim(layer(x, x))
#' out <- layer(x, x, return_attention_scores = TRUE, use_causal_mask = TRUE)
#' round(out[[2]][1, 1, , ], 2)
layer_multi_head_attention <- function(inputs, num_heads, key_dim,
                                       value_dim = NULL, dropout = 0,
                                       use_bias = TRUE, output_shape = NULL,
                                       attention_axes = NULL,
                                       kernel_initializer = "glorot_uniform",
                                       bias_initializer = "zeros",
                                       kernel_regularizer = NULL,
                                       bias_regularizer = NULL,
                                       activity_regularizer = NULL,
                                       kernel_constraint = NULL,
                                       bias_constraint = NULL, ...) {
  compose(inputs, MultiHeadAttention, call_args("inputs"))
}
