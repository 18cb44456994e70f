# Attention: values averaged by how well their keys fit the query.
Attention <- keras_class(
  "Attention", inherit = KerasLayer,
  public = list(
    supports_masking = TRUE,
    initialize = function(...) attention_initialize(self, list(...)),
    build = function(input_shape) attention_build(self, input_shape),
    call = function(inputs, mask = NULL, training = NULL,
                    return_attention_scores = FALSE,
                    use_causal_mask = FALSE) {
      attention_call(self, inputs, mask, training, return_attention_scores,
                     use_causal_mask)
    },
    compute_mask = function(inputs, mask = NULL) attention_mask(mask),
    score = function(query, key) attention_score(self, query, key)
  )
)

AdditiveAttention <- keras_class(
  "AdditiveAttention", inherit = KerasLayer,
  public = list(
    supports_masking = TRUE,
    initialize = function(...) additive_initialize(self, list(...)),
    build = function(input_shape) additive_build(self, input_shape),
    call = function(inputs, mask = NULL, training = NULL,
                    return_attention_scores = FALSE,
                    use_causal_mask = self$causal) {
      attention_call(self, inputs, mask, training, return_attention_scores,
                     use_causal_mask)
    },
    compute_mask = function(inputs, mask = NULL) attention_mask(mask),
    score = function(query, key) additive_score(self, query, key)
  )
)

attention_initialize <- function(self, args) {
  take_arguments(self, layer_attention, args)
  self$dropout <- self$dropout %||% 0
  self$score_mode <- check_choice(self$score_mode, c("dot", "concat"),
                                  "score_mode", "a kind of score")
}

additive_initialize <- function(self, args) {
  take_arguments(self, layer_additive_attention, args)
  self$causal <- check_flag(self$causal, "causal")
}

attention_build <- function(self, input_shape) {
  check_attention_shapes(self, input_shape)
  if (self$use_scale) {
    self$scale <- self$add_weight("scale", list(), initializer = "ones")
  }
  if (self$score_mode == "concat") {
    self$concat_score_weight <- self$add_weight(
      "concat_score_weight", list(), initializer = "ones"
    )
  }
}

additive_build <- function(self, input_shape) {
  shapes <- check_attention_shapes(self, input_shape)
  if (self$use_scale) {
    self$scale <- self$add_weight("scale", known_size(self, shapes[[2L]]),
                                  initializer = "glorot_uniform")
  }
}

check_attention_shapes <- function(self, shapes) {
  shapes <- check_shapes(self, shapes, c(2, 3))
  for (s in shapes) check_rank(self, unclass(s), 3L, 3L)
  shapes
}

# query (batch, steps q, features), value and key (batch, steps v, features).
attention_call <- function(self, inputs, mask, training, with_scores, causal) {
  inputs <- several_inputs(self, inputs, c(2, 3))
  for (x in inputs) one_input(self, x, 3L, 3L)
  query <- inputs[[1L]]
  value <- inputs[[2L]]
  key <- if (length(inputs) == 3L) inputs[[3L]] else value
  check_attention(self, query, value, key)
  masks <- attention_masks(self, mask, query, value)
  scores <- self$score(query, key)
  scores <- hide_scores(scores, masks$value, check_flag(causal, "causal"))
  weights <- attention_dropout(self, op_softmax(scores), training)
  result <- op_matmul(weights, value)
  if (!is.null(masks$query)) {
    result <- result * array(as.double(masks$query), c(dim(masks$query), 1L))
  }
  if (isTRUE(with_scores)) list(result, weights) else result
}

check_attention <- function(self, query, value, key) {
  q <- dims(value_of(query))
  v <- dims(value_of(value))
  k <- dims(value_of(key))
  if (q[[1L]] == v[[1L]] && all(v[1:2] == k[1:2]) && q[[3L]] == k[[3L]]) {
    return(invisible())
  }
  stop_value(
    sprintf("Layer \"%s\" (%s) was given a query of shape %s, a value of \
shape %s and a key of shape %s.", self$name, class(self)[[1L]],
            format(as_shape(q)), format(as_shape(v)), format(as_shape(k))),
    i = "All have the same batch; value and key the same steps, query and key \
the same features."
  )
}

# The masks of query and value, each NULL or a logical (batch, steps).
attention_masks <- function(self, mask, query, value) {
  if (is.null(mask)) return(list())
  if (!is.list(mask) || is_tensor(mask) || length(mask) < 2L) {
    stop_value(
      sprintf("Layer \"%s\" (%s) takes a list of masks, not %s.", self$name,
              class(self)[[1L]],
              if (is.list(mask) && !is_tensor(mask)) length(mask) else
                describe(mask)),
      i = "One for the query and one for the value, or NULL: `mask = \
list(NULL, value_mask)`."
    )
  }
  list(query = step_mask(self, mask[[1L]], query),
       value = step_mask(self, mask[[2L]], value))
}

step_mask <- function(self, mask, x) {
  if (is.null(mask)) return(NULL)
  mask <- value_of(mask) != 0
  want <- dims(value_of(x))[1:2]
  if (anyNA(mask) || !identical(as.integer(dims(mask)), as.integer(want))) {
    stop_value(
      sprintf("A mask of layer \"%s\" (%s) must be logical of shape %s, \
without NA, not %s%s.", self$name, class(self)[[1L]],
              format(as_shape(want)), describe(mask),
              if (anyNA(mask)) " with NA" else ""),
      i = "TRUE where a step (batch, time) counts."
    )
  }
  mask
}

# Steps that may not be looked at get a score so low that nothing is left of
# them; `causal`: those after the query's own.
hide_scores <- function(scores, value_mask, causal) {
  if (is.null(value_mask) && !causal) return(scores)
  d <- dims(value_of(scores))
  hidden <- array(FALSE, d)
  if (!is.null(value_mask)) hidden[] <- !value_mask[, rep(seq_len(d[[3L]]),
                                                          each = d[[2L]])]
  if (causal) hidden <- hidden | slice.index(hidden, 2L) <
    slice.index(hidden, 3L)
  scores - 1e9 * hidden
}

attention_dropout <- function(self, weights, training) {
  if (!is_training(training) || self$dropout == 0 || probing()) return(weights)
  weights * draw_dropout(self$dropout, dims(value_of(weights)))
}

# Scores (batch, steps q, steps v).
attention_score <- function(self, query, key) {
  if (self$score_mode == "dot") {
    scores <- op_matmul(query, op_transpose(key, c(1L, 3L, 2L)))
    return(if (self$use_scale) scores * self$scale else scores)
  }
  both <- op_expand_dims(query, 3L) + op_expand_dims(key, 2L)
  if (self$use_scale) both <- both * self$scale
  self$concat_score_weight * op_sum(op_tanh(both), axis = -1L)
}

additive_score <- function(self, query, key) {
  both <- op_tanh(op_expand_dims(query, 3L) + op_expand_dims(key, 2L))
  op_sum(if (self$use_scale) both * self$scale else both, axis = -1L)
}

attention_mask <- function(mask) {
  if (is.list(mask) && !is_tensor(mask) && length(mask)) mask[[1L]]
}

#' Attention
#'
#' @description
#' For each step of a query, an average of the steps of a value, weighted by
#' softmax of scores between query and keys. `layer_attention()` scores by the
#' product of query and key (Luong), `layer_additive_attention()` by the sum of
#' `tanh(query + key)` (Bahdanau).
#'
#' @section Call arguments:
#' `layer(inputs, mask = NULL, training = NULL, return_attention_scores =
#' FALSE, use_causal_mask = FALSE)`
#' * `inputs`: `list(query, value)` or `list(query, value, key)`: (batch, query
#'   steps, features) and (batch, value steps, features); without key, value
#'   is the key.
#' * `mask`: `list(query_mask, value_mask)`, each NULL or logical (batch,
#'   steps). Masked values are not looked at; the result is zero at masked
#'   queries.
#' * `return_attention_scores`: TRUE gives `list(result, weights)`.
#' * `use_causal_mask`: TRUE lets a query look at values up to its own step.
#'
#' @param inputs,object A list of tensors or arrays, see below; missing or
#'   NULL gives the layer itself.
#' @param use_scale Whether scores are scaled: by one trained number, in
#'   additive attention by one for each feature.
#' @param score_mode "dot", or "concat": the sum of `tanh(query + key)` times a
#'   trained number.
#' @param causal Whether `use_causal_mask` is TRUE where a call does not say.
#' @param dropout Fraction between 0 and 1 of the weights that are dropped in
#'   training.
#' @param ... Standard arguments of layers, see [layer_dense()].
#' @return An array (batch, query steps, value features). The query's mask
#'   goes on to the next layer.
#' @section Errors: `ValueError` for inputs and masks that do not fit, rates
#'   outside 0 to 1, an unknown `score_mode`.
#' @source Luong et al. (2015), *Effective approaches to attention-based neural
#'   machine translation*, EMNLP; Bahdanau et al. (2015), *Neural machine
#'   translation by jointly learning to align and translate*, ICLR. R keras
#'   2.15.
#' @export
#' @examples
#' query <- array(rnorm(2 * 5 * 3), c(2, 5, 3))
#' value <- array(rnorm(2 * 4 * 3), c(2, 4, 3))
#' dim(layer_attention(list(query, value)))
#' layer <- layer_additive_attention()
#' out <- layer(list(query, value), return_attention_scores = TRUE)
#' dim(out[[2]])
layer_attention <- function(inputs, use_scale = FALSE, score_mode = "dot", ...,
                            dropout = NULL) {
  compose(inputs, Attention, call_args("inputs"))
}

#' @rdname layer_attention
#' @export
layer_additive_attention <- function(object, use_scale = TRUE, ...,
                                     causal = FALSE, dropout = 0) {
  compose(object, AdditiveAttention, call_args())
}
