#' Forecast a series step after step
#'
#' Continues a series by `h` steps: the model predicts what follows the last
#' window, the prediction becomes part of the next window, and so on. The scale
#' is undone at the end.
#'
#' A model that gives several steps at once (`ahead = 1:12`) is asked for blocks
#' of so many. Where the targets are not all features, the others must be known
#' in advance: give them as `future`.
#'
#' A stateful model must have batch size 1 and a time axis of any length
#' (`batch_input_shape = list(1, NULL, features)`). From zero states it reads
#' the series up to the forecast once, then each forecast as one more step, as
#' in training on consecutive pieces. Its states are put back afterwards.
#'
#' @param model A model, or a function that takes windows (samples, time,
#'   features) and gives predictions: for example the mean of several models.
#' @param windows What [time_windows()] gave; the model was trained on it.
#' @param h Number of steps.
#' @param from "end" continues the whole series; "test" continues the training
#'   part, so that the forecast can be compared with the test part.
#' @param future The features that are not targets at the forecast steps, in the
#'   units of the series: a matrix or data frame (`h`, features).
#' @param newdata A series to continue instead: with the same features, at least
#'   as long as a window, in the units of the series.
#' @return The forecasts in the units of the series: a `ts` for a `ts`, else a
#'   vector, a matrix (`h`, targets) or a data frame, as the series was. A
#'   data frame has a column of times when the times of the series were
#'   regular.
#' @section Errors: `ValueError` when the windows' targets do not begin one step
#'   ahead, when `future` is missing or too short, when predictions do not have
#'   the shape of the targets, or for a stateful model of another batch size;
#'   `TypeError` for what is not a model or windows.
#' @source Written for this package.
#' @export
#' @examples
#' w <- time_windows(ldeaths, length = 12, test = c(1979, 1))
#' model <- keras_model_sequential() %>%
#'   layer_simple_rnn(units = 8, input_shape = list(12, 1)) %>%
#'   layer_dense(units = 1)
#' model %>% compile(optimizer = "adam", loss = "mse")
#' model %>% fit(w$train$x, w$train$y, epochs = 5)
#' forecast_ahead(model, w, h = 12)
#' forecast_ahead(model, w, h = 12, from = "test")
#'
#' # Any function of windows is a model:
#' forecast_ahead(function(x) x[, 1, 1], w, h = 6)    # same month, last year
forecast_ahead <- function(model, windows, h, from = "end", future = NULL,
                           newdata = NULL) {
  check_windows(windows)
  h <- check_count(h, "h")
  block <- check_block(windows)
  series <- forecast_series(windows, from, newdata)
  last <- if (from == "test") windows$split - 1L else nrow(series$values)
  known <- apply_scale(series$values[seq_len(last), , drop = FALSE],
                       windows$scale, windows$features)
  needed <- (ceiling(h / block) - 1L) * block
  future <- future_features(future, windows, needed)
  ask <- forecaster(model, windows)
  on.exit(ask$done())
  out <- forecast_blocks(ask, known, future, windows, ceiling(h / block))
  out <- undo_scale(out[seq_len(h), , drop = FALSE], windows$scale,
                    windows$targets)
  like_series(out, series, last)
}

# Scaled forecasts (blocks * steps, targets).
forecast_blocks <- function(ask, known, future, w, blocks) {
  block <- length(w$ahead)
  found <- vector("list", blocks)
  pred <- ask$first(known)
  for (k in seq_len(blocks)) {
    found[[k]] <- pred
    if (k == blocks) break
    rows <- matrix(0, block, length(w$features),
                   dimnames = list(NULL, w$features))
    rows[, colnames(future)] <- future[(k - 1L) * block + seq_len(block), ]
    rows[, w$targets] <- pred
    pred <- ask$then(rows)
  }
  out <- do.call(rbind, found)
  colnames(out) <- w$targets
  out
}

# What gives the first block of predictions from all that is known, and each
# further block from the rows of the block before; `done()` puts states back.
forecaster <- function(model, w) {
  if (is.function(model) && !inherits(model, "recurrent_layer")) {
    return(window_forecaster(model, w))
  }
  self <- unwrap_layer(model)
  if (!inherits(self, "Model")) stop_no_forecaster(model)
  stateful <- stateful_layers(self)
  run <- function(x) stats::predict(model, x, verbose = 0)
  if (!length(stateful)) return(window_forecaster(run, w))
  check_stateful_forecast(self, w)
  states <- lapply(stateful, function(layer) layer$states)
  read <- function(rows) {
    x <- array(rows, c(1L, dim(rows)))
    shape_prediction(run(x), w, nrow(rows))
  }
  list(
    first = function(known) {
      model_reset_states(self)
      one_by_one <- identical(model_time_steps(self), 1L)
      if (!one_by_one) return(read(known))
      for (i in seq_len(nrow(known))) out <- read(known[i, , drop = FALSE])
      out
    },
    then = read,
    done = function() {
      Map(function(layer, s) assign("states", s, envir = layer), stateful,
          states)
    }
  )
}

stop_no_forecaster <- function(model) {
  stop_type(
    sprintf("`model` must be a model or a function, not %s.", describe(model)),
    i = "A function takes windows (samples, time, features) and gives \
predictions."
  )
}

window_forecaster <- function(run, w) {
  window <- NULL
  ask <- function(rows) {
    rows <- rbind(window, rows)
    window <<- rows[seq.int(to = nrow(rows), length.out = w$length), ,
                    drop = FALSE]
    shape_prediction(run(array(window, c(1L, dim(window)))), w,
                     if (w$each_step) w$length)
  }
  list(first = ask, then = ask, done = function() NULL)
}

# A prediction for one sample as a matrix (steps ahead, targets). Of a sequence
# of predictions, one for each of the `steps` read, the last counts.
shape_prediction <- function(p, w, steps) {
  if (is_tensor(p)) p <- value_of(p)
  d <- dim(p) %||% length(p)
  want <- c(if (length(w$ahead) > 1L) length(w$ahead), length(w$targets))
  want <- want[want > 1L]
  if (length(d) == 3L && d[[2L]] %in% steps && !identical(d[d > 1L], want)) {
    p <- p[, d[[2L]], ]
    d <- c(1L, length(p))
  }
  if (!is.numeric(p) || !identical(d[d > 1L], want)) {
    stop_bad_prediction(p, w)
  }
  matrix(p, length(w$ahead), length(w$targets))
}

stop_bad_prediction <- function(p, w) {
  d <- dim(w$train$y)
  stop_value(
    sprintf("For one window the model predicts %s.", describe(p)),
    i = sprintf("The windows were made for predictions of shape %s: \
(samples, %s).", format(as_shape(c(1L, d[-1L]))),
                paste(c(if (w$each_step) "time",
                        if (length(w$ahead) > 1L) "steps ahead",
                        if (length(d) == 3L || length(w$ahead) == 1L)
                          "targets"), collapse = ", ")),
    i = if (length(dim(p)) == 3L) "Does the last recurrent layer have \
`return_sequences = TRUE`? Windows for it have `each_step = TRUE`."
  )
}

forecast_series <- function(w, from, newdata) {
  check_choice(from, c("end", "test"), "from", "\"end\" or \"test\"")
  if (from == "test" && (is.null(w$test) || !is.null(newdata))) {
    stop_value(
      if (is.null(w$test)) "`from = \"test\"`: the windows have no test part."
      else "`newdata` is continued at its end, not from a test part.",
      i = "Leave out `from`, or make windows with a `test` part and leave out \
`newdata`."
    )
  }
  series <- w$series
  if (!is.null(newdata)) {
    series <- match_features(as_series(newdata, "newdata"), w$features,
                             "newdata")
  }
  last <- if (from == "test") w$split - 1L else nrow(series$values)
  if (last < w$length) {
    stop_value(
      sprintf("`newdata` has %d time steps; a window has %d.", last, w$length),
      i = "Rows are time steps, columns are features."
    )
  }
  check_window_complete(series, last, w)
  series
}

check_window_complete <- function(series, last, w) {
  rows <- seq.int(to = last, length.out = w$length)
  if (!anyNA(series$values[rows, ])) return(invisible())
  stop_value(
    sprintf("The last %d time steps before the forecast have missing values.",
            w$length),
    i = "Fill them in, and give the series as `newdata`."
  )
}

# Scaled values of the features that are not predicted.
future_features <- function(future, w, needed) {
  others <- setdiff(w$features, w$targets)
  if (!length(others)) {
    if (is.null(future)) return(matrix(0, needed, 0L))
    stop_value(
      "`future` was given, but every feature is a target.",
      i = "Leave it out: the model predicts all that its windows need."
    )
  }
  if (!needed) return(matrix(0, 0L, 0L))
  if (is.null(future)) {
    stop_value(
      sprintf("The model does not predict the features %s, which the next \
windows need.", paste0("`", others, "`", collapse = ", ")),
      i = sprintf("Give `future`, their values at %d or more of the forecast \
steps: a matrix or data frame (time, features).", needed)
    )
  }
  values <- match_features(as_series(future, "future"), others,
                           "future")$values
  if (nrow(values) < needed || anyNA(values[seq_len(needed), ])) {
    stop_value(
      sprintf("`future` has %s without missing values; %d %s needed.",
              count_of(sum(stats::complete.cases(values)), "time step"),
              needed, if (needed == 1L) "is" else "are"),
      i = "Rows are time steps, columns are features."
    )
  }
  apply_scale(values, w$scale, others)
}

check_block <- function(w) {
  block <- length(w$ahead)
  if (identical(w$ahead, seq_len(block))) return(block)
  stop_value(
    sprintf("The targets of the windows lie %s steps ahead: the next step is \
not among them, or some between are missing.", paste(w$ahead, collapse = ", ")),
    i = sprintf("To forecast step after step make windows with `ahead = 1` or \
`ahead = 1:%d`.", max(w$ahead))
  )
}

check_stateful_forecast <- function(self, w) {
  batch <- model_batch_size(self) %||% 1L
  steps <- model_time_steps(self)
  if (batch == 1L && (is.null(steps) || steps == 1L)) return(invisible())
  stop_value(
    if (batch != 1L) {
      sprintf("Model \"%s\" is stateful with batch size %d; a forecast is one \
sequence.", self$name, batch)
    } else {
      sprintf("Model \"%s\" is stateful and takes %d time steps at a time; a \
forecast adds one.", self$name, steps)
    },
    i = sprintf("Make the same model with `batch_input_shape = list(1, NULL, \
%d)` and copy the weights: `set_weights(new, get_weights(model))`.",
                length(w$features))
  )
}

# The length of the time axis of the model's input; NULL when any fits.
model_time_steps <- function(self) {
  leaves <- if (!is.null(self$inputs)) symbolic_leaves(self$inputs)
  if (!length(leaves)) return(NULL)
  size <- as.integer(shape_of(leaves[[1L]]))[2L]
  if (is.na(size)) NULL else size
}
