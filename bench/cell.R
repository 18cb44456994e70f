# A cell that a user writes in R, beside the native one: a product of inputs,
# one of the state, a bias, tanh; forward + backward on the shape "mid".
#   Rscript bench/cell.R [seconds]
# Gradients of the input and all weights, double precision, one thread. Then
# where the time of the user's cell goes, as R's profiler sees it.

library(recurrent)
source("bench/common.R")
given <- arguments(10)

UserCell <- new_layer_class(
  "UserCell",
  initialize = function(units, ...) {
    super$initialize(...)
    self$units <- units
    self$state_size <- units
  },
  build = function(input_shape) {
    self$W <- self$add_weight("W", list(input_shape[[2]], self$units))
    self$U <- self$add_weight("U", list(self$units, self$units))
    self$b <- self$add_weight("b", list(self$units))
  },
  call = function(inputs, states) {
    h <- tanh(inputs %*% self$W + states[[1]] %*% self$U + self$b)
    list(h, list(h))
  }
)

modes <- function(cell, x) {
  layer <- layer_rnn(cell = cell, return_sequences = TRUE)
  layer(x)
  tensor <- as_tensor(x)
  sources <- list(tensor, layer$weights)
  list(forward = function() layer(x),
       both = function() gradient_tape(layer(tensor))$gradient(sources))
}

profile <- function(f, times) {
  file <- tempfile()
  on.exit(unlink(file))
  utils::Rprof(file, interval = 0.002)
  for (i in seq_len(times)) f()
  utils::Rprof(NULL)
  found <- utils::summaryRprof(file)$by.self
  found <- found[order(-found$self.time), ][seq_len(min(10, nrow(found))), ]
  data.frame("function" = gsub("\"", "", rownames(found)),
             share = found$self.pct, check.names = FALSE)
}

set.seed(1)
size <- shapes$mid
x <- few(size[1:3])
sets <- list(native = modes(layer_simple_rnn_cell(units = size[[4]]), x),
             user = modes(UserCell(units = size[[4]]), x))
times <- turns(lapply(unlist(sets), contender), as.numeric(given[[1]]))
ms <- 1e3 * apply(times, 2, stats::median)
rows <- data.frame(mode = c("forward", "both"), native_ms = ms[1:2],
                   user_ms = ms[3:4], ratio = ms[3:4] / ms[1:2],
                   row.names = NULL)
print(format(rows, digits = 3), row.names = FALSE)
spent <- profile(sets$user$both, 60)
print(spent, row.names = FALSE)
keep("cell", list(rows = rows, profile = spent))
