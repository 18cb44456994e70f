# What a file says of a model, brought from either dialect of Keras into the
# form that from_config() reads. Keys of newer or older versions that have no
# argument here are left out. Classes that are not known are collected in
# `box$missing` and told at once; `box$custom` are the user's, by name.
read_model_spec <- function(spec, box) {
  box$three <- any_key(spec, c("batch_shape", "build_input_shape")) ||
    any_key(spec, "class_name", c("DTypePolicy", "__keras_tensor__"))
  read_layer(spec, box)
}

new_box <- function(custom_objects) {
  box <- new.env(parent = emptyenv())
  box$custom <- c(as.list(custom_objects), custom_scope$objects)
  box$missing <- character()
  box$shared <- new.env(parent = emptyenv())
  box
}

# Does one of the keys stand anywhere in x (with one of the values)?
any_key <- function(x, keys, values = NULL) {
  if (!is.list(x)) return(FALSE)
  for (k in intersect(keys, names(x))) {
    v <- x[[k]]
    if (is.null(values) || (is.character(v) && any(v %in% values))) return(TRUE)
  }
  for (e in x) if (any_key(e, keys, values)) return(TRUE)
  FALSE
}

stop_if_missing <- function(box, what, mend = NULL) {
  missing <- unique(box$missing)
  if (!length(missing)) return(invisible())
  one <- length(missing) == 1L
  stop_value(
    sprintf("%s names %s not known here: %s.", what,
            if (one) "a class or function that is" else
              "classes or functions that are",
            paste0("\"", missing, "\"", collapse = ", ")),
    i = sprintf("Give %s: `custom_objects = list(%s)`.",
                if (one) "it" else "them",
                paste(vapply(missing, given_name, ""), "= ...",
                      collapse = ", ")),
    i = mend
  )
}

given_name <- function(x) {
  x <- bare_name(x)
  if (make.names(x) == x) x else sprintf("\"%s\"", x)
}

missing_class <- function(box, name) {
  box$missing <- c(box$missing, name)
  NULL
}

# list(class_name, config, ...), what Keras writes of any object.
is_class_spec <- function(x) {
  is.list(x) && is_text(x[["class_name"]]) && "config" %in% names(x)
}

is_text <- function(x) is.character(x) && length(x) == 1L && !is.na(x)

# "Package>Name" is a class that its user registered.
bare_name <- function(x) sub("^.*>", "", x)

# Names by which a user may give the class, as the file has it first.
names_in_file <- function(x) {
  given <- Filter(is_text, list(x[["registered_name"]], x[["class_name"]]))
  unique(c(unlist(given), bare_name(unlist(given))))
}

find_custom <- function(names, box) {
  for (n in names) if (!is.null(box$custom[[n]])) return(box$custom[[n]])
}

# Classes of the user's have no module of Keras', or a registered name.
is_of_keras <- function(x) {
  module <- x[["module"]]
  if (is.null(module)) {
    return(!grepl(">", x[["class_name"]], fixed = TRUE) &&
             is.null(x[["registered_name"]]))
  }
  is_text(module) && grepl("^(keras|tf_keras|tensorflow|recurrent)\\b", module)
}

layer_names <- function() {
  c(names(dialect_layers), "InputLayer", "Sequential", "Functional", "Model",
    "OpLambda")
}

read_layer <- function(x, box) {
  if (!is_class_spec(x)) stop_no_spec("A layer has no `class_name`.")
  class <- x[["class_name"]]
  custom <- find_custom(names_in_file(x), box)
  if (is.null(custom) && !(class %in% layer_names() && is_of_keras(x))) {
    missing_class(box, names_in_file(x)[[1L]])
    read_own_config(x[["config"]], box)
    return(NULL)
  }
  generator <- if (!is.null(custom)) custom_class(custom, class)
  config <- x[["config"]]
  if (!is.list(config)) stop_no_spec("The `config` of a layer is no list.")
  if (is.null(generator) && class == "Model") class <- "Functional"
  out <- list(
    module = if (is.null(generator)) "keras.layers",
    class_name = if (is.null(generator)) class else generator$classname,
    config = read_config(config, if (is.null(generator)) class, box)
  )
  out["registered_name"] <- list(NULL)
  if ("inbound_nodes" %in% names(x)) {
    out$inbound_nodes <- lapply(x[["inbound_nodes"]], read_call, class, box)
  }
  shared_layer(structure(out, layer_class = generator), x, box)
}

# Raised for what Keras does not write: see `protected()`.
stop_no_spec <- function(why) stop(why, call. = FALSE)

# In the config of a class that is not Keras' any string may be a name.
read_own_config <- function(config, box) {
  if (!is.list(config)) return(NULL)
  before <- box$own
  on.exit(box$own <- before)
  box$own <- TRUE
  lapply(stats::setNames(nm = names_of(config)), function(key) {
    read_value(config[[key]], key, box)
  })
}

# A layer that stands in the file twice under one number is one layer.
shared_layer <- function(out, x, box) {
  id <- x[["shared_object_id"]]
  if (!is.numeric(id) || length(id) != 1L) return(out)
  id <- format(id, digits = 22)
  if (is.null(box$shared[[id]])) {
    assign(id, new.env(parent = emptyenv()), envir = box$shared)
  }
  structure(out, shared = box$shared[[id]])
}

custom_class <- function(x, name) {
  class <- as_generator(x)
  if (inherits(class, "R6ClassGenerator")) return(class)
  stop_type(
    sprintf("`custom_objects` gives %s for \"%s\", not a class of layers.",
            describe(x), name),
    i = "Give what `new_layer_class()` or `Layer()` made."
  )
}

# `class`: the name of a class of the package, NULL for a user's.
read_config <- function(config, class, box) {
  if (is.list(config[["layers"]]) &&
        (is.null(class) || class %in% c("Sequential", "Functional"))) {
    return(read_graph(config, box))
  }
  if (identical(class, "OpLambda")) return(from_json_value(config))
  if (identical(class, "InputLayer")) return(read_input(config, box))
  if (identical(class, "Bidirectional")) config <- read_both_ways(config)
  if (is.null(class)) return(read_own_config(config, box))
  config <- known_keys(config, dialect_layers[[class]])
  lapply(stats::setNames(nm = names_of(config)), function(key) {
    read_value(config[[key]], key, box)
  })
}

# The keys of a config that are arguments here, by the names that they have.
known_keys <- function(config, row) {
  keys <- Filter(function(k) !k$lacks, c(row$two, row$three))
  here <- vapply(keys, `[[`, "", "here")
  at <- match(names_of(config), names(keys))
  names(config)[!is.na(at)] <- here[at[!is.na(at)]]
  takes <- c(setdiff(names(formals(row$maker)), c("object", "...", "weights")),
             here, "name", "trainable", "dtype", "batch_input_shape",
             "activity_regularizer")
  config[names_of(config) %in% takes]
}

read_graph <- function(config, box) {
  out <- list()
  for (key in intersect(c("name", "trainable"), names(config))) {
    out[[key]] <- config[[key]]
  }
  out$layers <- lapply(config[["layers"]], read_layer, box)
  for (key in c("input_layers", "output_layers")) {
    if (key %in% names(config)) out[[key]] <- from_json_value(config[[key]])
  }
  out
}

read_input <- function(config, box) {
  shape <- config[["batch_input_shape"]] %||% config[["batch_shape"]]
  list(
    batch_input_shape = read_value(shape, "batch_input_shape", box),
    dtype = read_value(config[["dtype"]], "dtype", box),
    name = config[["name"]]
  )
}

# Keras 3 writes both layers that run; here, as in tf.keras 2.15, they are made
# from one when they differ in nothing but the direction.
read_both_ways <- function(config) {
  forward <- config[["layer"]]
  backward <- config[["backward_layer"]]
  if (!is_class_spec(forward)) return(config)
  config$layer <- without_prefix(forward, "^forward_")
  if (!is_class_spec(backward)) return(config)
  config$backward_layer <- without_prefix(backward, "^backward_")
  mirror <- function(x) {
    y <- without_key(x[["config"]], "shared_object_id")
    y[c("name", "go_backwards")] <- NULL
    list(x[["class_name"]], y)
  }
  opposite <- !identical(forward[["config"]][["go_backwards"]],
                         backward[["config"]][["go_backwards"]])
  if (opposite && identical(mirror(forward), mirror(backward))) {
    config$backward_layer <- NULL
  }
  config
}

without_key <- function(x, key) {
  if (!is.list(x)) return(x)
  x[[key]] <- NULL
  lapply(x, without_key, key)
}

without_prefix <- function(x, prefix) {
  name <- x[["config"]][["name"]]
  if (is_text(name)) x$config$name <- sub(prefix, "", name)
  # Set by the wrapper itself.
  x$config["zero_output_for_mask"] <- NULL
  x
}
