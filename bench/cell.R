# What a cell written in R costs beside the native one: forward + backward
# (gradients of inputs and all weights) and one batch of fit(), on the shape
# "mid": batch 32, time 100, features 32, units 64.
#   Rscript bench/cell.R [rounds]
# The cell has one product of the inputs, one of the state, a bias and tanh,
# with R's operators and with k_*() functions. Medians over rounds that take
# turns, in milliseconds of the processor's time; the goal is a ratio of 4.

library(recurrent)
rounds <- as.integer(c(commandArgs(TRUE), 11)[[1]])

cell_class <- function(name, step) {
  new_layer_class(
    name,
    initialize = function(units, ...) {
      super$initialize(...)
      self$units <- units
      self$state_size <- units
    },
    build = function(input_shape) {
      self$w <- self$add_weight("w", list(input_shape[[2]], self$units))
      self$u <- self$add_weight("u", list(self$units, self$units))
      self$b <- self$add_weight("b", list(self$units), initializer = "zeros")
    },
    call = step
  )
}

with_operators <- cell_class("WithOperators", function(inputs, states) {
  h <- tanh(inputs %*% self$w + states[[1]] %*% self$u + self$b)
  list(h, list(h))
})

with_functions <- cell_class("WithFunctions", function(inputs, states) {
  z <- k_dot(inputs, self$w) + k_dot(states[[1]], self$u)
  h <- k_tanh(k_bias_add(z, self$b))
  list(h, list(h))
})

set.seed(1)
x <- array(rnorm(32 * 100 * 32), c(32, 100, 32))
y <- array(rnorm(32 * 64), c(32, 64))
input <- as_tensor(x)

layers <- function() {
  list(
    native = layer_simple_rnn(units = 64),
    operators = layer_rnn(cell = with_operators(units = 64)),
    functions = layer_rnn(cell = with_functions(units = 64))
  )
}

backward <- function(layer) {
  function() {
    tape <- gradient_tape(op_sum(layer(input) * y))
    tape$gradient(list(input, layer$weights))
    invisible()
  }
}

batch <- function(layer) {
  model <- keras_model_sequential(list(layer))
  compile(model, optimizer = "sgd", loss = "mse")
  function() fit(model, x, y, epochs = 1, verbose = 0)
}

# Rounds of all cases take turns, so that a change of clock hits all.
measure <- function(cases, times = 10) {
  one <- function(run) {
    gc(FALSE)
    start <- proc.time()
    for (i in seq_len(times)) run()
    sum((proc.time() - start)[1:2]) / times * 1e3
  }
  for (run in cases) for (i in 1:3) run()
  all <- vapply(seq_len(rounds), function(r) vapply(cases, one, 0),
                numeric(length(cases)))
  apply(all, 1, stats::median)
}

table <- rbind(
  "forward + backward" = measure(lapply(layers(), backward)),
  "fit(), one batch" = measure(lapply(layers(), batch))
)
cat("Median of", rounds, "rounds, milliseconds of processor time\n")
print(round(cbind(
  table,
  "operators / native" = table[, "operators"] / table[, "native"],
  "functions / native" = table[, "functions"] / table[, "native"]
), 2))
