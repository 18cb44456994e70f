# Layers one after the other. Built as layers are added when the input shape
# is known, else by the first data.
Sequential <- keras_class(
  "Sequential", inherit = Model,
  public = list(
    .layers = list(),
    .module = "keras",
    initialize = function(layers = NULL, name = NULL, ...) {
      layer_initialize(self, list(name = name, ...))
      for (layer in layers) self$add(layer)
    },
    add = function(layer) sequential_add(self, layer),
    pop = function() sequential_pop(self),
    build = function(input_shape) sequential_build(self, input_shape),
    call = function(inputs, mask = NULL, training = NULL) {
      sequential_call(self, inputs, mask)
    },
    .quick = function(inputs, ...) {
      if (is_plain_call(inputs, ...)) sequential_quick(self, inputs)
    },
    compute_output_shape = function(input_shape) {
      sequential_shape(self, input_shape)
    },
    get_config = function() sequential_config(self),
    make_from_config = function(config, custom_objects = NULL, class = NULL) {
      sequential_from_config(class, config, custom_objects)
    }
  )
)

sequential_add <- function(self, layer) {
  self_layer <- unwrap_layer(layer)
  if (is_symbolic(layer)) self_layer <- .subset2(layer, "node")$layer
  if (!inherits(self_layer, "KerasLayer")) {
    stop_type(
      sprintf("A layer was expected, not %s.", describe(layer)),
      i = "Add what a `layer_*()` function gives."
    )
  }
  if (inherits(self_layer, "InputLayer")) {
    add_input(self, self_layer)
    return(invisible(self))
  }
  check_new_name(self, self_layer)
  if (is.null(self$outputs) && !length(self$.layers)) {
    sequential_open(self, self_layer)
  }
  if (!is.null(self$outputs)) {
    out <- call_layer(self_layer, self$outputs)
    if (!is_symbolic(out)) stop_several_outputs(self_layer)
    set_outputs(self, out)
    assign("built", TRUE, envir = self)
  }
  set_model_layers(self, c(self$.layers, list(self_layer)))
  forget_targets(self)
  invisible(self)
}

add_input <- function(self, layer) {
  if (length(self$.layers) || !is.null(self$inputs)) {
    stop_value(
      sprintf("Input \"%s\" comes after the start of the model.", layer$name),
      i = "Add the input first, or give `input_shape` to the first layer."
    )
  }
  sequential_start(self, input_of(layer))
}

# What training keeps per output is made anew for another last layer.
forget_targets <- function(self) assign(".trackers", NULL, envir = self)

check_new_name <- function(self, layer) {
  names <- vapply(self$.layers, function(l) l$name, "")
  if (!layer$name %in% names) return(invisible())
  if (layer_index(self$.layers, layer)) stop_layer_twice(layer)
  if (!isTRUE(layer$.named_itself)) stop_same_name(layer$name)
  assign("name", next_free(layer$name, names), envir = layer)
}

# The tensor that an input layer stands for.
input_of <- function(layer) layer$output %||% input_node(layer)

stop_layer_twice <- function(layer) {
  stop_value(
    sprintf("Layer \"%s\" is in the model already.", layer$name),
    i = "Make another layer, or share it in a functional model: \
`keras_model()`."
  )
}

stop_several_outputs <- function(layer) {
  stop_value(
    sprintf("Layer \"%s\" gives several outputs; a sequential model passes on \
one.", layer$name),
    i = "Use `return_state = FALSE`, or a functional model: `keras_model()`."
  )
}

# The input of the model, when its first layer knows its shape.
sequential_open <- function(self, layer) {
  shape <- layer$batch_input_shape
  if (inherits(layer, "Model") && !is.null(layer$inputs)) {
    shape <- shape_of(first_leaf(layer$inputs))
  }
  if (is.null(shape)) return(invisible())
  sequential_start(self, input_before(layer, shape))
}

input_tensor <- function(shape, dtype = NULL, name = NULL) {
  layer_input(batch_shape = unclass(shape), dtype = dtype, name = name)
}

# An input that has its name from the layer that it starts.
input_before <- function(layer, shape) {
  input <- input_tensor(shape, name = paste0(layer$name, "_input"))
  assign(".named_itself", TRUE, envir = .subset2(input, "node")$layer)
  input
}

sequential_start <- function(self, input) {
  assign("inputs", input, envir = self)
  set_outputs(self, input)
}

set_outputs <- function(self, out) {
  assign("outputs", out, envir = self)
  remember_call(self, self$inputs, out)
}

sequential_pop <- function(self) {
  n <- length(self$.layers)
  if (!n) {
    stop_value("The model has no layer to take off.",
               i = "Add layers first.")
  }
  set_model_layers(self, self$.layers[-n])
  if (!is.null(self$outputs)) {
    set_outputs(self, .subset2(self$outputs, "node")$args[[1L]])
  }
  if (n == 1L) {
    assign("inputs", NULL, envir = self)
    assign("outputs", NULL, envir = self)
  }
  assign("built", n > 1L && self$built, envir = self)
  forget_targets(self)
  invisible(self)
}

sequential_build <- function(self, input_shape) {
  if (!length(self$.layers)) stop_no_layers(self)
  if (!is.null(self$inputs)) return(invisible())
  shape <- as_shape(first_shape_of(input_shape))
  if (!length(stateful_layers(self)) && length(shape)) {
    shape <- as_shape(c(list(NULL), unclass(shape)[-1L]))
  }
  input <- input_before(self$.layers[[1L]], shape)
  out <- input
  for (layer in self$.layers) {
    out <- call_layer(layer, out)
    if (!is_symbolic(out)) stop_several_outputs(layer)
  }
  sequential_start(self, input)
  set_outputs(self, out)
}

stop_no_layers <- function(self) {
  stop_value(
    sprintf("Model \"%s\" has no layers.", self$name),
    i = "Add some: `model %>% layer_simple_rnn(units = 4)`."
  )
}

first_shape_of <- function(x) {
  if (is_shape_list(x)) first_shape_of(x[[1L]]) else x
}

sequential_call <- function(self, x, mask = NULL) {
  if (!length(.subset2(self, ".layers"))) stop_no_layers(self)
  if (is.list(x) && !is_tensor(x) && length(x) == 1L) x <- x[[1L]]
  if (!is.null(mask) && is_tensor(x)) x <- with_mask(x, mask)
  input <- .subset2(self, "inputs")
  if (!is.null(input) && is_tensor(x)) x <- with_last_axis(x, input)
  for (layer in .subset2(self, ".layers")) x <- call_inside(layer, x)
  x
}

# What call_eager() has more to do for is for models in models, or of users.
is_plain_sequential <- function(self) {
  class(self)[[1L]] == "Sequential" && .subset2(self, "built") &&
    context$depth == 0L && is.null(.subset2(self, ".generator")) &&
    is.null(.subset2(self, "activity_regularizer"))
}

# The tensor that the layers give for an array: a batch of one of the loops.
sequential_batch <- function(self, x, training) {
  enter_call(self)
  before <- context$training
  on.exit(leave_call(before))
  context$training <- training
  sequential_call(self, new_tensor(x))
}

# The short road of a plain array in inference; NULL, and nothing happened,
# where the long road has more to do or an error to tell.
sequential_quick <- function(self, x) {
  input <- .subset2(self, "inputs")
  fits <- is_plain_sequential(self) && is_symbolic(input) &&
    length(.subset2(input, "shape")) == length(dim(x))
  if (fits) to_arrays(sequential_batch(self, x, FALSE))
}

sequential_shape <- function(self, input_shape) {
  for (layer in self$.layers) {
    input_shape <- layer$compute_output_shape(input_shape)
  }
  input_shape
}

#' A model of layers one after the other
#'
#' @param layers A list of layers to start with, or NULL.
#' @param name Name of the model.
#' @param ... The input: `input_shape` (without the batch axis),
#'   `batch_input_shape`, `batch_size`, `dtype`; not needed when the first
#'   layer says it or the model is built by its first data.
#' @return A model: call it on arrays (batch, ...), or use [compile()],
#'   [fit()], `evaluate()`, `predict()`. Layers are added by piping:
#'   `model %>% layer_dense(units = 1)`; the model itself is changed.
#' @section Errors: `ValueError` for two layers of one name or a layer with
#'   several outputs; `TypeError` for what is not a layer.
#' @source R keras 2.15.
#' @export
#' @examples
#' model <- keras_model_sequential() %>%
#'   layer_simple_rnn(units = 4, input_shape = list(NULL, 2)) %>%
#'   layer_dense(units = 1)
#' model
#' dim(predict(model, array(0, c(3, 5, 2))))
keras_model_sequential <- function(layers = NULL, name = NULL, ...) {
  args <- list(...)
  check_unknown_args(names_of(args),
                     c("input_shape", "batch_input_shape", "batch_size",
                       "shape", "batch_shape", "dtype", "trainable"),
                     "keras_model_sequential()")
  model <- new_layer(Sequential, c(
    list(name = name), args["trainable"[!is.null(args$trainable)]]
  ))
  shape <- input_shape_argument(list(
    input_shape = args$input_shape %||% args$shape,
    batch_input_shape = args$batch_input_shape %||% args$batch_shape,
    batch_size = args$batch_size
  ))
  if (!is.null(shape)) {
    sequential_start(unwrap_layer(model),
                     input_tensor(shape, dtype = args$dtype))
  }
  layers <- if (is.list(layers)) layers else if (!is.null(layers)) list(layers)
  for (layer in layers) unwrap_layer(model)$add(layer)
  model
}

#' @rdname get_layer
#' @export
pop_layer <- function(object) {
  self <- check_model(object)
  if (!inherits(self, "Sequential")) {
    stop_type("Only a sequential model can give up its last layer.",
              i = "Make a new model from an inner output instead.")
  }
  self$pop()
  invisible(object)
}
