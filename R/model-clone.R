#' Copy a model with fresh weights
#'
#' The copy has layers of its own, made from the configs of the model's layers.
#' Their weights are new: copy them with
#' `set_weights(copy, get_weights(model))`. The copy is not compiled.
#'
#' @param model A model.
#' @param input_tensors NULL for inputs like the model's, or symbolic tensors
#'   to build the copy on: one, or a list, in the model's order.
#' @param clone_function NULL, or a function that gets each layer (but not the
#'   inputs) and gives the layer to take in its place: the same one to share
#'   it, or another one.
#' @return A model.
#' @section Errors: `TypeError` when `clone_function` gives no layer or
#'   `input_tensors` are not symbolic; `ValueError` for the wrong number of
#'   them, and for a cell that is an object (not of a class of layers) with
#'   weights of its own.
#' @source R keras 2.15.
#' @export
#' @examples
#' model <- keras_model_sequential() %>%
#'   layer_simple_rnn(units = 3, input_shape = list(NULL, 2)) %>%
#'   layer_dense(units = 1)
#' copy <- clone_model(model)
#' set_weights(copy, get_weights(model))
#'
#' # the same layers, frozen
#' frozen <- clone_model(model, clone_function = function(layer) {
#'   copy <- from_config(get_config(layer))
#'   freeze_weights(copy)
#' })
#' length(frozen$trainable_weights)
clone_model <- function(model, input_tensors = NULL, clone_function = NULL) {
  self <- check_model(model)
  if (!is.null(clone_function) && !is.function(clone_function)) {
    stop_type(
      sprintf("`clone_function` must be a function of a layer, not %s.",
              describe(clone_function))
    )
  }
  clone_layer <- layer_cloner(clone_function)
  if (inherits(self, "Sequential")) {
    return(clone_sequential(self, input_tensors, clone_layer))
  }
  if (is.null(self$.nodes)) return(layer_from_config(self, self$get_config()))
  clone_functional(self, input_tensors, clone_layer)
}

check_own_cell <- function(layer, config) {
  if (!holds_object(config) || !length(layer$weights)) return(invisible())
  stop_value(
    sprintf("The cell of layer \"%s\" is an object with weights of its own: no \
second one can be made of it.", layer$name),
    i = "Define the cell as a class with `new_layer_class()`, or give a \
`clone_function` that returns the layer itself to share it."
  )
}

layer_cloner <- function(clone_function) {
  function(layer) {
    if (is.null(clone_function)) {
      config <- layer$get_config()
      check_own_cell(layer, config)
      return(unwrap_layer(layer_from_config(layer, config)))
    }
    new <- unwrap_layer(clone_function(callable(layer)))
    if (!inherits(new, "KerasLayer")) {
      stop_type(
        sprintf("`clone_function` gave %s for layer \"%s\", not a layer.",
                describe(new), layer$name),
        i = "Let it give the layer itself, or \
`from_config(get_config(layer))`."
      )
    }
    new
  }
}

# Symbolic tensors for the inputs of a copy.
clone_inputs <- function(self, given) {
  want <- symbolic_leaves(self$inputs)
  if (is.null(given)) {
    return(lapply(want, function(t) {
      input_tensor(shape_of(t), dtype_of(t), .subset2(t, "name"))
    }))
  }
  check_symbolic_list(given, "input_tensors")
  leaves <- symbolic_leaves(given)
  if (length(leaves) != length(want)) {
    stop_value(
      sprintf("`input_tensors` holds %d tensor%s; the model has %d input%s.",
              length(leaves), if (length(leaves) == 1L) "" else "s",
              length(want), if (length(want) == 1L) "" else "s"),
      i = "Give one per input, in order."
    )
  }
  leaves
}

clone_functional <- function(self, input_tensors, clone_layer) {
  given <- clone_inputs(self, input_tensors)
  old <- new <- list()
  clone_of <- function(layer) {
    k <- layer_index(old, layer)
    if (k) return(new[[k]])
    old <<- c(old, list(layer))
    new <<- c(new, list(clone_layer(layer)))
    new[[length(new)]]
  }
  outputs <- replay_graph(
    self$outputs, symbolic_leaves(self$inputs), given,
    function(node, args) {
      if (inherits(node$layer, "OpLambda")) {
        layer <- node$layer
        return(apply_op(op_layer_row(layer$op), args, layer$attrs))
      }
      do.call(call_layer, c(list(clone_of(node$layer)), unname_first(args)))
    }
  )
  at <- 0L
  inputs <- map_symbolic(self$inputs, function(t) {
    at <<- at + 1L
    given[[at]]
  })
  new_layer(self$.generator %||% Functional,
            list(inputs = inputs, outputs = outputs, name = self$name))
}

unname_first <- function(args) {
  names(args)[[1L]] <- ""
  args
}

clone_sequential <- function(self, input_tensors, clone_layer) {
  model <- new_layer(self$.generator %||% Sequential, list(name = self$name))
  new <- unwrap_layer(model)
  if (!is.null(self$inputs) || !is.null(input_tensors)) {
    start <- if (is.null(self$inputs)) symbolic_leaves(input_tensors) else
      clone_inputs(self, input_tensors)
    sequential_start(new, start[[1L]])
  }
  for (layer in self$.layers) new$add(clone_layer(layer))
  model
}
