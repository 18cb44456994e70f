# Models as plain data, in the form of tf.keras 2.15. Calls of layers in a graph
# stand in `inbound_nodes`: a list per call, in it [layer, call of that layer,
# output of that call, further arguments] for each input, all counted from 0.

model_config <- function(self) {
  if (is.null(self$.nodes)) return(layer_config(self))
  refs <- graph_refs(self)
  structure(
    list(
      name = self$name, trainable = self$.trainable,
      layers = lapply(self$.layers, graph_layer_spec, refs),
      input_layers = ref_list(self$inputs, refs),
      output_layers = ref_list(self$outputs, refs)
    ),
    layer_class = layer_generator(self)
  )
}

# What a graph's tensors are called: a function of one that gives
# list(layer, call, output). `calls`: the nodes of each layer, as made.
graph_refs <- function(self) {
  age <- vapply(self$.nodes, function(n) {
    tensor_id(first_leaf(n$outputs))
  }, 0)
  nodes <- self$.nodes[order(age)]
  calls <- lapply(self$.layers, function(l) {
    Filter(function(n) identical(n$layer, l), nodes)
  })
  names(calls) <- vapply(self$.layers, function(l) l$name, "")
  list(calls = calls, of = function(t) {
    node <- .subset2(t, "node")
    name <- node$layer$name
    list(name, node_place(calls[[name]], node) - 1L, .subset2(t, "index") - 1L)
  })
}

node_place <- function(nodes, node) {
  for (k in seq_along(nodes)) if (identical(nodes[[k]], node)) return(k)
  0L
}

# The structure of the model's inputs or outputs with names for tensors; one
# tensor stands in a list.
ref_list <- function(x, refs) {
  if (is_tensor(x)) list(refs$of(x)) else map_symbolic(x, refs$of)
}

graph_layer_spec <- function(layer, refs) {
  calls <- refs$calls[[layer$name]]
  spec <- built_layer_spec(layer, calls)
  spec$name <- layer$name
  calls <- Filter(function(n) !is.null(n$run), calls)
  spec$inbound_nodes <- lapply(calls, call_spec, refs)
  spec
}

# A layer's spec with the shapes that it was built for.
built_layer_spec <- function(layer, calls = list()) {
  spec <- layer_spec(layer)
  if (!layer$built || inherits(layer, c("InputLayer", "OpLambda"))) {
    return(spec)
  }
  shape <- layer$input_shape
  if (length(calls)) shape <- shapes_in(call_inputs(calls[[1L]])$inputs)
  spec$build_config <- list(input_shape = plain_shape(shape))
  spec
}

plain_shape <- function(x) {
  if (inherits(x, "recurrent_shape")) return(unclass(x))
  if (is.list(x)) lapply(unname(x), plain_shape)
}

# The inputs of a call, and what else it was given. Keras counts states and
# constants of layers over time as further inputs.
call_inputs <- function(node) {
  if (inherits(node$layer, "OpLambda")) {
    return(list(inputs = node$args, rest = list()))
  }
  inputs <- node$args[[1L]]
  rest <- Filter(Negate(is.null), node$args[-1L])
  further <- intersect(c("initial_state", "constants"), names(rest))
  if (!length(further) || !takes_states(node$layer)) {
    return(list(inputs = inputs, rest = rest))
  }
  states <- lapply(rest[further], flatten_tensors)
  list(inputs = c(list(inputs), do.call(c, unname(states))),
       rest = rest[setdiff(names(rest), further)],
       constants = length(states$constants))
}

takes_states <- function(layer) {
  "initial_state" %in% call_arguments(layer)$names
}

call_spec <- function(node, refs) {
  call <- call_inputs(node)
  rest <- lapply(call$rest, value_spec, refs)
  if (sum(call$constants) > 0) rest$num_constants <- call$constants
  if (!length(rest)) rest <- empty_object()
  inputs <- call$inputs
  if (is_tensor(inputs)) inputs <- list(inputs)
  write <- function(x) {
    if (is.list(x) && !is_tensor(x)) return(lapply(x, write))
    if (is_symbolic(x)) return(c(refs$of(x), list(rest)))
    list("_CONSTANT_VALUE", -1L, encode_value(value_of(x)), rest)
  }
  write(inputs)
}

# A further argument of a call: tensors by name, anything else as it is.
value_spec <- function(x, refs) {
  if (is_symbolic(x)) return(refs$of(x))
  if (is_tensor(x) || is.array(x)) {
    return(list("_CONSTANT_VALUE", -1L, encode_value(value_of(x))))
  }
  if (is.list(x) && !is.object(x)) return(lapply(x, value_spec, refs))
  x
}

# A model of the class from its config.
model_from_config_of <- function(class, config, custom_objects = NULL) {
  if (is.null(config$layers) || is.null(config$input_layers)) {
    return(new_layer(class, plain_args(config, custom_objects)))
  }
  graph <- graph_from_config(config, custom_objects)
  model <- new_layer(class %||% Functional, list(
    inputs = graph$inputs, outputs = graph$outputs, name = config$name
  ))
  if (isFALSE(config$trainable)) {
    assign(".trainable", FALSE, envir = unwrap_layer(model))
  }
  model
}

plain_args <- function(config, custom_objects) {
  args <- lapply(config, restore_argument, custom_objects)
  attr(args, "layer_class") <- NULL
  args
}

# Makes the layers, then their calls, each as soon as its inputs are there.
graph_from_config <- function(config, custom_objects) {
  made <- new.env(parent = emptyenv())
  waiting <- list()
  for (spec in config$layers) {
    layer <- unwrap_layer(layer_from_spec(spec, custom_objects))
    assign(layer$name, list(), envir = made)
    if (inherits(layer, "InputLayer")) {
      assign(layer$name, list(list(input_of(layer))), envir = made)
    }
    for (call in spec$inbound_nodes) {
      waiting[[length(waiting) + 1L]] <- list(layer = layer, call = call)
    }
  }
  while (length(waiting)) {
    left <- list()
    for (w in waiting) {
      held <- any(vapply(left, function(l) identical(l$layer, w$layer), NA))
      if (held || !call_is_ready(w$call, made)) left <- c(left, list(w)) else
        make_call(w$layer, w$call, made)
    }
    if (length(left) == length(waiting)) stop_config_cycle(left[[1L]]$layer)
    waiting <- left
  }
  list(inputs = tensors_of_refs(config$input_layers, made),
       outputs = tensors_of_refs(config$output_layers, made))
}

stop_config_cycle <- function(layer) {
  stop_value(
    sprintf("The config of the model calls layer \"%s\" on a tensor that no \
layer gives.", layer$name),
    i = "Give what `get_config()` or `model_to_json()` wrote, unchanged."
  )
}

# [layer, call, output, ...], as against a list of these.
is_ref <- function(x) {
  is.list(x) && is.null(names(x)) && length(x) >= 3L && is.character(x[[1L]]) &&
    is.numeric(x[[2L]])
}

is_kwarg_ref <- function(x) {
  is.list(x) && length(x) == 4L && identical(x[[1L]], "_KERAS_TENSOR")
}

find_made <- function(ref, made) {
  outputs <- made[[ref[[1L]]]]
  at <- ref[[2L]] + 1L
  if (at <= length(outputs)) outputs[[at]][[ref[[3L]] + 1L]]
}

is_constant_ref <- function(x) identical(x[[1L]], "_CONSTANT_VALUE")

call_is_ready <- function(x, made) {
  if (is_kwarg_ref(x)) return(!is.null(find_made(x[-1L], made)))
  if (is_ref(x)) {
    if (!is_constant_ref(x) && is.null(find_made(x, made))) return(FALSE)
    return(length(x) < 4L || call_is_ready(x[[4L]], made))
  }
  if (is.list(x)) for (e in x) if (!call_is_ready(e, made)) return(FALSE)
  TRUE
}

read_refs <- function(x, made) {
  if (is_kwarg_ref(x)) return(find_made(x[-1L], made))
  if (is_ref(x)) {
    if (is_constant_ref(x)) return(decode_value(x[[3L]]))
    return(find_made(x, made))
  }
  if (is.list(x)) lapply(x, read_refs, made) else x
}

tensors_of_refs <- function(refs, made) {
  if (is_ref(refs)) return(find_made(refs, made))
  tensors <- read_refs(refs, made)
  if (length(tensors) == 1L && is.null(names(tensors))) tensors[[1L]] else
    tensors
}

make_call <- function(layer, call, made) {
  rest <- read_refs(first_ref(call)[[4L]], made)
  inputs <- read_refs(call, made)
  out <- if (inherits(layer, "OpLambda")) {
    out <- apply_op(op_layer_row(layer$op), inputs, layer$attrs)
    node <- .subset2(first_leaf(out), "node")
    node$layer <- op_layer_shapes(layer, node)
    out
  } else {
    args <- c(split_inputs(layer, inputs, rest$num_constants %||% 0L), rest)
    args$num_constants <- NULL
    do.call(call_layer, c(list(layer), args))
  }
  assign(layer$name, c(made[[layer$name]], list(symbolic_leaves(out))),
         envir = made)
}

first_ref <- function(x) if (is_ref(x)) x else first_ref(x[[1L]])

# A list with one input is that input; further inputs of a layer over time are
# its states, the last ones its constants.
split_inputs <- function(layer, inputs, n_constants) {
  if (length(inputs) == 1L) return(list(inputs[[1L]]))
  if (!takes_states(layer)) return(list(inputs))
  further <- inputs[-1L]
  n <- length(further) - n_constants
  out <- list(inputs[[1L]])
  if (n > 0L) out$initial_state <- further[seq_len(n)]
  if (n_constants) out$constants <- further[n + seq_len(n_constants)]
  out
}

sequential_config <- function(self) {
  input <- if (!is.null(self$inputs)) {
    list(layer_spec(.subset2(self$inputs, "node")$layer))
  }
  structure(
    list(name = self$name,
         layers = c(input, lapply(self$.layers, built_layer_spec))),
    layer_class = layer_generator(self)
  )
}

sequential_from_config <- function(class, config, custom_objects = NULL) {
  if (is.null(config$layers)) {
    return(new_layer(class, plain_args(config, custom_objects)))
  }
  layers <- lapply(config$layers, layer_from_spec, custom_objects)
  model <- new_layer(class %||% Sequential, list(name = config$name))
  for (layer in layers) unwrap_layer(model)$add(layer)
  model
}
