# All randomness is R's own: `set.seed()` alone fixes everything.

# Evaluates `expr` with the generator seeded by `seed`, always R's default
# kinds of generator, and leaves the session's generator as it was, whether
# `expr` succeeds or not. NULL: the session's generator is used and moves on.
with_seed <- function(seed, expr) {
  if (is.null(seed)) return(expr)
  home <- globalenv()
  old <- home$.Random.seed
  kinds <- RNGkind()
  on.exit({
    if (is.null(old)) {
      # The session had drawn nothing: it is to seed itself when it does.
      suppressWarnings(RNGkind(kinds[[1L]], kinds[[2L]], kinds[[3L]]))
      rm(".Random.seed", envir = home)
    } else {
      home$.Random.seed <- old
    }
  })
  set.seed(seed, "Mersenne-Twister", "Inversion", "Rejection")
  expr
}

# NULL, or a whole number that `set.seed()` takes.
check_seed <- function(seed, arg = "seed") {
  if (is.null(seed)) return(NULL)
  if (!is.numeric(seed) || length(seed) != 1L) {
    stop_type(
      sprintf("`%s` must be NULL or a whole number, not %s.", arg,
              describe(seed)),
      i = "NULL draws from the generator that `set.seed()` starts."
    )
  }
  if (is.na(seed) || seed != trunc(seed) ||
      abs(seed) > .Machine$integer.max) {
    stop_value(
      sprintf("`%s` must be NULL or a whole number, not %s.", arg,
              format(seed)),
      i = sprintf("For example `%s = 1`.", arg)
    )
  }
  as.integer(seed)
}

# Normal numbers within two standard deviations of the mean: those beyond would
# be drawn anew; here by inversion, one draw each.
truncated_normal <- function(n, mean = 0, stddev = 1) {
  ends <- stats::pnorm(c(-2, 2))
  mean + stddev * stats::qnorm(stats::runif(n, ends[[1L]], ends[[2L]]))
}

# 1 / (1 - rate) where a number stays, and 0 where it is dropped; one draw each.
draw_dropout <- function(rate, sizes) {
  .Call(ffi_dropout, as.double(rate), as.integer(sizes))
}
