# A graph of layers from symbolic inputs to symbolic outputs.
Functional <- R6Class(
  "Functional", inherit = Model, lock_objects = FALSE,
  public = list(
    inputs = NULL,
    outputs = NULL,
    .layers = NULL,
    initialize = function(inputs, outputs, name = NULL, ...) {
      layer_initialize(self, list(name = name %||% unique_name("model"), ...))
      functional_initialize(self, inputs, outputs)
    },
    call = function(inputs, mask = NULL, training = NULL) {
      functional_call(self, inputs, mask)
    },
    get_config = function() functional_config(self)
  )
)

functional_initialize <- function(self, inputs, outputs) {
  check_symbolic_list(inputs, "inputs")
  check_symbolic_list(outputs, "outputs")
  graph <- trace_graph(inputs, outputs)
  assign("inputs", inputs, envir = self)
  assign("outputs", outputs, envir = self)
  assign(".nodes", graph$nodes, envir = self)
  assign(".layers", graph$layers, envir = self)
  assign("built", TRUE, envir = self)
  assign("input_shape", shapes_in(inputs), envir = self)
  assign("output_shape", shapes_in(outputs), envir = self)
}

check_symbolic_list <- function(x, arg) {
  leaves <- if (is_tensor(x)) list(x) else if (is.list(x)) flatten_tensors(x)
  if (length(leaves) && all(vapply(leaves, is_symbolic, NA))) {
    return(invisible())
  }
  stop_type(
    sprintf("`%s` must be a symbolic tensor or a list of them, not %s.", arg,
            describe_result(x)),
    i = "Start with `layer_input()` and pass its result through layers."
  )
}

# Nodes from inputs to outputs, each after those it needs, and the layers in
# Keras' order: by distance from the outputs, the farthest first.
trace_graph <- function(inputs, outputs) {
  ins <- symbolic_leaves(inputs)
  in_nodes <- lapply(ins, function(t) .subset2(t, "node"))
  order <- list()
  state <- new.env(parent = emptyenv())
  visit <- function(node, path) {
    if (known_node(order, node)) return(invisible())
    if (!known_node(in_nodes, node)) {
      leaves <- symbolic_leaves(node$args)
      if (is.null(node$run) || !length(leaves)) stop_disconnected(node)
      for (t in leaves) visit(.subset2(t, "node"))
    }
    order[[length(order) + 1L]] <<- node
  }
  for (t in symbolic_leaves(outputs)) visit(.subset2(t, "node"))
  unused <- Filter(function(n) !known_node(order, n), in_nodes)
  nodes <- c(unused, order)
  list(nodes = nodes, layers = order_layers(nodes, in_nodes))
}

known_node <- function(nodes, node) {
  for (n in nodes) if (identical(n, node)) return(TRUE)
  FALSE
}

node_index <- function(nodes, node) {
  for (k in seq_along(nodes)) if (identical(nodes[[k]], node)) return(k)
  0L
}

stop_disconnected <- function(node) {
  stop_value(
    sprintf("The outputs depend on input \"%s\", which is not among `inputs`.",
            node$name %||% "input"),
    i = "Give every `layer_input()` that the outputs need."
  )
}

order_layers <- function(nodes, in_nodes) {
  depth <- integer(length(nodes))
  layer_of <- lapply(nodes, function(n) n$layer)
  for (k in rev(seq_along(nodes))) {
    same <- vapply(layer_of, function(l) {
      !is.null(l) && identical(l, layer_of[[k]])
    }, NA)
    depth[[k]] <- max(depth[[k]], depth[same])
    if (known_node(in_nodes, nodes[[k]])) next
    for (t in symbolic_leaves(nodes[[k]]$args)) {
      p <- node_index(nodes, .subset2(t, "node"))
      depth[[p]] <- max(depth[[p]], depth[[k]] + 1L)
    }
  }
  layers <- layer_of[order(-depth, first_visits(nodes))]
  layers <- Filter(Negate(is.null), layers)
  layers[!duplicated(layers)]
}

# Keras breaks ties by the order in which a walk from the outputs meets the
# nodes: each before those it needs.
first_visits <- function(nodes) {
  seen <- integer(length(nodes))
  at <- 0L
  visit <- function(k) {
    if (seen[[k]]) return(invisible())
    at <<- at + 1L
    seen[[k]] <<- at
    for (t in symbolic_leaves(nodes[[k]]$args)) {
      p <- node_index(nodes, .subset2(t, "node"))
      if (p) visit(p)
    }
  }
  for (k in rev(seq_along(nodes))) visit(k)
  seen
}

# The way through the graph as a list of steps over numbered slots.
functional_plan <- function(self) {
  if (!is.null(self$.plan)) return(self$.plan)
  ids <- numeric()
  slot <- function(t) match(.subset2(t, "id"), ids)
  ids <- vapply(symbolic_leaves(self$inputs), tensor_id, 0)
  steps <- list()
  for (node in self$.nodes) {
    outs <- symbolic_leaves(node$outputs)
    if (any(vapply(outs, tensor_id, 0) %in% ids)) next
    args <- map_symbolic(node$args, function(t) slot_ref(slot(t)))
    from <- length(ids)
    ids <- c(ids, vapply(outs, tensor_id, 0))
    steps[[length(steps) + 1L]] <- list(
      run = node$run, args = args, out = from + seq_along(outs),
      one = is_tensor(node$outputs), layer = node$layer
    )
  }
  plan <- list(steps = steps, slots = length(ids),
               outputs = map_symbolic(self$outputs,
                                      function(t) slot_ref(slot(t))))
  assign(".plan", plan, envir = self)
  plan
}

slot_ref <- function(k) structure(k, class = "recurrent_slot")

fill_slots <- function(x, values) {
  if (inherits(x, "recurrent_slot")) return(values[[x]])
  if (is.list(x) && !is.object(x)) return(lapply(x, fill_slots, values))
  x
}

functional_call <- function(self, inputs, mask = NULL) {
  plan <- functional_plan(self)
  values <- vector("list", plan$slots)
  given <- match_inputs(self, inputs)
  values[seq_along(given)] <- given
  for (step in plan$steps) {
    out <- step$run(fill_slots(step$args, values))
    if (step$one) values[[step$out]] <- out else
      values[step$out] <- flatten_tensors(out)
  }
  fill_slots(plan$outputs, values)
}

# Inputs in the order of the model's, matched by name when they have names.
match_inputs <- function(self, inputs) {
  want <- symbolic_leaves(self$inputs)
  names <- vapply(want, function(t) .subset2(t, "name") %||% "", "")
  if (is_tensor(inputs)) inputs <- list(inputs)
  if (!is.null(names(inputs)) && all(nzchar(names(inputs)))) {
    keys <- if (!is.null(names(self$inputs))) names(self$inputs) else names
    known <- names(inputs) %in% c(keys, names)
    if (all(known)) {
      at <- match(keys, names(inputs))
      at[is.na(at)] <- match(names[is.na(at)], names(inputs))
      if (!anyNA(at)) inputs <- inputs[at]
    } else {
      check_unknown_args(names(inputs), keys,
                         sprintf("Model \"%s\" (its inputs)", self$name))
    }
  }
  flat <- flatten_tensors(unname(inputs))
  if (length(flat) != length(want)) {
    stop_value(
      sprintf("Model \"%s\" takes %d inputs (%s); %d were given.", self$name,
              length(want), toString(names), length(flat)),
      i = "Give a list with one array per input, in order or by name."
    )
  }
  flat
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
