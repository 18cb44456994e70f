# How each feature was scaled: z = (forward(x) - center) / spread, with
# constants of the training part alone. `center` and `spread` have one named
# number per feature; `forward` and `inverse` are functions.
fit_scale <- function(scale, values) {
  pair <- check_scale(scale)
  raised <- suppressWarnings(pair$forward(values))
  check_pair(pair, values, raised)
  finite <- function(f) {
    vapply(stats::setNames(nm = colnames(values)), function(name) {
      v <- raised[, match(name, colnames(values))]
      v <- v[is.finite(v)]
      if (length(v)) as.double(f(v)) else 0
    }, 0)
  }
  out <- switch(
    pair$method,
    standard = list(center = finite(mean), spread = finite(stats::sd)),
    range = list(center = finite(min), spread = finite(max) - finite(min)),
    none = list(center = 0 * finite(length), spread = 1 + 0 * finite(length))
  )
  # What does not vary in the training part is only shifted.
  out$spread[is.na(out$spread) | out$spread == 0] <- 1
  c(list(method = pair$method), out, pair[c("forward", "inverse", "own")])
}

check_scale <- function(scale) {
  pair <- list(method = scale, forward = identity, inverse = identity,
               own = FALSE)
  if (!is.character(scale)) {
    n <- length(scale)
    fits <- is.list(scale) && n %in% 2:3 &&
      is.function(scale[[1L]]) && is.function(scale[[2L]])
    if (!fits) {
      stop_type(
        "`scale` must be a name or a list of two functions.",
        i = "The second undoes the first: `list(sqrt, function(z) z^2)`; the \
name of a scale may follow them: `list(log, exp, \"standard\")`."
      )
    }
    pair <- list(method = if (n == 3L) scale[[3L]] else "none",
                 forward = match.fun(scale[[1L]]),
                 inverse = match.fun(scale[[2L]]), own = TRUE)
  }
  check_choice(pair$method, c("standard", "range", "none"), "scale",
               "the name of a scale or a list of two functions")
  pair
}

check_pair <- function(pair, values, raised) {
  if (!pair$own) return(invisible())
  check_raised(values, raised)
  back <- pair$inverse(raised)
  if (isTRUE(all.equal(back, values, tolerance = 1e-6))) return(invisible())
  stop_value(
    "The second function of `scale` does not undo the first on the training \
part.",
    i = "For example `list(sqrt, function(z) z^2)`, `list(log1p, expm1)`."
  )
}

check_raised <- function(values, raised) {
  fits <- is.numeric(raised) && identical(dim(raised), dim(values))
  bad <- if (fits) which(is.finite(values) & !is.finite(raised))
  if (fits && !length(bad)) return(invisible())
  stop_value(
    if (!fits) sprintf(
      "The first function of `scale` was given %s and gave %s.",
      describe(values), describe(raised)
    ) else sprintf("The first function of `scale` turns %s into %s.",
                   format(values[[bad[[1L]]]]), format(raised[[bad[[1L]]]])),
    i = "It must turn each number into a number; for logarithms of zeros take \
`list(log1p, expm1)`."
  )
}

# `values` has the features `of` in its columns.
apply_scale <- function(values, scale, of = names(scale$center)) {
  raised <- suppressWarnings(scale$forward(values))
  if (scale$own) check_raised(values, raised)
  sweep(sweep(raised, 2L, scale$center[of]), 2L, scale$spread[of], "/")
}

undo_scale <- function(values, scale, of = names(scale$center)) {
  raised <- sweep(sweep(values, 2L, scale$spread[of], "*"), 2L,
                  scale$center[of], "+")
  scale$inverse(raised)
}

#' From the scale of windows and back
#'
#' `unscale()` turns predictions of a model that was trained on
#' [time_windows()] back into the units of the series; `scale_like()` brings
#' other data to the scale of the windows. Both use the constants of the
#' training part.
#'
#' @param y Predictions or targets: an array of the shape of `windows$train$y`
#'   whatever its number of samples, or any array whose last axis holds the
#'   targets.
#' @param x Data in the units of the series: a ts, vector, matrix, data frame
#'   or array whose last axis holds the features.
#' @param windows What [time_windows()] gave.
#' @param of "targets", or "features" for arrays like `windows$train$x`.
#' @return An array of the shape of `y` or `x`; a matrix for a data frame.
#' @section Errors: `ValueError` when the last axis does not fit; the message
#'   names the shape that does. `TypeError` for what is not numbers.
#' @source Written for this package; the scales are those of R's `scale()`.
#' @export
#' @examples
#' w <- time_windows(ldeaths, length = 12, test = c(1979, 1))
#' naive <- w$test$x[, 12, 1]                   # the last value of each window
#' mean(abs(unscale(naive, w) - unscale(w$test$y[, 1], w)))
#' all.equal(unscale(w$train$x, w, of = "features")[, 1, 1], ldeaths[1:48])
#' scale_like(c(1500, 2000), w)
unscale <- function(y, windows, of = c("targets", "features")) {
  check_windows(windows)
  of <- check_choice(of[[1L]], c("targets", "features"), "of",
                     "\"targets\" or \"features\"")
  if (is_tensor(y)) y <- value_of(y)
  if (!is.numeric(y)) {
    stop_type(
      sprintf("`y` must hold numbers, not %s.", describe(y)),
      i = "Give what `predict()` gives."
    )
  }
  names <- windows[[of]]
  d <- dim(y) %||% length(y)
  if (length(names) > 1L && d[[length(d)]] != length(names)) {
    stop_last_axis("y", d, names, of)
  }
  flat <- matrix(as.double(y), ncol = length(names))
  out <- undo_scale(flat, windows$scale, names)
  if (is.null(dim(y))) as.vector(out) else array(out, d)
}

#' @rdname unscale
#' @export
scale_like <- function(x, windows) {
  check_windows(windows)
  names <- windows$features
  if (is.data.frame(x)) {
    x <- match_features(as_series(x), names, "x")$values
  }
  if (is_tensor(x)) x <- value_of(x)
  if (!is.numeric(x) && !is.logical(x)) stop_not_series(x, "x")
  d <- dim(x) %||% length(x)
  if (length(names) > 1L && d[[length(d)]] != length(names)) {
    stop_last_axis("x", d, names, "features")
  }
  flat <- matrix(as.double(x), ncol = length(names))
  out <- apply_scale(flat, windows$scale, names)
  if (is.null(dim(x))) as.vector(out) else array(out, d)
}

stop_last_axis <- function(arg, d, names, of) {
  stop_value(
    sprintf("`%s` has shape %s; its last axis must hold the %d %s.", arg,
            format(as_shape(d)), length(names), of),
    i = sprintf("They are %s: (samples, %s) or (samples, time, %s).",
                paste0("`", names, "`", collapse = ", "), of, of)
  )
}

check_windows <- function(windows) {
  if (inherits(windows, "recurrent_windows")) return(windows)
  stop_type(
    sprintf("`windows` must be what `time_windows()` gives, not %s.",
            describe(windows)),
    i = "It holds the constants of the scale: \
`unscale(predictions, windows)`."
  )
}
