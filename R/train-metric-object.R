# A metric object: a function that takes a batch into account and gives the
# result so far, with members by `$`. Its state stands in the environment
# `self`: `kind` (a name in metric_kinds) with `args`, or `object`, a user's
# with methods of its own, and `again`, which makes another; `name`; `state`.
new_metric <- function(kind, args = list(), name = kind, object = NULL,
                       reset = TRUE) {
  self <- new.env(parent = emptyenv())
  self$kind <- kind
  self$args <- args
  self$name <- name
  self$object <- object
  if (reset) metric_reset(self)
  f <- function(...) {
    metric_update(self, ...)
    metric_result(self)
  }
  structure(f, class = "recurrent_metric")
}

copy_metric <- function(x) {
  self <- metric_self(x)
  if (is.function(self$again)) return(self$again())
  object <- self$object
  if (is.function(object$clone)) object <- object$clone(deep = TRUE)
  new_metric(self$kind, self$args, self$name, object)
}

metric_self <- function(x) environment(x)$self

#' @export
`$.recurrent_metric` <- function(x, name) {
  self <- metric_self(x)
  switch(name,
    update_state = function(...) metric_update(self, ...),
    result = function() metric_result(self),
    reset_state = , reset_states = function() metric_reset(self),
    get_config = function() metric_config(self),
    name = self$name,
    if (is.null(self$object)) self$args[[name]] else self$object[[name]]
  )
}

metric_config <- function(self) {
  own <- self$object$get_config
  if (is.function(own)) own() else c(list(name = self$name), self$args)
}

#' @export
print.recurrent_metric <- function(x, ...) {
  self <- metric_self(x)
  cat("<metric> ", self$name, ": ",
      toString(format(metric_result(self), digits = 6L)), "\n", sep = "")
  invisible(x)
}

# `y_true` may be the values themselves (metric_mean(), metric_sum()), with
# their weights as the second argument.
metric_update <- function(self, y_true, y_pred = NULL, sample_weight = NULL,
                          values = NULL) {
  if (!is.null(self$object)) {
    update_object(self, values %||% y_true, y_pred, sample_weight)
    return(invisible())
  }
  if (self$kind %in% c("mean", "sum")) {
    sample_weight <- sample_weight %||% y_pred
    y_true <- if (is.null(values)) y_true else values
  } else if (is.null(y_pred)) {
    stop_type(
      sprintf("The metric `%s` was given no predictions.", self$name),
      i = "Give labels and predictions: `update_state(y_true, y_pred)`."
    )
  } else {
    y_pred <- value_of(y_pred)
  }
  update <- metric_kinds[[self$kind]]$update
  self$state <- update(self$state, value_of(y_true), y_pred, sample_weight,
                       self$args)
  invisible()
}

# A user's `update_state(y_true, y_pred, sample_weight)`, or of values alone.
# Labels and weights (samples) stand beside predictions (samples, n) as columns.
update_object <- function(self, y_true, y_pred, sample_weight) {
  args <- list(as_tensor(y_true))
  weight <- if (!is.null(sample_weight)) as_tensor(sample_weight)
  if (!is.null(y_pred)) {
    args[[2L]] <- as_tensor(y_pred)
    if (length(dim(y_pred)) == 2L) {
      args[[1L]] <- as_column(args[[1L]])
      weight <- as_column(weight)
    }
  }
  update <- self$object$update_state
  takes <- names(formals(update))
  if (any(c("sample_weight", "...") %in% takes)) {
    args <- c(args, sample_weight = list(weight))
  } else if (length(takes) > length(args)) {
    args <- c(args, list(weight))
  } else if (!is.null(weight)) {
    stop_type(
      sprintf("`update_state()` of the metric `%s` takes no weights, and \
samples or masked steps have some.", self$name),
      i = "Give it an argument `sample_weight = NULL`."
    )
  }
  do.call(update, args)
}

as_column <- function(x) {
  if (length(dim(x)) == 1L) op_expand_dims(x, 2L) else x
}

metric_result <- function(self) {
  if (is.null(self$object)) {
    return(metric_kinds[[self$kind]]$result(self$state, self$args))
  }
  out <- self$object$result()
  value <- if (is_tensor(out)) value_of(out) else out
  if ((is.numeric(value) || is.logical(value)) && length(value) == 1L) {
    return(as.vector(value))
  }
  stop_type(
    sprintf("`result()` of the metric `%s` must give one number, not %s.",
            self$name, describe(out)),
    i = "A tensor or number that stands for all batches so far."
  )
}

metric_reset <- function(self) {
  if (!is.null(self$object)) {
    reset <- self$object$reset_states %||% self$object$reset_state
    if (is.function(reset)) reset()
  } else {
    self$state <- metric_kinds[[self$kind]]$start(self$args)
  }
  invisible()
}

# The arguments that are no arguments of the metric object.
pair <- c("y_true", "y_pred")

# What metric_*() give: the values of the samples when there are labels and
# predictions, else an object.
make_metric <- function(kind, args, samples = NULL) {
  name <- check_string(args$name %||% kind, "name")
  args[c("name", "dtype", "y_true", "y_pred")] <- NULL
  known <- names(metric_defaults(kind))
  check_unknown_args(names_given(args), known, paste0("metric_", kind, "()"))
  missing <- setdiff(required_args(kind), names(args))
  if (length(missing)) {
    stop_type(
      sprintf("metric_%s() needs the argument `%s`.", kind, missing[[1L]]),
      i = sprintf("Give it by name: `%s = ...`.", missing[[1L]])
    )
  }
  check_metric_args(args)
  if (!is.null(args$axis)) args$axis <- check_whole(args$axis, "axis")
  if (is.null(samples)) return(new_metric(kind, args, name))
  metric_values(kind, samples[[1L]], samples[[2L]], args)
}

required_args <- function(kind) {
  defaults <- formals(metric_maker(kind))
  needed <- vapply(defaults, function(d) identical(d, quote(expr = )), NA)
  setdiff(names(defaults)[needed], c("...", "y_true", "y_pred"))
}

check_metric_args <- function(args) {
  for (a in intersect(names(args), c("k", "num_classes", "num_thresholds"))) {
    check_count(args[[a]], a)
  }
  for (a in intersect(names(args), c("recall", "precision", "sensitivity",
                                     "specificity"))) {
    check_number(args[[a]], a, 0, 1)
  }
  if (!is.null(args$from_logits)) check_flag(args$from_logits, "from_logits")
  if (!is.null(args$label_smoothing)) {
    check_number(args$label_smoothing, "label_smoothing", 0, 1)
  }
  if (!is.null(args[["threshold"]])) {
    check_number(args[["threshold"]], "threshold")
  }
  if (!is.null(args$top_k)) check_count(args$top_k, "top_k")
  if (!is.null(args$class_id)) check_count(args$class_id, "class_id", 0L)
  if (!is.null(args$thresholds)) {
    for (x in as.list(unlist(args$thresholds))) {
      check_number(x, "thresholds", 0, 1)
    }
  }
  if (!is.null(args$curve)) {
    check_choice(args$curve, c("ROC", "PR"), "curve")
    check_choice(args$summation_method,
                 c("interpolation", "minoring", "majoring"),
                 "summation_method")
  }
}

# The value of each sample, a tensor. Those of losses have gradients.
metric_values <- function(kind, y_true, y_pred, args) {
  if (kind %in% names(loss_kinds) && kind != "cosine_similarity") {
    return(loss_values(kind, y_true, y_pred, args))
  }
  if (kind == "cosine_proximity") {
    return(-loss_values("cosine_similarity", y_true, y_pred, list(axis = -1L)))
  }
  if (is_symbolic(y_true) || is_symbolic(y_pred)) {
    run <- function(y) metric_values(kind, y[[1L]], y[[2L]], args)
    return(symbolic_node(run, list(y_true, y_pred), name = kind))
  }
  values <- metric_kinds[[kind]]$values
  new_tensor(values(value_of(y_true), value_of(y_pred), args))
}

# What compile() was given for a metric, as a fresh metric object: names,
# metric_*() functions, metric objects, R functions, losses. What "accuracy"
# means is decided by the first batch, so shapes and loss need not be known.
get_metric <- function(x, output_shape = NULL, loss = NULL, name = NULL,
                       arg = "metrics") {
  metric <- resolve_metric(x, arg)
  if (!is.null(name) && nzchar(name)) {
    assign("name", name, envir = metric_self(metric))
  }
  metric
}

resolve_metric <- function(x, arg) {
  if (inherits(x, "recurrent_metric")) return(x)
  if (is.character(x) && length(x) == 1L && !is.na(x)) {
    return(metric_by_name(x, arg))
  }
  for (kind in metric_names()) {
    if (identical(x, metric_maker(kind))) return(metric_by_kind(kind, kind))
  }
  if (inherits(x, c("recurrent_loss", "KerasLoss")) || is_loss_maker(x)) {
    self <- resolve_loss(x)
    fn <- function(t, p) loss_samples(self, t, p)
    return(new_metric("own", list(fn = fn), self$name))
  }
  if (is.function(x) && !is_class(x)) {
    return(new_metric("own", list(fn = carry(x)),
                      attr(x, "name") %||% "metric"))
  }
  if ((is.environment(x) || is.list(x)) && is.function(x$update_state) &&
        is.function(x$result)) {
    return(new_metric("own", name = x$name %||% "metric", object = carry(x)))
  }
  stop_type(
    sprintf("`%s` must hold metrics, not %s.", arg, describe(x)),
    i = if (is_class(x)) "This is the class: make an object of it first.",
    i = "Give names like \"mae\" or \"accuracy\", what `metric_*()` functions \
make, or `function(y_true, y_pred)` that computes with tensors."
  )
}

is_loss_maker <- function(x) {
  for (kind in names(loss_kinds)) {
    if (identical(x, loss_maker(kind))) return(TRUE)
  }
  FALSE
}

metric_names <- function() {
  setdiff(names(metric_kinds), c("accuracy_by_shape",
                                 "crossentropy_by_shape", "own"))
}

metric_by_kind <- function(kind, name) {
  if (length(required_args(kind))) return(metric_maker(kind)())
  new_metric(kind, metric_defaults(kind), name)
}

# The metric keeps the name by which it was asked for, as in tf.keras.
metric_by_name <- function(x, arg) {
  if (x %in% c("accuracy", "acc")) {
    return(new_metric("accuracy_by_shape", name = x))
  }
  if (x %in% c("crossentropy", "ce")) {
    return(new_metric("crossentropy_by_shape", name = x))
  }
  if (x %in% metric_names()) return(metric_by_kind(x, x))
  for (kind in names(metric_kinds)) {
    row <- metric_kinds[[kind]]
    if (x %in% row$names) return(metric_by_kind(kind, x))
    if (identical(x, row$class)) return(metric_by_kind(kind, kind))
  }
  check_choice(x, c(metric_names(), "acc", "mae", "mse", "mape", "msle"), arg,
               "the name of a metric")
}
