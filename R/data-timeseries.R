#' Windows of a time series, in batches
#'
#' Makes the batches of `fit()`, `evaluate()` and `predict()` from a series
#' while they are needed, so that overlapping windows take no memory. With
#' targets that are the series itself, a window of `length` steps has the step
#' that follows it as its target.
#'
#' To go from a `ts` or a data frame to scaled windows and back to a forecast,
#' see [time_windows()].
#'
#' @param data The series: a vector (time), a matrix or data frame (time,
#'   features), or an array whose first axis is time. Windows of a vector have
#'   no features axis; recurrent layers want one: give `as.matrix(x)`.
#' @param targets Targets, with as many rows as `data`: row t belongs to the
#'   window of the `length` steps *before* t.
#' @param length Number of time steps that a window reaches back.
#' @param sampling_rate Of these, every `sampling_rate`-th is taken.
#' @param stride Number of steps from one window to the next.
#' @param start_index,end_index First and last row to use, counted from 0;
#'   all when 0 and NULL.
#' @param shuffle Whether each batch is drawn at random (with replacement, from
#'   all windows whatever the stride, as in Keras).
#' @param reverse Whether time runs backwards in the windows.
#' @param batch_size Number of windows in a batch; the last may hold fewer.
#' @return An object for `fit()`, `evaluate()` and `predict()`: `length(x)`
#'   counts its batches, `x[[i]]` is batch `i` (from 1), a list of inputs
#'   (windows, steps, features) and targets (windows, ...), and `as.list(x)`
#'   gives them all.
#' @section Errors: `ValueError` when `data` and `targets` differ in length, or
#'   no window fits; `TypeError` for what is not numbers.
#' @source R keras 2.15 and tf.keras 2.15.
#' @export
#' @examples
#' x <- as.matrix(sin(1:50 / 3))
#' batches <- timeseries_generator(x, x, length = 10, batch_size = 16)
#' batches
#' str(batches[[1]])
#' model <- keras_model_sequential() %>%
#'   layer_simple_rnn(units = 4, input_shape = list(10, 1)) %>%
#'   layer_dense(units = 1)
#' predictions <- lapply(as.list(batches), function(b) predict(model, b[[1]]))
timeseries_generator <- function(data, targets, length, sampling_rate = 1,
                                 stride = 1, start_index = 0, end_index = NULL,
                                 shuffle = FALSE, reverse = FALSE,
                                 batch_size = 128) {
  data <- steps_array(data, "data")
  targets <- steps_array(targets, "targets")
  check_same_steps(data, targets)
  length <- check_count(length, "length")
  rate <- check_count(sampling_rate, "sampling_rate")
  stride <- check_count(stride, "stride")
  batch_size <- check_count(batch_size, "batch_size")
  check_flag(shuffle, "shuffle")
  start <- check_count(start_index, "start_index", min = 0L)
  end <- check_end(end_index, dim(data)[[1L]], dim(data)[[1L]] - 1L)
  if (start + length > end) {
    stop_value(
      sprintf("No window fits: the first target would be row %d, but \
`end_index` is %d (rows count from 0).", start + length, end),
      i = sprintf("A window of %d steps and its target need %d rows.", length,
                  length + 1L)
    )
  }
  target <- seq.int(start + length, end, by = if (shuffle) 1L else stride) + 1L
  offsets <- seq.int(0L, length - 1L, by = rate)
  if (check_flag(reverse, "reverse")) offsets <- rev(offsets)
  out <- new_sequence(data, targets, target - length, offsets, target,
                      batch_size, "timeseries_generator", stride = stride)
  if (!shuffle) return(out)
  # Drawn anew at each look; as many batches as there are without shuffling.
  out$draw <- function(x, rows) {
    sample.int(length(x$first), x$batch_size, replace = TRUE)
  }
  out$samples <- ceiling((end - start - length + 1L) / (batch_size * stride)) *
    batch_size
  out
}

#' @rdname timeseries_generator
#' @param sequence_length Number of steps in a window.
#' @param sequence_stride Number of steps from one window to the next.
#' @param ... Unused.
#' @param seed NULL, or a whole number that fixes the shuffling by itself.
#' @details In `timeseries_dataset_from_array()` row t of `targets` belongs to
#'   the window that *begins* at t, `end_index` is the first row that is not
#'   used, `targets = NULL` gives inputs alone, and `shuffle` gives all windows
#'   once, in a new order each epoch.
#' @export
#' @examples
#'
#' # The value two steps after each window of five:
#' x <- as.matrix(sin(1:50 / 3))
#' timeseries_dataset_from_array(x[1:44, , drop = FALSE], x[7:50, ],
#'                               sequence_length = 5, batch_size = 8)
timeseries_dataset_from_array <- function(data, targets, sequence_length,
                                          sequence_stride = 1L,
                                          sampling_rate = 1L,
                                          batch_size = 128L, shuffle = FALSE,
                                          ..., seed = NULL, start_index = NULL,
                                          end_index = NULL) {
  check_unknown_args(...names() %||% character(...length()),
                     names(formals(timeseries_dataset_from_array)),
                     "timeseries_dataset_from_array()")
  data <- steps_array(data, "data")
  if (!is.null(targets)) targets <- steps_array(targets, "targets")
  size <- check_count(sequence_length, "sequence_length")
  rate <- check_count(sampling_rate, "sampling_rate")
  stride <- check_count(sequence_stride, "sequence_stride")
  start <- check_count(start_index %||% 0L, "start_index", min = 0L)
  end <- check_end(end_index, dim(data)[[1L]], dim(data)[[1L]])
  n <- end - start - (size - 1L) * rate
  if (!is.null(targets)) n <- min(n, dim(targets)[[1L]] - start)
  if (n < 1L) stop_no_window(start, end, size, rate)
  first <- seq.int(start, start + n - 1L, by = stride) + 1L
  out <- new_sequence(
    data, targets, first, (seq_len(size) - 1L) * rate, first,
    check_count(batch_size, "batch_size"), "timeseries_dataset",
    seed = check_seed(seed)
  )
  if (!check_flag(shuffle, "shuffle")) return(out)
  out$next_epoch <- shuffle_windows
  shuffle_windows(out)
}

# With a seed, each epoch has the order that the seed and its number fix.
shuffle_windows <- function(x) {
  order <- with_seed(x$seed, sample.int(length(x$first)))
  x$first <- x$first[order]
  x$target <- x$target[order]
  x
}

# The values of a series as an array whose first axis is time.
steps_array <- function(x, arg) {
  if (is_tensor(x)) x <- value_of(x)
  if (is.data.frame(x)) x <- as_numeric_columns(x, arg)
  if (!is.numeric(x) && !is.logical(x)) {
    stop_type(
      sprintf("`%s` must hold numbers, not %s.", arg, describe(x)),
      i = "Give a vector (time), a matrix (time, features), or an array whose \
first axis is time."
    )
  }
  d <- dim(x) %||% length(x)
  array(as.vector(x), d)
}

# The columns of a data frame as a matrix (time, features).
as_numeric_columns <- function(x, arg) {
  fine <- vapply(x, function(v) is.numeric(v) || is.logical(v), NA)
  if (!all(fine)) {
    bad <- names(x)[!fine][[1L]]
    stop_type(
      sprintf("Column `%s` of `%s` must hold numbers, not %s.", bad, arg,
              class(x[[bad]])[[1L]]),
      i = "Remove the column, or turn it into numbers: a factor by \
`to_categorical()`."
    )
  }
  as.matrix(x)
}

check_same_steps <- function(data, targets) {
  n <- c(dim(data)[[1L]], dim(targets)[[1L]])
  if (n[[1L]] == n[[2L]]) return(invisible())
  stop_value(
    sprintf("`data` has %d time steps, `targets` %d.", n[[1L]], n[[2L]]),
    i = sprintf("The first axis is time: `data` has shape %s, `targets` %s.",
                format(as_shape(dim(data))), format(as_shape(dim(targets))))
  )
}

check_end <- function(end_index, n, default) {
  if (is.null(end_index)) return(default)
  end <- check_count(end_index, "end_index", min = 0L)
  if (end <= default) return(end)
  stop_value(
    sprintf("`end_index` is %d, but `data` has %d time steps.", end, n),
    i = sprintf("Rows count from 0; give at most %d.", default)
  )
}

stop_no_window <- function(start, end, size, rate) {
  stop_value(
    sprintf("No window fits between rows %d and %d (from 0).", start, end),
    i = sprintf("A window of %d steps with `sampling_rate = %d` takes %d rows, \
and its first row needs a target.", size, rate, (size - 1L) * rate + 1L)
  )
}
