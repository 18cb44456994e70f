# What the plain layers ask of their inputs, and say when it is not so.

# One tensor whose number of axes lies in [min, max]; `features`, when the
# weights fix it, is the size of its last axis.
one_input <- function(self, x, min = 1L, max = Inf, features = NULL) {
  if (!is_tensor(x)) stop_not_one_input(self, length(x))
  sizes <- dims(value_of(x))
  check_rank(self, sizes, min, max)
  if (!is.null(features) && sizes[[length(sizes)]] != features) {
    stop_features(self, sizes, features)
  }
  x
}

check_rank <- function(self, sizes, min, max = Inf) {
  rank <- length(sizes)
  if (rank >= min && rank <= max) return(invisible())
  want <- if (min == max) as.character(min) else if (is.finite(max))
    sprintf("%d to %d", min, max) else sprintf("at least %d", min)
  stop_value(
    sprintf("Layer \"%s\" (%s) takes inputs with %s axes, not of shape %s.",
            self$name, class(self)[[1L]], want, format(as_shape(sizes))),
    i = sprintf("The first axis is the batch%s.",
                if (min > 2L) ", the second the time, the last the features"
                else "; one sample of n features is `matrix(x, 1)`")
  )
}

stop_not_one_input <- function(self, n) {
  stop_value(
    sprintf("Layer \"%s\" (%s) takes one input, not a list of %d.", self$name,
            class(self)[[1L]], n),
    i = "Join several with `layer_concatenate()` or `layer_add()` first."
  )
}

stop_features <- function(self, sizes, features) {
  stop_value(
    sprintf("Layer \"%s\" (%s) was built for %d features; inputs of shape %s \
have %d.", self$name, class(self)[[1L]], features, format(as_shape(sizes)),
            sizes[[length(sizes)]]),
    i = sprintf("Give inputs whose last axis has size %d, or make a new layer.",
                features)
  )
}

# The shape of the one input that a layer is built for.
one_shape <- function(self, shape, min = 1L, max = Inf) {
  if (!inherits(shape, "recurrent_shape")) {
    stop_not_one_input(self, length(shape))
  }
  check_rank(self, unclass(shape), min, max)
  shape
}

# The size of one of its axes (counted from 0, negative from the end), which
# the weights need.
known_size <- function(self, shape, axis = -1L) {
  size <- shape[[layer_axes(self, axis, length(shape))]]
  if (is.null(size)) {
    stop_value(
      sprintf("Layer \"%s\" (%s) needs to know the size of axis %d of its \
inputs, of shape %s.", self$name, class(self)[[1L]], as.integer(axis),
              format(shape)),
      i = "Give it in the shape of the input, e.g. \
`layer_input(list(NULL, 8))`; axes count from 0 here, the batch axis."
    )
  }
  size
}

# Axes of a layer, counted from 0 (the batch axis) or from the end, as axes of
# R, counted from 1.
layer_axes <- function(self, axis, rank, arg = "axis") {
  given <- unlist(axis)
  if (is.null(given)) return(integer())
  if (!is.numeric(given) || anyNA(given) || any(given != trunc(given))) {
    stop_type(
      sprintf("`%s` of layer \"%s\" must be whole numbers, not %s.", arg,
              self$name, describe(axis))
    )
  }
  if (any(given < -rank | given >= rank)) {
    stop_value(
      sprintf("`%s` = %s of layer \"%s\" is no axis of inputs with %d axes.",
              arg, toString(given), self$name, rank),
      i = sprintf("Axes of layers count from 0 (the batch) to %d, or from -1 \
(the last) down to %d.", rank - 1L, -rank)
    )
  }
  unname(as.integer(given %% rank) + 1L)
}

# A list of tensors, their number within `limits`.
several_inputs <- function(self, x, limits) {
  if (is_tensor(x)) stop_several_inputs(self, limits, "one tensor")
  n <- length(x)
  if (n < limits[[1L]] || n > limits[[2L]]) {
    stop_several_inputs(self, limits, format(n))
  }
  unname(x)
}

# The same for the shapes that a layer is built for.
check_shapes <- function(self, shapes, limits) {
  if (inherits(shapes, "recurrent_shape")) {
    stop_several_inputs(self, limits, "one tensor")
  }
  several_inputs(self, shapes, limits)
}

stop_several_inputs <- function(self, limits, given) {
  want <- if (limits[[1L]] == limits[[2L]]) {
    format(limits[[1L]])
  } else if (is.finite(limits[[2L]])) {
    paste(limits[[1L]], "or", limits[[2L]])
  } else {
    paste("at least", limits[[1L]])
  }
  stop_value(
    sprintf("Layer \"%s\" (%s) takes a list of %s inputs, not %s.", self$name,
            class(self)[[1L]], want, given),
    i = "Give them as one list: `layer(list(x, y))`."
  )
}

# The value of an activation; sigmoid and softmax leave their logits on it.
activate <- function(activation, z) {
  name <- attr(activation, "name")
  if (!is.character(name) || length(name) != 1L) return(activation(z))
  switch(name,
    linear = z,
    sigmoid = , softmax = with_logits(activation(z), z, name),
    activation(z)
  )
}

# An argument of one axis: 3, or 3 in a list as in Keras' configs.
check_one_count <- function(x, arg, min = 1L) {
  if (!is_tensor(x) && (is.list(x) || length(x) == 1L)) x <- unlist(x)
  check_count(x, arg, min)
}

check_data_format <- function(x) {
  x <- x %||% "channels_last"
  check_choice(x, c("channels_last", "channels_first"), "data_format",
               "a place of the features")
}

# (batch, features, time) as (batch, time, features), and back again.
channels_last <- function(self, x) {
  if (self$data_format == "channels_first") op_transpose(x, c(1L, 3L, 2L)) else
    x
}

check_padding <- function(x, choices = c("valid", "same")) {
  if (is.character(x)) x <- tolower(x)
  check_choice(x, choices, "padding", "a kind of padding")
}

# `output_shape` is a member of all layers; where it is an argument too, what
# was given is kept apart.
keep_shape_argument <- function(self) {
  assign(".given_shape", self$output_shape, envir = self)
  assign("output_shape", NULL, envir = self)
}

config_with_shape <- function(self) {
  config <- layer_config(self)
  config["output_shape"] <- list(self$.given_shape)
  config
}
