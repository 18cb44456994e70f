# The arguments of compile() as a file has them: `spec` is a compile_config or a
# training_config of either dialect, parsed. NULL when there is no optimizer.
read_compile_args <- function(spec, box) {
  optimizer <- spec[["optimizer"]] %||% spec[["optimizer_config"]]
  if (is.null(optimizer)) return(NULL)
  args <- list(
    optimizer = read_optimizer(optimizer, box),
    loss = read_nested(spec[["loss"]], read_loss, box),
    metrics = read_metrics(spec[["metrics"]], box),
    loss_weights = read_loss_weights(spec[["loss_weights"]]),
    weighted_metrics = read_metrics(spec[["weighted_metrics"]], box)
  )
  for (k in c("run_eagerly", "steps_per_execution", "jit_compile")) {
    if (is.atomic(spec[[k]])) args[[k]] <- spec[[k]]
  }
  args
}

# Lists of what `read` reads: one per output, in order or by name.
read_nested <- function(x, read, box) {
  if (!is.list(x) || is_class_spec(x)) {
    return(if (!is.null(x)) read(x, box))
  }
  lapply(x, read_nested, read, box)
}

# One list inside another is the metrics of one output.
read_metrics <- function(x, box) {
  if (is_tuple(x)) x <- x[["items"]]
  if (length(x) == 1L && is.null(names(x)) && is.list(x[[1L]]) &&
        !is_class_spec(x[[1L]]) && is.null(names(x[[1L]]))) x <- x[[1L]]
  if (!length(x)) return(NULL)
  read_nested(x, read_metric, box)
}

read_loss_weights <- function(x) {
  if (is.null(x)) return(NULL)
  if (is.null(names(x))) as.numeric(unlist(x)) else lapply(x, as.numeric)
}

# The name of a function: a string, or list(class_name = "function", config).
function_name <- function(x) {
  if (is_text(x)) return(x)
  if (!is_class_spec(x)) return(NULL)
  if (is_text(x[["config"]])) return(x[["config"]])
  if (x[["class_name"]] %in% c("MeanMetricWrapper", "LossFunctionWrapper")) {
    function_name(x[["config"]][["fn"]])
  }
}

# What the user gave for a name: functions know it from then on.
own_function <- function(name, box) {
  custom <- find_custom(unique(c(name, bare_name(name))), box)
  if (is.function(custom) && !is.object(custom) && is.null(attr(custom, "name"))
  ) attr(custom, "name") <- name
  custom
}

known_loss <- function(x) {
  for (kind in names(loss_kinds)) {
    row <- loss_kinds[[kind]]
    if (x %in% c(kind, row$names, row$class)) return(kind)
  }
}

read_loss <- function(x, box) {
  name <- function_name(x)
  if (!is.null(name)) {
    return(own_function(name, box) %||%
             if (is.null(known_loss(name))) missing_class(box, name) else name)
  }
  if (!is_class_spec(x)) stop_no_spec("A loss has no `class_name`.")
  own <- find_custom(names_in_file(x), box)
  if (!is.null(own)) return(own_object(own, x[["config"]]))
  kind <- known_loss(bare_name(x[["class_name"]]))
  if (is.null(kind)) return(missing_class(box, names_in_file(x)[[1L]]))
  maker <- loss_maker(kind)
  do.call(maker, known_args(x[["config"]], names(formals(maker)), box))
}

# Of a config, what the function takes.
known_args <- function(config, takes, box) {
  config <- as.list(config)
  config <- config[names_of(config) %in% setdiff(takes, c("...", "dtype"))]
  lapply(config, function(v) read_value(v, "value", box))
}

# What the user's class or function makes of a config; an object is itself.
own_object <- function(x, config) {
  config <- as.list(from_json_value(config))
  if (inherits(x, "R6ClassGenerator")) return(do.call(x$new, config))
  if (!is.null(attr(x, "r6_class"))) {
    takes <- names(formals(class_initialize(attr(x, "r6_class"))))
    if (!"..." %in% takes) config <- config[names_of(config) %in% takes]
    return(do.call(x, config))
  }
  if (is.function(x)) custom_part(x, config) else x
}

read_metric <- function(x, box) {
  if (is_text(x)) {
    return(own_function(x, box) %||%
             if (is_metric_name(x)) x else missing_class(box, x))
  }
  name <- function_name(x)
  config <- if (is_class_spec(x) && is.list(x[["config"]])) x[["config"]]
  if (!is.null(name)) return(read_metric_function(name, config, box))
  if (!is_class_spec(x)) stop_no_spec("A metric has no `class_name`.")
  own <- find_custom(names_in_file(x), box)
  if (!is.null(own)) return(own_object(own, config))
  kind <- metric_of_class(bare_name(x[["class_name"]]))
  if (is.null(kind)) return(missing_class(box, names_in_file(x)[[1L]]))
  metric_from(kind, config, box)
}

is_metric_name <- function(x) {
  x %in% c("acc", "accuracy", "ce", "crossentropy") ||
    !is.null(metric_kind_of(x))
}

metric_kind_of <- function(x) {
  for (kind in metric_names()) {
    row <- metric_kinds[[kind]]
    if (x %in% c(kind, row$names, row$class)) return(kind)
  }
}

metric_of_class <- function(class) {
  for (kind in metric_names()) {
    if (identical(metric_kinds[[kind]]$class, class)) return(kind)
  }
}

# The mean of what a function gives for each sample.
read_metric_function <- function(name, config, box) {
  own <- own_function(name, box)
  if (!is.null(own)) return(own)
  kind <- metric_kind_of(name)
  if (is.null(kind)) return(missing_class(box, name))
  metric_from(kind, config, box)
}

metric_from <- function(kind, config, box) {
  args <- metric_defaults(kind)
  given <- known_args(config, names(args), box)
  args[names(given)] <- given
  name <- config[["name"]]
  new_metric(kind, args, if (is_text(name)) name else kind)
}

read_optimizer <- function(x, box) {
  if (is_text(x)) {
    known <- tolower(x) %in% tolower(names(optimizer_rules))
    return(if (known) x else missing_class(box, x))
  }
  if (!is_class_spec(x)) stop_no_spec("The optimizer has no `class_name`.")
  class <- bare_name(x[["class_name"]])
  config <- as.list(x[["config"]])
  # Single precision needs no scaling of the loss.
  if (class == "LossScaleOptimizer" && is_class_spec(config$inner_optimizer)) {
    return(read_optimizer(config$inner_optimizer, box))
  }
  at <- match(tolower(class), tolower(names(optimizer_rules)))
  if (is.na(at)) return(missing_class(box, names_in_file(x)[[1L]]))
  class <- names(optimizer_rules)[[at]]
  check_accumulation(config)
  args <- known_args(config[names_of(config) != "learning_rate"],
                     c(names(formals(optimizer_maker(class))), "decay"), box)
  if (identical(tolower(args$name), tolower(class))) args$name <- NULL
  if (isTRUE(args$decay == 0)) args$decay <- NULL
  args$learning_rate <- read_rate(config[["learning_rate"]], box)
  make_optimizer(class, args)
}

check_accumulation <- function(config) {
  steps <- config[["gradient_accumulation_steps"]]
  if (is.null(steps)) return(invisible())
  stop_value(
    sprintf("The optimizer in the file adds up gradients over %s steps, which \
is not supported.", format(steps)),
    i = "Give `compile = FALSE`, and call `compile()` yourself."
  )
}

read_rate <- function(x, box) {
  if (is.null(x) || is.numeric(x)) return(x)
  name <- function_name(x)
  if (!is.null(name)) return(own_function(name, box) %||%
                               missing_class(box, name))
  if (!is_class_spec(x)) stop_no_spec("The learning rate is no number.")
  if (grepl("^__", x[["class_name"]])) return(read_object(x, "value", box))
  own <- find_custom(names_in_file(x), box)
  if (!is.null(own)) return(own_object(own, x[["config"]]))
  class <- bare_name(x[["class_name"]])
  if (!class %in% names(schedule_rules)) {
    return(missing_class(box, names_in_file(x)[[1L]]))
  }
  takes <- c(names(formals(schedule_maker(class))),
             if (class == "CosineDecay") c("warmup_target", "warmup_steps"))
  make_schedule(class, known_args(x[["config"]], takes, box))
}
