# What a model is made of, as plain lists in a dialect of Keras (`d`, a row of
# `dialects`): a layer is list(module, class_name, config, registered_name,
# build_config). `json_text()` makes text of it.
dialect_spec <- function(self, d, calls = NULL, nested = FALSE) {
  class <- class(self)[[1L]]
  own <- is.null(known_layer_class(class))
  if (!own) check_in_dialect(self, class, d)
  graph <- class == "Functional"
  spec <- list(
    module = if (graph) d$functional else if (!own) dialect_module(self),
    class_name = class, config = dialect_config(self, d)
  )
  spec["registered_name"] <- list(if (own || graph) class)
  spec$build_config <- dialect_build(self, d, calls, nested)
  shared <- layer_index(d$shared, self)
  if (shared) spec$shared_object_id <- shared
  spec
}

# Layers that stand in several places of a model, as nested models may share
# them: they get a number in the file.
shared_layers <- function(self) {
  seen <- twice <- list()
  walk <- function(layer) {
    if (layer_index(seen, layer)) {
      if (!layer_index(twice, layer)) twice <<- c(twice, list(layer))
      return(invisible())
    }
    seen <<- c(seen, list(layer))
    for (part in model_parts(layer)) walk(part)
  }
  walk(self)
  twice
}

dialect_module <- function(self) {
  if (inherits(self, "OpLambda")) "recurrent" else self$.module
}

check_in_dialect <- function(self, class, d) {
  row <- dialect_layers[[class]]
  if (is.null(row) || !d$three || !is.null(row$three)) return(invisible())
  stop_value(
    sprintf("Keras 3 has no layer of class \"%s\", as layer \"%s\" is.", class,
            self$name),
    i = "Write the model in the dialect \"tf.keras 2.15\", or with `saveRDS()`."
  )
}

dialect_config <- function(self, d) {
  if (inherits(self, "Sequential")) return(dialect_sequential(self, d))
  if (inherits(self, "Model") && !is.null(self$.nodes)) {
    return(dialect_graph(self, d))
  }
  if (inherits(self, "InputLayer")) return(dialect_input(self, d))
  if (inherits(self, "Bidirectional") && d$three) {
    return(dialect_both_ways(self, d))
  }
  config <- self$get_config()
  attr(config, "layer_class") <- NULL
  row <- dialect_layers[[class(self)[[1L]]]]
  if (is.null(row)) return(dialect_own_config(self, config, d))
  dialect_known_config(self, config, row[[if (d$three) "three" else "two"]], d)
}

# What every layer has first, then the keys of its class in Keras' order.
dialect_known_config <- function(self, config, keys, d) {
  c(dialect_base(self, config, d, "activity_regularizer" %in% names(keys) ||
                   inherits(self, "ActivityRegularization")),
    dialect_keys(self, config, keys, d))
}

dialect_base <- function(self, config, d, has_activity = TRUE) {
  out <- list(name = self$name, trainable = self$.trainable,
              dtype = dialect_dtype(self$dtype, d))
  shape <- config$batch_input_shape
  if (!is.null(shape) && !d$three) {
    out$batch_input_shape <- dialect_value(shape, "batch_input_shape", self, d)
  }
  if (!has_activity && !is.null(config$activity_regularizer)) {
    out$activity_regularizer <- dialect_value(config$activity_regularizer,
                                              "activity_regularizer", self, d)
  }
  out
}

dialect_keys <- function(self, config, keys, d) {
  out <- list()
  for (key in names(keys)) {
    k <- keys[[key]]
    value <- if (k$lacks) k$value else config[[k$here]]
    if (is.null(value) && k$here == "zero_output_for_mask") value <- FALSE
    if (k$if_given && (is.null(value) || isFALSE(value))) next
    value <- dialect_value(value, k$here, self, d)
    if (k$is_list && !is.null(value)) value <- as.list(value)
    out[key] <- list(value)
  }
  out
}

# A user's class: what its get_config() gives.
dialect_own_config <- function(self, config, d) {
  out <- lapply(stats::setNames(nm = names_of(config)), function(key) {
    dialect_value(config[[key]], key, self, d)
  })
  if (is.character(config$dtype)) out$dtype <- dialect_dtype(config$dtype, d)
  out
}

dialect_dtype <- function(dtype, d) {
  if (!d$three) return(dtype)
  list(module = "keras", class_name = "DTypePolicy",
       config = list(name = dtype), registered_name = NULL)
}

# A value of a config; layers in it are written as the objects that they are.
dialect_value <- function(x, key, self, d) {
  if (is.function(x) || is.environment(x)) stop_no_json(x, self)
  if (is.null(x)) return(NULL)
  if (is.list(x)) return(dialect_list_value(x, key, self, d))
  if (length(dim(x)) > 0L) {
    return(list(class_name = "__array__", config = encode_value(x)))
  }
  if (is.object(x)) x <- as.character(x)
  if (is.numeric(x)) x <- dialect_number(x, key)
  if (grepl("activation$", key)) x <- dialect_activation(x, self, d)
  if (length(x) == 1L) unname(x) else as.list(unname(x))
}

# One name for two functions, one in each dialect.
dialect_activation <- function(x, self, d) {
  if (!x %in% c("hard_sigmoid", "hard_sigmoid_3")) return(x)
  if (d$three == (x == "hard_sigmoid_3")) return("hard_sigmoid")
  stop_value(
    sprintf("The activation \"hard_sigmoid\" of layer \"%s\" is another \
function in the dialect \"%s\": the model would give other numbers.",
            self$name, d$name),
    i = sprintf("Write it in the dialect \"%s\".",
                setdiff(names(dialects), d$name))
  )
}

# Doubles that are whole are integers to Keras where it counts something.
dialect_number <- function(x, key) {
  if (!is_whole_key(key)) return(if (key_is_known(key)) as.double(x) else x)
  whole <- is.na(x) | (x == trunc(x) & abs(x) <= .Machine$integer.max)
  if (all(whole)) as.integer(x) else x
}

key_is_known <- function(key) {
  key %in% c("dropout", "recurrent_dropout", "rate", "stddev", "mean", "gain",
             "momentum", "epsilon", "l1", "l2", "alpha", "theta", "mask_value",
             "max_value", "negative_slope", "threshold", "minval", "maxval",
             "value", "scale", "factor", "min_value")
}

dialect_list_value <- function(x, key, self, d) {
  inner <- argument_of(self, key)
  layer <- unwrap_layer(inner)
  if (inherits(layer, "KerasLayer")) {
    return(dialect_spec(layer, d, nested = TRUE))
  }
  if (is.list(inner) && !is.object(inner) && length(inner) == length(x) &&
        length(x) && all(vapply(inner, is_layer, NA))) {
    return(lapply(unname(inner), function(l) {
      dialect_spec(unwrap_layer(l), d, nested = TRUE)
    }))
  }
  if (is.character(x$class_name) && is.list(x$config)) {
    return(dialect_part(x, key, self, d))
  }
  attributes(x) <- list(names = names(x))
  lapply(x, dialect_value, key = key, self = self, d = d)
}

is_layer <- function(x) inherits(unwrap_layer(x), "KerasLayer")

# Initializers and the like: list(module, class_name, config, ...).
dialect_part <- function(x, key, self, d) {
  config <- lapply(stats::setNames(nm = names_of(x$config)), function(k) {
    dialect_value(x$config[[k]], k, self, d)
  })
  if (d$three && identical(x$module, "keras.initializers")) {
    config <- initializer_config_three(x$class_name, config)
  }
  if (!length(config)) config <- empty_object()
  out <- list(module = x$module, class_name = x$class_name, config = config)
  out["registered_name"] <- list(x$registered_name)
  out
}

# Keras 3 puts the seed first, and scaled ones know which axes they count.
initializer_config_three <- function(class, config) {
  if ("seed" %in% names(config) && class != "VarianceScaling") {
    config <- config[union("seed", names(config))]
  }
  if (grepl("^(Glorot|He|Lecun)|^VarianceScaling$", class)) {
    config[c("input_axes", "output_axes")] <- list(NULL)
  }
  config
}

stop_no_json <- function(x, self) {
  stop_type(
    sprintf("The model holds %s in layer \"%s\", which has no JSON.",
            describe(x), self$name),
    i = "Save the model with `saveRDS()`: R functions travel with it."
  )
}

dialect_input <- function(self, d) {
  shape <- lapply(unclass(self$batch_input_shape), identity)
  out <- list(shape, dtype = self$dtype, sparse = FALSE, ragged = FALSE,
              name = self$name)
  names(out)[[1L]] <- if (d$three) "batch_shape" else "batch_input_shape"
  if (d$three) out$optional <- FALSE
  out
}

dialect_sequential <- function(self, d) {
  input <- if (!is.null(self$inputs)) {
    list(dialect_spec(.subset2(self$inputs, "node")$layer, d))
  }
  layers <- lapply(self$.layers, dialect_spec, d)
  if (!d$three) return(list(name = self$name, layers = c(input, layers)))
  out <- list(
    name = self$name, trainable = self$.trainable,
    dtype = dialect_dtype(dtype_of_model(self), d), layers = c(input, layers)
  )
  out$build_input_shape <- if (!is.null(self$inputs)) {
    plain_shape(shape_of(self$inputs))
  }
  out
}

# The layers that run, each with what it was built for.
dialect_both_ways <- function(self, d) {
  ways <- both_ways(self)
  out <- dialect_base(self, list(), d)
  out["merge_mode"] <- list(self$merge_mode)
  c(out, list(layer = dialect_spec(ways[[1L]], d),
              backward_layer = dialect_spec(ways[[2L]], d)))
}

# The shapes that a layer was built for, as Keras finds them there.
dialect_build <- function(self, d, calls = NULL, nested = FALSE) {
  if (!self$built || inherits(self, c("InputLayer", "OpLambda"))) return(NULL)
  if (inherits(self, "Model")) return(dialect_model_build(self, d))
  class <- class(self)[[1L]]
  if (d$three && class %in% built_at_start) return(NULL)
  if (!d$three && nested && !class %in% built_inside) return(NULL)
  shape <- self$input_shape
  if (is.null(shape)) return(NULL)
  if (!length(calls)) return(list(input_shape = plain_shape(shape)))
  if (d$three) return(dialect_call_shapes(calls[[1L]]))
  list(input_shape = plain_shape(shapes_in(call_inputs(calls[[1L]])$inputs)))
}

dialect_model_build <- function(self, d) {
  if (is.null(self$inputs)) return(NULL)
  if (d$three && !inherits(self, "Sequential")) {
    return(list(input_shape = NULL))
  }
  list(input_shape = plain_shape(shapes_in(self$inputs)))
}

# The dtype that the layers of a model have: the first one's with weights.
dtype_of_model <- function(self) {
  layers <- model_layers(self)
  with <- Filter(function(l) length(l$weights) > 0L, layers)
  first <- c(with, layers)[1L]
  if (!length(layers)) return(self$dtype)
  first <- first[[1L]]
  if (inherits(first, "Model")) dtype_of_model(first) else first$dtype
}
