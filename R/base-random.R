# `expr` is forced with R's generator seeded; NULL leaves the generator alone.
# With a seed the generator is afterwards where it was.
with_seed <- function(seed, expr) {
  if (is.null(seed)) return(force(expr))
  old <- globalenv()[[".Random.seed"]]
  on.exit({
    if (is.null(old)) {
      suppressWarnings(rm(".Random.seed", envir = globalenv()))
    } else {
      assign(".Random.seed", old, envir = globalenv())
    }
  })
  set.seed(seed)
  force(expr)
}

# Normal numbers within two standard deviations: those beyond are drawn anew,
# here by the inverse of the distribution function cut at both ends.
truncated_normal <- function(n, mean = 0, stddev = 1) {
  ends <- stats::pnorm(c(-2, 2))
  mean + stddev * stats::qnorm(stats::runif(n, ends[[1L]], ends[[2L]]))
}
