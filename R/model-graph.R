# The graph between symbolic inputs and outputs. A node is one call of a layer
# or op; its outputs, and the tensors in its arguments, name nodes in turn.

# list(nodes, layers, plan): nodes each after those it needs, and the layers in
# Keras' order.
trace_graph <- function(inputs, outputs) {
  ins <- symbolic_leaves(inputs)
  walk <- walk_graph(outputs, ins)
  unused <- Filter(function(n) !known_node(walk$nodes, n), nodes_of(ins))
  for (node in walk$nodes) if (is.null(node$layer)) node$layer <- op_layer(node)
  list(
    nodes = c(unused, walk$nodes),
    layers = order_layers(walk, unused),
    plan = plan_graph(c(unused, walk$nodes), ins, outputs)
  )
}

nodes_of <- function(tensors) {
  lapply(tensors, function(t) .subset2(t, "node"))
}

known_node <- function(nodes, node) {
  for (n in nodes) if (identical(n, node)) return(TRUE)
  FALSE
}

same_tensor <- function(a, b) {
  identical(.subset2(a, "node"), .subset2(b, "node")) &&
    .subset2(a, "index") == .subset2(b, "index")
}

# A walk from the outputs back to the tensors `ins`, without recursion: graphs
# may be deep. `nodes`: each after those it needs; `met`: in the order in which
# the walk met them, by which Keras breaks ties.
walk_graph <- function(outputs, ins) {
  open <- new.env(parent = emptyenv())
  done <- new.env(parent = emptyenv())
  nodes <- met <- list()
  on.exit(for (node in met) rm("mark", envir = node))
  for (start in nodes_of(symbolic_leaves(outputs))) {
    stack <- list(start)
    while (n <- length(stack)) {
      node <- stack[[n]]
      if (is.null(node$mark)) {
        node$mark <- open
        met[[length(met) + 1L]] <- node
        stack <- c(stack, rev(nodes_before(node, ins)))
        next
      }
      stack[[n]] <- NULL
      if (identical(node$mark, open)) {
        node$mark <- done
        nodes[[length(nodes) + 1L]] <- node
      }
    }
  }
  list(nodes = nodes, met = met)
}

# The nodes that a node needs, as far as the walk goes.
nodes_before <- function(node, ins) {
  if (is.null(node$run)) {
    if (!known_node(nodes_of(ins), node)) stop_disconnected(node)
    return(list())
  }
  inner <- Filter(function(t) {
    given <- vapply(ins, same_tensor, NA, t)
    !any(given) || is.null(.subset2(t, "node")$run)
  }, symbolic_leaves(node$args))
  nodes_of(inner)
}

stop_disconnected <- function(node) {
  stop_value(
    sprintf("Graph disconnected: the outputs depend on input \"%s\", which is \
not among `inputs`.", node$name %||% "input"),
    i = "Give every `layer_input()` that the outputs need, e.g. \
`keras_model(list(a, b), output)`."
  )
}

# By distance from the outputs, the farthest first; among equals by the order
# of the walk. Inputs that nothing needs count as the nearest, and come first.
order_layers <- function(walk, unused) {
  nodes <- walk$nodes
  layers <- unique_layers(lapply(walk$met, function(n) n$layer))
  number <- integer(length(nodes))
  for (k in seq_along(nodes)) {
    number[[k]] <- layer_index(layers, nodes[[k]]$layer)
    nodes[[k]]$at <- k
  }
  depth <- integer(length(nodes))
  level <- integer(length(layers))
  for (k in rev(seq_along(nodes))) {
    l <- number[[k]]
    level[[l]] <- depth[[k]] <- max(depth[[k]], level[[l]])
    for (before in nodes_of(symbolic_leaves(nodes[[k]]$args))) {
      p <- before$at
      depth[[p]] <- max(depth[[p]], depth[[k]] + 1L)
    }
  }
  for (node in nodes) rm("at", envir = node)
  last <- level == 0L
  sorted <- order(-level)
  c(layers[setdiff(sorted, which(last))], lapply(unused, function(n) n$layer),
    layers[intersect(sorted, which(last))])
}

unique_layers <- function(layers) {
  out <- list()
  for (l in layers) {
    if (inherits(l, "OpLambda") || !layer_index(out, l)) {
      out[[length(out) + 1L]] <- l
    }
  }
  out
}

layer_index <- function(layers, layer) {
  for (k in seq_along(layers)) if (identical(layers[[k]], layer)) return(k)
  0L
}

# The way through the graph: steps over numbered slots, one per tensor.
plan_graph <- function(nodes, ins, outputs) {
  from <- 0L
  for (node in nodes) {
    node$first <- from
    from <- from + length(symbolic_leaves(node$outputs))
  }
  on.exit(for (node in nodes) rm("first", envir = node))
  slot <- function(t) {
    slot_ref(.subset2(t, "node")$first + .subset2(t, "index"))
  }
  steps <- lapply(Filter(function(n) !is.null(n$run), nodes), function(node) {
    n <- length(symbolic_leaves(node$outputs))
    list(run = node$run, args = map_symbolic(node$args, slot),
         out = node$first + seq_len(n), one = is_tensor(node$outputs))
  })
  list(steps = steps, slots = from, outputs = map_symbolic(outputs, slot),
       inputs = vapply(ins, function(t) as.integer(slot(t)), 1L))
}

slot_ref <- function(k) structure(k, class = "recurrent_slot")

fill_slots <- function(x, values) {
  if (inherits(x, "recurrent_slot")) return(values[[x]])
  if (is.list(x) && !is.object(x)) return(lapply(x, fill_slots, values))
  x
}

run_plan <- function(plan, inputs) {
  values <- vector("list", plan$slots)
  values[plan$inputs] <- inputs
  for (step in plan$steps) {
    out <- step$run(fill_slots(step$args, values))
    if (step$one) values[[step$out]] <- out else
      values[step$out] <- flatten_tensors(out)
  }
  fill_slots(plan$outputs, values)
}

# The same calls once more on other tensors. `given` are tensors to stand for
# `ins`; `again(node, args)` makes the outputs of a node from new arguments.
replay_graph <- function(outputs, ins, given, again) {
  nodes <- walk_graph(outputs, ins)$nodes
  on.exit(for (node in nodes) rm("new", envir = node))
  for (node in nodes) node$new <- NULL
  here <- function(t) {
    for (k in seq_along(ins)) if (same_tensor(t, ins[[k]])) return(given[[k]])
    made <- .subset2(t, "node")$new
    symbolic_leaves(made)[[.subset2(t, "index")]]
  }
  for (node in nodes) {
    if (!is.null(node$run)) {
      node$new <- again(node, map_symbolic(node$args, here))
    }
  }
  map_symbolic(outputs, here)
}

# The node's call without a call: its layer keeps what it knows of itself.
copy_node <- function(node, args) {
  new <- new_node(node$run, args, node$layer, node$name)
  new$outputs <- map_symbolic(node$outputs, function(t) {
    new_symbolic(shape_of(t), dtype_of(t), new, .subset2(t, "index"),
                 .subset2(t, "name"))
  })
  new$outputs
}
