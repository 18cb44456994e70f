# How near the kernels come to what the processor can do, and what a second
# thread brings.
#   Rscript bench/peak.R [shapes] [seconds]
# e.g. Rscript bench/peak.R large 20
# The peak is what a probe of independent multiply-adds reaches in the same
# rounds, by variant and precision; shares are medians over rounds. Forward and
# backward are the kernels' calls by themselves, of a simple cell with random
# input; R's BLAS makes the same products of the forward pass with `%*%`.
# Threads are compared through `layer(x)` and a tape around it.

library(recurrent)
source("bench/common.R")
given <- arguments(c("large", "xl"), 20)
routine <- function(name) getFromNamespace(name, "recurrent")
rnn_forward <- routine("ffi_rnn_forward")
rnn_backward <- routine("ffi_rnn_backward")
kernel_probe <- routine("ffi_kernel_probe")
kernels <- .Call(routine("ffi_kernels"))

make_data <- function(size) {
  f <- size[[3]]
  u <- size[[4]]
  list(x = few(size[1:3]), units = u, d_output = few(size[c(1, 2, 4)]),
       weights = list(few(f, u) / sqrt(f), few(u, u) / (2 * sqrt(u)),
                      few(u) / 10))
}

# Of one variant and precision: the probe and the two passes. The numbers of
# operations that one call makes are in the attribute.
kernel_contenders <- function(data, size, variant, precision) {
  spec <- as.integer(c(0, 0, 1, 0, precision, 1, 0, data$units, 1, 0, 1, 0))
  run <- c(1L, variant)
  probe <- function() .Call(kernel_probe, 2e6, precision, run)
  forward <- function(keep = FALSE) {
    .Call(rnn_forward, data$x, data$weights, NULL, NULL, NULL, spec, keep, run)
  }
  saved <- forward(TRUE)$saved
  backward <- function() {
    .Call(rnn_backward, data$x, data$weights, NULL, NULL, NULL, spec, saved,
          data$d_output, NULL, c(TRUE, TRUE, TRUE), run)
  }
  flops <- 2 * size[[1]] * size[[2]] * (size[[3]] + size[[4]]) * size[[4]]
  structure(lapply(list(probe = probe, forward = forward, backward = backward),
                   contender), flops = c(probe(), flops, 2 * flops))
}

blas_products <- function(data, size) {
  x <- matrix(data$x, ncol = size[[3]])
  h <- few(size[[1]], size[[4]])
  function() {
    x %*% data$weights[[1]]
    for (t in seq_len(size[[2]])) h %*% data$weights[[2]]
  }
}

shares <- function(shape) {
  size <- shapes[[shape]]
  data <- make_data(size)
  parts <- expand.grid(variant = names(kernels), precision = 0:1,
                       stringsAsFactors = FALSE)
  sets <- lapply(seq_len(nrow(parts)), function(i) {
    kernel_contenders(data, size, kernels[[parts$variant[[i]]]],
                      parts$precision[[i]])
  })
  all <- c(do.call(c, sets), list(blas = contender(blas_products(data, size))))
  times <- turns(all, as.numeric(given[[2]]), rest = 0)
  blas <- attr(sets[[1]], "flops")[[2]] / times[, ncol(times)]
  rows <- lapply(seq_along(sets), function(i) {
    rate <- t(attr(sets[[i]], "flops") / t(times[, 3 * i - 2:0]))
    m <- apply(cbind(rate, rate[, 2:3] / rate[, 1], rate[, 2] / blas), 2,
               stats::median)
    data.frame(
      shape = shape, kernel = parts$variant[[i]],
      precision = c("double", "single")[[parts$precision[[i]] + 1]],
      peak = m[[1]] / 1e9, forward = m[[2]] / 1e9, backward = m[[3]] / 1e9,
      forward_share = m[[4]], backward_share = m[[5]],
      blas = stats::median(blas) / 1e9, over_blas = m[[6]]
    )
  })
  do.call(rbind, rows)
}

# A contender with an own number of threads.
threaded <- function(f, threads) {
  force(f)
  function(times) {
    old <- options(recurrent.threads = threads)
    on.exit(options(old))
    seconds(f, times)
  }
}

threads <- function(shape) {
  size <- shapes[[shape]]
  x <- few(size[1:3])
  rows <- lapply(c(double = "float64", single = "float32"), function(dtype) {
    layer <- layer_simple_rnn(units = size[[4]], return_sequences = TRUE,
                              dtype = dtype)
    layer(x)
    tensor <- as_tensor(x)
    sources <- list(tensor, layer$weights)
    both <- function() gradient_tape(layer(tensor))$gradient(sources)
    forward <- function() layer(x)
    times <- turns(list(
      f1 = threaded(forward, 1), f2 = threaded(forward, 2),
      b1 = threaded(both, 1), b2 = threaded(both, 2)
    ), as.numeric(given[[2]]) / 2)
    ms <- apply(times, 2, stats::median) * 1e3
    data.frame(shape = shape, mode = c("forward", "both"), one = ms[c(1, 3)],
               two = ms[c(2, 4)], ratio = ms[c(1, 3)] / ms[c(2, 4)])
  })
  out <- do.call(rbind, rows)
  cbind(precision = rep(names(rows), each = 2), out, row.names = NULL)
}

for (shape in given[[1]]) {
  set.seed(1)
  found <- list(shares = shares(shape), threads = threads(shape))
  cat("\nGFLOP/s of one thread, and shares of the peak\n")
  print(format(found$shares, digits = 2), row.names = FALSE)
  cat("\nmilliseconds with one and two threads\n")
  print(format(found$threads, digits = 3), row.names = FALSE)
  keep(paste0("peak-", shape), found)
}
