# Classes of layers and cells defined by users. The class is an R6 class below
# KerasLayer; what users hold is a function that makes (or composes) instances
# and carries the class in its attribute `layer_class`.
make_layer_class <- function(classname, members, inherit, parent_env) {
  check_string(classname, "classname")
  if (!all(nzchar(names_of(members)))) {
    stop_type("Methods and attributes of a class must have names.",
              i = "For example `call = function(inputs) inputs`.")
  }
  members <- members[!vapply(members, is.null, NA)]
  names(members)[names(members) == "__init__"] <- "initialize"
  private <- members$private
  members$private <- NULL
  members <- members[!duplicated(names(members))]
  check_no_layers(classname, members)
  marked <- vapply(members, is_marked, NA)
  members[marked] <- lapply(members[marked], `attr<-`, "active", NULL)
  members <- lapply(members, python_free)
  # `metrics = function() ...` stands for what is read without a call.
  active <- marked | names(members) %in% active_names(inherit) &
    vapply(members, is.function, NA)
  class <- R6Class(
    classname, public = members[!active], active = members[active],
    private = lapply(private, python_free), parent_env = parent_env,
    lock_objects = FALSE, cloneable = FALSE
  )
  class$inherit <- inherit
  class
}

# R6 takes a layer, which is a function, for a method.
check_no_layers <- function(classname, members) {
  for (name in names(members)) {
    if (!inherits(members[[name]], "recurrent_layer")) next
    stop_type(
      sprintf("`%s` of the class `%s` is a layer: all instances would share \
it.", name, classname),
      i = sprintf("Make it in `initialize()` or `build()`: `self$%s <- ...`.",
                  name)
    )
  }
}

is_marked <- function(f) is.function(f) && isTRUE(attr(f, "active"))

#' Members of a class that are read without a call
#'
#' Marks a function given to [new_layer_class()], [new_model_class()],
#' [new_loss_class()], [new_metric_class()], [new_callback_class()] or
#' [new_learning_rate_schedule_class()]: `object$name` then gives the value of
#' the function, computed anew each time.
#'
#' @param x A function without arguments; or of one, `value`, which is then
#'   called with what is assigned (`object$name <- value`), and without it
#'   (`missing(value)`) when the member is read.
#' @return The function, marked.
#' @section Errors: `TypeError` when `x` is no function.
#' @source R keras 2.15.
#' @export
#' @examples
#' Doubling <- new_layer_class(
#'   "Doubling",
#'   call = function(inputs) inputs * self$factor,
#'   factor = mark_active(function() 2)
#' )
#' Doubling()(matrix(1:3, 1))
mark_active <- function(x) {
  if (!is.function(x)) {
    stop_type(
      sprintf("`x` must be a function, not %s.", describe(x)),
      i = "For example `mark_active(function() self$units * 2)`."
    )
  }
  structure(x, active = TRUE)
}

# Names of the active members of a class and those above it.
active_names <- function(class) {
  names <- character()
  while (!is.null(class)) {
    names <- c(names, names(class$active))
    class <- class$get_inherit()
  }
  names
}

# Methods written for Python-backed R keras call `super()$`__init__`(...)`;
# here that is `super$initialize(...)`.
python_free <- function(f) {
  if (!is.function(f) || is.primitive(f)) return(f)
  new <- rewrite_super(body(f))
  if (!identical(new, body(f))) body(f) <- new
  f
}

rewrite_super <- function(e) {
  if (is.call(e)) {
    if (identical(e[[1L]], quote(super))) return(quote(super))
    return(as.call(lapply(as.list(e), rewrite_super)))
  }
  if (identical(e, quote(`__init__`))) return(quote(initialize))
  e
}

layer_wrapper <- function(class) {
  init <- class_initialize(class)
  args <- formals(init)
  args <- args[!names(args) %in% c("self", "object", "...")]
  f <- function(object, ...) {
    if (!missing(object) && !is.null(object)) check_object(object, ...names())
    compose_layer(object, new_layer(class, list(...)))
  }
  structure(f, class = c("recurrent_layer_class", "function"),
            layer_class = class, arguments = args)
}

check_object <- function(object, given) {
  fits <- inherits(object, c("recurrent_model", "recurrent_tensor")) ||
    is.list(object) || length(dim(object)) > 0L
  if (fits) return(invisible())
  stop_type(
    sprintf("The first argument must be a model, a tensor or an array to \
compose the layer with, not %s.", describe(object)),
    i = "Name the arguments of the layer, e.g. `MyCell(units = 4)`."
  )
}

#' @export
print.recurrent_layer_class <- function(x, ...) {
  args <- names(attr(x, "arguments"))
  cat(sprintf("<layer class> %s(%s)\n", attr(x, "layer_class")$classname,
              toString(args)))
  invisible(x)
}

# A class from whatever names one: an R6 class, a wrapper, or a layer_*()
# function of the package.
resolve_class <- function(x) {
  if (is.null(x)) return(KerasLayer)
  class <- as_generator(x)
  if (is.null(class)) {
    stop_type(
      sprintf("`inherit` must be a class of layers, not %s.", describe(x)),
      i = "Give what `new_layer_class()` or `R6::R6Class()` made."
    )
  }
  class
}

#' Layers and cells of your own
#'
#' @description
#' `new_layer_class()` and `Layer()` define a class of layers or cells in R.
#' Inside its methods `self` is the instance, and `super` the class above it:
#' `super$initialize(...)` (also written `super()$initialize(...)`) makes it a
#' layer with a name, and `self$add_weight(name, shape, initializer,
#' regularizer, trainable, constraint)` gives it a weight. Layers and weights
#' held in attributes (`self$dense <- layer_dense(units = 3)`) count as parts
#' of it.
#'
#' `call()` computes with tensors: R arithmetic, `%*%`, `[`, `tanh()`, ...,
#' and `op_*()` or `k_*()` functions. Its gradients come by themselves.
#'
#' @param classname Name of the class, a string.
#' @param ... Further methods and attributes, by name.
#' @param initialize Function of the class' arguments.
#' @param build Function of `input_shape`, a [shape()] such as
#'   `(NULL, 8)` (a list of shapes when the layer takes several inputs), that
#'   makes the weights. Called once, before the first `call()`.
#' @param call Function of `inputs`, a tensor or list of tensors, that gives a
#'   tensor or list of tensors; may also name `mask` and `training`. For cells
#'   see [layer_rnn()].
#' @param get_config Function without arguments that gives a named list of the
#'   arguments of `initialize`. Without it, the attributes of these names are
#'   taken.
#' @param compute_output_shape Function of `input_shape` that gives the output
#'   shape. Without it, the shape is found by calling the layer on zeros.
#' @param inherit The class above: what `new_layer_class()` made or an R6
#'   class; NULL is the package's base layer.
#' @return A function `f(object, ...)` that makes an instance from the
#'   arguments of `initialize`, given by name, and composes it with `object`
#'   as every `layer_*()` does.
#' @section Errors: `TypeError` for a class or argument of the wrong kind.
#' @source R keras 2.15, `new_layer_class()` and `Layer()`.
#' @export
#' @examples
#' scale_layer <- new_layer_class(
#'   "ScaleLayer",
#'   initialize = function(start = 1, ...) {
#'     super$initialize(...)
#'     self$start <- start
#'   },
#'   build = function(input_shape) {
#'     self$factor <- self$add_weight(
#'       "factor", shape = list(),
#'       initializer = initializer_constant(self$start)
#'     )
#'   },
#'   call = function(inputs) inputs * self$factor
#' )
#' layer <- scale_layer(start = 2)
#' layer(matrix(1:6, 2))
new_layer_class <- function(classname, ..., initialize = NULL, build = NULL,
                            call = NULL, get_config = NULL) {
  members <- c(
    list(initialize = initialize, build = build, call = call,
         get_config = get_config),
    list(...)
  )
  inherit <- resolve_class(members$inherit)
  members$inherit <- NULL
  layer_wrapper(make_layer_class(classname, members, inherit, parent.frame()))
}

#' @rdname new_layer_class
#' @export
Layer <- function(classname, initialize, build = NULL, call = NULL, # nolint
                  compute_output_shape = NULL, ..., inherit = NULL) {
  members <- list(build = build, call = call,
                  compute_output_shape = compute_output_shape, ...)
  if (!missing(initialize)) members$initialize <- initialize
  layer_wrapper(make_layer_class(classname, members, resolve_class(inherit),
                                 parent.frame()))
}

#' Use a class of layers like a layer function
#'
#' `create_layer_wrapper()` turns a class of layers into a function that
#' composes its instances, as all `layer_*()` functions do; `create_layer()`
#' makes and composes one instance.
#'
#' @param Layer,layer_class A class: what [new_layer_class()] made, or an R6
#'   class below `KerasLayer`.
#' @param modifiers Named list of functions that change arguments before they
#'   reach the class.
#' @param convert Accepted as in R keras; nothing needs converting here.
#' @param object What to compose the layer with, see [layer_rnn()].
#' @param args List of arguments of the class.
#' @return `create_layer_wrapper()` a function; `create_layer()` what the
#'   layer functions give.
#' @section Errors: `TypeError` when it is not a class of layers.
#' @source R keras 2.15.
#' @export
#' @examples
#' Twice <- R6::R6Class("Twice", inherit = KerasLayer, public = list(
#'   call = function(inputs, ...) inputs * 2
#' ))
#' create_layer(Twice, matrix(1:4, 2))
#' layer_twice <- create_layer_wrapper(Twice)
#' layer_twice(matrix(1:4, 2))
create_layer_wrapper <- function(Layer, modifiers = NULL, # nolint
                                 convert = TRUE) {
  class <- resolve_class(Layer)
  if (is.null(modifiers)) return(layer_wrapper(class))
  f <- function(object, ...) {
    args <- list(...)
    for (a in intersect(names(modifiers), names(args))) {
      args[[a]] <- modifiers[[a]](args[[a]])
    }
    compose_layer(object, new_layer(class, args))
  }
  structure(f, class = c("recurrent_layer_class", "function"),
            layer_class = class, arguments = formals(class_initialize(class)))
}

#' @rdname create_layer_wrapper
#' @export
create_layer <- function(layer_class, object, args = list()) {
  if (!is.list(args)) {
    stop_type(sprintf("`args` must be a list, not %s.", describe(args)),
              i = "For example `list(units = 3)`.")
  }
  compose_layer(object, new_layer(resolve_class(layer_class), args))
}
