# Graphs of layers in a dialect of Keras. In that of tf.keras 2.15 a call of a
# layer is what `call_spec()` gives; in that of Keras 3 it is list(args,
# kwargs), where tensors say their shape and dtype.
dialect_graph <- function(self, d) {
  refs <- graph_refs(self)
  list(
    name = self$name, trainable = self$.trainable,
    layers = lapply(self$.layers, dialect_graph_layer, refs, d),
    input_layers = ref_list(self$inputs, refs),
    output_layers = ref_list(self$outputs, refs)
  )
}

dialect_graph_layer <- function(layer, refs, d) {
  calls <- refs$calls[[layer$name]]
  spec <- dialect_spec(layer, d, calls = calls)
  spec$name <- layer$name
  calls <- Filter(function(n) !is.null(n$run), calls)
  write <- if (d$three) call_spec_three else call_spec_two
  spec$inbound_nodes <- lapply(calls, write, refs)
  spec
}

call_spec_two <- function(node, refs) json_ready(call_spec(node, refs))

# Vectors in what calls were given, as JSON has them.
json_ready <- function(x) {
  if (is.list(x)) {
    attributes(x) <- list(names = names(x))
    return(lapply(x, json_ready))
  }
  if (is.function(x) || is.environment(x)) {
    stop_type(
      sprintf("A layer of the model was called with %s, which has no JSON.",
              describe(x)),
      i = "Save the model with `saveRDS()`: R functions travel with it."
    )
  }
  if (length(x) == 1L || is.null(x)) unname(x) else as.list(unname(x))
}

call_spec_three <- function(node, refs) {
  if (inherits(node$layer, "OpLambda")) {
    return(list(args = lapply(unname(node$args), arg_spec_three, refs),
                kwargs = empty_object()))
  }
  rest <- Filter(Negate(is.null), node$args[-1L])
  kwargs <- lapply(rest, arg_spec_three, refs)
  if (!length(kwargs)) kwargs <- kwargs_three(node$layer)
  list(args = list(arg_spec_three(node$args[[1L]], refs)), kwargs = kwargs)
}

# What Keras notes of arguments that it fills in itself.
kwargs_three <- function(layer) {
  if (inherits(layer, "RNN")) return(list(training = FALSE, mask = NULL))
  empty_object()
}

arg_spec_three <- function(x, refs) {
  if (is_symbolic(x)) {
    return(list(class_name = "__keras_tensor__", config = list(
      shape = plain_shape(shape_of(x)), dtype = dtype_from_layer(x),
      keras_history = refs$of(x)
    )))
  }
  if (is_tensor(x)) x <- value_of(x)
  if (length(dim(x)) > 0L) {
    return(list(class_name = "__array__", config = encode_value(x)))
  }
  if (is.list(x) && !is.object(x)) return(lapply(x, arg_spec_three, refs))
  json_ready(x)
}

# The shapes of a call by argument, or one alone.
dialect_call_shapes <- function(node) {
  first <- plain_shape(shapes_in(node$args[[1L]]))
  rest <- Filter(function(x) length(symbolic_leaves(x)) > 0L,
                 Filter(Negate(is.null), node$args[-1L]))
  if (!length(rest)) return(list(input_shape = first))
  name <- names(formals(node$layer$call))[[1L]]
  if (takes_states(node$layer)) name <- "sequences"
  shapes <- c(list(first), lapply(rest, function(x) {
    plain_shape(shapes_in(x))
  }))
  names(shapes) <- paste0(c(name, names(rest)), "_shape")
  list(shapes_dict = shapes)
}

# Tensors here are doubles; the layer that gives one knows better.
dtype_from_layer <- function(x) {
  layer <- .subset2(x, "node")$layer
  if (inherits(layer, "Model")) return(dtype_of_model(layer))
  if (is.null(layer) || inherits(layer, "OpLambda")) return(dtype_of(x))
  layer$dtype
}
