# Call every .Call entry while R collects garbage at every STEP-th allocation
# (default 25): an unprotected value shows as another result, or as a crash.
# Rscript tools/gctorture.R [STEP]. A new entry needs a case that names it.

library(recurrent)
args <- commandArgs(TRUE)
step <- if (length(args)) as.integer(args[[1]]) else 25L

set.seed(1)
x <- array(rnorm(2 * 3 * 2), c(2, 3, 2))
mask <- matrix(c(TRUE, FALSE, TRUE, TRUE, TRUE, FALSE), 2)

# Output, states and all gradients of one call of a layer.
through <- function(layer, ...) {
  layer(x) # builds it, untortured
  function() {
    input <- as_tensor(x)
    tape <- gradient_tape({
      out <- layer(input, ...)
      op_sum(if (inherits(out, "recurrent_tensor")) out else out[[1]])
    })
    list(
      value = as.array(tape$value),
      gradients = tape$gradient(list(input, layer$trainable_weights))
    )
  }
}

# An entry, or a function of the package that no user calls.
entry <- function(name) get(name, asNamespace("recurrent"))

sequence <- c("ffi_rnn_layers", "ffi_gradients", "ffi_flatten", "ffi_pack")

# Every op that has an entry of its own, with its gradient.
ops <- list(
  ffi_arg = function(v) op_argmax(v, 3) * v[, , 1],
  ffi_affine = function(v) {
    .Call(entry("ffi_affine"), entry("row_affine"), v[, 1, ],
          as_tensor(matrix(1:6 / 7, 2)), as_tensor(1:3 / 3), entry("tapes"),
          entry("session"))
  },
  ffi_batch_multiply = function(v) op_matmul(v, op_transpose(v, c(1, 3, 2))),
  ffi_binary = function(v) {
    m <- op_reshape(v, c(2, 6))
    (m %*% t(m) + m[, 1:2]) / (2 - m[1, 3:4]) * m[, 5:6]
  },
  ffi_blanks = function(v) v[1, , 2:1],
  ffi_cut = function(v) op_unstack(v, axis = 2)[[3]],
  ffi_erf = function(v) op_erf(v),
  ffi_join = function(v) op_stack(list(v, v), 2),
  ffi_join_sizes = function(v) op_concatenate(list(v, v, v[, 1:2, ]), 2),
  ffi_pair = function(v) op_maximum(v, 0.1) + v[, 1, ][, 1],
  ffi_prod_backward = function(v) op_prod(v, 2) + op_sum(op_cumprod(v, 3)),
  ffi_reduce = function(v) op_max(v, c(1, 3)),
  ffi_row_major = function(v) op_reshape(v, c(3, 4)),
  ffi_same_dims = function(v) v * v,
  ffi_scan = function(v) op_cumsum(v, 2),
  ffi_stretch = function(v) op_broadcast_to(v, c(2, 2, 3, 2)),
  ffi_stretch_pair = function(v) v^v[1, 1, ]^2,
  ffi_sum_to = function(v) v + op_mean(v, 1, keepdims = TRUE),
  ffi_take = function(v) op_take(v, c(2, 1, 2), 2),
  ffi_take_add = function(v) v[, c(1, 1, 3), ],
  ffi_unary = function(v) op_relu(-op_sigmoid(tanh(v))),
  ffi_value = function(v) exp(v),
  ffi_values = function(v) op_softmax(v, 2),
  ffi_single = function(v) entry("to_single")(v),
  ffi_where = function(v) op_where(v > 0, v, v[, 1:1, , drop = FALSE])
)

all_ops <- function() {
  lapply(ops, function(op) {
    input <- as_tensor(x)
    y <- NULL
    tape <- gradient_tape(op_sum(y <- op(input)))
    list(as.array(y), tape$gradient(input))
  })
}

# One epoch of training, whose update is one call for all weights.
training <- function() {
  model <- keras_model_sequential() |>
    layer_simple_rnn(units = 3, input_shape = list(3, 2)) |>
    layer_dense(units = 1)
  layers <- c(model$layers, model$layers[[1]]$cell)
  parts <- .Call(entry("ffi_parts"), environment(model)$self)
  weights <- lapply(layers, function(layer) layer$weights)
  lapply(c("mse", "mae"), function(loss) {
    compile(model, optimizer = "adam", loss = loss)
    fit(model, x, c(1, 2), epochs = 1, batch_size = 1)
    list(get_weights(model), predict(model, x), length(parts),
         lapply(unlist(weights), as.array))
  })
}

# What losses and metrics of classes take from C.
classes <- function() {
  z <- matrix(rnorm(12), 4)
  list(
    .Call(entry("ffi_top"), z), .Call(entry("ffi_log_sum_exp"), z),
    .Call(entry("ffi_label_gradient"), z, c(1L, 3L, NA, 2L), c(1, 2, 0, 0.5))
  )
}

# A cell in R, whose weights' gradients are gathered over the steps.
plain_cell <- new_layer_class(
  "PlainCell",
  initialize = function(units) {
    super$initialize()
    self$units <- units
    self$state_size <- units
  },
  build = function(input_shape) {
    n <- self$units
    self$w <- self$add_weight("w", shape = list(input_shape[[2]], n))
    self$u <- self$add_weight("u", shape = list(n, n))
    self$b <- self$add_weight("b", shape = list(n))
  },
  call = function(inputs, states) {
    h <- tanh(inputs %*% self$w + states[[1]] %*% self$u + self$b)
    list(h, list(h))
  }
)

# What the kernels offer beside whole sequences.
kernels <- function() {
  a <- matrix(seq_len(6) / 7, 2)
  found <- .Call(entry("ffi_kernels"))
  .Call(entry("ffi_keep_memory"))
  .Call(entry("ffi_ask_room"), 2^24)
  stopifnot(.Call(entry("ffi_kernel_probe"), 10, 0L, c(1L, 0L)) >= 0)
  list(found, .Call(entry("ffi_matmul"), a, a, TRUE, FALSE, c(1L, 0L)),
    .Call(entry("ffi_activate"), as.vector(a), 1L, 0L, c(1L, 0L)))
}

# The kernels' own entries, which take and give plain arrays.
plain_rnn <- function() {
  run <- c(1L, 0L)
  spec <- as.integer(c(0, 0, 1, 0, 0, 1, 0, 3, 1, 0, 1, 0))
  w <- list(matrix(1:6 / 9, 2), matrix(1:9 / 20, 3), 1:3 / 4)
  out <- .Call(entry("ffi_rnn_forward"), x, w, NULL, mask, NULL, spec, TRUE,
               run)
  back <- .Call(entry("ffi_rnn_backward"), x, w, NULL, mask, NULL, spec,
                out$saved, out$output, out$states, c(TRUE, TRUE, TRUE), run)
  list(out[c("output", "states")], back)
}

# The short road: with and without a mask, in training, stateful.
gru <- layer_gru(units = 3, return_state = TRUE, dropout = 0.5)
tied <- layer_lstm(units = 2, stateful = TRUE)
gru(x)
tied(x)
short <- function() {
  set.seed(1)
  reset_states(tied)
  stopifnot(.Call(entry("ffi_pool_reused")) >= 0)
  list(gru(x), gru(x, mask = mask), gru(x, training = TRUE), tied(x), tied(x))
}

# Each case: the entries it reaches, and a function of no arguments.
cases <- list(
  simple_rnn = list(sequence, through(
    layer_simple_rnn(units = 3, return_sequences = TRUE, return_state = TRUE),
    mask = mask
  )),
  backwards = list(sequence, through(
    layer_simple_rnn(units = 3, go_backwards = TRUE, use_bias = FALSE),
    initial_state = matrix(0.5, 2, 3)
  )),
  dropout = list(c(sequence, "ffi_dropout"), through(
    layer_simple_rnn(units = 3, dropout = 0.5, recurrent_dropout = 0.5),
    training = TRUE
  )),
  stack = list(sequence, through(
    layer_rnn(cell = list(
      layer_simple_rnn_cell(units = 3), layer_simple_rnn_cell(units = 2)
    ), return_sequences = TRUE, return_state = TRUE),
    mask = mask
  )),
  bidirectional = list(
    "ffi_rnn_layers",
    through(
      bidirectional(layer = layer_lstm(units = 3, return_sequences = TRUE)),
      mask = mask
    )
  ),
  cell_in_r = list(
    c("ffi_gradients", "ffi_binary", "ffi_unary", "ffi_ask_room"),
    through(layer_rnn(cell = plain_cell(units = 3), return_sequences = TRUE))
  ),
  plain = list(c("ffi_rnn_forward", "ffi_rnn_backward"), plain_rnn),
  short = list(c("ffi_rnn_quick", "ffi_pool_reused"), short),
  classes = list(c("ffi_top", "ffi_log_sum_exp", "ffi_label_gradient"),
                 classes),
  training = list(c("ffi_move", "ffi_rows", "ffi_fitted", "ffi_plain_call",
                    "ffi_drops_any", "ffi_bound_to", "ffi_parts", "ffi_layers",
                    "ffi_weights"),
                  training),
  kernels = list(c(
    "ffi_kernels", "ffi_kernel_probe", "ffi_matmul", "ffi_activate",
    "ffi_keep_memory"
  ), kernels),
  ops = list(c(names(ops), "ffi_gradients", "ffi_ids", "ffi_record",
               "ffi_tensor"), all_ops)
)

entries <- names(getDLLRegisteredRoutines("recurrent")$.Call)
reached <- unlist(lapply(cases, function(case) case[[1]]))
bad <- setdiff(entries, reached)
if (length(bad)) cat("no case reaches", toString(bad), "\n")

for (name in names(cases)) {
  run <- cases[[name]][[2]]
  set.seed(2)
  want <- run()
  set.seed(2)
  start <- proc.time()[["elapsed"]]
  gctorture2(step)
  got <- run()
  gctorture2(0)
  same <- identical(got, want)
  if (!same) bad <- c(bad, name)
  cat(sprintf("%-12s %s, %.1f s\n", name, if (same) "same" else "DIFFERS",
    proc.time()[["elapsed"]] - start))
}
quit("no", status = as.integer(length(bad) > 0))
