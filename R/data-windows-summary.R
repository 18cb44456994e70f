#' @export
print.recurrent_windows <- function(x, ...) {
  n <- nrow(x$series$values)
  cat(sprintf("<time windows> %d step%s of %s, %s %s\n", x$length,
              if (x$length == 1L) "" else "s",
              count_of(length(x$features), "feature"),
              count_of(length(x$targets), "target"),
              format_ahead(x$ahead)))
  cat(sprintf("  series  %d time steps%s\n", n, if (!is.null(x$series$time)) {
    sprintf(", %s to %s", format_time(x$series, 1L), format_time(x$series, n))
  } else ""))
  for (part in c("train", "test")) cat(format_part(x, part))
  cat(sprintf("  scale   %s, from the %d steps of the training part\n",
              format_scale(x$scale), x$split - 1L))
  invisible(x)
}

count_of <- function(n, what) paste0(n, " ", what, if (n != 1L) "s")

format_ahead <- function(ahead) {
  n <- length(ahead)
  if (n == 1L) return(paste(count_of(ahead, "step"), "ahead"))
  how <- if (identical(ahead, seq.int(ahead[[1L]], ahead[[n]])))
    paste(ahead[[1L]], "to", ahead[[n]]) else paste(ahead, collapse = ", ")
  paste(how, "steps ahead")
}

format_part <- function(x, part) {
  data <- x[[part]]
  if (is.null(data)) return(sprintf("  %-6s  none\n", part))
  shape <- function(v) format(as_shape(dim(v)))
  sprintf("  %-6s  x %s, y %s%s\n", part, shape(data$x), shape(data$y),
          if (part == "train") "" else if (is.null(x$series$time))
            sprintf(", from step %d", x$split) else
              paste0(", from ", format_time(x$series, x$split)))
}

format_scale <- function(scale) {
  own <- if (isTRUE(scale$own)) "own function"
  method <- if (is.null(own) || scale$method != "none") scale$method
  paste(c(own, method), collapse = ", then ")
}

#' Summary of windows
#'
#' Says how each feature was scaled, and what error a forecast by the last known
#' value makes in each part, in the units of the series: the number that a model
#' has to beat.
#'
#' @param object What [time_windows()] gave.
#' @param x A summary.
#' @param ... Unused.
#' @return A list, printed as tables: `features`, a data frame with `center` and
#'   `spread`; `last_value`, a data frame with the root mean squared error
#'   `rmse` and the mean absolute error `mae` by part and target.
#' @source Written for this package.
#' @export
#' @examples
#' summary(time_windows(ldeaths, length = 12))
summary.recurrent_windows <- function(object, ...) {
  scale <- object$scale
  features <- data.frame(
    feature = object$features,
    target = object$features %in% object$targets,
    center = unname(scale$center), spread = unname(scale$spread)
  )
  parts <- intersect(c("train", "test"), names(Filter(length, object)))
  errors <- lapply(parts, function(part) last_value_error(object, part))
  structure(
    list(windows = object, features = features,
         last_value = do.call(rbind, errors)),
    class = "recurrent_windows_summary"
  )
}

last_value_error <- function(w, part) {
  y <- w[[part]]$y
  x <- w[[part]]$x[, , match(w$targets, w$features), drop = FALSE]
  d <- c(nrow(y), length(y) / nrow(y) / length(w$targets), length(w$targets))
  if (!w$each_step) x <- x[, rep(w$length, d[[2L]]), , drop = FALSE]
  off <- unscale(array(x, d), w) - unscale(array(y, d), w)
  data.frame(part = part, target = w$targets,
             rmse = sqrt(apply(off^2, 3L, mean)),
             mae = apply(abs(off), 3L, mean))
}

#' @rdname summary.recurrent_windows
#' @export
print.recurrent_windows_summary <- function(x, ...) {
  print(x$windows)
  cat("\nFeatures: (x - center) / spread",
      if (isTRUE(x$windows$scale$own)) " of what the function gives", "\n",
      sep = "")
  print(x$features, row.names = FALSE, digits = 4)
  cat("\nError of the last known value as the forecast:\n")
  print(x$last_value, row.names = FALSE, digits = 4)
  invisible(x)
}
