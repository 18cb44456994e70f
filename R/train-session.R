#' Scripts that set up Keras
#'
#' Scripts for R keras begin by looking for Python's Keras, by installing it, or
#' by making a session whose numbers repeat. Here nothing is to be installed,
#' and `set.seed()` alone fixes all numbers; these functions are there so that
#' such scripts run as they are.
#'
#' @param version NULL, or the version of Keras that a script needs, like
#'   "2.4".
#' @param ... Whatever a script gives. No effect.
#' @param seed A whole number for `set.seed()`.
#' @param disable_gpu,disable_parallel_cpu Accepted, no effect: there is no GPU
#'   in use, and the number of threads changes no number.
#' @param quiet TRUE to show no message.
#' @return `is_keras_available()`: TRUE unless a version above 2.15 is asked
#'   for. The others: NULL, invisibly.
#' @section Errors: `TypeError` for a seed or version of the wrong kind.
#' @source R keras 2.15; `use_session_with_seed()` comes to it from package
#'   tensorflow.
#' @name is_keras_available
#' @examples
#' is_keras_available()
#' use_session_with_seed(42, quiet = TRUE)
NULL

#' @rdname is_keras_available
#' @export
is_keras_available <- function(version = NULL) {
  if (is.null(version)) return(TRUE)
  known <- is.character(version) || is.numeric(version)
  wanted <- if (known || inherits(version, "numeric_version"))
    numeric_version(as.character(version), strict = FALSE)
  if (length(wanted) != 1L || is.na(wanted)) {
    stop_type(
      sprintf("`version` must be a version, not %s.", describe(version)),
      i = "For example `version = \"2.15\"`."
    )
  }
  wanted < "2.16"
}

#' @rdname is_keras_available
#' @export
install_keras <- function(...) {
  rlang::inform("Nothing is to be installed: recurrent needs no Python.")
  invisible()
}

#' @rdname is_keras_available
#' @export
use_session_with_seed <- function(seed, disable_gpu = TRUE,
                                  disable_parallel_cpu = TRUE, quiet = FALSE) {
  seed <- check_whole(seed, "seed")
  check_flag(quiet, "quiet")
  k_clear_session()
  set.seed(seed)
  if (!quiet) {
    rlang::inform(sprintf("The seed is %d: `set.seed(%d)` fixes all numbers.",
                          seed, seed))
  }
  invisible()
}
