# Layers and their peers side by side, as a user calls them from R.
#   Rscript bench/suite.R [cells] [shapes] [threads] [seconds]
# e.g. Rscript bench/suite.R simple,lstm doc,mid 2 10
# Forward is `layer(x)` on an array; both is a tape around it and the gradients
# of the input, the initial state and all weights. Peers make the same of their
# own layer, in processes of their own, and all take turns. `seconds` is about
# what the rounds of a case may take (default 6); cases are kept one by one in
# .build/bench. Peers come by bench/peers.sh; those not there are left out.

library(recurrent)
source("bench/common.R")
source("bench/goals.R")
given <- arguments(names(gates), names(shapes), 1, 6)

make_layer <- function(cell, units, dtype) {
  make <- switch(cell, simple = layer_simple_rnn, lstm = layer_lstm,
                 gru = layer_gru)
  make(units = units, return_sequences = TRUE, dtype = dtype)
}

# A layer of one precision and what is fed to it; both modes are contenders.
ours <- function(cell, size, dtype, x, start) {
  layer <- make_layer(cell, size[[4]], dtype)
  layer(x)
  tensor <- as_tensor(x)
  states <- lapply(start, as_tensor)
  sources <- list(tensor, states, layer$weights)
  both <- function() {
    tape <- gradient_tape(layer(tensor, initial_state = states))
    tape$gradient(sources)
  }
  list(layer = layer, forward = contender(function() layer(x)),
       both = contender(both), gradients = both)
}

# The largest difference of single to double precision, of the output and of the
# gradients of each source, relative to its largest value.
differences <- function(double, single, x) {
  single$layer$set_weights(double$layer$get_weights())
  far <- function(a, b) max(abs(a - b)) / max(1, abs(a))
  arrays <- function(g) lapply(c(g[1], g[[2]], g[[3]]), as.array)
  list(output = far(double$layer(x), single$layer(x)),
       gradients = max(mapply(far, arrays(double$gradients()),
                              arrays(single$gradients()))))
}

peer_contenders <- function(peers, cell, size) {
  out <- list()
  add <- function(peer, dtype, name, mode) {
    if (is.null(peer)) return()
    out[[paste(name, mode)]] <<- peer_contender(peer, cell, size, dtype, mode)
  }
  for (mode in c("forward", "both")) {
    add(peers$torch, "float64", "torch64", mode)
    add(peers$torch, "float32", "torch32", mode)
  }
  add(peers$onnx, "float32", "onnx", "forward")
  if (prod(size) < 1e7 && size[[2]] <= 100) { # it is too slow for more
    add(peers$rnn, "float64", "rnn", "forward")
    add(peers$rnn, "float64", "rnn", "both")
  }
  out
}

measure <- function(cell, shape, threads, peers) {
  size <- shapes[[shape]]
  x <- few(size[1:3])
  start <- replicate(if (cell == "lstm") 2 else 1, simplify = FALSE,
                     few(size[[1]], size[[4]]) / 10)
  double <- ours(cell, size, "float64", x, start)
  single <- ours(cell, size, "float32", x, start)
  contenders <- c(
    list("double forward" = double$forward, "single forward" = single$forward,
         "double both" = double$both, "single both" = single$both),
    peer_contenders(peers, cell, size)
  )
  # Each mode by itself, and of one precision next to each other.
  times <- lapply(c(forward = "forward", both = "both"), function(mode) {
    set <- contenders[endsWith(names(contenders), mode)]
    set <- set[order(!grepl("64|double", names(set)))]
    turns(set, as.numeric(given[[4]]) / 2)
  })
  list(cell = cell, shape = shape, threads = threads, times = times,
       differences = differences(double, single, x))
}

show <- function(rows) {
  met <- ifelse(met_goal(rows$ratio, rows$goal), "yes", "NO")
  cat(sprintf("%-7s %-7s %d %-8s %-7s %10.4f %-8s %10.4f %7.2f %5s %s\n",
              rows$cell, rows$shape, rows$threads, rows$mode, rows$ours,
              rows$ours_ms, rows$peer, rows$peer_ms, rows$ratio,
              ifelse(is.na(rows$goal), "", format(rows$goal)),
              ifelse(is.na(met), "", met)), sep = "")
}

if (sys.nframe() == 0) {
  for (threads in as.integer(given[[3]])) {
    options(recurrent.threads = threads)
    stay(threads)
    peers <- list(torch = start_peer(torch_command(threads)),
                  onnx = start_peer(onnx_command(threads)),
                  rnn = if (threads == 1) start_peer(rnn_command()))
    named <- vapply(Filter(Negate(is.null), peers), `[[`, "", "name")
    cat("threads: ", threads, "; peers: ", toString(named), "\n", sep = "")
    cat("cell, shape, threads, mode, ours, ms, peer, ms, ratio, goal, met\n")
    for (shape in given[[2]]) for (cell in given[[1]]) {
      set.seed(1)
      case <- c(measure(cell, shape, threads, peers), list(peers = named))
      show(compare(case))
      cat(sprintf("  single - double: output %.1e, gradients %.1e\n",
                  case$differences[[1]], case$differences[[2]]))
      keep(paste("suite", cell, shape, threads, sep = "-"), case)
    }
    for (peer in peers) if (!is.null(peer)) peer$stop()
  }
}
