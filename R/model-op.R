# An op in a graph has a layer too, so that models list, draw and write it as
# any other. The node itself runs the op; the layer is its record.
OpLambda <- keras_class(
  "OpLambda", inherit = KerasLayer,
  public = list(
    op = NULL,
    attrs = NULL,
    initialize = function(op = NULL, attrs = NULL, ...) {
      op_layer_initialize(self, op, attrs, list(...))
    },
    call = function(inputs) {
      if (is_tensor(inputs)) inputs <- list(inputs)
      apply_op(op_layer_row(self$op), inputs, self$attrs)
    },
    get_config = function() op_layer_config(self),
    make_from_config = function(config, custom_objects = NULL, class = NULL) {
      new_layer(OpLambda, list(
        op = config[["function"]], attrs = decode_value(config$attrs),
        name = config$name
      ))
    }
  )
)

op_layer_initialize <- function(self, op, attrs, args) {
  op_layer_row(op)
  assign("op", op, envir = self)
  assign("attrs", attrs, envir = self)
  args$name <- args$name %||% unique_name(paste0("op_", op))
  layer_initialize(self, args)
  assign("built", TRUE, envir = self)
}

op_layer_row <- function(op) {
  find_row(check_string(op, "op")) %||% stop_value(
    sprintf("The model uses the op `%s`, which this version does not have.",
            op),
    i = "Load the model with the version of the package that saved it."
  )
}

op_layer_config <- function(self) {
  structure(
    list(name = self$name, trainable = TRUE, dtype = self$dtype,
         `function` = self$op, attrs = encode_value(self$attrs)),
    layer_class = "OpLambda"
  )
}

# The layer of a node that an op made.
op_layer <- function(node) {
  at <- environment(node$run)
  if (is.null(at$name)) return(op_layer_of_row(node))
  layer <- unwrap_layer(new_layer(OpLambda, list(op = at$name,
                                                 attrs = at$attrs)))
  op_layer_shapes(layer, node)
}

# A row that no name finds travels as it is, but cannot be written to JSON.
op_layer_of_row <- function(node) {
  layer <- unwrap_layer(new_layer(OpLambda, list(
    op = "identity", name = unique_name(paste0("op_", node$name))
  )))
  assign("op", node$name, envir = layer)
  op_layer_shapes(layer, node)
}

op_layer_shapes <- function(layer, node) {
  assign("input_shape", shapes_in(node$args), envir = layer)
  assign("output_shape", shapes_in(node$outputs), envir = layer)
  layer
}

# An R value as lists and strings that JSON keeps, types and dims included.
encode_value <- function(x) {
  if (is.null(x)) return(NULL)
  out <- list(type = typeof(x), dim = dim(x), names = names(x))
  if (is.list(x)) {
    out$value <- lapply(unname(x), encode_value)
    return(out)
  }
  if (!is.atomic(x)) {
    stop_type(
      sprintf("An op of the model holds %s, which has no config.", describe(x)),
      i = "Save the model with `saveRDS()`, or put the function into \
`layer_lambda()`."
    )
  }
  # 17 digits give a double back exactly.
  out$value <- if (is.double(x)) sprintf("%.17g", x) else as.character(x)
  out$value <- as.list(out$value)
  out
}

decode_value <- function(x) {
  if (is.null(x)) return(NULL)
  value <- if (x$type == "list") lapply(x$value, decode_value) else
    suppressWarnings(as.vector(unlist(x$value) %||% character(), x$type))
  if (!is.null(x$dim)) dim(value) <- as.integer(unlist(x$dim))
  if (!is.null(x$names)) names(value) <- unlist(x$names)
  value
}
