# The users' cells of the reference numbers, and layers over them.

MinimalRNNCell <- new_layer_class(
  "MinimalRNNCell",
  initialize = function(units, ...) {
    super$initialize(...)
    self$units <- units
    self$state_size <- units
  },
  build = function(input_shape) {
    self$W <- self$add_weight("W", list(input_shape[[2]], self$units))
    self$U <- self$add_weight("U", list(self$units, self$units))
  },
  call = function(inputs, states) {
    output <- inputs %*% self$W + states[[1]] %*% self$U
    list(output, list(output))
  }
)

OnesStateCell <- new_layer_class(
  "OnesStateCell",
  inherit = MinimalRNNCell,
  get_initial_state = function(inputs = NULL, batch_size = NULL,
                               dtype = NULL) {
    list(op_ones(c(batch_size, self$units)))
  }
)

TwoStateCell <- new_layer_class(
  "TwoStateCell",
  initialize = function(units, ...) {
    super$initialize(...)
    self$units <- units
    self$state_size <- list(units, units)
  },
  build = function(input_shape) {
    self$W <- self$add_weight("W", list(input_shape[[2]], self$units))
    self$U <- self$add_weight("U", list(self$units, self$units))
    self$s <- self$add_weight("s", list(self$units))
  },
  call = function(inputs, states) {
    a <- tanh(inputs %*% self$W + states[[1]] %*% self$U + self$s)
    b <- 0.5 * states[[2]] + a
    list(a * b, list(a, b))
  }
)

NarrowOutputCell <- new_layer_class(
  "NarrowOutputCell",
  initialize = function(units, out, ...) {
    super$initialize(...)
    self$units <- units
    self$state_size <- units
    self$output_size <- out
  },
  build = function(input_shape) {
    self$W <- self$add_weight("W", list(input_shape[[2]], self$units))
    self$U <- self$add_weight("U", list(self$units, self$units))
    self$V <- self$add_weight("V", list(self$units, self$output_size))
  },
  call = function(inputs, states) {
    h <- tanh(inputs %*% self$W + states[[1]] %*% self$U)
    list(h %*% self$V, list(h))
  }
)

ConstantsCell <- new_layer_class(
  "ConstantsCell",
  initialize = function(units, ...) {
    super$initialize(...)
    self$units <- units
    self$state_size <- units
  },
  build = function(input_shape) {
    self$W <- self$add_weight("W", list(input_shape[[2]], self$units))
    self$U <- self$add_weight("U", list(self$units, self$units))
    self$V <- self$add_weight("V", list(3, self$units))
  },
  call = function(inputs, states, constants) {
    output <- tanh(inputs %*% self$W + states[[1]] %*% self$U +
                     constants[[1]] %*% self$V)
    list(output, list(output))
  }
)

MatrixStateCell <- new_layer_class(
  "MatrixStateCell",
  initialize = function(m, p, ...) {
    super$initialize(...)
    self$m <- m
    self$p <- p
    self$state_size <- list(c(m, p))
  },
  build = function(input_shape) {
    self$W <- self$add_weight("W", list(input_shape[[3]], self$p))
    self$U <- self$add_weight("U", list(self$p, self$p))
  },
  call = function(inputs, states) {
    s <- tanh(op_matmul(inputs, self$W) + op_matmul(states[[1]], self$U))
    list(s, list(s))
  }
)

reference_cell <- function(spec) {
  maker <- get(spec$cell)
  do.call(maker, spec[setdiff(names(spec), "cell")])
}

reference_layer <- function(case, ...) {
  config <- case$config
  if (case$layer == "layer_rnn") {
    cells <- lapply(case$cells, reference_cell)
    how <- case$how %||% if (length(cells) > 1) "list" else "single"
    config$cell <- switch(how,
      single = cells[[1]],
      list = cells,
      stacked = layer_stacked_rnn_cells(cells)
    )
  }
  do.call(case$layer, c(config, list(...)))
}

# Outputs and gradients of one call of a reference case, flat lists.
run_reference_call <- function(layer, case, call, set_weights = TRUE) {
  inputs <- lapply(list(
    x = call$inputs, mask = call$mask, initial_state = call$initial_state,
    constants = call$constants
  ), as_reference_array)
  if (!is.null(inputs$mask)) inputs$mask <- inputs$mask != 0
  tensors <- lapply(inputs[c("x", "initial_state", "constants")], as_tensors)
  if (!layer$built) {
    do.call(layer, unname_first(inputs))
  }
  if (set_weights) set_weights(layer, as_reference_array(case$weights))
  outputs <- NULL
  upstream <- as_reference_array(call$grads$upstream)
  tape <- gradient_tape({
    outputs <- do.call(layer, unname_first(c(tensors, inputs["mask"])))
    if (!is.list(outputs) || is_tensor(outputs)) outputs <- list(outputs)
    Reduce(`+`, Map(function(y, u) op_sum(y * u), outputs, upstream))
  })
  grads <- tape$gradient(list(
    inputs = tensors$x, weights = layer$weights,
    initial_state = tensors$initial_state %||% list(),
    constants = tensors$constants %||% list()
  ))
  list(outputs = lapply(outputs, as.array), grads = grads)
}

# Arguments of a call: the inputs first, NULLs left out.
unname_first <- function(args) {
  args <- args[!vapply(args, is.null, NA)]
  names(args)[names(args) == "x"] <- ""
  args
}

as_tensors <- function(x) {
  if (is.null(x)) return(NULL)
  if (is.list(x)) lapply(x, as_tensor) else as_tensor(x)
}

# Each case of a file through the layer, on the road that is set.
expect_reference_calls <- function(file) {
  cases <- if (is.character(file)) reference_cases(file) else file
  for (case in cases) {
    layer <- reference_layer(case)
    for (call in case$calls) {
      got <- run_reference_call(layer, case, call)
      tolerance <- case$tolerance %||% 1e-10
      expect_close(got$outputs, as_reference_array(call$outputs), tolerance,
                   info = case$id)
      want <- as_reference_array(call$grads)[names(got$grads)]
      want[vapply(want, is.null, NA)] <- list(list())
      expect_close(got$grads, want, tolerance, info = case$id)
    }
  }
}

# The cases of one wrapper, with the layer that they wrap made.
wrapper_cases <- function(kind) {
  cases <- reference_cases("wrappers")
  cases <- Filter(function(case) case$layer == kind, cases)
  lapply(cases, function(case) {
    inner <- case$inner
    layer <- do.call(inner$layer, inner[setdiff(names(inner), "layer")])
    case$config <- list(layer = layer)
    if (kind == "bidirectional") {
      case$config["merge_mode"] <- list(case$merge_mode)
    }
    case
  })
}

# The R loop (FALSE) or the C road (TRUE) for the rest of a test.
withr_native <- function(native, frame = parent.frame()) {
  old <- options(recurrent.native = native)
  do.call(on.exit, list(bquote(options(.(old))), add = TRUE, after = FALSE),
          envir = frame)
}
