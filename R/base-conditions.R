#' Errors of the package
#'
#' @description
#' Every error that the package raises on purpose is an R condition of one of
#' four classes, named as in Python so that they read as in the reference
#' pages: `ValueError` (a value that does not fit), `TypeError` (a value of the
#' wrong kind, or an unknown argument), `AttributeError` (something asked of an
#' object that does not have it) and `RuntimeError` (a step taken at the wrong
#' time). Each also has the classes `recurrent_error` and `error`, so
#' `tryCatch(..., ValueError = function(e) ...)` catches one kind, and
#' `tryCatch(..., recurrent_error = function(e) ...)` all of them.
#'
#' The text says what was given, what was expected, and how to mend it.
#'
#' @name recurrent-errors
#' @source DESIGN of the package; the names follow the *Raises* sections of
#'   the tf.keras reference pages of `RNN` and `SimpleRNN`.
#' @examples
#' layer <- layer_simple_rnn(units = 3)
#' tryCatch(layer$reset_states(), AttributeError = conditionMessage)
NULL

# Long messages are broken over lines of the source inside the string.
join_lines <- function(message) {
  names <- names(message)
  stats::setNames(gsub(" *\n *", " ", message), names)
}

stop_recurrent <- function(class, message, call) {
  abort(join_lines(message), class = c(class, "recurrent_error"), call = call,
        use_cli_format = TRUE)
}

# `...` are the parts of the message: the first says what is wrong with what
# was given, those named "i" what was expected and how to mend it.
stop_value <- function(..., call = NULL) {
  stop_recurrent("ValueError", c(...), call)
}

stop_type <- function(..., call = NULL) {
  stop_recurrent("TypeError", c(...), call)
}

stop_attribute <- function(..., call = NULL) {
  stop_recurrent("AttributeError", c(...), call)
}

stop_runtime <- function(..., call = NULL) {
  stop_recurrent("RuntimeError", c(...), call)
}

# For branches that no input can reach: a bug of the package, not of the user.
stop_internal <- function(what) {
  abort(
    c(paste0("Internal error: ", what, "."),
      i = "This is a bug in recurrent, please report it."),
    class = "recurrent_internal_error", call = NULL
  )
}

warn_recurrent <- function(..., class = character()) {
  rlang::warn(join_lines(c(...)), class = c(class, "recurrent_warning"),
              use_cli_format = TRUE)
}
