# What stacks, masks and flags cost beside the plain layer.
#   Rscript bench/flags.R [cells] [shapes] [seconds]
# e.g. Rscript bench/flags.R simple,gru mid 10
# Stacks: two and three cells of 128 units in one layer, beside the sum of
# layers of these cells one by one (batch 32, time 100, features 32). Flags:
# each alone on a layer, beside the same layer without it, whose output is the
# last step's; "return_sequences + mask" beside return_sequences. Masks end the
# sequences of a batch at random, dropout drops a fifth. Forward, and with
# gradients of the input and all weights. One thread, double precision.

library(recurrent)
source("bench/common.R")
given <- arguments(names(gates), c("mid", "large"), 8)

cell_of <- function(kind, units) {
  switch(kind, simple = layer_simple_rnn_cell(units = units),
         lstm = layer_lstm_cell(units = units),
         gru = layer_gru_cell(units = units))
}

# Forward and both of a layer, with the arguments of its call in `...`.
modes <- function(layer, x, ...) {
  more <- list(...)
  call <- function(x) do.call(layer, c(list(x), more))
  call(x)
  tensor <- as_tensor(x)
  sources <- list(tensor, layer$weights)
  both <- function() gradient_tape(call(tensor))$gradient(sources)
  list(forward = contender(function() call(x)), both = contender(both))
}

stack_rows <- function(kind, seconds) {
  x <- few(32, 100, 32)
  h <- few(32, 100, 128)
  over <- function(n) {
    cells <- lapply(rep(128, n), function(units) cell_of(kind, units))
    layer_rnn(cell = cells, return_sequences = TRUE)
  }
  set <- c(first = modes(over(1), x), next_one = modes(over(1), h),
           two = modes(over(2), x), three = modes(over(3), x))
  times <- turns(set, seconds)
  do.call(rbind, lapply(c("forward", "both"), function(mode) {
    at <- function(name) times[, paste0(name, ".", mode)]
    sums <- list(at("first") + at("next_one"),
                 at("first") + 2 * at("next_one"))
    own <- list(at("two"), at("three"))
    data.frame(cell = kind, what = c("2 cells", "3 cells"), mode = mode,
               plain_ms = 1e3 * vapply(sums, stats::median, 0),
               ms = 1e3 * vapply(own, stats::median, 0),
               cost = mapply(function(a, b) stats::median(a / b), own, sums))
  }))
}

flag_set <- function(kind, size) {
  x <- few(size[1:3])
  layer <- function(...) {
    layer_rnn(cell = cell_of(kind, size[[4]]), ...)
  }
  dropping <- function(...) {
    make <- switch(kind, simple = layer_simple_rnn, lstm = layer_lstm,
                   gru = layer_gru)
    make(units = size[[4]], ...)
  }
  ends <- sample(size[[2]], size[[1]], replace = TRUE)
  mask <- outer(ends, seq_len(size[[2]]), ">=")
  c(plain = modes(layer(), x),
    go_backwards = modes(layer(go_backwards = TRUE), x),
    time_major = modes(layer(time_major = TRUE), aperm(x, c(2, 1, 3))),
    mask = modes(layer(), x, mask = mask),
    dropout = modes(dropping(dropout = 0.2), x, training = TRUE),
    recurrent_dropout = modes(dropping(recurrent_dropout = 0.2), x,
                              training = TRUE),
    return_sequences = modes(layer(return_sequences = TRUE), x),
    "return_sequences + mask" = modes(layer(return_sequences = TRUE), x,
                                      mask = mask))
}

# Each flag right after the layer that it is held to: other work on the machine
# comes and goes within a second.
flag_rows <- function(kind, shape, seconds) {
  set <- flag_set(kind, shapes[[shape]])
  own <- grep("^plain", names(set), value = TRUE, invert = TRUE)
  mode <- sub(".*[.]", "", own)
  what <- sub("[.][a-z]*$", "", own)
  base <- ifelse(grepl("+", what, fixed = TRUE), "return_sequences", "plain")
  times <- turns(set[rbind(paste(base, mode, sep = "."), own)], seconds)
  plain <- times[, c(TRUE, FALSE)]
  times <- times[, c(FALSE, TRUE)]
  rows <- data.frame(cell = kind, shape = shape, what = what, mode = mode,
                     plain_ms = 1e3 * apply(plain, 2, stats::median),
                     ms = 1e3 * apply(times, 2, stats::median),
                     cost = apply(times / plain, 2, stats::median),
                     row.names = NULL)
  rows[order(mode != "forward"), ]
}

for (kind in given[[1]]) {
  set.seed(1)
  stacks <- stack_rows(kind, as.numeric(given[[3]]))
  print(format(stacks, digits = 3), row.names = FALSE)
  keep(paste0("stacks-", kind), list(rows = stacks))
  for (shape in given[[2]]) {
    flags <- flag_rows(kind, shape, as.numeric(given[[3]]))
    print(format(flags, digits = 3), row.names = FALSE)
    keep(paste("flags", kind, shape, sep = "-"), list(rows = flags))
  }
}
