# The kernels by themselves, called as layers call them.
#   Rscript bench/kernel.R [shapes] [cells] [threads]
# e.g. Rscript bench/kernel.R mid,large simple,lstm 2
# Per shape, variant and precision: the median and the least time of a forward
# call and of forward + backward (gradients of inputs, weights and states), the
# rate, and its share of the processor's multiply-add peak, measured by a probe
# in the same run. Calls are interleaved, so that a change of clock hits all.

library(recurrent)
routine <- function(name) getFromNamespace(name, "recurrent")
rnn_forward <- routine("ffi_rnn_forward")
rnn_backward <- routine("ffi_rnn_backward")

shapes <- list(doc = c(32, 10, 8, 4), mid = c(32, 100, 32, 64),
               irnn = c(32, 784, 1, 100), large = c(64, 100, 128, 256),
               xl = c(128, 50, 512, 1024), stream = c(1, 1, 8, 32))
gates <- c(simple = 1, lstm = 4, gru = 3)
args <- strsplit(c(commandArgs(TRUE), rep("", 3))[1:3], ",")
pick <- function(given, all) if (length(given)) given else all
shapes <- shapes[pick(args[[1]], names(shapes))]
kinds <- pick(args[[2]], "simple")
threads <- as.integer(pick(args[[3]], 1))

make_case <- function(size, kind, precision) {
  b <- size[1]
  t <- size[2]
  f <- size[3]
  u <- size[4]
  n <- u * gates[[kind]]
  few <- function(...) array(rnorm(prod(...)), c(...))
  list(
    x = few(b, t, f),
    weights = list(few(f, n) / sqrt(f), few(u, n) / (2 * sqrt(u)),
                   few(if (kind == "gru") 2, n) / 10),
    spec = as.integer(c(0, 0, 1, 0, precision, 1, match(kind, names(gates)) - 1,
                        u, 1, 2, 1, kind == "gru")),
    d_output = few(b, t, u),
    flops = 2 * b * t * (f + u) * n
  )
}

forward <- function(case, run, keep = FALSE) {
  .Call(rnn_forward, case$x, case$weights, NULL, NULL, NULL, case$spec,
        keep, run)
}

both <- function(case, run) {
  out <- forward(case, run, TRUE)
  .Call(rnn_backward, case$x, case$weights, NULL, NULL, NULL, case$spec,
        out$saved, case$d_output, NULL, c(TRUE, TRUE, TRUE), run)
}

seconds <- function(f, times) {
  start <- Sys.time()
  for (i in seq_len(times)) f()
  as.numeric(Sys.time() - start, units = "secs") / times
}

# Rounds over all functions in turn; how many calls make one measurement, and
# how many rounds, follow from the time of one call.
interleave <- function(fs, budget = 1) {
  for (f in fs) f()
  one <- vapply(fs, function(f) seconds(f, 2), 0)
  times <- pmax(1, floor(2e-3 / one))
  rounds <- min(40, max(5, floor(budget / sum(one * times))))
  out <- matrix(0, rounds, length(fs))
  for (i in seq_len(rounds)) {
    for (j in seq_along(fs)) out[i, j] <- seconds(fs[[j]], times[j])
  }
  out
}

peak <- function(precision, variant) {
  rate <- function() {
    flops <- 0
    t <- seconds(function() {
      flops <<- .Call(routine("ffi_kernel_probe"), 5e5, precision,
                      c(1L, variant))
    }, 1)
    flops / t
  }
  max(replicate(20, rate()))
}

processor <- grep("model name", tryCatch(readLines("/proc/cpuinfo"),
                                         error = function(e) ""), value = TRUE)
cat(format(Sys.Date()), "|", sub(".*: ", "", c(processor, "?")[1]), "|",
    R.version.string, "| threads:", threads, "\n")
cat("BLAS (not used here):", extSoftVersion()[["BLAS"]], "\n\n")

kernels <- .Call(routine("ffi_kernels"))
set.seed(1)
line <- "%-7s %-7s %-9s %-7s %10.4f %10.4f %5.0f%% %10.4f %10.4f %5.0f%%\n"
cat(sprintf("%-7s %-7s %-9s %-7s %10s %10s %6s %10s %10s %6s\n", "shape",
            "cell", "kernel", "", "forward", "least", "peak", "fwd+bwd",
            "least", "peak"))
peaks <- sapply(kernels, function(v) c(peak(0L, v), peak(1L, v)))
for (shape in names(shapes)) for (kind in kinds) for (precision in 0:1) {
  case <- make_case(shapes[[shape]], kind, precision)
  fs <- unlist(lapply(unname(kernels), function(v) {
    run <- c(threads, v)
    list(function() forward(case, run), function() both(case, run))
  }))
  times <- interleave(fs)
  for (i in seq_along(kernels)) {
    f <- times[, 2 * i - 1]
    b <- times[, 2 * i]
    top <- peaks[precision + 1, i] * threads / 100
    cat(sprintf(line, shape, kind, names(kernels)[i],
                c("double", "single")[precision + 1], 1e3 * median(f),
                1e3 * min(f), case$flops / min(f) / top, 1e3 * median(b),
                1e3 * min(b), 3 * case$flops / min(b) / top))
  }
}
cat("\nmilliseconds; peak: share of multiply-add peak at the least time\n")
