# A graph of layers from symbolic inputs to symbolic outputs.
Functional <- keras_class(
  "Functional", inherit = Model,
  public = list(.module = "keras.src.engine.functional")
)

functional_initialize <- function(self, inputs, outputs) {
  check_symbolic_list(inputs, "inputs")
  check_symbolic_list(outputs, "outputs")
  check_different(symbolic_leaves(inputs))
  if (!all(vapply(symbolic_leaves(inputs), is_input, NA))) {
    outputs <- from_new_inputs(inputs, outputs)
    inputs <- outputs$inputs
    outputs <- outputs$outputs
  }
  graph <- trace_graph(inputs, outputs)
  check_layer_names(graph$layers)
  assign("inputs", inputs, envir = self)
  assign("outputs", outputs, envir = self)
  assign(".nodes", graph$nodes, envir = self)
  assign(".plan", graph$plan, envir = self)
  set_model_layers(self, graph$layers)
  assign("built", TRUE, envir = self)
  remember_call(self, inputs, outputs)
}

is_input <- function(t) is.null(.subset2(t, "node")$run)

# Inputs that are tensors inside another model's graph: the model starts from
# inputs of its own in their place.
from_new_inputs <- function(inputs, outputs) {
  fresh <- map_symbolic(inputs, function(t) {
    if (is_input(t)) return(t)
    layer_input(batch_shape = unclass(shape_of(t)), dtype = dtype_of(t))
  })
  list(inputs = fresh, outputs = replay_graph(
    outputs, symbolic_leaves(inputs), symbolic_leaves(fresh), copy_node
  ))
}

check_symbolic_list <- function(x, arg) {
  leaves <- if (is_tensor(x) || !is.list(x)) list(x) else flatten_tensors(x)
  bad <- Filter(Negate(is_symbolic), leaves)
  if (length(leaves) && !length(bad)) return(invisible())
  bad <- if (length(bad)) bad[[1L]]
  stop_type(
    sprintf("`%s` must be a symbolic tensor or a list of them, not %s%s.", arg,
            if (is.list(x) && length(x)) "a list that holds " else "",
            describe(bad)),
    i = if (inherits(bad, "recurrent_layer")) {
      "A layer gives its tensor when it is called: `x %>% layer_dense(1)` or \
`layer(x)`."
    },
    i = "Start with `layer_input()` and pass its result through layers."
  )
}

check_different <- function(leaves) {
  for (k in seq_along(leaves)[-1L]) {
    if (any(vapply(leaves[seq_len(k - 1L)], same_tensor, NA, leaves[[k]]))) {
      stop_value(
        sprintf("Input %d of `inputs` stands in the list twice.", k),
        i = "Give each input once."
      )
    }
  }
}

# Files and `get_layer()` know layers by name.
check_layer_names <- function(layers) {
  names <- vapply(layers, function(l) l$name, "")
  for (k in which(duplicated(names))) {
    if (!isTRUE(layers[[k]]$.named_itself)) stop_same_name(names[[k]])
    name <- next_free(names[[k]], names)
    assign("name", name, envir = layers[[k]])
    names[[k]] <- name
  }
}

stop_same_name <- function(name) {
  stop_value(
    sprintf("The model has two layers named \"%s\".", name),
    i = "Give each layer another `name`; the same layer may be called twice."
  )
}

# dense, dense_1, ...: the first that is not taken.
next_free <- function(name, taken) {
  base <- sub("_[0-9]+$", "", name)
  k <- 1L
  while (paste0(base, "_", k) %in% taken) k <- k + 1L
  paste0(base, "_", k)
}

functional_call <- function(self, inputs, mask = NULL) {
  given <- match_inputs(self, inputs)
  masks <- if (is.list(mask) && !is_tensor(mask)) mask else list(mask)
  for (k in seq_along(masks)) {
    if (!is.null(masks[[k]])) given[[k]] <- with_mask(given[[k]], masks[[k]])
  }
  run_plan(self$.plan, given)
}

# Inputs as a flat list in the order of the model's.
match_inputs <- function(self, inputs) {
  if (is_tensor(inputs)) inputs <- list(inputs)
  flat <- flatten_tensors(order_inputs(self, inputs))
  leaves <- symbolic_leaves(self$inputs)
  n <- length(leaves)
  if (length(flat) != n) {
    stop_value(
      sprintf("Model \"%s\" takes %d input%s (%s); %d %s given.", self$name, n,
              if (n == 1L) "" else "s", toString(model_input_names(self)),
              length(flat), if (length(flat) == 1L) "was" else "were"),
      i = "Give a list with one array per input, in order or by name."
    )
  }
  for (k in seq_len(n)) flat[[k]] <- with_last_axis(flat[[k]], leaves[[k]])
  flat
}

# As in tf.keras a last axis of size 1 may be missing, or be too many: what R's
# `[` dropped of an array of series with one feature.
fit_last_axis <- function(d, want) {
  n <- length(d)
  rank <- length(want)
  if (n == rank - 1L && n && identical(as.integer(want[[rank]]), 1L)) {
    return(c(d, 1L))
  }
  if (n == rank + 1L && identical(as.integer(d[[n]]), 1L)) return(d[-n])
  d
}

# The tensor x as the symbolic tensor `input` wants it.
with_last_axis <- function(x, input) {
  want <- .subset2(input, "shape")
  if (is.list(x) && length(dim(.subset2(x, "value"))) == length(want)) return(x)
  d <- if (is_symbolic(x)) .subset2(x, "shape") else dims(.subset2(x, "value"))
  if (length(d) == length(want)) return(x)
  fit <- fit_last_axis(d, want)
  if (length(fit) == length(d)) x else with_mask(op_reshape(x, fit), mask_of(x))
}

# A list with names is matched by these: those of the list that the model was
# made of, or those of the inputs.
order_inputs <- function(self, inputs) {
  given <- names(inputs)
  if (is.null(given) || !all(nzchar(given))) return(unname(inputs))
  leaves <- model_input_names(self)
  own <- if (!is_tensor(self$inputs)) names(self$inputs)
  keys <- if (!is.null(own) && all(given %in% own)) own else leaves
  unknown <- setdiff(given, keys)
  if (length(unknown)) {
    stop_value(
      sprintf("Model \"%s\" has no input \"%s\".", self$name, unknown[[1L]]),
      i = sprintf("Its inputs are: %s.", toString(keys))
    )
  }
  missing <- setdiff(keys, given)
  if (length(missing)) {
    stop_value(
      sprintf("Input \"%s\" of model \"%s\" was not given.", missing[[1L]],
              self$name),
      i = sprintf("Give all of: %s.", toString(keys))
    )
  }
  unname(inputs[keys])
}

#' A model from inputs to outputs
#'
#' Makes a model of everything that lies between symbolic inputs and outputs.
#' Several inputs and outputs, shared layers, models inside models and R
#' arithmetic between tensors are all fine.
#'
#' @param inputs A symbolic tensor from [layer_input()], or a list of them;
#'   names of the list name the inputs.
#' @param outputs A symbolic tensor computed from them, or a list.
#' @param ... `name`, `trainable`.
#' @return A model. Called on an array or a list of arrays (in order, or by
#'   name) it gives an array or a list of the outputs' structure.
#' @section Errors: `TypeError` for what is not symbolic, `ValueError` when an
#'   output depends on an input that is not given.
#' @source R keras 2.15; the order of layers is Keras'.
#' @export
#' @examples
#' series <- layer_input(list(NULL, 2), name = "series")
#' start <- layer_input(list(4), name = "start")
#' output <- layer_simple_rnn(units = 4)(series, initial_state = start) %>%
#'   layer_dense(units = 1)
#' model <- keras_model(list(series, start), output)
#' x <- list(array(rnorm(3 * 5 * 2), c(3, 5, 2)), matrix(0, 3, 4))
#' model(x)
keras_model <- function(inputs, outputs = NULL, ...) {
  if (is.null(outputs)) {
    stop_type("`keras_model()` needs the argument `outputs`.",
              i = "Give the symbolic tensor that the layers give.")
  }
  new_layer(Functional, list(inputs = inputs, outputs = outputs, ...))
}
