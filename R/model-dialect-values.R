# Values in the configs of layers, read from either dialect of Keras.
read_value <- function(x, key, box) {
  if (is.null(x)) return(NULL)
  kind <- kind_of_key(key)
  if (!is.null(kind)) return(read_part(x, kind, box))
  if (key == "dtype") return(read_dtype(x))
  if (is_class_spec(x)) return(read_object(x, key, box))
  if (is_tuple(x)) x <- x[["items"]]
  if (!is.list(x)) return(x)
  as_vector(lapply(x, read_value, key, box))
}

# What a key holds, by its name.
kind_of_key <- function(key) {
  end <- sub("^.*_", "", key)
  if (end %in% c("activation", "initializer", "regularizer", "constraint")) end
}

is_tuple <- function(x) {
  is.list(x) && is_text(x[["class_name"]]) &&
    x[["class_name"]] %in% c("__tuple__", "__list__") && is.list(x[["items"]])
}

# Lists of numbers or strings of one type, without names, as vectors.
from_json_value <- function(x) {
  if (!is.list(x)) return(x)
  if (identical(x[["class_name"]], "__array__")) {
    return(decode_value(from_json_value(x[["config"]])))
  }
  as_vector(lapply(x, from_json_value))
}

as_vector <- function(x) {
  if (!is.null(names(x)) || !length(x)) return(x)
  types <- unique(vapply(x, typeof, ""))
  if (length(types) == 2L && all(types %in% c("double", "integer"))) {
    types <- "double"
  }
  same <- length(types) == 1L && types %in% c("integer", "double", "character",
                                              "logical")
  if (same && all(lengths(x) == 1L)) unlist(x) else x
}

# Half precision and mixed policies compute in single precision here.
read_dtype <- function(x) {
  if (is_class_spec(x)) x <- x[["config"]][["name"]]
  if (!is_text(x)) return(NULL)
  if (grepl("float16", x)) "float32" else x
}

read_object <- function(x, key, box) {
  class <- x[["class_name"]]
  config <- x[["config"]]
  if (grepl("Policy", class)) return(read_dtype(x))
  if (class == "SeedGenerator") return(config[["seed"]])
  if (class == "__numpy__" || class == "__tensor__") {
    return(as_vector(from_json_value(config[["value"]])))
  }
  if (class == "__array__") return(decode_value(from_json_value(config)))
  module <- x[["module"]]
  kind <- if (is_text(module)) {
    sub("s$", "", sub("^(keras|tf_keras)[.]", "", module))
  }
  if (isTRUE(kind %in% c("initializer", "regularizer", "constraint"))) {
    return(read_part(x, kind, box))
  }
  read_layer(x, box)
}

part_table <- function(kind) {
  switch(kind, activation = activation_table, initializer = initializer_table,
         regularizer = regularizer_table, constraint = constraint_table)
}

# A name, list(class_name, config), or what the user gave for it.
read_part <- function(x, kind, box) {
  if (is_class_spec(x) && (x[["class_name"]] == "function" ||
                             is_text(x[["config"]]))) x <- x[["config"]]
  if (is_text(x)) return(read_part_name(x, kind, box))
  if (!is_class_spec(x)) return(x)
  class <- x[["class_name"]]
  custom <- find_custom(names_in_file(x), box)
  config <- x[["config"]]
  if (!is.null(custom)) return(custom_part(custom, config))
  row <- part_table(kind)[[class]]
  if (is.null(row) || !is_of_keras(x)) {
    return(missing_class(box, names_in_file(x)[[1L]]))
  }
  config <- config[names_of(config) %in% names(formals(row$make))]
  config <- lapply(stats::setNames(nm = names_of(config)), function(k) {
    read_value(config[[k]], k, box)
  })
  out <- list(module = paste0("keras.", kind, "s"), class_name = class,
              config = config)
  out["registered_name"] <- list(NULL)
  out
}

read_part_name <- function(x, kind, box) {
  custom <- find_custom(unique(c(x, bare_name(x))), box)
  if (!is.null(custom)) return(custom)
  table <- part_table(kind)
  known <- c(names(table), unlist(lapply(table, `[[`, "other")))
  if (!x %in% known) {
    return(if (isTRUE(box$own)) x else missing_class(box, x))
  }
  # One name, two functions.
  if (kind == "activation" && x == "hard_sigmoid" && isTRUE(box$three)) {
    return("hard_sigmoid_3")
  }
  x
}

# A class makes the part from its config; so does a function whose arguments the
# config names. Any other function is the part.
custom_part <- function(x, config) {
  class <- attr(x, "r6_class") %||% x
  if (inherits(class, "R6ClassGenerator")) return(do.call(class$new, config))
  args <- if (is.function(x)) names(formals(x))
  if (length(config) && all(names_of(config) %in% args)) {
    return(do.call(x, config))
  }
  x
}

# A call of a layer in a graph, as tf.keras 2.15 writes it: see call_spec().
read_call <- function(x, class, box) {
  if (!is.list(x[["args"]]) || is.null(names(x))) return(from_json_value(x))
  args <- x[["args"]]
  if (class == "OpLambda") return(lapply(args, call_refs, empty_object()))
  if (!length(args)) stop_no_spec("A layer is called on nothing.")
  rest <- c(named_call_args(args[-1L], class), x[["kwargs"]])
  rest <- lapply(Filter(Negate(is.null), rest), read_call_value)
  rest <- rest[!(names_of(rest) == "training" & vapply(rest, isFALSE, NA))]
  if (!length(rest)) rest <- empty_object()
  first <- call_refs(args[[1L]], rest)
  if (is_ref(first)) list(first) else first
}

is_keras_tensor <- function(x) {
  is_class_spec(x) && x[["class_name"]] == "__keras_tensor__"
}

tensor_history <- function(x) {
  ref <- x[["config"]][["keras_history"]]
  if (!is_ref(ref)) stop_no_spec("A tensor says not where it comes from.")
  ref[1:3]
}

call_refs <- function(x, rest) {
  if (is_keras_tensor(x)) return(c(tensor_history(x), list(rest)))
  if (is_tuple(x)) x <- x[["items"]]
  if (is.list(x) && !is_class_spec(x)) return(lapply(x, call_refs, rest))
  value <- read_value(x, "value", new_box(NULL))
  list("_CONSTANT_VALUE", -1L, encode_value(value), rest)
}

read_call_value <- function(x) {
  if (is_keras_tensor(x)) return(tensor_history(x))
  if (is_tuple(x)) x <- x[["items"]]
  if (is.list(x) && !is_class_spec(x)) return(as_vector(lapply(
    x, read_call_value
  )))
  read_value(x, "value", new_box(NULL))
}

# Arguments after the first one, by the names that they have in Keras.
named_call_args <- function(args, class) {
  if (!length(args)) return(NULL)
  names <- if (class %in% c("RNN", "SimpleRNN", "LSTM", "GRU",
                            "Bidirectional")) {
    c("initial_state", "mask", "training")
  } else {
    found <- known_layer_class(class)
    names(formals(found$public_methods$call))[-1L]
  }
  if (length(args) > length(names)) {
    stop_no_spec(sprintf("A layer of class \"%s\" is called with %d inputs.",
                         class, length(args) + 1L))
  }
  stats::setNames(args, names[seq_along(args)])
}
