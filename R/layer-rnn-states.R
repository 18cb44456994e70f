# Initial states, recorded states, and what a call's arguments must be.

# c(batch, time) of inputs that fit.
rnn_check_inputs <- function(self, inputs) {
  leaf <- first_leaf(inputs)
  d <- dims(value_of(leaf))
  features <- .subset2(self, ".features")
  if (length(d) < 2L || (!is.null(features) && length(d) != 3L)) {
    stop_not_sequence(self, shape_of(leaf))
  }
  size <- rnn_sizes(self, inputs)
  if (size[[2L]] == 0L) {
    stop_value(
      sprintf("Layer \"%s\" was given sequences of zero time steps (shape \
%s).", self$name, format(shape_of(leaf))),
      i = "Give at least one time step."
    )
  }
  if (!is.null(features)) rnn_check_features(self, inputs, features)
  if (.subset2(self, "stateful")) rnn_check_batch(self, size[[1L]])
  size
}

rnn_check_features <- function(self, inputs, want) {
  if (!is_tensor(inputs)) stop_nested_inputs(self, length(inputs))
  have <- dims(value_of(inputs))[[3L]]
  if (have == want) return(invisible())
  stop_value(
    sprintf("Layer \"%s\" was built for %d features; the inputs of shape %s \
have %d.", self$name, want, format(shape_of(inputs)), have),
    i = "The last axis holds the features: (samples, time, features)."
  )
}

rnn_check_batch <- function(self, batch) {
  fixed <- .subset2(self, "batch_size")
  if (is.null(fixed) || batch == fixed) return(invisible())
  stop_value(
    sprintf("Stateful layer \"%s\" has batch size %d; the inputs have %d \
samples.", self$name, fixed, batch),
    i = sprintf("Give exactly %d sequences, or make the layer with another \
`batch_input_shape`.", fixed)
  )
}

# A logical matrix (batch, time), or (time, batch) if time_major; NULL when
# every step counts.
rnn_check_mask <- function(self, mask, size) {
  while (is.list(mask) && !is_tensor(mask)) {
    mask <- Filter(Negate(is.null), mask)
    if (!length(mask)) return(NULL)
    mask <- mask[[1L]]
  }
  if (is.null(mask)) return(NULL)
  mask <- value_of(mask)
  want <- as.integer(if (self$time_major) rev(size) else size)
  if (!identical(as.integer(dims(mask)), want)) {
    stop_value(
      sprintf("The mask of layer \"%s\" must have shape %s, not %s.",
              self$name, format(as_shape(want)),
              format(as_shape(dims(mask)))),
      i = sprintf("A mask says for each %s whether the step counts.",
                  if (self$time_major) "(time, sample)" else
                    "(sample, time)")
    )
  }
  if (anyNA(mask)) {
    stop_value(
      sprintf("The mask of layer \"%s\" has missing values.", self$name),
      i = "Each entry is TRUE (the step counts) or FALSE."
    )
  }
  storage.mode(mask) <- "logical"
  if (all(mask)) NULL else mask
}

rnn_check_constants <- function(self, constants) {
  if (is.null(constants)) return(NULL)
  if (!is.list(constants) || is_tensor(constants)) {
    constants <- list(constants)
  }
  if (!takes_constants(self$.info)) {
    stop_value(
      sprintf("The cell of layer \"%s\" does not take `constants`.",
              self$name),
      i = "Name the argument in its method: \
`call = function(inputs, states, constants)`."
    )
  }
  to_tensors(constants)
}

takes_constants <- function(info) {
  infos <- info$cell$.infos
  if (is.null(infos)) return(info$constants)
  any(vapply(infos, takes_constants, NA))
}

# The states that a call starts from: a flat list of tensors, or NULL for
# zeros or whatever the cell starts from.
rnn_start <- function(self, initial_state, batch) {
  given <- rnn_given_states(self, initial_state, batch)
  own <- if (.subset2(self, "stateful")) .subset2(self, "states")
  if (is.null(own[[1L]])) return(given)
  blank <- !is.null(given) && all(vapply(own, function(s) all(s == 0), NA))
  if (isTRUE(blank)) given else lapply(own, new_tensor)
}

rnn_given_states <- function(self, initial_state, batch) {
  if (is.null(initial_state)) return(NULL)
  flat <- flatten_tensors(
    in_order_of(.subset2(self, ".info")$struct, to_tensors(initial_state))
  )
  check_states(self, flat, batch, "initial_state")
  flat
}

check_states <- function(self, states, batch, arg) {
  want <- lapply(.subset2(self, ".info")$sizes, function(s) {
    as.integer(c(batch, s))
  })
  have <- lapply(states, function(s) dims(value_of(s)))
  if (identical(want, have)) return(invisible())
  all_of <- function(shapes) {
    paste(vapply(shapes, function(s) format(as_shape(s)), ""),
          collapse = ", ")
  }
  stop_value(
    sprintf("`%s` of layer \"%s\" holds %s.", arg, self$name,
            if (!length(have)) "no array" else
              sprintf("%d array%s of shape %s", length(have),
                      if (length(have) == 1L) "" else "s", all_of(have))),
    i = sprintf("It has %d state%s of shape %s: give a list of arrays of \
exactly these shapes.", length(want), if (length(want) == 1L) "" else "s",
                all_of(want))
  )
}

rnn_initial_state <- function(self, inputs = NULL, batch = NULL) {
  if (!is.null(inputs)) inputs <- to_tensors(inputs)
  batch <- batch %||% rnn_sizes(self, inputs)[["batch"]]
  states <- cell_initial_states(self$.info, inputs, batch, self$dtype)
  check_states(self, states, batch, "get_initial_state()")
  states
}

rnn_reset_states <- function(self, states = NULL) {
  if (!self$stateful) {
    stop_attribute(
      sprintf("Layer \"%s\" is not stateful: it has no states to reset.",
              self$name),
      i = "Make it with `stateful = TRUE`."
    )
  }
  batch <- self$batch_size
  if (is.null(batch)) {
    stop_value(
      sprintf("The batch size of stateful layer \"%s\" is not known yet.",
              self$name),
      i = "Give `batch_input_shape = list(batch, time, features)` when you \
make it, or call it on data first."
    )
  }
  states <- if (is.null(states)) zero_states(self$.info, batch) else
    reset_values(self, states, batch)
  assign("states", lapply(states, value_of), envir = self)
  invisible(self)
}

reset_values <- function(self, states, batch) {
  # The reference page has a ValueError for values of another type, too.
  flat <- tryCatch(
    {
      flat <- flatten_tensors(to_tensors(states))
      check_states(self, flat, batch, "states")
      flat
    },
    TypeError = function(e) {
      stop_value(
        sprintf("`states` of layer \"%s\" must hold numbers, not %s.",
                self$name, describe(states)),
        i = "Give a list of numeric arrays (batch, units)."
      )
    }
  )
  lapply(flat, function(s) {
    value <- value_of(s)
    storage.mode(value) <- "double"
    new_tensor(value)
  })
}

#' Reset the recorded states of stateful layers
#'
#' A stateful layer starts each batch from the states that the batch before
#' left; `reset_states()` sets them to zeros, or to given values. On a model it
#' resets every stateful layer. `layer$reset_states()` and
#' `model$reset_states()` do the same; `reset_state()` is keras3's name.
#'
#' @param object A layer over time made with `stateful = TRUE`, or a model.
#' @param states NULL for zeros, or the values: an array (batch, units) for a
#'   layer with one state, else a list with one array per state, in the order
#'   of `layer$states`.
#' @return `object`, invisibly.
#' @section Errors: `AttributeError` when the layer is not stateful;
#'   `ValueError` when its batch size is not known, or when `states` has the
#'   wrong number of arrays, wrong shapes or no numbers. Nothing is changed
#'   then.
#' @source The tf.keras reference pages of `RNN` and `SimpleRNN`,
#'   *reset_states*.
#' @export
#' @examples
#' layer <- layer_simple_rnn(units = 3, stateful = TRUE,
#'                           batch_input_shape = list(2, NULL, 4))
#' x <- array(rnorm(2 * 5 * 4), c(2, 5, 4))
#' first <- layer(x)
#' second <- layer(x)            # goes on where the first call stopped
#' reset_states(layer)
#' all.equal(layer(x), first)
#' reset_states(layer, states = matrix(0.5, 2, 3))
#' layer$states
reset_states <- function(object, states = NULL) {
  self <- unwrap_layer(object)
  if (!inherits(self, "KerasLayer") ||
        !is.function(.subset2(self, "reset_states"))) {
    stop_attribute(
      sprintf("States were to be reset, but %s has none.", describe(object)),
      i = "Give a layer over time, made with `stateful = TRUE`, or a model \
that holds one."
    )
  }
  if (is.null(states)) self$reset_states() else
    self$reset_states(states = states)
  invisible(object)
}

#' @rdname reset_states
#' @export
reset_state <- reset_states
