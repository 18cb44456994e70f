# R's own functions on layers and models, which are functions with a class.

#' @export
`[[.recurrent_layer` <- function(x, i, ...) {
  if (is.character(i) && length(i) == 1L) return(`$.recurrent_layer`(x, i))
  stop_type(
    sprintf("The members of a layer have names; there is no `[[%s]]`.",
            deparse1(i)),
    i = "For example `layer[[\"units\"]]`; a model's layers are \
`model$layers[[1]]` or `get_layer(model, index = 1)`."
  )
}

# Equal are layers of one class, with one config and the same weights.
#' @export
all.equal.recurrent_layer <- function(target, current, ...) {
  if (!inherits(current, "recurrent_layer")) {
    return(paste("current is", describe(current)))
  }
  parts <- function(x) {
    list(class = class(x), config = get_config(x), weights = x$get_weights())
  }
  all.equal(parts(target), parts(current), ...)
}

#' @export
format.recurrent_layer <- function(x, ...) format_layer(environment(x)$self)

#' @method summary recurrent_layer
#' @export
summary.recurrent_layer <- function(object, ...) print(object, ...)

#' @importFrom utils str
#' @export
str.recurrent_layer <- function(object, ...) {
  cat("", format_layer(environment(object)$self)[[1L]], "\n")
}
