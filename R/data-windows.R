#' Windows of a series, ready for training
#'
#' Cuts a series into windows (samples, time, features) with the values ahead of
#' each as targets, splits them in time into a training and a test part, and
#' scales both with constants of the training part alone. [unscale()] undoes
#' the scale for predictions, [forecast_ahead()] continues the series.
#'
#' The test part begins at one time step: all targets of training windows lie
#' before it, all targets of test windows at or after it, and windows whose
#' targets lie on both sides are left out. Inputs of test windows may reach back
#' before it, as they do when one forecasts.
#'
#' @param x The series: a `ts`, a numeric vector, or a matrix or data frame
#'   (time, features): *rows are time steps, columns are features*. A column of
#'   class Date or POSIXct is the time of the rows, not a feature. (Objects of
#'   zoo and xts are taken as matrices, without their times.)
#' @param length Number of time steps in a window.
#' @param ahead How many steps ahead of the window's last step the targets lie:
#'   1 is the next step, `1:12` the next twelve, 12 the twelfth alone.
#' @param targets Names or numbers of the columns to predict; all when NULL.
#' @param stride Number of steps from the beginning of one window to the next.
#' @param test What the test part holds: a fraction below 1 of the time steps,
#'   a number of time steps, `c(1984, 1)` for all from that time of a `ts`, a
#'   Date (or POSIXct) for all from that time of a data frame; 0 for no test
#'   part.
#' @param scale How each feature is scaled: "standard" to mean 0 and standard
#'   deviation 1, "range" to 0 to 1, "none"; or a list of a function and its
#'   inverse, `list(sqrt, function(z) z^2)`, which the name of a scale may
#'   follow. Constants are those of the training part.
#' @param each_step Whether there is a target for each step of the window, for
#'   layers with `return_sequences = TRUE`; `ahead` must be one number then.
#' @param na "fail" refuses missing values, "drop" leaves out the windows that
#'   they touch.
#' @return A list that prints and has a `summary()`:
#'   - `train`, `test`: each a list of `x` (samples, `length`, features) and
#'     `y`: (samples, targets) for one step ahead, (samples, steps) for several
#'     steps of one target, (samples, steps, targets) for several of both;
#'     with `each_step` (samples, `length`, targets). `test` is NULL without a
#'     test part, and can be given to `fit()` as `validation_data`.
#'   - `time`: lists `train` and `test` of the times of the targets (row
#'     numbers, where the series has no times): a vector, or a matrix (samples,
#'     steps).
#'   - `scale`: `method`, `center` and `spread`, by feature.
#'   - `features`, `targets`: their names; `length`, `ahead`, `stride`,
#'     `series` as given.
#' @section Errors: `ValueError` when the series is shorter than a window and
#'   its target (the message names rows and columns), when a part is empty, has
#'   missing values, or names unknown columns; `TypeError` for what is not
#'   numbers.
#' @source Written for this package.
#' @seealso [timeseries_dataset_from_array()] for series whose windows would
#'   not fit in memory.
#' @export
#' @examples
#' w <- time_windows(ldeaths, length = 12, test = c(1979, 1))
#' w
#' summary(w)
#' model <- keras_model_sequential() %>%
#'   layer_simple_rnn(units = 8, input_shape = list(12, 1)) %>%
#'   layer_dense(units = 1)
#' model %>% compile(optimizer = "adam", loss = "mse")
#' model %>% fit(w$train$x, w$train$y, validation_data = w$test, epochs = 5)
#' predicted <- predict(model, w$test$x) %>% unscale(w)
#' data.frame(time = w$time$test, predicted, observed = unscale(w$test$y, w))
#' forecast_ahead(model, w, h = 12)
#'
#' # Deaths of men from those of both sexes, three months at once:
#' time_windows(cbind(men = mdeaths, women = fdeaths), length = 24,
#'              ahead = 1:3, targets = "men", test = 24)
time_windows <- function(x, length, ahead = 1, targets = NULL, stride = 1,
                         test = 0.2, scale = "standard", each_step = FALSE,
                         na = "fail") {
  series <- as_series(x)
  length <- check_count(length, "length")
  stride <- check_count(stride, "stride")
  check_flag(each_step, "each_step")
  ahead <- check_ahead(ahead, each_step)
  check_choice(na, c("fail", "drop"), "na", "\"fail\" or \"drop\"")
  features <- colnames(series$values)
  targets <- check_targets(targets, features)
  check_enough_steps(series, length, ahead)
  if (na == "fail") check_no_missing(series, "x")
  split <- split_row(test, series)
  known <- series$values[seq_len(split - 1L), , drop = FALSE]
  w <- list(length = length, ahead = ahead, stride = stride,
            features = features, targets = targets, each_step = each_step,
            split = split, scale = fit_scale(scale, known), series = series)
  cut_parts(w, apply_scale(series$values, w$scale))
}

# Training and test windows of the scaled values, and the times of targets.
cut_parts <- function(w, values) {
  n <- nrow(values)
  steps <- if (w$each_step) seq_len(w$length) - 1L + w$ahead else
    w$length - 1L + w$ahead
  parts <- list(train = c(1L, w$split - 1L), test = c(w$split, n))
  if (w$split > n) parts$test <- NULL
  first <- Map(function(part, rows) {
    from <- if (part == "train") 1L else max(1L, w$split - min(steps))
    to <- rows[[2L]] - max(steps)
    first <- if (from > to) integer() else seq.int(from, to, by = w$stride)
    keep_complete(first, values, w, steps)
  }, names(parts), parts)
  check_parts(first, steps, w)
  time <- w$series$time %||% seq_len(n)
  out <- lapply(first, function(f) {
    list(x = cut_windows(values, f, seq_len(w$length) - 1L),
         y = take_targets(values, f, steps, w))
  })
  times <- lapply(first, function(f) {
    rows <- outer(f, steps, "+")
    at <- time[as.vector(rows)]
    if (ncol(rows) > 1L) dim(at) <- dim(rows)
    at
  })
  structure(
    c(list(train = out$train, test = out$test, time = times), w),
    class = "recurrent_windows"
  )
}

take_targets <- function(values, first, steps, w) {
  y <- cut_windows(values[, w$targets, drop = FALSE], first, steps)
  d <- dim(y)
  if (w$each_step) return(y)
  if (d[[2L]] == 1L) return(array(y, d[c(1L, 3L)]))
  if (d[[3L]] == 1L) return(array(y, d[1:2]))
  y
}

# Windows without missing values in inputs and targets.
keep_complete <- function(first, values, w, steps) {
  if (!anyNA(values) || !length(first)) return(first)
  gap <- c(0L, cumsum(rowSums(is.na(values)) > 0))
  inputs <- gap[first + w$length] - gap[first]
  lost <- rowSums(is.na(values[, w$targets, drop = FALSE])) > 0
  targets <- rowSums(array(lost[outer(first, steps, "+")],
                           c(length(first), length(steps))))
  first[inputs == 0 & targets == 0]
}

check_ahead <- function(ahead, each_step) {
  fine <- is.numeric(ahead) && length(ahead) && !anyNA(ahead) &&
    all(ahead >= 1 & ahead == trunc(ahead)) &&
    !is.unsorted(ahead, strictly = TRUE)
  if (!fine || (each_step && length(ahead) > 1L)) {
    stop_value(
      sprintf("`ahead` must be %s, not %s.", if (each_step) {
        "one whole number of at least 1 with `each_step = TRUE`"
      } else {
        "increasing whole numbers of at least 1"
      }, deparse1(ahead)),
      i = "1 is the step after the window, `1:12` the twelve steps after it."
    )
  }
  as.integer(ahead)
}

check_targets <- function(targets, features) {
  if (is.null(targets)) return(features)
  if (is.numeric(targets)) {
    fine <- !anyNA(targets) & targets %in% seq_along(features)
    if (all(fine) && length(targets)) return(features[targets])
    stop_value(
      sprintf("`targets` names column %s; `x` has %d feature%s.",
              format(targets[!fine][1L]), length(features),
              if (length(features) == 1L) "" else "s"),
      i = "Columns are features, rows are time steps."
    )
  }
  if (!is.character(targets) || !length(targets)) {
    stop_type(
      sprintf("`targets` must name columns, not %s.", describe(targets)),
      i = "Give their names or numbers, or NULL for all."
    )
  }
  for (one in targets) check_choice(one, features, "targets", "a column of `x`")
  targets
}

check_enough_steps <- function(series, length, ahead) {
  d <- dim(series$values)
  need <- length + max(ahead)
  if (d[[1L]] >= need) return(invisible())
  stop_value(
    sprintf("`x` has %d time step%s; a window of %d and targets up to %d ahead \
need at least %d.", d[[1L]], if (d[[1L]] == 1L) "" else "s", length,
            max(ahead), need),
    i = sprintf("Rows are time steps, columns are features: `x` has shape %s \
(time, features).", format(as_shape(d))),
    i = if (d[[2L]] >= need) "If its columns are time steps, give `t(x)`."
  )
}

check_parts <- function(first, steps, w) {
  n <- nrow(w$series$values)
  for (part in names(first)) {
    if (length(first[[part]])) next
    rows <- if (part == "train") c(1L, w$split - 1L) else c(w$split, n)
    need <- diff(range(steps)) + 1L
    stop_value(
      sprintf("No window fits into the %s part, time steps %d to %d.",
              if (part == "train") "training" else "test", rows[[1L]],
              rows[[2L]]),
      i = sprintf("%s need %s there%s.", if (part == "train") {
        sprintf("A window of %d and targets up to %d ahead", w$length,
                max(w$ahead))
      } else {
        "The targets of one window"
      }, count_of(if (part == "train") max(steps) + 1L else need, "step"),
      if (anyNA(w$series$values)) " without missing values" else ""),
      i = "Give shorter windows or another `test`."
    )
  }
}
