#' Configure a model for training
#'
#' Sets the optimizer, the loss and the metrics of a model, before [fit()] and
#' `evaluate()`.
#'
#' @param object A model.
#' @param optimizer An `optimizer_*()`, or its name: "rmsprop" (the default),
#'   "adam", "sgd", ...
#' @param loss A `loss_*()`, its name ("mse", "binary_crossentropy", ...), or
#'   an R function of `y_true` and `y_pred` written with tensors. For several
#'   outputs a list, in order or by output name.
#' @param metrics Metrics, as one or a list: names ("accuracy", "mae"),
#'   `metric_*()` objects, or R functions, which a name in the list names. For
#'   several outputs a list with one entry per output.
#' @param loss_weights Numbers that weigh the losses of several outputs.
#' @param weighted_metrics Metrics that sample weights weigh.
#' @param run_eagerly,steps_per_execution,target_tensors,sample_weight_mode
#'   Accepted as in R keras; nothing depends on them here.
#' @param ... Accepted as in R keras.
#' @return The model, invisibly; it is changed in place.
#' @section Errors: `ValueError` for unknown names (a near one is suggested)
#'   and lists that do not match the outputs.
#' @source R keras 2.15.
#' @method compile recurrent_model
#' @export
#' @examples
#' model <- keras_model_sequential() %>%
#'   layer_simple_rnn(units = 4, input_shape = list(NULL, 2)) %>%
#'   layer_dense(units = 1)
#' model %>% compile(optimizer = "adam", loss = "mse", metrics = "mae")
compile.recurrent_model <- function(object, optimizer = NULL, loss = NULL,
                                    metrics = NULL, loss_weights = NULL,
                                    weighted_metrics = NULL,
                                    run_eagerly = NULL,
                                    steps_per_execution = NULL, ...,
                                    target_tensors = NULL,
                                    sample_weight_mode = NULL) {
  self <- check_model(object)
  given <- optimizer %||% "rmsprop"
  optimizer <- get_optimizer(given)
  compiled <- list(
    loss = loss, metrics = metrics, loss_weights = loss_weights,
    weighted_metrics = weighted_metrics,
    optimizer = if (is.character(given)) given, run_eagerly = run_eagerly,
    steps_per_execution = steps_per_execution,
    jit_compile = list(...)$jit_compile
  )
  losses <- resolve_losses(loss)
  if (is.function(loss) && !is.null(losses[[1L]]$self$fn)) {
    compiled$loss <- loss <- named_by(loss, substitute(loss))
    losses <- resolve_losses(loss)
  }
  check_metric_names(metrics, "metrics")
  check_metric_names(weighted_metrics, "weighted_metrics")
  assign("optimizer", optimizer, envir = self)
  assign("loss", loss, envir = self)
  assign(".compiled", c(compiled, list(losses = losses)), envir = self)
  assign(".trackers", NULL, envir = self)
  invisible(object)
}

# A function of the user's knows the name that it was given by: files of Keras
# name functions.
named_by <- function(f, expr) {
  if (!is.symbol(expr) || !is.null(attr(f, "name"))) return(f)
  name <- as.character(expr)
  if (startsWith(name, ".")) f else structure(f, name = name)
}

# A loss, or a list of losses with NULL for outputs without one.
resolve_losses <- function(loss) {
  if (is.null(loss)) return(list(NULL))
  if (is.list(loss) && !is.object(loss)) return(lapply(loss, function(l) {
    if (!is.null(l)) get_loss(l)
  }))
  if (is.character(loss) && length(loss) > 1L) return(lapply(loss, get_loss))
  list(get_loss(loss))
}

# Metrics are made for the first batch; a wrong name is told at once.
check_metric_names <- function(x, arg) {
  own <- is.list(x) && is.function(x$update_state)
  if (is.list(x) && !is.object(x) && !own) {
    for (m in x) check_metric_names(m, arg)
  } else if (is.character(x)) {
    for (m in x) resolve_metric(m, arg)
  }
}

check_compiled <- function(self, what) {
  if (is.null(self$.compiled)) {
    stop_runtime(
      sprintf("The model must be compiled before `%s`.", what),
      i = "For example `model %>% compile(optimizer = \"adam\", loss = \
\"mse\")`."
    )
  }
}

# What the model tracks during fit() and evaluate(), made for its first batch:
# per output a loss and metrics, with the names of the logs.
make_trackers <- function(self, y, y_pred) {
  n <- length(y_pred)
  names <- model_output_names(self)
  if (length(names) != n) names <- paste0("output_", seq_len(n))
  compiled <- self$.compiled
  metrics <- make_metrics(self, compiled$metrics, names, y, y_pred)
  weighted <- make_metrics(self, compiled$weighted_metrics, names, y, y_pred)
  for (k in seq_len(n)) name_metrics(metrics[[k]], weighted[[k]])
  list(
    names = names,
    losses = spread_over_outputs(compiled$losses, names, "loss"),
    weights = output_weights(compiled$loss_weights, names),
    metrics = metrics, weighted = weighted,
    measures = length(unlist(list(metrics, weighted))) > 0L,
    total = new_mean(), each = lapply(names, function(n) new_mean())
  )
}

# One entry per output: one for all, in order, or by name.
spread_over_outputs <- function(x, names, arg) {
  n <- length(names)
  if (length(x) == 1L && is.null(names(x))) return(rep(x, n))
  if (!is.null(names(x))) {
    check_unknown_args(names(x), names, sprintf("`%s`", arg))
    return(unname(lapply(names, function(k) x[[k]])))
  }
  if (length(x) != n) {
    stop_value(
      sprintf("`%s` has %d entries; the model has %d outputs (%s).", arg,
              length(x), n, toString(names)),
      i = "Give one entry per output, in order or by name."
    )
  }
  x
}

output_weights <- function(weights, names) {
  if (is.null(weights)) return(rep(1, length(names)))
  as.numeric(unlist(spread_over_outputs(as.list(weights), names,
                                        "loss_weights")))
}

make_metrics <- function(self, metrics, names, y, y_pred) {
  n <- length(names)
  per_output <- metrics_per_output(metrics, names)
  lapply(seq_len(n), function(k) {
    loss <- spread_over_outputs(self$.compiled$losses, names, "loss")[[k]]
    Map(function(m, name) {
      metric <- get_metric(
        m, output_shape = dims(y_pred[[k]]), loss = loss$name,
        name = if (is.function(m) && !is.object(m)) name
      )
      metric$reset_state()
      metric
    }, unname(per_output[[k]]), names_of(per_output[[k]]))
  })
}

# Every metric of an output has a name of its own: a weighted one beside the
# same one without weights is called so, as in tf.keras; others are numbered.
name_metrics <- function(metrics, weighted) {
  name_of <- function(m) m$name
  plain <- vapply(metrics, name_of, "")
  own <- vapply(weighted, name_of, "")
  again <- own %in% plain
  own[again] <- paste0("weighted_", own[again])
  new <- make.unique(c(plain, own), "_")
  for (k in which(new != vapply(c(metrics, weighted), name_of, ""))) {
    assign("name", new[[k]], envir = metric_self(c(metrics, weighted)[[k]]))
  }
}

metrics_per_output <- function(metrics, names) {
  n <- length(names)
  if (is.null(metrics)) return(vector("list", n))
  single <- function(m) is.character(m) || is.function(m) || is.object(m)
  if (single(metrics)) metrics <- as_metric_list(metrics)
  if (!is.null(names(metrics)) && all(names(metrics) %in% names)) {
    return(lapply(names, function(k) as_metric_list(metrics[[k]])))
  }
  if (n > 1L && length(metrics) == n && !all(vapply(metrics, single, NA))) {
    return(lapply(metrics, as_metric_list))
  }
  if (n == 1L) list(metrics) else copies_of(metrics, n)
}

# Each output has metric objects of its own.
copies_of <- function(metrics, n) {
  lapply(seq_len(n), function(k) lapply(metrics, function(m) {
    if (inherits(m, "recurrent_metric")) copy_metric(m) else m
  }))
}

as_metric_list <- function(m) {
  if (is.null(m)) return(NULL)
  if (is.list(m) && !is.object(m)) m else if (is.character(m)) as.list(m) else
    list(m)
}

# A running mean, weighted by samples.
new_mean <- function() {
  m <- new.env(parent = emptyenv())
  m$sum <- 0
  m$n <- 0
  m
}

add_to_mean <- function(m, value, n) {
  m$sum <- m$sum + value * n
  m$n <- m$n + n
}

reset_trackers <- function(trackers) {
  for (m in c(list(trackers$total), trackers$each)) {
    m$sum <- 0
    m$n <- 0
  }
  for (m in unlist(c(trackers$metrics, trackers$weighted))) m$reset_state()
}

model_metric_names <- function(self) names(current_logs(self))
