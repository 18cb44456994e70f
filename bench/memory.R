# What a call of a native layer takes from R, beside what it is given and gives.
#   Rscript bench/memory.R [cells] [shapes] [threads]
# e.g. Rscript bench/memory.R simple,lstm xl 2
# Every vector that R hands out during one call counts, and every one that the C
# code kept and uses again, as if none were freed before the end. Forward:
# megabytes beside inputs, outputs and packed weights; the goal is 1. Forward +
# backward: all of it as a multiple of inputs + outputs; the goal is 3.

library(recurrent)
source("bench/common.R")
given <- arguments(names(gates), c("mid", "large", "xl"), 1:2)
entry <- function(name) getFromNamespace(name, "recurrent")
rnn_forward <- entry("ffi_rnn_forward")
rnn_backward <- entry("ffi_rnn_backward")

pool_reused <- function() .Call(entry("ffi_pool_reused"))

# Bytes that `code` allocates as vectors, and those that it uses again.
allocated <- function(code) {
  file <- tempfile("memory")
  on.exit(unlink(file))
  before <- pool_reused()
  Rprofmem(file)
  code()
  Rprofmem(NULL)
  lines <- grep("^[0-9]+ :", readLines(file), value = TRUE)
  sum(as.numeric(sub(" :.*", "", lines))) + pool_reused() - before
}

bytes <- function(...) {
  sum(vapply(list(...), function(x) {
    if (is.list(x)) do.call(bytes, x) else as.numeric(object.size(x))
  }, 0))
}

make_call <- function(size, kind, precision) {
  n <- size[[4]] * gates[[kind]]
  list(
    x = few(size[1:3]),
    weights = list(few(size[[3]], n) / 100, few(size[[4]], n) / 100,
                   few(if (kind == "gru") 2, n) / 100),
    spec = as.integer(c(0, 0, 1, 0, precision, 1, match(kind, names(gates)) - 1,
                        size[[4]], 1, 2, 1, kind == "gru"))
  )
}

# The whole of a call: bytes given, given back, packed, and allocated.
measure <- function(size, kind, precision, threads) {
  call <- make_call(size, kind, precision)
  run <- c(as.integer(threads), 0L)
  forward <- function(keep) {
    .Call(rnn_forward, call$x, call$weights, NULL, NULL, NULL, call$spec, keep,
          run)
  }
  out <- forward(FALSE)
  inputs <- bytes(call$x, call$weights)
  outputs <- bytes(out$output, out$states)
  packed <- bytes(call$weights) / (1 + precision)
  plain <- allocated(function() forward(FALSE))
  kept <- forward(TRUE)
  back <- function() {
    .Call(rnn_backward, call$x, call$weights, NULL, NULL, NULL, call$spec,
          kept$saved, out$output, NULL, c(TRUE, TRUE, TRUE), run)
  }
  both <- inputs + bytes(out$output) + allocated(function() forward(TRUE)) +
    allocated(back)
  data.frame(beside_mb = (plain - outputs - packed) / 2^20,
             times = both / (inputs + outputs))
}

if (!capabilities("profmem")) stop("this R cannot profile memory")
rows <- NULL
for (kind in given[[1]]) for (shape in given[[2]]) for (precision in 0:1) {
  for (threads in given[[3]]) {
    row <- measure(shapes[[shape]], kind, precision, threads)
    rows <- rbind(rows, data.frame(
      cell = kind, shape = shape, threads = threads,
      precision = c("double", "single")[[precision + 1]], row
    ))
  }
}
print(format(rows, digits = 3), row.names = FALSE)
keep("memory", list(rows = rows))
