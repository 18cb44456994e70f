# What wrappers ask of the layers that they wrap.

check_wrapped <- function(x, arg, label) {
  if (inherits(unwrap_layer(x), "KerasLayer")) return(invisible())
  stop_value(
    sprintf("`%s` of %s must be a layer, not %s.", arg, label, describe(x)),
    i = sprintf("Give a layer, by name when there is no model to add it to: \
`%s = layer_%s(units = 4)`.", arg,
                if (label == "Bidirectional") "lstm" else "dense")
  )
}

# `bidirectional(layer_lstm(4))` reads well, but its first argument is a model.
check_not_wrapped <- function(object, name) {
  self <- unwrap_layer(object)
  if (!inherits(self, "KerasLayer") || inherits(object, "recurrent_model")) {
    return(invisible())
  }
  stop_type(
    sprintf("`object` of `%s()` is the layer \"%s\" (%s), not a model.", name,
            self$name, class(self)[[1L]]),
    i = sprintf("Name the layer to wrap: `%s(layer = ...)`.", name)
  )
}

check_two_way <- function(x, arg, label) {
  check_wrapped(x, arg, label)
  self <- unwrap_layer(x)
  needs <- c("go_backwards", "return_sequences", "return_state")
  lacks <- needs[vapply(needs, function(n) is.null(.subset2(self, n)), NA)]
  if (!length(lacks)) return(invisible())
  stop_value(
    sprintf("`%s` of %s must be a layer over time; \"%s\" (%s) has no `%s`.",
            arg, label, self$name, class(self)[[1L]], lacks[[1L]]),
    i = "Give `layer_rnn()`, `layer_simple_rnn()`, `layer_lstm()`, \
`layer_gru()`, or a layer of your own with members `go_backwards`, \
`return_sequences` and `return_state`."
  )
}

check_same_kind <- function(self, forward, backward) {
  if (identical(forward$go_backwards, backward$go_backwards)) {
    stop_value(
      sprintf("`layer` and `backward_layer` both have `go_backwards = %s`.",
              forward$go_backwards),
      i = "One of them must read the sequence backwards."
    )
  }
  for (flag in c("stateful", "return_sequences", "return_state")) {
    values <- lapply(list(forward, backward), function(l) {
      isTRUE(.subset2(l, flag))
    })
    if (identical(values[[1L]], values[[2L]])) next
    stop_value(
      sprintf("`layer` has `%s = %s`, `backward_layer` has %s.", flag,
              values[[1L]], values[[2L]]),
      i = "Both must have the same."
    )
  }
}

check_can_copy <- function(inner) {
  if (!holds_object(inner$get_config())) return(invisible())
  stop_value(
    sprintf("The cell of layer \"%s\" is an object: no second one can be made \
of it for the other direction.", inner$name),
    i = "Give `backward_layer`, with a cell of its own, or define the cell as \
a class with `new_layer_class()`."
  )
}
