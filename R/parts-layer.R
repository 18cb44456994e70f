#' The base class of layers
#'
#' The R6 class below which all layers, cells and models stand. Most users
#' define their own with [new_layer_class()]; scripts that write R6 classes
#' (`R6::R6Class("MyLayer", inherit = KerasLayer, ...)`) use it directly, with
#' [create_layer()].
#'
#' Methods to override: `initialize(...)`, `build(input_shape)`,
#' `call(inputs, ...)`, `compute_output_shape(input_shape)`,
#' `compute_mask(inputs, mask)`, `get_config()`. Methods to use:
#' `add_weight()`, `add_loss()`, `get_weights()`, `set_weights()`,
#' `count_params()`. Members: `name`, `dtype`, `trainable`, `built`, `weights`,
#' `trainable_weights`, `non_trainable_weights`, `losses`, `input_shape`,
#' `output_shape`.
#'
#' @name KerasLayer
#' @format An R6 class generator.
#' @section Errors: `TypeError` for unknown arguments of the constructor.
#' @source R keras 2.15, `KerasLayer`.
#' @rawNamespace export(KerasLayer)
#' @examples
#' Twice <- R6::R6Class("Twice", inherit = KerasLayer, public = list(
#'   call = function(inputs, ...) inputs * 2
#' ))
#' create_layer(Twice, matrix(1:4, 2))
NULL

# The base class of layers, cells and models. Users hold a callable wrapper of
# an instance (see `callable()`); inside methods `self` is the R6 object.
# Methods only pass on to functions of the package, so that a model saved with
# one version runs the code of the version that loads it.
KerasLayer <- keras_class(
  "KerasLayer",
  public = list(
    name = NULL,
    dtype = "float64",
    built = FALSE,
    supports_masking = FALSE,
    activity_regularizer = NULL,
    input_shape = NULL,
    output_shape = NULL,
    input = NULL,
    output = NULL,
    batch_input_shape = NULL,
    batch_size = NULL,
    # Declared here so that a user's locked R6 class below this one has them.
    .args = NULL,
    .usual = NULL,
    .call_arguments = NULL,
    .call_metrics = NULL,
    .callable = NULL,
    .features = NULL,
    .generator = NULL,
    .given = NULL,
    .initial_weights = NULL,
    .named_itself = FALSE,
    .open = FALSE,
    .trainable = TRUE,
    .weights = NULL,
    .tracked = NULL,
    .losses = NULL,
    .module = "keras.layers",
    .generation = -1,
    initialize = function(...) layer_initialize(self, list(...)),
    build = function(input_shape) invisible(NULL),
    call = function(inputs, ...) inputs,
    compute_output_shape = function(input_shape) {
      layer_probe_shape(self, input_shape)
    },
    compute_mask = function(inputs, mask = NULL) mask,
    add_weight = function(name = NULL, shape = list(), dtype = NULL,
                          initializer = NULL, regularizer = NULL,
                          trainable = TRUE, constraint = NULL, ...) {
      layer_add_weight(self, name, shape, dtype, initializer, regularizer,
                       trainable, constraint)
    },
    add_loss = function(losses, ...) layer_add_loss(self, losses),
    add_metric = function(value, name = NULL, ...) {
      layer_add_metric(self, value, name)
    },
    get_config = function() layer_config(self),
    from_config = function(config, ...) layer_from_config(self, config),
    get_weights = function() lapply(self$weights, value_of),
    set_weights = function(weights) layer_set_weights(self, weights),
    count_params = function() layer_count_params(self),
    .call_single = function(args) call_single(self, args),
    `__call__` = function(...) call_layer(self, ...)
  ),
  active = list(
    trainable = function(value) {
      if (missing(value)) return(self$.trainable)
      layer_set_trainable(self, value)
    },
    weights = function() all_weights(self),
    variables = function() self$weights,
    trainable_weights = function() collect_weights(self, TRUE),
    non_trainable_weights = function() collect_weights(self, FALSE),
    trainable_variables = function() collect_weights(self, TRUE),
    non_trainable_variables = function() collect_weights(self, FALSE),
    losses = function() layer_losses(self)
  )
)

#' @export
`$<-.KerasLayer` <- function(x, name, value) {
  if (name %in% x$.tracked || is_trackable(value)) {
    assign(".tracked", union(x$.tracked, name), envir = x)
    if (inherits(value, "KerasLayer")) adopt_layer(unwrap_layer(value))
  }
  assign(name, value, envir = x)
  changed <- .subset2(x, ".changed")
  if (!is.null(changed)) changed(name)
  x
}

# What an attribute must hold for its weights to count as the layer's own.
is_trackable <- function(value) {
  if (inherits(value, c("recurrent_layer", "KerasLayer",
                        "recurrent_variable"))) {
    return(TRUE)
  }
  if (!is.list(value) || is.object(value)) return(FALSE)
  for (e in value) if (is_trackable(e)) return(TRUE)
  FALSE
}

# The R6 object behind a callable layer; anything else as it is.
unwrap_layer <- function(x) {
  if (is.function(x) && inherits(x, "recurrent_layer")) {
    environment(x)$self
  } else {
    x
  }
}

callable <- function(self) {
  if (!is.null(self$.callable)) return(self$.callable)
  f <- function(...) call_layer(self, ...)
  class(f) <- c(if (inherits(self, "Model")) "recurrent_model",
                "recurrent_layer", setdiff(class(self), "R6"))
  assign(".callable", f, envir = self)
  f
}

#' @export
`$.recurrent_layer` <- function(x, name) {
  self <- environment(x)$self
  value <- .subset2(self, name)
  if (is.null(value) && !exists(name, envir = self, inherits = FALSE)) {
    stop_no_member(self, name)
  }
  if (name == "build") {
    return(function(input_shape) build_once(self, input_shape))
  }
  if (is.environment(value) && inherits(value, "KerasLayer")) {
    return(callable(value))
  }
  value
}

#' @export
`$<-.recurrent_layer` <- function(x, name, value) {
  self <- environment(x)$self
  if (!is_read_only(self, name)) {
    `$<-.KerasLayer`(self, name, value)
  } else if (!identical(.subset2(self, name), value)) {
    stop_attribute(
      sprintf("`%s` of layer \"%s\" cannot be set.", name, self$name),
      i = "It follows from what the layer is made of."
    )
  }
  x
}

# What is worked out when asked for. R sets it to what it was after the inner
# step of `model$layers[[1]]$trainable <- FALSE`.
is_read_only <- function(self, name) {
  exists(name, self, inherits = FALSE) && bindingIsActive(name, self) &&
    !length(formals(activeBindingFunction(name, self)))
}

#' @export
`[[<-.recurrent_layer` <- function(x, i, value) {
  `$<-.recurrent_layer`(x, i, value)
}

#' @export
names.recurrent_layer <- function(x) {
  grep("^[.]", ls(environment(x)$self), value = TRUE, invert = TRUE)
}

#' @export
#' @importFrom utils .DollarNames
.DollarNames.recurrent_layer <- function(x, pattern = "") {
  grep(pattern, names(x), value = TRUE)
}

stop_no_member <- function(self, name) {
  known <- grep("^[._]", ls(self), value = TRUE, invert = TRUE)
  near <- suggest(name, known)
  stop_attribute(
    sprintf("Layer \"%s\" (%s) has no member `%s`.", self$name,
            class(self)[[1L]], name),
    i = if (length(near)) sprintf("Did you mean `%s`?", near),
    i = "`names(layer)` lists what it has."
  )
}

layer_initialize <- function(self, args) {
  check_unknown_args(names_of(args), standard_layer_args,
                     class(self)[[1L]])
  name <- args$name %||% unique_name(snake_case(class(self)[[1L]]))
  assign("name", check_string(name, "name"), envir = self)
  assign(".named_itself", is.null(args$name), envir = self)
  assign("dtype", check_dtype(args$dtype %||% settings$floatx), envir = self)
  assign(".trainable", check_flag(args$trainable %||% TRUE, "trainable"),
         envir = self)
  if (!is.null(args$activity_regularizer)) {
    self$activity_regularizer <- get_regularizer(args$activity_regularizer)
  }
  assign(".initial_weights", args$weights, envir = self)
  shape <- input_shape_argument(args)
  assign("batch_input_shape", shape, envir = self)
  assign("batch_size", if (length(shape)) shape[[1L]] else args$batch_size,
         envir = self)
  invisible(self)
}

standard_layer_args <- c(
  "name", "trainable", "dtype", "input_shape", "batch_input_shape",
  "batch_size", "weights", "activity_regularizer", "input_dim", "input_length",
  "dynamic", "autocast"
)

names_of <- function(x) names(x) %||% rep("", length(x))

check_dtype <- function(dtype) {
  check_choice(dtype, c("float64", "float32", "int32", "bool"), "dtype",
               "a type of numbers")
}

# input_shape leaves the batch axis out, batch_input_shape has it.
input_shape_argument <- function(args) {
  if (!is.null(args$batch_input_shape)) {
    return(as_shape(args$batch_input_shape, "batch_input_shape"))
  }
  inner <- args$input_shape
  if (is.null(inner) && !is.null(args$input_dim)) {
    inner <- if (!is.null(args$input_length)) {
      list(args$input_length, args$input_dim)
    } else {
      list(args$input_dim)
    }
  }
  if (is.null(inner)) return(NULL)
  as_shape(c(list(args$batch_size), unclass(as_shape(inner, "input_shape"))))
}

# Objects that carry a layer in `object` position: a missing one gives the
# layer, a model takes it, a tensor or array goes through it.
compose <- function(object, class, args = list()) {
  compose_layer(object, new_layer(class, args))
}

compose_layer <- function(object, layer) {
  if (missing(object) || is.null(object)) return(layer)
  if (inherits(object, "recurrent_model")) {
    unwrap_layer(object)$add(layer)
    return(invisible(object))
  }
  if (is_tensor(object) || is.list(object) || has_axes(object) ||
        (is.numeric(object) && length(object) > 1L)) {
    return(layer(object))
  }
  stop_type(
    sprintf("`object` must be a model, a tensor or an array, not %s.",
            describe(object)),
    i = sprintf("Name the arguments of the layer, e.g. `units = %s`; leave \
`object` out to get the layer itself.",
                if (is.numeric(object)) format(object) else "4")
  )
}

#' @export
print.recurrent_layer <- function(x, ...) {
  cat(format.recurrent_layer(x), sep = "\n")
  invisible(x)
}

# The arguments that differ from their defaults, and the activation.
format_layer <- function(self) {
  config <- tryCatch(layer_own_config(self), error = function(e) list())
  config <- config[!names(config) %in% setdiff(self$.usual, "activation")]
  shown <- Filter(function(v) {
    is.atomic(v) && length(v) == 1L && !is.na(v)
  }, config)
  values <- vapply(shown, function(v) {
    if (is.character(v)) deparse(v) else format(v)
  }, "")
  args <- paste0(names(shown), " = ", values, recycle0 = TRUE)
  head <- sprintf("<%s> \"%s\"%s", class(self)[[1L]], self$name,
                  if (length(args)) paste0(": ", toString(args)) else "")
  c(head, format_inside(self), format_layer_state(self))
}

# The layer, cell or cells that a layer is made of, a line for each.
format_inside <- function(self) {
  if (identical(self$.args, "cells")) {
    return(vapply(self$cells, function(cell) {
      paste0("  ", format_layer(unwrap_layer(cell))[[1L]])
    }, ""))
  }
  inside <- unwrap_layer(.subset2(self, "layer") %||% .subset2(self, "cell"))
  if (!inherits(inside, "KerasLayer")) return(NULL)
  if (!any(c("layer", "cell") %in% self$.args)) return(NULL)
  c(paste0("  of ", format_layer(inside)[[1L]]),
    paste0("  ", format_inside(inside), recycle0 = TRUE))
}

# Not known before the build where there is something to build.
has_no_weights <- function(self) {
  if (self$built) return(!length(self$weights))
  idle <- body(KerasLayer$public_methods$build)
  identical(body(self$build), idle) && !length(layer_parts(self))
}

format_layer_state <- function(self) {
  if (has_no_weights(self)) return("  no weights")
  if (!self$built) return("  not built yet: the first call builds it")
  kinds <- weights_below(self)
  w <- kinds[[1L]]
  f <- kinds[[2L]]
  shapes <- vapply(c(w, f), function(v) {
    paste(v$name, format(shape_of(v)))
  }, "")
  c(
    if (length(shapes)) paste0("  weights: ", toString(shapes)),
    sprintf("  parameters: %s%s", big_number(layer_count_params(self)),
            if (length(f)) " (some frozen)" else "")
  )
}
