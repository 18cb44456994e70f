# The callbacks of one run: everything that happens around the steps, the
# progress bar and the history too, goes through here.
#
# run(hook, index, logs): `index` (an epoch or batch, counted from 0) only for
# the hooks of epochs and batches. tf.keras calls on_batch_*() beside
# on_train_batch_*().
callback_list <- function(callbacks, model, params) {
  hooks <- new.env(parent = emptyenv())
  for (cb in callbacks) {
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
    for (k in seq_along(calls)) {
      if (is.null(index)) calls[[k]](logs %||% list()) else
        calls[[k]](index, logs %||% list())
    }
  })
}

# The functions that a hook runs, each blaming its callback for an error.
hook_calls <- function(callbacks, hook) {
  names <- c(hook, if (grepl("^on_train_batch", hook)) {
    sub("train_", "", hook)
  })
  calls <- lapply(callbacks, function(cb) {
    lapply(names, function(name) {
      f <- cb[[name]]
      if (is.function(f)) blame_callback(f, cb, name)
    })
  })
  Filter(Negate(is.null), do.call(c, calls))
}

blame_callback <- function(f, cb, hook) {
  force(f)
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

# Callbacks of fit(), evaluate() and predict(): the user's, then history and
# progress.
fit_callbacks <- function(callbacks, history, verbose, model, params) {
  if (is.null(callbacks)) callbacks <- list()
  if (!is.list(callbacks) || is.object(callbacks)) callbacks <- list(callbacks)
  verbose <- check_verbose(verbose)
  params$verbose <- verbose
  callback_list(c(list(history), callbacks, list(new_progress(verbose)))
                |> Filter(f = Negate(is.null)),
                model, params)
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
