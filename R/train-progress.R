# Progress of fit(), evaluate() and predict() as a callback: a cli bar (1) or
# one line per epoch (2). NULL when nothing is to be shown.
new_progress <- function(verbose) {
  if (verbose == 0L) return(NULL)
  Progress$new(verbose)
}

Progress <- keras_class(
  "Progress",
  public = list(
    verbose = NULL, params = NULL, bar = NULL, epoch = NULL, started = NULL,
    count_mode = "steps", stateful_metrics = NULL,
    initialize = function(verbose, count_mode = "steps",
                          stateful_metrics = NULL) {
      self$verbose <- verbose
      self$count_mode <- count_mode
      self$stateful_metrics <- stateful_metrics
    },
    set_params = function(params) {
      self$params <- params
      self$verbose <- params$verbose
    },
    on_epoch_begin = function(epoch, logs) progress_epoch(self, epoch),
    on_train_batch_end = function(batch, logs) progress_step(self, logs),
    on_epoch_end = function(epoch, logs) progress_done(self, logs),
    on_test_begin = function(logs) progress_open(self, "Evaluating"),
    on_test_batch_end = function(batch, logs) progress_step(self, logs),
    on_test_end = function(logs) progress_close(self, logs),
    on_predict_begin = function(logs) progress_open(self, "Predicting"),
    on_predict_batch_end = function(batch, logs) progress_step(self, list()),
    on_predict_end = function(logs) progress_close(self, list()),
    on_close = function(logs) progress_stop(self)
  )
)

progress_epoch <- function(self, epoch) {
  self$epoch <- epoch + 1
  self$started <- proc.time()[["elapsed"]]
  if (self$verbose == 1L) {
    progress_bar(self, sprintf("Epoch %d/%d", self$epoch, self$params$epochs))
  }
}

# An evaluation inside fit() belongs to its epoch: no bar of its own.
progress_open <- function(self, what) {
  if (!is.null(self$epoch)) return(invisible())
  self$started <- proc.time()[["elapsed"]]
  if (self$verbose == 1L) progress_bar(self, what)
}

# Samples are counted where their number is known.
counts_samples <- function(self) {
  self$count_mode == "samples" && !is.null(self$params$samples) &&
    !is.null(self$params$steps)
}

progress_bar <- function(self, label) {
  total <- if (counts_samples(self)) self$params$samples else self$params$steps
  self$bar <- cli::cli_progress_bar(
    name = label, total = total %||% NA, type = "custom",
    format = bar_format(),
    clear = TRUE, auto_terminate = FALSE, .auto_close = FALSE
  )
}

# One line, cut off at the end where it is too long: so the logs come last, and
# a narrow screen has no bar.
bar_format <- function() {
  paste0("{cli::pb_name} ", if (cli::console_width() >= 100) "{cli::pb_bar} ",
         "{cli::pb_current}/{cli::pb_total} {cli::pb_eta_str} {cli::pb_status}")
}

progress_step <- function(self, logs) {
  if (is.null(self$bar)) return(invisible())
  each <- if (counts_samples(self)) {
    self$params$samples / max(self$params$steps, 1)
  } else {
    1
  }
  cli::cli_progress_update(inc = each, id = self$bar,
                           status = format_logs(logs))
}

progress_stop <- function(self) {
  if (is.null(self$bar)) return(invisible())
  cli::cli_progress_done(id = self$bar)
  self$bar <- NULL
}

progress_done <- function(self, logs) {
  progress_stop(self)
  if (self$verbose == 0L) return(invisible())
  seconds <- proc.time()[["elapsed"]] - self$started
  cli::cat_line(sprintf("Epoch %d/%d  %ss  %s", self$epoch,
                        self$params$epochs, format(round(seconds, 1)),
                        format_logs(logs)))
}

progress_close <- function(self, logs) {
  if (!is.null(self$epoch)) return(invisible())
  progress_stop(self)
  if (self$verbose != 0L && length(logs)) cli::cat_line(format_logs(logs))
}

# "loss: 0.1234 - mae: 0.2345"
format_logs <- function(logs) {
  if (!length(logs)) return("")
  numbers <- vapply(logs, function(v) format(signif(v, 4)), "")
  paste0(names(logs), ": ", numbers, collapse = "  ")
}

#' The progress bar of training
#'
#' What [fit()], `evaluate()` and `predict()` show anyway when `verbose` is 1
#' (a bar per epoch) or 2 (a line per epoch). Given among the callbacks it takes
#' the place of theirs: to count samples, or to stand before other callbacks.
#'
#' @param count_mode What the bar counts: "samples" or "steps" (batches).
#' @param stateful_metrics Names of metrics, or NULL. Accepted as in R keras:
#'   all metrics are shown as they are.
#' @return A callback for [fit()].
#' @section Errors: `ValueError` for another `count_mode`, `TypeError` for
#'   `stateful_metrics` that are not names.
#' @source tf.keras 2.15, `tf.keras.callbacks.ProgbarLogger`; the names of R
#'   keras 2.15.
#' @export
#' @examples
#' model <- keras_model_sequential() %>%
#'   layer_simple_rnn(units = 2, input_shape = list(NULL, 1)) %>%
#'   layer_dense(units = 1)
#' model %>% compile(optimizer = "sgd", loss = "mse")
#' x <- array(rnorm(8 * 4), c(8, 4, 1))
#' fit(model, x, rowSums(x), epochs = 2, verbose = 2,
#'     callbacks = callback_progbar_logger("steps"))
callback_progbar_logger <- function(count_mode = "samples",
                                    stateful_metrics = NULL) {
  check_choice(count_mode, c("samples", "steps"), "count_mode",
               "\"samples\" or \"steps\"")
  if (!is.null(stateful_metrics) && !is.character(stateful_metrics)) {
    stop_type(
      sprintf("`stateful_metrics` must be names, not %s.",
              describe(stateful_metrics)),
      i = "Give a character vector, or NULL."
    )
  }
  Progress$new(0L, count_mode, stateful_metrics)
}
