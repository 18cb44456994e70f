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
      op_sum(if (is.list(out)) out[[1]] else out)
    })
    list(
      value = as.array(tape$value),
      gradients = tape$gradient(list(input, layer$trainable_weights))
    )
  }
}

sequence <- c("ffi_tensor", "ffi_rnn_forward", "ffi_rnn_backward")

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
  dropout = list(sequence, through(
    layer_simple_rnn(units = 3, dropout = 0.5, recurrent_dropout = 0.5),
    training = TRUE
  )),
  stack = list(sequence, through(
    layer_rnn(cell = list(
      layer_simple_rnn_cell(units = 3), layer_simple_rnn_cell(units = 2)
    ), return_sequences = TRUE, return_state = TRUE),
    mask = mask
  ))
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
