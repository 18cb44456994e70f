# A series, whatever it came in: `values` is a matrix (time, features) of
# doubles with column names, `kind` what to give back ("ts", "vector",
# "matrix", "data frame"), `time` one entry per row or NULL, `time_name` the
# name of the column it came from.
as_series <- function(x, arg = "x") {
  if (is_tensor(x)) x <- value_of(x)
  if (is.data.frame(x)) return(series_of_frame(x, arg))
  if (!is.numeric(x) && !is.logical(x)) stop_not_series(x, arg)
  if (length(dim(x)) > 2L) stop_not_series(x, arg)
  kind <- if (stats::is.ts(x)) "ts" else if (is.matrix(x)) "matrix" else
    "vector"
  time <- if (stats::is.ts(x)) as.vector(stats::time(x))
  new_series(as.matrix(x), kind, time,
             tsp = if (stats::is.ts(x)) stats::tsp(x))
}

new_series <- function(values, kind, time = NULL, ...) {
  names <- colnames(values)
  if (is.null(names)) {
    n <- ncol(values)
    names <- if (n == 1L) "x" else paste0("x", seq_len(n))
  }
  values <- matrix(as.double(values), nrow(values),
                   dimnames = list(NULL, names))
  list(values = values, kind = kind, time = time, ...)
}

# A column of dates is the time, not a feature.
series_of_frame <- function(x, arg) {
  x <- as.data.frame(x)
  dated <- vapply(x, inherits, NA, what = c("Date", "POSIXct"))
  if (sum(dated) > 1L) {
    stop_value(
      sprintf("`%s` has %d columns of dates: %s.", arg, sum(dated),
              paste(names(x)[dated], collapse = ", ")),
      i = "One is the time of the rows; remove the others."
    )
  }
  time <- if (any(dated)) x[[which(dated)]]
  if (anyNA(time) || is.unsorted(time, strictly = TRUE)) {
    stop_value(
      sprintf("The rows of `%s` are not in order of time: column `%s` does \
not increase from row to row.", arg, names(x)[dated]),
      i = sprintf("Sort them: `x[order(x$%s), ]`. For several series in one \
data frame make windows of each.", names(x)[dated])
    )
  }
  new_series(as_numeric_columns(x[!dated], arg), "data frame", time,
             time_name = names(x)[dated])
}

stop_not_series <- function(x, arg) {
  fail <- if (is.numeric(x)) stop_value else stop_type
  fail(
    sprintf("`%s` must be one series, not %s.", arg, describe(x)),
    i = "Give a ts, a vector (time), or a matrix or data frame (time, \
features); windows (samples, time, features) are made of it."
  )
}

check_no_missing <- function(series, arg) {
  bad <- which(is.na(series$values), arr.ind = TRUE)
  if (!nrow(bad)) return(invisible())
  stop_value(
    sprintf("`%s` has %d missing value%s; the first is at time step %d of \
`%s`.", arg, nrow(bad), if (nrow(bad) == 1L) "" else "s", bad[[1L, 1L]],
            colnames(series$values)[[bad[[1L, 2L]]]]),
    i = "Fill them in, or leave out the windows that they touch: \
`na = \"drop\"`."
  )
}

# The columns of `series` in the order of `features`: by name, or by place where
# either side came without names.
match_features <- function(series, features, arg) {
  have <- colnames(series$values)
  if (all(features %in% have)) {
    series$values <- series$values[, features, drop = FALSE]
    return(series)
  }
  unnamed <- function(names) all(grepl("^x[0-9]*$", names))
  if (length(have) == length(features) &&
        (unnamed(have) || unnamed(features))) {
    colnames(series$values) <- features
    return(series)
  }
  stop_value(
    sprintf("`%s` has shape %s (time, features) with the features %s.", arg,
            format(as_shape(dim(series$values))),
            paste0("`", have, "`", collapse = ", ")),
    i = sprintf("These are wanted: %s.",
                paste0("`", features, "`", collapse = ", "))
  )
}

# The times of the `h` steps after row `from`: of the series as far as it goes,
# then in its own rhythm. NULL when there is none.
times_after <- function(series, from, h) {
  time <- series$time
  if (is.null(time)) return(NULL)
  missing <- from + h - length(time)
  if (missing > 0L) {
    later <- continue_time(time, missing)
    if (is.null(later)) return(NULL)
    time <- c(time, later)
  }
  time[from + seq_len(h)]
}

continue_time <- function(time, h) {
  n <- length(time)
  if (n < 2L) return(NULL)
  gaps <- diff(as.numeric(time))
  if (diff(range(gaps)) <= 1e-6 * gaps[[1L]]) {
    return(time[[n]] + seq_len(h) * (time[[n]] - time[[n - 1L]]))
  }
  date <- as.POSIXlt(time)
  months <- diff(12 * date$year + date$mon)
  if (!inherits(time, "Date") || any(date$mday != date$mday[[1L]]) ||
        any(months != months[[1L]])) return(NULL)
  seq(time[[n]], by = paste(months[[1L]], "months"), length.out = h + 1L)[-1L]
}

# Rows of forecasts (h, targets) as what the series came in.
like_series <- function(values, series, from) {
  h <- nrow(values)
  one <- ncol(values) == 1L
  switch(
    series$kind,
    ts = stats::ts(if (one) as.vector(values) else values,
                   start = series$tsp[[1L]] + from / series$tsp[[3L]],
                   frequency = series$tsp[[3L]]),
    vector = as.vector(values),
    "data frame" =
      frame_with_time(values, series, times_after(series, from, h)),
    values
  )
}

frame_with_time <- function(values, series, time) {
  out <- as.data.frame(values)
  if (is.null(time)) return(out)
  cbind(stats::setNames(data.frame(time), series$time_name), out)
}

# A time as a user would write it: c(1984, 1) in a monthly series.
format_time <- function(series, row) {
  time <- series$time[[row]]
  if (series$kind != "ts") return(format(time))
  frequency <- series$tsp[[3L]]
  if (frequency == 1) return(format(time))
  year <- floor(time + getOption("ts.eps"))
  sprintf("c(%d, %d)", year, round((time - year) * frequency) + 1)
}
