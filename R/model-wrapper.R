#' Layers around a layer, as R6 classes
#'
#' The R6 class below which users' wrapper layers stand, in the older form of
#' R keras: `R6::R6Class("MyWrapper", inherit = KerasWrapper, ...)` with
#' `build(input_shape)` and `call(inputs, mask = NULL)`. Inside its methods
#' `self$layer` (also `super$layer`) is the wrapped layer.
#' `create_wrapper()` makes an instance and composes it.
#'
#' `build()` of `KerasWrapper` builds the wrapped layer; a class that has its
#' own calls `super$build(input_shape)` first. `call()` of `KerasWrapper` calls
#' the wrapped layer.
#'
#' @param wrapper_class An R6 class below `KerasWrapper`.
#' @param object What to compose the layer with, see [layer_rnn()].
#' @param args List of arguments: `layer`, the layer to wrap, those that all
#'   layers take (`name`, `input_shape`, ...), and those of the class'
#'   `initialize`.
#' @return `create_wrapper()` what the layer functions give.
#' @section Errors: `TypeError` when it is not such a class or `layer` is
#'   missing or no layer.
#' @aliases KerasWrapper
#' @source R keras 2.15, `KerasWrapper` and `create_wrapper()`.
#' @rawNamespace export(KerasWrapper)
#' @export
#' @examples
#' Scaled <- R6::R6Class("Scaled", inherit = KerasWrapper, public = list(
#'   by = NULL,
#'   initialize = function(by) self$by <- by,
#'   call = function(inputs, mask = NULL) self$layer(inputs) * self$by
#' ))
#' layer <- create_wrapper(Scaled, args = list(
#'   layer = layer_dense(units = 3), by = 10
#' ))
#' layer(matrix(1:4, 2))
create_wrapper <- function(wrapper_class, object, args = list()) {
  class <- resolve_class(wrapper_class)
  standard <- names(args) %in% standard_layer_args
  layer <- args$layer
  inner <- unwrap_layer(layer)
  if (!inherits(inner, "KerasLayer")) {
    stop_type(
      sprintf("`args$layer` must be a layer, not %s.", describe(layer)),
      i = "Give the layer to wrap, e.g. `layer = layer_dense(units = 3)`."
    )
  }
  own <- args[!standard & names(args) != "layer"]
  self <- do.call(class$new, own)
  if (!inherits(self, "KerasWrapper")) {
    stop_type(
      sprintf("`wrapper_class` must be a class below `KerasWrapper`, not %s.",
              class$classname),
      i = "Layers that wrap none are made by `create_layer()`."
    )
  }
  layer_initialize(self, args[standard])
  self$.layer <- callable(inner)
  assign(".generator", class, envir = self)
  give_private_layer(self)
  carry(self)
  compose_layer(object, callable(self))
}

KerasWrapper <- keras_class(
  "KerasWrapper", inherit = KerasLayer,
  public = list(
    .layer = NULL,
    initialize = function(...) invisible(self),
    build = function(input_shape) wrapper_build(self, input_shape),
    call = function(inputs, ...) self$layer(inputs),
    get_config = function() wrapper_config(self),
    make_from_config = function(config, custom_objects = NULL, class = NULL) {
      args <- plain_args(config, custom_objects)
      create_wrapper(class, args = args)
    }
  ),
  private = list(py_wrapper = NULL),
  active = list(layer = function(value) {
    # `self$layer$built <- TRUE` ends with such an assignment.
    if (!missing(value) &&
          !identical(unwrap_layer(value), unwrap_layer(self$.layer))) {
      stop_wrapped_layer()
    }
    self$.layer
  })
)

# Scripts for R keras reach the layer by `private$py_wrapper$layer`.
give_private_layer <- function(self) {
  private <- self$.__enclos_env__$private
  if (is.environment(private)) private$py_wrapper <- list(layer = self$.layer)
}

stop_wrapped_layer <- function() {
  stop_attribute("The wrapped layer cannot be exchanged.",
                 i = "Make another wrapper: `create_wrapper()`.")
}

wrapper_build <- function(self, input_shape) {
  inner <- unwrap_layer(self$.layer)
  if (!inner$built) build_layer(inner, input_shape)
}

wrapper_config <- function(self) {
  own <- setdiff(initialize_args(self), "layer")
  config <- c(
    list(name = self$name, trainable = self$.trainable, dtype = self$dtype,
         layer = layer_spec(unwrap_layer(self$.layer))),
    lapply(stats::setNames(nm = own), function(a) {
      serialize_argument(.subset2(self, a))
    })
  )
  structure(config, layer_class = layer_generator(self))
}

#' Names for classes and functions
#'
#' Evaluates an expression in which configs and JSON texts may name the classes
#' given. Classes defined in R travel with models, so that this is needed only
#' for what comes from elsewhere, e.g. [model_from_json()].
#'
#' @param objects Named list of classes of layers, as [new_layer_class()] makes
#'   them, or R6 classes.
#' @param expr An expression.
#' @return The value of `expr`.
#' @section Errors: `TypeError` when `objects` is no named list.
#' @source R keras 2.15.
#' @export
#' @examples
#' Twice <- new_layer_class("Twice", call = function(inputs) inputs * 2)
#' with_custom_object_scope(list(Twice = Twice), {
#'   from_config(list(module = NULL, class_name = "Twice",
#'                    config = list(name = "twice"), registered_name = NULL))
#' })
with_custom_object_scope <- function(objects, expr) {
  given <- is.list(objects) && (!length(objects) ||
                                  (!is.null(names(objects)) &&
                                     all(nzchar(names(objects)))))
  if (!given) {
    stop_type(
      sprintf("`objects` must be a named list, not %s.", describe(objects)),
      i = "For example `list(MyLayer = MyLayer)`."
    )
  }
  before <- custom_scope$objects
  on.exit(custom_scope$objects <- before)
  custom_scope$objects <- utils::modifyList(before, objects)
  force(expr)
}
