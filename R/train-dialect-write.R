# What compile() set, in a dialect of Keras: the compile_config of a .keras
# file, and the training_config of an HDF5 file. NULL when nothing was set.
compile_spec <- function(self, d) {
  compiled <- self$.compiled
  if (is.null(compiled)) return(NULL)
  optimizer <- if (d$three) optimizer_spec(self, d) else
    optimizer_as_given(self) %||% optimizer_spec(self, d)
  further <- list(
    run_eagerly = compiled$run_eagerly %||% if (d$three) FALSE,
    steps_per_execution = as_whole(compiled$steps_per_execution %||%
                                     if (d$three) 1L),
    jit_compile = compiled$jit_compile %||% if (d$three) TRUE
  )
  c(list(optimizer = optimizer), loss_specs(compiled, d), further)
}

training_spec <- function(self, d) {
  compiled <- self$.compiled
  if (is.null(compiled)) return(NULL)
  spec <- optimizer_spec(self, d)
  optimizer <- list(optimizer_config = list(
    class_name = paste0(if (!d$three) "Custom>", spec$class_name),
    config = spec$config
  ))
  if (d$three) {
    all <- compile_spec(self, d)
    return(c(all[names(all) != "optimizer"], optimizer))
  }
  specs <- loss_specs(compiled, d)
  c(specs[c("loss", "metrics", "weighted_metrics", "loss_weights")], optimizer)
}

as_whole <- function(x) if (is.numeric(x) && all(x == trunc(x))) as.integer(x)

loss_specs <- function(compiled, d) {
  specs <- list(
    loss = nested_spec(compiled$loss, loss_spec, d),
    metrics = metrics_spec(compiled$metrics, d),
    loss_weights = loss_weights_spec(compiled$loss_weights),
    weighted_metrics = metrics_spec(compiled$weighted_metrics, d)
  )
  order <- c("loss", "loss_weights", "metrics", "weighted_metrics")
  if (d$three) specs[order] else specs
}

loss_weights_spec <- function(x) {
  if (is.null(x)) return(NULL)
  names <- names(x)
  stats::setNames(lapply(unname(as.list(x)), as.double), names)
}

# What compile() takes for several outputs is lists, also with names.
nested_spec <- function(x, spec, d) {
  if (is.null(x)) return(NULL)
  if (is.list(x) && !is.object(x)) return(lapply(x, nested_spec, spec, d))
  if (is.character(x) && length(x) > 1L) return(lapply(as.list(x), spec, d))
  spec(x, d)
}

# Metrics are a list, also when there is one.
metrics_spec <- function(x, d) {
  if (is.null(x)) return(NULL)
  if (is.character(x) && length(x) == 1L) x <- as.list(x)
  if (!is.list(x) || is.object(x)) x <- as.list(x = list(x))
  nested_spec(x, metric_spec, d)
}

# A function of R's is a name in the file.
function_spec <- function(name) {
  list(module = "builtins", class_name = "function", config = name,
       registered_name = "function")
}

# The name under which a function of the user's goes into the file.
own_name <- function(x, otherwise) attr(x, "name") %||% otherwise

loss_spec <- function(x, d) {
  if (is.character(x)) return(x)
  if (inherits(x, "KerasLoss")) return(own_object_spec(x))
  if (inherits(x, "recurrent_loss")) {
    self <- loss_self(x)
    if (!is.null(self$object)) return(own_object_spec(self$object))
    if (is.null(self$kind)) return(function_spec(self$name))
    return(loss_object_spec(self, d))
  }
  for (kind in names(loss_kinds)) {
    if (identical(x, loss_maker(kind))) return(keras_loss_name(kind))
  }
  function_spec(own_name(x, "loss"))
}

keras_loss_name <- function(kind) {
  switch(kind, kullback_leibler_divergence = "kl_divergence",
         logcosh = "log_cosh", kind)
}

loss_object_spec <- function(self, d) {
  config <- list(reduction = self$reduction, name = self$name)
  if (d$three) {
    if (config$reduction == "auto") config$reduction <- "sum_over_batch_size"
    config <- config[c("name", "reduction")]
  }
  object_spec("losses", loss_kinds[[self$kind]]$class,
              c(config, plain_config(self$args)))
}

object_spec <- function(module, class, config) {
  list(module = paste0("keras.", module), class_name = class,
       config = config, registered_name = NULL)
}

plain_config <- function(args) {
  out <- lapply(names_of(args), function(k) {
    v <- args[[k]]
    if (is.numeric(v)) v <- dialect_number(v, k)
    if (is.list(v)) json_ready(v) else
      if (length(v) > 1L) as.list(v) else v
  })
  stats::setNames(out, names_of(args))
}

# An object of a user's class: its name, and what get_config() gives.
# Arguments of a user's class that its config does not tell, from the
# attributes of these names.
attributes_for <- function(x, told) {
  if (!is.function(x$initialize)) return(NULL)
  names <- setdiff(names(formals(x$initialize)), c(told, "..."))
  values <- sapply(names, function(n) x[[n]], simplify = FALSE)
  Filter(function(v) is.atomic(v) && !is.null(v), values)
}

own_object_spec <- function(x) {
  class <- class(x)[[1L]]
  config <- if (is.function(x$get_config)) x$get_config() else list()
  config <- plain_config(c(config, attributes_for(x, names(config))))
  list(module = NULL, class_name = class,
       config = if (length(config)) config else empty_object(),
       registered_name = class)
}

metric_spec <- function(x, d) {
  if (is.character(x)) return(x)
  if (inherits(x, "recurrent_metric")) return(metric_object_spec(x, d))
  for (kind in metric_names()) {
    if (identical(x, metric_maker(kind))) return(keras_loss_name(kind))
  }
  if (inherits(x, c("recurrent_loss", "KerasLoss")) || is_loss_maker(x)) {
    return(loss_spec(x, d))
  }
  if (is.function(x)) return(function_spec(own_name(x, "metric")))
  own_object_spec(x)
}

metric_object_spec <- function(x, d) {
  self <- metric_self(x)
  if (self$kind %in% c("accuracy_by_shape", "crossentropy_by_shape")) {
    return(self$name)
  }
  if (self$kind == "own") {
    if (is.null(self$object)) return(function_spec(self$name))
    return(own_object_spec(self$object))
  }
  class <- metric_kinds[[self$kind]]$class
  if (is.null(class)) return(self$kind)
  object_spec("metrics", class, c(
    list(name = self$name, dtype = "float32"), plain_config(self$args)
  ))
}

# The name that compile() was given, where it says all there is to say.
optimizer_as_given <- function(self) {
  name <- self$.compiled$optimizer
  if (!is.character(name)) return(NULL)
  fresh <- optimizer_config(get_optimizer(name))
  now <- optimizer_config(self$optimizer)
  own <- setdiff(names(fresh), "learning_rate")
  same <- identical(fresh[own], now[own]) && is.null(self$optimizer$decay) &&
    is.numeric(now$learning_rate)
  if (same && (now$learning_rate == fresh$learning_rate ||
                 now$learning_rate == as_single(fresh$learning_rate))) name
}

optimizer_spec <- function(self, d) {
  optimizer <- self$optimizer
  config <- optimizer_config(optimizer)
  config$learning_rate <- rate_spec(self, config$learning_rate)
  class <- optimizer$.class
  for (k in names(config)) {
    if (is.numeric(config[[k]])) {
      config[[k]] <- if (is_whole_key(k)) as.integer(config[[k]]) else
        as.double(config[[k]])
    }
  }
  # Keras finds that it cannot compile where there is no GPU.
  config$jit_compile <- FALSE
  config <- if (d$three) optimizer_config_three(config, class) else config
  object_spec("optimizers", class, config)
}

optimizer_config_three <- function(config, class) {
  first <- c("name", "learning_rate", "weight_decay", "clipnorm",
             "global_clipnorm", "clipvalue", "use_ema", "ema_momentum",
             "ema_overwrite_frequency")
  own <- setdiff(names(config), c(first, "jit_compile", "is_legacy_optimizer"))
  if (identical(config$name, class) && class != "SGD") {
    config$name <- tolower(class)
  }
  c(config[first],
    list(loss_scale_factor = NULL, gradient_accumulation_steps = NULL),
    config[own])
}

# A rate is a number of the model's precision, or a schedule. The `decay` of
# older scripts is a schedule too.
rate_spec <- function(self, rate) {
  decay <- self$optimizer$decay
  if (is.numeric(rate) && !is.null(decay) && decay > 0) {
    rate <- schedule_spec(learning_rate_schedule_inverse_time_decay(
      rate, 1, decay
    ))
  }
  if (is.numeric(rate)) {
    return(if (dtype_of_model(self) == "float64") rate else as_single(rate))
  }
  if (inherits(rate, "recurrent_schedule")) {
    return(own_object_spec(schedule_self(rate)$object))
  }
  if (!is.list(rate)) return(function_spec(own_name(rate, "schedule")))
  rate$config <- plain_config(rate$config)
  rate
}

as_single <- function(x) {
  readBin(writeBin(as.double(x), raw(), size = 4L), "double", length(x), 4L)
}
