# Samples stand along the first axis of every array.

# x or y as a list of plain arrays with checks; NULL stays NULL.
as_arrays <- function(x, arg) {
  if (is.null(x)) return(NULL)
  if (is.data.frame(x) || !is.list(x) || is_tensor(x)) x <- list(x)
  lapply(x, function(v) {
    if (is.factor(v) || is.character(v)) stop_not_numbers(v, arg)
    v <- value_of(v)
    if (!length(dims(v))) dim(v) <- 1L
    v
  })
}

stop_not_numbers <- function(v, arg) {
  stop_type(
    sprintf("`%s` must hold numbers, not %s.", arg, describe(v)),
    i = if (arg == "y") {
      "Classes are numbers from 0, `as.integer(factor(y)) - 1`, or one-hot, \
`to_categorical(factor(y))`."
    } else if (is.character(v)) {
      "Words become numbers by `text_tokenizer()`."
    }
  )
}

n_samples <- function(arrays) dims(arrays[[1L]])[[1L]]

check_samples <- function(x, y, arg = "y") {
  n <- n_samples(x)
  for (v in y) {
    if (dims(v)[[1L]] != n) {
      stop_value(
        sprintf("`x` holds %d sample%s, `%s` %d.", n, if (n == 1L) "" else "s",
                arg, dims(v)[[1L]]),
        i = sprintf("The first axis counts samples: `dim(x)` is %s, \
`dim(%s)` is %s.", format(as_shape(dims(x[[1L]]))), arg,
                    format(as_shape(dims(v))))
      )
    }
  }
}

# Rows of an array, whatever its rank, or of all arrays of a list; the batch
# axis stays.
take_rows <- function(v, rows) {
  .Call(ffi_rows, v, as.integer(rows))
}

# What take_rows() and ffi_rows() read samples picked at random from: these
# stand far apart in memory, and a copy with each sample in one piece (their
# shape as its attribute) is faster. Large arrays are not copied.
turn_rows <- function(v) {
  d <- dim(v)
  if (length(d) < 2L || length(v) > 2^24 || prod(d[-1L]) < 4) return(v)
  dim(v) <- c(d[[1L]], length(v) %/% max(d[[1L]], 1L))
  structure(t(v), axes = d[-1L])
}

# The inverse: arrays one after the other along the first axis.
bind_rows_of <- function(pieces) {
  if (length(pieces) == 1L) return(pieces[[1L]])
  d <- dims(pieces[[1L]])
  if (length(d) < 2L) return(array(unlist(pieces)))
  flat <- lapply(pieces, function(p) {
    dim(p) <- c(dims(p)[[1L]], prod(d[-1L]))
    p
  })
  out <- do.call(rbind, flat)
  dim(out) <- c(nrow(out), d[-1L])
  out
}

# The same over outputs that may be lists.
bind_outputs <- function(pieces) {
  if (!is.list(pieces[[1L]])) return(bind_rows_of(pieces))
  out <- lapply(seq_along(pieces[[1L]]), function(k) {
    bind_outputs(lapply(pieces, `[[`, k))
  })
  names(out) <- names(pieces[[1L]])
  out
}

# NaN and Inf pass, but the user hears of them once.
warn_wild <- function(arrays, arg) {
  for (v in arrays) {
    wild <- which(!is.finite(v))
    if (!length(wild)) next
    at <- arrayInd(wild[[1L]], dims(v))
    warn_recurrent(
      sprintf("`%s` holds %d value%s NaN, NA or infinite; the first is %s at \
[%s].", arg, length(wild), if (length(wild) == 1L) " that is" else
        "s that are", format(v[[wild[[1L]]]]), toString(at)),
      i = "They are passed on and spread to the loss and the weights. Mask \
them (`layer_masking()`) or replace them.",
      class = "recurrent_wild_values"
    )
    return(invisible(TRUE))
  }
  invisible(FALSE)
}

# Batches of whole samples, in order or shuffled: index vectors.
batch_rows <- function(n, batch_size, order = NULL) {
  starts <- seq.int(1L, n, by = batch_size)
  lapply(starts, function(from) {
    rows <- from:min(n, from + batch_size - 1L)
    if (is.null(order)) rows else order[rows]
  })
}

# `own`: the batch size of a stateful model.
check_batches_fit <- function(own, n, batch_size) {
  if (is.null(own)) return(batch_size %||% 32L)
  batch_size <- batch_size %||% own
  if (batch_size != own) {
    stop_value(
      sprintf("The model is stateful with batch size %d; `batch_size` is %d.",
              own, batch_size),
      i = "Leave `batch_size` out, or make the model with another \
`batch_input_shape`."
    )
  }
  if (n %% own != 0L) {
    stop_value(
      sprintf("The model is stateful with batch size %d; %d samples leave an \
incomplete last batch of %d.", own, n, n %% own),
      i = sprintf("Give %s samples.",
                  if (n < own) own else paste(n - n %% own, "or",
                                              n - n %% own + own))
    )
  }
  own
}

# Inputs must have the model's number of axes: rows are samples, then time,
# then features.
check_input_rank <- function(self, x) {
  inputs <- self$inputs
  if (is.null(inputs)) return(x)
  x <- order_inputs(self, x)
  want <- lapply(symbolic_leaves(inputs), shape_of)
  if (length(want) != length(x)) return(x)
  for (k in seq_along(x)) x[[k]] <- fit_rank(self, x[[k]], want[[k]])
  x
}

fit_rank <- function(self, v, want) {
  d <- dims(v)
  if (length(d) == 1L && length(want) == 2L) d <- c(d, 1L)
  d <- fit_last_axis(d, want)
  sizes <- as.integer(want)
  fits <- length(d) == length(sizes) &&
    all(is.na(sizes[-1L]) | sizes[-1L] == d[-1L])
  if (fits) {
    if (length(d) != length(dims(v))) dim(v) <- d
    return(v)
  }
  stop_value(
    sprintf("Model \"%s\" takes inputs of shape %s; `x` has shape %s.",
            self$name, format(want),
            format(as_shape(dims(v)))),
    i = if (length(sizes) == 3L) "The axes are (samples, time, features): a \
matrix with one series per row is `array(x, c(dim(x), 1))`, one series of n \
values `array(x, c(1, n, 1))`."
  )
}
