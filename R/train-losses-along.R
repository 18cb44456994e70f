# Makers of the losses' rows. Labels t and predictions p have one shape, and a
# loss is taken along the last axis; gradients of samples of weight 0 are 0,
# also where the loss is not a number.

# Sums over the last axis; a scalar stays as it is.
last_sum <- function(v) {
  d <- dim(v)
  if (length(d) == 2L) {
    out <- .rowSums(v, d[[1L]], d[[2L]])
    dim(out) <- d[[1L]]
    return(out)
  }
  d <- dims(v)
  if (!length(d)) return(v)
  n <- d[[length(d)]]
  d <- d[-length(d)]
  out <- .rowSums(v, prod(d), n)
  if (length(d)) dim(out) <- d
  out
}

last_size <- function(v) {
  d <- dim(v)
  if (is.null(d)) d <- dims(v)
  if (length(d)) d[[length(d)]] else 1L
}

last_mean <- function(v) last_sum(v) / last_size(v)

# One value per sample repeated along the last axis of `like`.
along_last <- function(g, like) {
  g <- rep.int(as.vector(g), last_size(like))
  dim(g) <- dim(like)
  g
}

# Nothing flows to where nothing was weighed: 0 * NaN is 0 here.
only_weighed <- function(d, g) {
  if (anyNA(d)) d[is.na(d) & g == 0] <- 0
  d
}

# A loss that is the mean over the last axis of value(t, p, ...), with its
# slopes in t and p.
mean_row <- function(name, value, slope_t, slope_p) {
  op_row(
    name,
    function(t, p, ...) last_mean(value(t, p, ...)),
    function(g, y, t, p, ..., need) {
      g <- along_last(g / last_size(p), p)
      list(if (need[[1L]]) only_weighed(g * slope_t(t, p, ...), g),
           if (need[[2L]]) only_weighed(g * slope_p(t, p, ...), g))
    },
    needs = TRUE
  )
}

# A loss of p - t alone.
error_row <- function(name, value, slope) {
  mean_row(
    name,
    function(t, p, ...) value(p - t, ...),
    function(t, p, ...) -slope(p - t, ...),
    function(t, p, ...) slope(p - t, ...)
  )
}

# Losses that look at the last axis as a whole see matrices with one row per
# sample.
as_rows <- function(v) {
  n <- last_size(v)
  dim(v) <- c(length(v) %/% max(n, 1L), n)
  v
}

# `value(t, p, ...)` of two matrices gives one number per row;
# `slopes(t, p, ..., need)` a list of two matrices, of what is needed.
vector_row <- function(name, value, slopes) {
  op_row(
    name,
    function(t, p, ...) {
      like_samples(value(as_rows(t), as_rows(p), ...), p)
    },
    function(g, y, t, p, ..., need) {
      d <- slopes(as_rows(t), as_rows(p), ..., need = need)
      g <- as.vector(g)
      Map(function(slope, x) {
        if (is.null(slope)) return(NULL)
        slope <- only_weighed(slope * g, rep.int(g, ncol(slope)))
        dim(slope) <- dim(x)
        slope
      }, d, list(t, p))
    },
    needs = TRUE
  )
}

# One number per sample in the shape of p without its last axis.
like_samples <- function(y, p) {
  d <- dims(p)
  dim(y) <- if (length(d) > 1L) d[-length(d)]
  y
}

top_of_rows <- function(m) m[cbind(seq_len(nrow(m)), .Call(ffi_top, m))]

# log(sum(exp(z))) of each row.
log_sum_exp <- function(z) .Call(ffi_log_sum_exp, z)

# pmax() and pmin() with a number, which keep dim and NaN at less cost.
pmax_keep <- function(x, low) {
  x[x < low & !is.na(x)] <- low
  x
}

pmin_keep <- function(x, high) {
  x[x > high & !is.na(x)] <- high
  x
}

clip_to <- function(x, low, high) pmin_keep(pmax_keep(x, low), high)

within <- function(x, low, high) x >= low & x <= high
