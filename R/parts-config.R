# What layer_*() was given, as plain data that makes the layer again.
layer_config <- function(self) {
  config <- c(
    list(name = self$name, trainable = self$.trainable, dtype = self$dtype),
    if (!is.null(self$batch_input_shape)) {
      list(batch_input_shape = unclass(self$batch_input_shape))
    },
    layer_own_config(self)
  )
  if (!is.null(self$activity_regularizer)) {
    config$activity_regularizer <- serialize_argument(self$activity_regularizer)
  }
  structure(config, layer_class = layer_generator(self))
}

# The arguments of the class' own constructor, as they stand on the layer.
layer_own_config <- function(self) {
  args <- self$.args %||% initialize_args(self)
  lapply(stats::setNames(nm = args), function(a) {
    serialize_argument(argument_of(self, a))
  })
}

# An argument as the attribute of its name stands; else as it was given.
argument_of <- function(self, name) {
  if (exists(name, envir = self, inherits = FALSE)) {
    return(.subset2(self, name))
  }
  self$.given[[name]]
}

# Those of a class above come through its dots.
initialize_args <- function(self) {
  args <- setdiff(c(names(formals(self$initialize)), names(self$.given)),
                  c("...", standard_layer_args))
  intersect(args, c(ls(self, all.names = TRUE), names(self$.given)))
}

serialize_argument <- function(x) {
  if (inherits(x, c("recurrent_layer", "KerasLayer"))) {
    return(layer_spec(unwrap_layer(x)))
  }
  if (inherits(x, "recurrent_shape")) return(unclass(x))
  if (is.list(x) && !is.object(x)) return(lapply(x, serialize_argument))
  if (inherits(x, "recurrent_part")) return(serialize_part(x))
  x
}

# A layer inside another one's config.
layer_spec <- function(self) {
  config <- self$get_config()
  structure(
    list(module = layer_module(self), class_name = class(self)[[1L]],
         config = config, registered_name = NULL),
    layer_class = attr(config, "layer_class") %||% layer_generator(self)
  )
}

layer_module <- function(self) {
  if (!is.null(known_layer_class(class(self)[[1L]]))) self$.module
}

# Classes of the package are known by name; a user's class travels itself.
layer_generator <- function(self) {
  self$.generator %||% class(self)[[1L]]
}

known_layer_class <- function(name) {
  found <- get0(name, envir = topenv(), inherits = FALSE)
  if (makes_layers(found)) found
}

makes_layers <- function(x) {
  while (inherits(x, "R6ClassGenerator")) {
    if (identical(x, KerasLayer)) return(TRUE)
    x <- x$get_inherit()
  }
  FALSE
}

# A layer from list(class_name, config), what layer_spec() gives.
# Specs with the same `shared` make one layer: it stands there once made.
layer_from_spec <- function(spec, custom_objects = NULL) {
  shared <- attr(spec, "shared")
  if (!is.null(shared$layer)) return(shared$layer)
  class <- find_layer_class(spec, custom_objects)
  layer <- config_to_layer(class, spec$config, custom_objects)
  if (!is.null(shared)) shared$layer <- layer
  layer
}

find_layer_class <- function(spec, custom_objects = NULL) {
  custom <- custom_objects[[spec$class_name]] %||%
    custom_scope$objects[[spec$class_name]]
  travelled <- attr(spec, "layer_class")
  if (is.character(travelled)) travelled <- NULL
  class <- as_generator(custom) %||% travelled %||%
    known_layer_class(spec$class_name)
  if (is.null(class)) {
    stop_value(
      sprintf("Layer class \"%s\" is not known.", spec$class_name),
      i = "Give it: `custom_objects = list(%s = ...)`." |>
        sprintf(spec$class_name)
    )
  }
  class
}

custom_scope <- new.env(parent = emptyenv())
custom_scope$objects <- list()

as_generator <- function(x) {
  if (is.null(x) || inherits(x, "R6ClassGenerator")) return(x)
  attr(x, "layer_class")
}

layer_from_config <- function(self, config) {
  config_to_layer(layer_generator(self), config)
}

config_to_layer <- function(class, config, custom_objects = NULL) {
  if (is.character(class)) class <- known_layer_class(class)
  make <- config_method(class)
  if (!is.null(make)) return(make(config, custom_objects, class))
  args <- lapply(config, restore_argument, custom_objects)
  attr(args, "layer_class") <- NULL
  new_layer(class, args)
}

# Classes of models read their configs themselves.
config_method <- function(class) {
  while (!is.null(class)) {
    make <- class$public_methods$make_from_config
    if (!is.null(make)) return(make)
    class <- class$get_inherit()
  }
}

# Layers inside a config become layers again; parts are read by get_*().
restore_argument <- function(x, custom_objects = NULL) {
  if (!is.list(x)) return(x)
  if (is_layer_spec(x)) return(layer_from_spec(x, custom_objects))
  if (is.null(names(x))) return(lapply(x, restore_argument, custom_objects))
  x
}

# Without a module it is of a class that its user must give.
is_layer_spec <- function(x) {
  if (!is.list(x) || !is.character(x$class_name)) return(FALSE)
  is.list(x$config) && (
    !is.null(attr(x, "layer_class")) ||
      !is.null(known_layer_class(x$class_name)) ||
      (is.null(x$module) && "registered_name" %in% names(x))
  )
}

#' Configurations
#'
#' `get_config()` gives the arguments of a layer or model as plain data;
#' `from_config()` makes a new one from them, with fresh weights.
#'
#' @param object A layer or model.
#' @param config What `get_config()` gave.
#' @param custom_objects Named list of classes and functions that the config
#'   names. Classes that were defined in R travel with the config and need not
#'   be given.
#' @return `get_config()` a named list; `from_config()` a layer or model.
#' @section Errors: `ValueError` for a class that is not known, `TypeError`
#'   for an object without a config.
#' @source R keras 2.15.
#' @export
#' @examples
#' layer <- layer_simple_rnn(units = 3, activation = "relu")
#' config <- get_config(layer)
#' config$units
#' from_config(config)
get_config <- function(object) {
  self <- unwrap_layer(object)
  if (!inherits(self, "KerasLayer")) {
    stop_type(
      sprintf("`object` must be a layer or a model, not %s.",
              describe(object))
    )
  }
  config <- self$get_config()
  if (is.null(attr(config, "layer_class"))) {
    attr(config, "layer_class") <- layer_generator(self)
  }
  config
}

#' @rdname get_config
#' @export
from_config <- function(config, custom_objects = NULL) {
  class <- attr(config, "layer_class")
  if (is.null(class)) {
    if (is_layer_spec(config)) return(layer_from_spec(config, custom_objects))
    stop_type(
      "`config` does not say what class it belongs to.",
      i = "Give what `get_config()` gave, unchanged."
    )
  }
  config_to_layer(class, config, custom_objects)
}
