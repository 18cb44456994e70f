# Layers over time. Whatever the cell, a call checks its inputs, finds the
# initial states, runs one of the two roads, and records the last states.
RNN <- keras_class(
  "RNN", inherit = KerasLayer,
  public = list(
    cell = NULL,
    supports_masking = TRUE,
    initialize = function(...) {
      rnn_initialize(self, take_arguments_of_rnn(self, list(...)))
    },
    build = function(input_shape) rnn_build(self, input_shape),
    call = function(inputs, mask = NULL, training = NULL,
                    initial_state = NULL, constants = NULL) {
      rnn_call(self, inputs, mask, training, initial_state, constants)
    },
    compute_output_shape = function(input_shape) {
      rnn_output_shape(self, input_shape)
    },
    compute_mask = function(inputs, mask = NULL) {
      rnn_compute_mask(self, mask)
    },
    get_config = function() rnn_config(self),
    reset_states = function(states = NULL) rnn_reset_states(self, states),
    reset_state = function(states = NULL) rnn_reset_states(self, states),
    get_initial_state = function(inputs = NULL, batch_size = NULL,
                                 dtype = NULL) {
      rnn_initial_state(self, inputs, batch_size)
    },
    .call_single = function(args) rnn_call_single(self, args),
    .own_shapes = function(args) rnn_symbolic_shapes(self, args),
    .quick = function(inputs, ..., mask = NULL, training = NULL,
                      initial_state = NULL) {
      if (!...length() && !missing(inputs) &&
            is.null(.subset2(self, "activity_regularizer"))) {
        rnn_quick(self, inputs, mask, training, initial_state, TRUE)
      }
    },
    .changed = function(name) rnn_changed(self, name)
  )
)

rnn_flags <- list(
  return_sequences = FALSE, return_state = FALSE, go_backwards = FALSE,
  stateful = FALSE, unroll = FALSE, time_major = FALSE,
  zero_output_for_mask = FALSE
)

take_arguments_of_rnn <- function(self, args) {
  cell <- args$cell
  args["cell"] <- list(NULL)
  if (is.null(cell)) {
    stop_type(
      "RNN needs the argument `cell`.",
      i = "Give a cell or a list of cells, e.g. \
`cell = layer_simple_rnn_cell(4)`."
    )
  }
  take_arguments(self, layer_rnn, args)
  cell
}

rnn_initialize <- function(self, cell) {
  cell <- as_cell(cell)
  self$cell <- callable(cell)
  info <- cell_info(cell)
  assign(".info", info, envir = self)
  assign("states", vector("list", length(info$sizes)), envir = self)
  if (cell_is_single(cell)) assign("dtype", "float32", envir = self)
  invisible(self)
}

# Cells of single precision make their layer one.
cell_is_single <- function(cell) {
  inner <- lapply(cell$.infos, `[[`, "cell")
  if (!length(inner)) return(in_single(cell))
  all(vapply(inner, cell_is_single, NA))
}

rnn_build <- function(self, input_shape) {
  first <- check_sequence(self, first_shape(input_shape))
  step <- map_shapes(input_shape, step_shape, self$time_major)
  if (self$stateful) rnn_fix_batch(self, first)
  cell <- self$.info$cell
  if (!cell$built) build_layer(cell, step)
  assign(".native", native_plan(self), envir = self)
  assign(".features", cell_input_features(cell), envir = self)
}

first_shape <- function(x) {
  while (!inherits(x, "recurrent_shape")) x <- x[[1L]]
  x
}

map_shapes <- function(x, f, ...) {
  if (inherits(x, "recurrent_shape")) return(f(x, ...))
  lapply(x, map_shapes, f, ...)
}

# The shape of one time step: (batch, ...).
step_shape <- function(shape, time_major) shape[-(if (time_major) 1L else 2L)]

# Built-in cells take features; other cells say themselves what they take.
check_sequence <- function(self, shape) {
  few <- length(shape) < 2L
  if (few || (length(shape) != 3L && !is.null(native_cells(self$.info$cell)))) {
    stop_not_sequence(self, shape)
  }
  shape
}

stop_not_sequence <- function(self, shape) {
  stop_value(
    sprintf("Layer \"%s\" takes inputs of shape %s, not %s.", self$name,
            if (self$time_major) "(time, batch, features)" else
              "(batch, time, features)", format(shape)),
    i = if (length(shape) == 2L && is.null(shape[[1L]])) "If they come from \
a layer over time, give that one `return_sequences = TRUE`.",
    i = if (is.null(shape[[1L]])) "`input_shape` lists the axes of one \
sample: `list(time, features)`, or `list(NULL, features)` for any number of \
steps." else "One series of n values with one feature is `array(x, c(1, n, \
1))`; a matrix of series in rows is `array(x, c(dim(x), 1))`."
  )
}

batch_axis <- function(self) if (self$time_major) 2L else 1L

# C knows the flags from the plan.
rnn_changed <- function(self, name) {
  if (self$built && name %in% c(names(rnn_flags), "dtype")) {
    assign(".native", native_plan(self), envir = self)
  }
}

# A stateful layer has one batch size for good.
rnn_fix_batch <- function(self, shape) {
  batch <- self$batch_size %||% shape[[batch_axis(self)]]
  if (is.null(batch)) {
    stop_value(
      sprintf("Stateful layer \"%s\" needs to know its batch size.",
              self$name),
      i = "Give `batch_input_shape = list(batch, time, features)` to the first \
layer of a sequential model, or `batch_shape = ` to `layer_input()`."
    )
  }
  assign("batch_size", as.integer(batch), envir = self)
}

rnn_call <- function(self, inputs, mask, training, initial_state, constants) {
  if (is.null(constants)) {
    out <- rnn_quick(self, inputs, mask, training, initial_state, FALSE)
    if (!is.null(out)) return(out)
  }
  draws <- rnn_draws(self, training)
  if (draws) on.exit(rnn_end(self))
  ready <- rnn_begin(self, inputs, mask, draws, initial_state, constants)
  run <- if (is.null(ready$plan)) rnn_run else native_run
  result <- run(self, inputs, ready$states, ready$mask, training,
                ready$constants)
  rnn_result(self, result, ready$batch)
}

# Whether a call has dropout to draw, until rnn_end().
rnn_draws <- function(self, training) {
  if (!is_training(training)) return(FALSE)
  plan <- if (use_native()) .subset2(self, ".native")
  is.null(plan) || drops_any(plan$cells)
}

# A call's arguments, checked; dropout is drawn. plan: that of the C road, NULL
# for the other.
rnn_begin <- function(self, inputs, mask, draws, initial_state, constants) {
  plan <- if (use_native()) .subset2(self, ".native")
  size <- native_size(plan, inputs) %||% rnn_check_inputs(self, inputs)
  if (!is.null(mask)) mask <- rnn_check_mask(self, mask, size)
  if (!is.null(constants)) constants <- rnn_check_constants(self, constants)
  states <- rnn_start(self, initial_state, size[[1L]])
  if (draws) cell_begin(.subset2(self, ".info")$cell, size[[1L]], TRUE)
  list(batch = size[[1L]], mask = mask, constants = constants, states = states,
       plan = plan)
}

rnn_end <- function(self) cell_end(.subset2(self, ".info")$cell)

rnn_result <- function(self, result, batch) {
  if (.subset2(self, "stateful") && !probing()) {
    assign("states", lapply(result$states, value_of), envir = self)
    assign("batch_size", batch, envir = self)
  }
  if (.subset2(self, "return_state")) c(list(result$output), result$states) else
    result$output
}

# C rounds for itself.
rnn_call_single <- function(self, args) {
  if (!is.null(self$.native) && use_native()) return(do.call(self$call, args))
  call_single(self, args)
}

use_native <- function() !isFALSE(getOption("recurrent.native"))

# The R road: any cell, one step after the other.
rnn_run <- function(self, inputs, states, mask, training, constants) {
  info <- self$.info
  sizes <- rnn_sizes(self, inputs)
  batch <- sizes[["batch"]]
  .Call(ffi_ask_room, bytes_of_steps(info, sizes))
  states <- states %||% rnn_initial_state(self, inputs, batch)
  single <- in_single(self)
  if (single) states <- to_single(states)
  first <- TRUE
  step <- function(x, h) {
    result <- cell_step(info, x, h, constants, training)
    if (first) {
      result[[1L]] <- map_tensors(result[[1L]], as_tensor)
      check_step(info, result, batch)
      first <<- FALSE
    }
    if (single) to_single(result) else result
  }
  out <- rnn_loop(
    step, inputs, states, mask, self$go_backwards, self$time_major,
    zero_output = self$zero_output_for_mask && self$return_sequences,
    sequences = self$return_sequences
  )
  list(output = if (self$return_sequences) out[[1L]] else out[[2L]],
       states = out[[3L]])
}

# About ten arrays like the states at each step: R collects less often when it
# knows that so many come.
bytes_of_steps <- function(info, sizes) {
  80 * prod(sizes) * sum(vapply(info$sizes, prod, 0))
}

rnn_sizes <- function(self, inputs) {
  d <- dims(value_of(first_leaf(inputs)))
  if (.subset2(self, "time_major")) c(batch = d[[2L]], time = d[[1L]]) else
    c(batch = d[[1L]], time = d[[2L]])
}

# As Keras writes it: the flags first, `zero_output_for_mask` only where set.
rnn_config <- function(self) {
  config <- layer_config(self)
  if (!self$zero_output_for_mask) config$zero_output_for_mask <- NULL
  flags <- intersect(names(rnn_flags), names(config))
  own <- intersect(self$.args, setdiff(names(config), flags))
  common <- setdiff(names(config), c(flags, own))
  structure(config[c(common, flags, own)],
            layer_class = attr(config, "layer_class"))
}

rnn_compute_mask <- function(self, mask) {
  while (is.list(mask) && !is_tensor(mask) && length(mask)) mask <- mask[[1L]]
  out <- if (self$return_sequences) mask
  if (!self$return_state) return(out)
  c(list(out), vector("list", length(self$.info$sizes)))
}

rnn_output_shape <- function(self, input_shape) {
  first <- map_shapes(as_input_shape(input_shape), identity)
  first <- check_sequence(self, first_shape(first))
  batch <- first[batch_axis(self)]
  time <- first[3L - batch_axis(self)]
  leading <- if (!self$return_sequences) batch else
    if (self$time_major) c(time, batch) else c(batch, time)
  output <- step_shapes(leading, self$.info$output)
  if (!self$return_state) return(output)
  c(list(output), lapply(self$.info$sizes, function(s) step_shapes(batch, s)))
}

as_input_shape <- function(x) {
  if (is_shape_list(x)) lapply(x, as_input_shape) else as_shape(x)
}

rnn_symbolic_shapes <- function(self, args) {
  shape <- shapes_in(args[[1L]])
  time <- first_shape(shape)[[3L - batch_axis(self)]]
  if (self$unroll && is.null(time)) {
    stop_value(
      sprintf("`unroll = TRUE` of layer \"%s\" needs a known number of time \
steps.", self$name),
      i = "Give it in the input shape, e.g. `layer_input(list(10, 8))`, or \
leave `unroll` out: it changes no value here."
    )
  }
  rnn_check_symbolic(self, args, shape)
  as_probes(rnn_output_shape(self, shape))
}

as_probes <- function(x) {
  if (inherits(x, "recurrent_shape")) probe(x) else lapply(x, as_probes)
}

# One step is run on zeros when the graph is made: mistakes in states,
# constants and cells show here, and a cell's sublayers get their weights.
rnn_check_symbolic <- function(self, args, shape) {
  batch <- plain_batch(args[-1L])
  probe_one <- function(s) {
    sizes <- as.integer(s)
    sizes[[3L - batch_axis(self)]] <- 1L
    if (is.na(sizes[[batch_axis(self)]])) sizes[[batch_axis(self)]] <- batch
    new_symbolic(as_shape(sizes))
  }
  args[[1L]] <- map_shapes(shape, probe_one)
  args$mask <- NULL
  probe_shapes(layer_runner(self), args)
  invisible()
}

# The batch size of plain arrays among the arguments; NA without any.
plain_batch <- function(args) {
  for (x in flatten_tensors(args)) {
    if (is.numeric(x) && !is_tensor(x)) return(dims(x)[1L])
    if (is_tensor(x) && !is_symbolic(x)) return(dims(value_of(x))[1L])
  }
  NA_integer_
}
