# Where the test part of a series begins.

# The first row of the test part; one more than there are without a test part.
split_row <- function(test, series) {
  n <- nrow(series$values)
  if (inherits(test, c("Date", "POSIXct"))) return(split_at_date(test, series))
  if (is.numeric(test) && length(test) == 2L && !anyNA(test)) {
    return(split_at_time(test, series))
  }
  check_number(test, "test", min = 0)
  count <- if (test < 1) round(n * test) else test
  if (count != trunc(count) || count >= n) stop_bad_test(test, series)
  if (series$kind == "ts" && series$tsp[[1L]] != 1 && test > 1 &&
        test >= series$tsp[[1L]] && test <= series$tsp[[2L]]) {
    stop_value(
      sprintf("`test = %s` may be a number of time steps or a time.",
              format(test)),
      i = sprintf("For the time give `c(%s, 1)`, for the last steps a \
fraction below 1.", format(test))
    )
  }
  n + 1L - as.integer(count)
}

split_at_time <- function(test, series) {
  if (series$kind != "ts") stop_bad_test(test, series)
  at <- test[[1L]] + (test[[2L]] - 1) / series$tsp[[3L]]
  rows <- which(series$time >= at - getOption("ts.eps"))
  if (!length(rows) || rows[[1L]] == 1L) stop_bad_test(test, series)
  rows[[1L]]
}

split_at_date <- function(test, series) {
  if (!inherits(series$time, c("Date", "POSIXct")) || length(test) != 1L) {
    stop_bad_test(test, series)
  }
  test <- if (inherits(series$time, "POSIXct")) as.POSIXct(test) else
    as.Date(test)
  rows <- which(series$time >= test)
  if (!length(rows) || rows[[1L]] == 1L) stop_bad_test(test, series)
  rows[[1L]]
}

stop_bad_test <- function(test, series) {
  n <- nrow(series$values)
  stop_value(
    sprintf("`test = %s` does not split the series.",
            if (is.numeric(test)) deparse1(test) else
              paste(format(test), collapse = ", ")),
    i = sprintf("It has %d time steps%s.", n, if (!is.null(series$time)) {
      sprintf(" from %s to %s", format_time(series, 1L), format_time(series, n))
    } else ""),
    i = "Give a fraction below 1, a number of steps, `c(1984, 1)` for a ts, or \
a Date for a data frame with a column of dates."
  )
}
