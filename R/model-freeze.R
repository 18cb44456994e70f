#' Freeze and unfreeze layers
#'
#' Frozen weights stay as they are during training. Layers are chosen by a
#' range or by a list; with neither all layers are. What is not chosen becomes
#' the opposite: `freeze_weights(model, to = 2)` unfreezes all layers after the
#' second.
#'
#' Freezing takes effect at the next [fit()] or [train_on_batch()]; there is no
#' need to compile again. What a callback freezes while `fit()` runs is trained
#' on until that `fit()` ends.
#'
#' @param object A model or a layer; it is changed in place.
#' @param from,to First and last layer of a range: a name, a place counted from
#'   1, or a layer of the model. NULL: the first, the last.
#' @param which In place of a range: names, places, a list of layers, one TRUE
#'   or FALSE for each layer, or a function or formula of a layer that gives
#'   TRUE or FALSE (`~ .x$name == "head"`).
#' @return `object`, invisibly.
#' @section Errors: `ValueError` for a layer that the model does not have, for
#'   a `which` of TRUE and FALSE that is not as long as the model's layers, or
#'   when a range and `which` are both given; `TypeError` when a range of a
#'   layer is asked for, or a function gives neither TRUE nor FALSE.
#' @source R keras 2.15.
#' @export
#' @examples
#' model <- keras_model_sequential() %>%
#'   layer_simple_rnn(units = 3, input_shape = list(NULL, 2)) %>%
#'   layer_dense(units = 4) %>%
#'   layer_dense(units = 1, name = "head")
#' freeze_weights(model, to = 2)
#' model
#' unfreeze_weights(model, which = 2)
#' length(model$trainable_weights)
freeze_weights <- function(object, from = NULL, to = NULL, which = NULL) {
  set_frozen(object, from, to, which, frozen = TRUE)
}

#' @rdname freeze_weights
#' @export
unfreeze_weights <- function(object, from = NULL, to = NULL, which = NULL) {
  set_frozen(object, from, to, which, frozen = FALSE)
}

set_frozen <- function(object, from, to, which, frozen) {
  self <- unwrap_layer(object)
  if (!inherits(self, "KerasLayer")) stop_not_layer(object)
  if (is.null(from) && is.null(to) && is.null(which)) {
    self$trainable <- !frozen
    return(invisible(object))
  }
  self <- check_model(object)
  layers <- model_layers(self)
  chosen <- chosen_layers(layers, from, to, which)
  # A frozen model would hide what its layers say.
  assign(".trainable", TRUE, envir = self)
  for (k in seq_along(layers)) {
    layers[[k]]$trainable <- k %in% chosen != frozen
  }
  invisible(object)
}

chosen_layers <- function(layers, from, to, which) {
  if (!is.null(which)) {
    if (!is.null(from) || !is.null(to)) {
      stop_value("Both a range (`from`, `to`) and `which` were given.",
                 i = "Give one of them.")
    }
    if (inherits(which, "recurrent_layer")) which <- list(which)
    if (is.function(which) || inherits(which, "formula")) {
      which <- flags_of(layers, rlang::as_function(which))
    }
    if (is.logical(which)) return(flagged(which, layers))
    return(vapply(as.list(which), find_layer, 1L, layers, "which"))
  }
  first <- if (is.null(from)) 1L else find_layer(from, layers, "from")
  last <- if (is.null(to)) length(layers) else find_layer(to, layers, "to")
  if (first > last) {
    stop_value(
      sprintf("`from` is layer %d, after `to`, layer %d.", first, last),
      i = "Give them in the order of the model's layers."
    )
  }
  seq(first, last)
}

flags_of <- function(layers, f) {
  vapply(layers, function(layer) {
    flag <- f(callable(layer))
    if (isTRUE(flag) || isFALSE(flag)) return(flag)
    stop_type(
      sprintf("`which()` gave %s for layer \"%s\".", describe(flag),
              layer$name),
      i = "It must give TRUE or FALSE for each layer."
    )
  }, NA)
}

flagged <- function(flags, layers) {
  if (length(flags) != length(layers) || anyNA(flags)) {
    stop_value(
      sprintf("`which` has %d values; the model has %d layers.",
              sum(!is.na(flags)), length(layers)),
      i = "Give TRUE or FALSE for each layer."
    )
  }
  base::which(flags)
}

# The place of a layer given by name, by place or itself.
find_layer <- function(x, layers, arg) {
  if (inherits(x, "recurrent_layer")) x <- unwrap_layer(x)$name
  names <- vapply(layers, function(l) l$name, "")
  if (!is.numeric(x)) {
    return(match(check_choice(x, names, arg, "a layer of the model"), names))
  }
  n <- length(layers)
  at <- check_whole(x, arg)
  if (at < 0L) at <- n + at + 1L
  if (at < 1L || at > n) {
    stop_value(
      sprintf("`%s` names layer %s; the model has %d layers.", arg, format(x),
              n),
      i = "Layers count from 1, or from -1 for the last."
    )
  }
  at
}
