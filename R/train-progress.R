# Progress of fit(), evaluate() and predict() as a callback: a cli bar (1) or
# one line per epoch (2). NULL when nothing is to be shown.
new_progress <- function(verbose) {
  if (verbose == 0L) return(NULL)
  Progress$new(verbose)
}

Progress <- R6Class(
  "Progress",
  cloneable = FALSE,
  public = list(
    verbose = NULL, params = NULL, bar = NULL, epoch = NULL, started = NULL,
    initialize = function(verbose) self$verbose <- verbose,
    set_params = function(params) self$params <- params,
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

progress_bar <- function(self, label) {
  self$bar <- cli::cli_progress_bar(
    name = label, total = self$params$steps %||% NA, type = "custom",
    format = paste("{cli::pb_name} {cli::pb_bar} {cli::pb_current}/",
                   "{cli::pb_total} {cli::pb_status} {cli::pb_eta_str}",
                   sep = ""),
    clear = TRUE, auto_terminate = FALSE, .auto_close = FALSE
  )
}

progress_step <- function(self, logs) {
  if (is.null(self$bar)) return(invisible())
  cli::cli_progress_update(id = self$bar, status = format_logs(logs))
}

progress_stop <- function(self) {
  if (is.null(self$bar)) return(invisible())
  cli::cli_progress_done(id = self$bar)
  self$bar <- NULL
}

progress_done <- function(self, logs) {
  progress_stop(self)
  seconds <- proc.time()[["elapsed"]] - self$started
  cli::cat_line(sprintf("Epoch %d/%d  %ss  %s", self$epoch,
                        self$params$epochs, format(round(seconds, 1)),
                        format_logs(logs)))
}

progress_close <- function(self, logs) {
  if (!is.null(self$epoch)) return(invisible())
  progress_stop(self)
  if (length(logs)) cli::cat_line(format_logs(logs))
}

# "loss: 0.1234 - mae: 0.2345"
format_logs <- function(logs) {
  if (!length(logs)) return("")
  numbers <- vapply(logs, function(v) format(signif(v, 4)), "")
  paste0(names(logs), ": ", numbers, collapse = "  ")
}
