# The callbacks of one run: everything that happens around the steps, the
# progress bar and the history too, goes through here.
#
# run(hook, index, logs): `index` (an epoch or batch, counted from 0) only for
# the hooks of epochs and batches. tf.keras calls on_batch_*() beside
# on_train_batch_*(). A hook may add to the logs of those after it, by giving
# `changed_logs()`.
callback_list <- function(callbacks, model, params) {
  hooks <- new.env(parent = emptyenv())
  for (cb in callbacks) {
    check_callback(cb)
    set <- cb[["set_model"]]
    if (is.function(set)) set(model)
    set <- cb[["set_params"]]
    if (is.function(set)) set(params)
  }
  list(run = function(hook, index = NULL, logs = NULL) {
    calls <- hooks[[hook]]
    if (is.null(calls)) {
      calls <- hook_calls(callbacks, hook)
      assign(hook, calls, envir = hooks)
    }
    # Logs that no hook asks for are never computed.
    if (!length(calls)) return(invisible())
    if (is.null(logs)) logs <- list()
    for (call in calls) {
      out <- if (is.null(index)) call(logs) else call(index, logs)
      if (inherits(out, "recurrent_logs")) logs <- unclass(out)
    }
    invisible(logs)
  })
}

changed_logs <- function(logs) structure(logs, class = "recurrent_logs")

check_callback <- function(cb) {
  if (is.environment(cb) || is.list(cb)) return(invisible())
  stop_type(
    sprintf("A callback was expected, not %s.", describe(cb)),
    i = "Give what `callback_*()` functions make, or an object of a class made \
by `new_callback_class()`.",
    i = if (is_class(cb)) "This is the class: make an object of it first."
  )
}

# The functions that a hook runs, each blaming its callback for an error.
hook_calls <- function(callbacks, hook) {
  if (!length(callbacks)) return(list())
  names <- c(hook, if (grepl("^on_train_batch", hook)) {
    sub("train_", "", hook)
  })
  calls <- lapply(callbacks, function(cb) {
    lapply(names, function(name) {
      f <- cb[[name]]
      if (is.function(f) && !is.null(body(f))) blame_callback(f, cb, name)
    })
  })
  # Without any, the empty list: NULL would be looked for again in each batch.
  as.list(Filter(Negate(is.null), do.call(c, calls)))
}

blame_callback <- function(f, cb, hook) {
  force(cb)
  force(hook)
  f <- with_given_arguments(f)
  function(...) {
    tryCatch(
      f(...),
      recurrent_stop = function(e) stop(e),
      error = function(e) {
        abort(
          sprintf("Callback %s failed in `%s()`.", class(cb)[[1L]], hook),
          class = c("RuntimeError", "recurrent_error"), parent = e,
          call = NULL
        )
      }
    )
  }
}

# A hook may leave out the arguments that it does not look at, the last first.
with_given_arguments <- function(f) {
  args <- names(formals(args(f)))
  if ("..." %in% args || length(args) >= 2L) return(f)
  if (length(args)) return(function(first, ...) f(first))
  function(...) f()
}

# Callbacks of fit(), evaluate() and predict(): the user's, then progress and
# history, which see what the others add to the logs.
fit_callbacks <- function(callbacks, history, verbose, model, params) {
  if (is.null(callbacks)) callbacks <- list()
  if (!is.list(callbacks) || is.object(callbacks)) callbacks <- list(callbacks)
  verbose <- check_verbose(verbose)
  params$verbose <- verbose
  # The user's own progress bar stands for the loop's.
  own <- any(vapply(callbacks, inherits, NA, "Progress"))
  progress <- if (!own) new_progress(verbose)
  all <- c(callbacks, list(progress), list(history))
  callback_list(Filter(Negate(is.null), all), model, params)
}

check_verbose <- function(verbose) {
  if (identical(verbose, "auto")) return(if (interactive()) 1L else 0L)
  if (is.logical(verbose)) verbose <- as.integer(verbose)
  if (!is.numeric(verbose) || length(verbose) != 1L ||
        !verbose %in% c(0, 1, 2)) {
    stop_value(
      sprintf("`verbose` must be 0, 1, 2 or \"auto\", not %s.",
              describe(verbose)),
      i = "0 shows nothing, 1 a progress bar, 2 one line per epoch."
    )
  }
  as.integer(verbose)
}
