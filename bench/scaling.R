# How the cost grows with batch, time, features and units, over two decades.
#   Rscript bench/scaling.R [sizes] [seconds]
# e.g. Rscript bench/scaling.R batch,units 10
# One size of a simple RNN layer grows, the others stay so that it dominates;
# one thread. The slope is that of the least squares line through the logarithms
# of time and size over the larger decade: 1 is linear, 2 quadratic. `steepest`
# is the largest slope between neighbours there.

library(recurrent)
source("bench/common.R")
source("bench/growth.R")
given <- arguments(c("batch", "time", "features", "units"), 10)

decades <- c(1, 2.2, 4.6, 10, 22, 46, 100)
fixed <- list(batch = c(NA, 50, 32, 64), time = c(32, NA, 32, 64),
              features = c(32, 50, NA, 16), units = c(32, 20, 8, NA))
smallest <- c(batch = 16, time = 10, features = 32, units = 16)

sizes_of <- function(what) {
  lapply(round(smallest[[what]] * decades), function(n) {
    ifelse(is.na(fixed[[what]]), n, fixed[[what]])
  })
}

layer_contenders <- function(size, dtype) {
  x <- few(size[1:3])
  layer <- layer_simple_rnn(units = size[[4]], return_sequences = TRUE,
                            dtype = dtype)
  layer(x)
  tensor <- as_tensor(x)
  sources <- list(tensor, layer$weights)
  both <- function() gradient_tape(layer(tensor))$gradient(sources)
  list(forward = contender(function() layer(x)), both = contender(both))
}

scale_one <- function(what, seconds) {
  n <- vapply(sizes_of(what), function(s) s[is.na(fixed[[what]])], 0)
  rows <- lapply(c(double = "float64", single = "float32"), function(dtype) {
    set <- lapply(sizes_of(what), layer_contenders, dtype)
    times <- turns(do.call(c, set), seconds / 2)
    ms <- matrix(apply(times, 2, stats::median), 2) * 1e3
    data.frame(what = what, n = rep(n, each = 2), mode = c("forward", "both"),
               ms = c(ms))
  })
  out <- do.call(rbind, rows)
  cbind(precision = rep(names(rows), each = nrow(out) / 2), out,
        row.names = NULL)
}

for (what in given[[1]]) {
  set.seed(1)
  rows <- scale_one(what, as.numeric(given[[2]]))
  print(format(slopes(rows), digits = 3), row.names = FALSE)
  keep(paste0("scaling-", what), list(rows = rows))
}
