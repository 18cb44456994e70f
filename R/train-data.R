# What a loop draws batches from: `samples` and `steps` per epoch (NULL when not
# known), `start(train)` before each epoch, and `batch(k)` giving list(x, y,
# weights), or NULL at the end.

training_data <- function(self, x, y, batch_size, sample_weight = NULL,
                          class_weight = NULL, steps = NULL, shuffle = FALSE,
                          passes = NULL) {
  if (gives_batches(x)) return(batch_data(self, x, steps, class_weight))
  x <- check_input_rank(self, as_arrays(x, "x"))
  y <- as_arrays(y, "y")
  if (is.null(x)) {
    stop_value("No data: `x` is NULL.", i = "Give an array of samples.")
  }
  check_samples(x, y)
  check_samples(x, x, "x")
  weights <- sample_weights(sample_weight, class_weight, x, y)
  array_data(self, x, y, weights, batch_size, steps, shuffle, passes)
}

# Scripts divide samples by the batch size; as in R keras what is left over
# makes no step.
whole_steps <- function(steps) {
  if (is.null(steps)) return(NULL)
  if (is.numeric(steps)) steps <- trunc(steps)
  check_count(steps, "steps")
}

# `passes`: how often training with a number of steps may go through the data;
# it goes on from epoch to epoch where it stopped.
array_data <- function(self, x, y, weights, batch_size, steps, shuffle,
                       passes = NULL) {
  n <- n_samples(x)
  if (!is.null(batch_size)) batch_size <- check_count(batch_size, "batch_size")
  stateful <- stateful_layers(self)
  batch_size <- check_batches_fit(model_batch_size(self, stateful), n,
                                  batch_size)
  if (length(stateful)) shuffle <- FALSE
  order <- batch_order(n, batch_size, shuffle, passes)
  all <- list(x, y, weights)
  apart <- isTRUE(shuffle) && n > batch_size
  steps <- whole_steps(steps)
  asked <- steps
  if (is.null(steps) || is.null(passes)) {
    steps <- min(steps %||% order$steps, order$steps)
    order$passes <- NULL
  }
  list(
    x = x, y = y, weights = weights, samples = n, steps = steps,
    batch_size = batch_size, shuffle = shuffle, asked = asked, passes = passes,
    start = function(train) order_start(order, train),
    ended = function() order_ended(order),
    batch = function(k) {
      if (order_ended(order)) return(NULL)
      rows <- order_next(order, k)
      if (length(rows) == n && isFALSE(shuffle)) return(all)
      if (apart) {
        # At the first batch: a part of the data may be all that is used.
        all[[1L]] <<- lapply(x, turn_rows)
        apart <<- FALSE
      }
      .Call(ffi_rows, all, rows)
    }
  )
}

# The rows of the batches of one pass, and where training stands in them.
batch_order <- function(n, batch_size, shuffle, passes) {
  order <- new.env(parent = emptyenv())
  order$rows <- if (n) batch_rows(n, batch_size) else list()
  order$steps <- length(order$rows)
  order$passes <- passes
  order$done <- order$steps
  order$draw <- function() {
    if (identical(shuffle, "batch")) return(sample(batch_rows(n, batch_size)))
    if (isTRUE(shuffle)) return(batch_rows(n, batch_size, sample.int(n)))
    order$rows
  }
  order
}

# Without a number of passes every epoch of training is one.
order_start <- function(order, train) {
  if (train && order$steps && is.null(order$passes)) order$rows <- order$draw()
}

order_ended <- function(order) {
  isTRUE(order$passes == 0) && order$done == order$steps
}

order_next <- function(order, k) {
  if (is.null(order$passes)) return(order$rows[[k]])
  if (order$done == order$steps) {
    order$rows <- order$draw()
    order$passes <- order$passes - 1L
    order$done <- 0L
  }
  order$done <- order$done + 1L
  order$rows[[order$done]]
}

# Weights per sample: given, by class, or both.
sample_weights <- function(sample_weight, class_weight, x, y) {
  weights <- as_arrays(sample_weight, "sample_weight")
  if (!is.null(weights)) check_samples(x, weights, "sample_weight")
  if (is.null(class_weight)) return(weights)
  by_class <- list(class_weights(class_weight, y[[1L]]))
  if (is.null(weights)) by_class else list(weights[[1L]] * by_class[[1L]])
}

class_weights <- function(class_weight, y) {
  d <- dims(y)
  if (length(d) == 2L && d[[2L]] > 1L) {
    class <- max.col(y, ties.method = "first") - 1
  } else {
    class <- as.vector(y)
  }
  class_weight <- unlist(class_weight)
  known <- names(class_weight) %||% as.character(seq_along(class_weight) - 1)
  at <- match(as.character(class), known)
  if (anyNA(at)) {
    stop_value(
      sprintf("`class_weight` has no weight for class %s.",
              format(class[is.na(at)][[1L]])),
      i = "Name the weights by class, counted from 0: `list(\"0\" = 1, \"1\" \
= 5)`."
    )
  }
  array(as.numeric(class_weight)[at])
}

check_validation <- function(given) {
  if (is.list(given) && !is.data.frame(given) && length(given) %in% 2:3) {
    return()
  }
  stop_value(
    sprintf("`validation_data` must be `list(x, y)`, not %s.",
            if (is.object(given) || !is.list(given)) describe(given) else
              paste("a list of", length(given))),
    i = "A third entry holds sample weights."
  )
}

# Training and validation data of fit().
split_validation <- function(self, data, split, given, steps, batch_size) {
  warn_wild(data$x, "x") || warn_wild(data$y, "y")
  if (gives_batches(given)) {
    return(list(train = data, validation = batch_data(self, given, steps)))
  }
  if (!is.null(given)) {
    check_validation(given)
    val <- training_data(self, given[[1L]], given[[2L]], batch_size,
                         if (length(given) > 2L) given[[3L]], steps = steps)
    return(list(train = data, validation = val))
  }
  check_number(split, "validation_split", 0, 1)
  if (split == 0) return(list(train = data, validation = NULL))
  if (is.null(data$x)) {
    stop_value("`validation_split` cannot take samples from a generator.",
               i = "Give `validation_data`.")
  }
  n <- data$samples
  at <- floor(n * (1 - split))
  if (at == 0 || at == n) {
    stop_value(
      sprintf("`validation_split = %s` of %d samples leaves an empty part.",
              format(split), n),
      i = "Choose another fraction, or give `validation_data`."
    )
  }
  part <- function(rows, shuffle, steps = NULL, passes = NULL) {
    array_data(self, take_rows(data$x, rows), take_rows(data$y, rows),
               take_rows(data$weights, rows), data$batch_size, steps, shuffle,
               passes)
  }
  list(train = part(seq_len(at), data$shuffle, data$asked, data$passes),
       validation = part((at + 1):n, FALSE, steps))
}
