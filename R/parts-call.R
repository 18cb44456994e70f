# One call of a layer: symbolic, on tensors, or on plain arrays (then plain
# arrays come back, unless a tape records).
call_layer <- function(self, ...) {
  quick <- .subset2(self, ".quick")
  if (!is.null(quick) && ...length() && context$depth == 0L &&
        is.null(.subset2(self, ".generator"))) {
    out <- quick(...)
    if (!is.null(out)) return(out)
  }
  # `model %>% layer()` adds the layer, as `layer_*(model)` does.
  if (...length() && inherits(..1, "recurrent_model")) {
    return(compose_layer(..1, callable(self)))
  }
  args <- name_call_args(self, list(...))
  if (has_symbolic(args)) return(call_symbolic(self, args))
  inputs <- args[[1L]]
  if (is.null(inputs)) stop_no_inputs(self)
  plain <- !any_tensor(inputs) && is.null(tapes$top)
  args[[1L]] <- to_tensors(inputs)
  # Cells always receive tensors.
  if (!is.null(args$states)) args$states <- to_tensors(args$states)
  if (!is.null(args$constants)) args$constants <- to_tensors(args$constants)
  out <- call_eager(self, args)
  if (plain && context$depth == 0L) to_arrays(out) else out
}

# Layers may have a short road, `.quick(...)`: it gives what the call gives, or
# NULL, with nothing done, where something asks for the long road. Most take a
# plain array of doubles and nothing else, while no tape records.
is_plain_call <- function(inputs, ...) {
  !...length() && is.double(inputs) && !is.object(inputs) &&
    length(attributes(inputs)) == 1L && is.null(tapes$top)
}

# The arguments of one call: the first is the inputs, the others have names.
name_call_args <- function(self, args) {
  n <- length(args)
  if (!n) stop_no_inputs(self)
  known <- call_arguments(self)
  given <- names(args)
  if (is.null(given)) {
    names(args) <- known$names[seq_len(n)]
    if (n <= length(known$names)) return(args)
  } else if (!nzchar(given[[1L]]) && all(given[-1L] %in% known$later)) {
    names(args)[[1L]] <- known$names[[1L]]
    return(args)
  } else {
    args <- place_call_args(self, args, known)
  }
  if (!known$dots) {
    check_unknown_args(names_of(args),
                       union(known$names, c("mask", "training")),
                       sprintf("The call of layer \"%s\"", self$name))
  }
  args
}

# Inputs first, and names for what stands without one.
place_call_args <- function(self, args, known) {
  given <- names(args)
  first <- which(given %in% c("inputs", known$names[[1L]]))
  at <- if (length(first)) first[[1L]] else which(!nzchar(given))[1L]
  if (is.na(at)) stop_no_inputs(self)
  args <- c(args[at], args[-at])
  names(args)[[1L]] <- known$names[[1L]]
  free <- which(!nzchar(names(args)))
  names(args)[free] <- setdiff(known$names, names(args))[seq_along(free)]
  args
}

stop_no_inputs <- function(self) {
  stop_type(
    sprintf("Layer \"%s\" was called without inputs.", self$name),
    i = "Give an array, a tensor or a list of them first: `layer(x, ...)`."
  )
}

# Argument names of the `call` method, found once.
call_arguments <- function(self) {
  known <- .subset2(self, ".call_arguments")
  if (is.null(known)) {
    names <- names(formals(self$call))
    known <- list(
      names = setdiff(names, "..."), dots = "..." %in% names,
      mask = "mask" %in% names, training = "training" %in% names
    )
    known$later <- union(known$names[-1L], c("mask", "training"))
    assign(".call_arguments", known, envir = self)
  }
  known
}

any_tensor <- function(x) {
  if (is_tensor(x)) return(TRUE)
  if (is.list(x) && !is.object(x)) for (e in x) if (any_tensor(e)) return(TRUE)
  FALSE
}

to_tensors <- function(x) {
  if (is_tensor(x) || is.null(x)) return(x)
  if (is.list(x) && !is.object(x)) return(lapply(x, to_tensors))
  new_tensor(value_of(x))
}

to_arrays <- function(x) {
  if (is_tensor(x)) return(value_of(x))
  if (is.list(x) && !is.object(x)) return(lapply(x, to_arrays))
  x
}

shapes_in <- function(x) {
  if (is.list(x) && !is.object(x) && !is_tensor(x)) {
    return(lapply(x, shapes_in))
  }
  shape_of(x)
}

masks_in <- function(x) {
  if (is.list(x) && !is.object(x) && !is_tensor(x)) {
    return(lapply(x, masks_in))
  }
  mask_of(x)
}

# `args`: tensors first, then named call arguments.
call_eager <- function(self, args) {
  enter_call(self)
  training <- context$training
  on.exit(leave_call(training))
  inputs <- args[[1L]]
  done <- .subset2(self, "built")
  if (!done) {
    before <- snapshot_layer(self)
    on.exit(if (!done) restore_layer(before), add = TRUE)
    build_layer(self, shapes_in(inputs))
  }
  known <- .subset2(self, ".call_arguments") %||% call_arguments(self)
  mask <- args[["mask"]] %||% if (is_tensor(inputs))
    .subset2(inputs, "mask") else any_mask(masks_in(inputs))
  args["mask"] <- if (known$mask) list(mask)
  args <- resolve_training(known, args)
  out <- if (in_single(self)) self$.call_single(args) else
    do.call(.subset2(self, "call"), args)
  if (!is.null(mask) && .subset2(self, "supports_masking")) {
    out <- set_masks(out, self$compute_mask(inputs, mask))
  }
  if (!is.null(.subset2(self, "activity_regularizer"))) {
    activity_loss(self, out)
  }
  done <- TRUE
  out
}

# The same inside another layer's call for one tensor and nothing else: a layer
# that is built, with no mask and no regularizer of its activity, needs less.
call_inside <- function(self, x) {
  takes_training <- .Call(ffi_plain_call, self, x)
  if (is.null(takes_training)) return(call_eager(self, list(x)))
  if (!takes_training) return(.subset2(self, "call")(x))
  .subset2(self, "call")(x, training = is_training())
}

enter_call <- function(self) {
  depth <- context$depth
  if (depth == 0L) context$generation <- context$generation + 1
  context$depth <- depth + 1L
  assign(".generation", context$generation, envir = self)
  if (length(.subset2(self, ".losses"))) assign(".losses", NULL, envir = self)
}

leave_call <- function(training) {
  context$depth <- context$depth - 1L
  context$training <- training
}

# An explicit `training` holds for everything inside the call; without one,
# what the caller said holds, else inference.
resolve_training <- function(known, args) {
  given <- args[["training"]]
  if (!is.null(given)) context$training <- given <- check_training(given)
  args["training"] <- if (known$training) {
    list(given %||% is_training())
  }
  args
}

check_training <- function(training) {
  if (isTRUE(training) || isFALSE(training)) return(training)
  given <- if (is_tensor(training)) value_of(training) else training
  fits <- (is.logical(given) || is.numeric(given)) && length(given) == 1L &&
    !is.na(given)
  if (!fits) {
    stop_type(
      sprintf("`training` must be TRUE or FALSE, not %s.", describe(training)),
      i = "TRUE drops out and normalizes by the batch, as in `fit()`; NULL \
leaves it to whoever calls."
    )
  }
  as.vector(given) != 0
}

any_mask <- function(masks) {
  if (is.list(masks)) {
    for (m in masks) if (!is.null(any_mask(m))) return(masks)
    return(NULL)
  }
  masks
}

set_masks <- function(out, mask) {
  if (is_tensor(out)) {
    while (is.list(mask) && !is_tensor(mask) && length(mask)) {
      mask <- mask[[1L]]
    }
    return(with_mask(out, mask))
  }
  if (is.null(mask)) return(out)
  for (k in seq_along(out)) {
    if (is_tensor(out[[k]]) && is.list(mask) && k <= length(mask)) {
      out[[k]] <- set_masks(out[[k]], mask[[k]])
    }
  }
  out
}

activity_loss <- function(self, out) {
  for (y in if (is_tensor(out)) list(out) else out) {
    batch <- max(dims(value_of(y))[1L], 1L, na.rm = TRUE)
    layer_add_loss(self, self$activity_regularizer(y) / batch)
  }
}

# Makes the weights, once. A user's `build` need not say that it is done.
build_layer <- function(self, input_shape) {
  self$build(input_shape)
  if (!is.null(self$.generator)) carry(self)
  assign("built", TRUE, envir = self)
  assign("input_shape", input_shape, envir = self)
  if (!is.null(self$.initial_weights)) {
    layer_set_weights(self, self$.initial_weights)
    assign(".initial_weights", NULL, envir = self)
  }
}

# What `layer$build(shape)` does: weights are made once, for any form of shape.
build_once <- function(self, input_shape) {
  if (!self$built) build_layer(self, shapes_in(probe_inputs(input_shape)))
  invisible(self)
}

# What a layer and its parts hold, so that a first call that fails leaves no
# weights and nothing half built behind.
snapshot_layer <- function(self) {
  list(self = self, members = members_of(self),
       parts = walk_in(self, lapply(sublayers(self), snapshot_layer)))
}

restore_layer <- function(before) {
  for (part in before$parts) restore_layer(part)
  self <- before$self
  now <- members_of(self)
  for (name in names(now)) {
    if (!name %in% names(before$members)) {
      rm(list = name, envir = self)
    } else if (!bindingIsLocked(name, self)) {
      assign(name, before$members[[name]], envir = self)
    }
  }
}

call_symbolic <- function(self, args) {
  args[[1L]] <- lift_arrays(args[[1L]])
  done <- self$built
  if (!done) {
    before <- snapshot_layer(self)
    on.exit(if (!done) restore_layer(before))
    build_layer(self, shapes_in(args[[1L]]))
  }
  shapes <- if (is.null(self$.own_shapes)) NULL else self$.own_shapes(args)
  out <- symbolic_node(layer_runner(self), args, self$name, self, shapes)
  done <- TRUE
  # A model with a graph of its own goes on to say what that is.
  if (!inherits(self, "Model") || is.null(self$inputs)) {
    remember_call(self, args[[1L]], out)
  }
  out
}

remember_call <- function(self, inputs, out) {
  assign("output_shape", shapes_in(out), envir = self)
  assign("input_shape", shapes_in(inputs), envir = self)
  assign("input", inputs, envir = self)
  assign("output", out, envir = self)
}

# Plain arrays among symbolic inputs become tensors.
lift_arrays <- function(x) {
  if (is_tensor(x) || is.null(x)) return(x)
  if (is.list(x) && !is.object(x)) return(lapply(x, lift_arrays))
  new_tensor(value_of(x))
}

layer_runner <- function(self) {
  force(self)
  function(args) call_eager(self, args)
}

# The shape of what a layer gives for inputs of a shape, found by calling it.
layer_probe_shape <- function(self, input_shape) {
  args <- list(probe_inputs(input_shape))
  if (!self$built) build_layer(self, shapes_in(args[[1L]]))
  unprobe(probe_shapes(layer_runner(self), args))
}

# A shape, or a list of shapes, as symbolic tensors.
probe_inputs <- function(input_shape) {
  if (is_shape_list(input_shape)) return(lapply(input_shape, probe_inputs))
  new_symbolic(input_shape)
}

is_shape_list <- function(x) {
  is.list(x) && !inherits(x, "recurrent_shape") && length(x) > 0L &&
    all(vapply(x, function(s) is.list(s) || length(s) > 1L, NA))
}

unprobe <- function(x) {
  if (inherits(x, "recurrent_probe")) x$shape else lapply(x, unprobe)
}
