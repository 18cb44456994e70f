#' Lists side by side
#'
#' Takes lists of things that belong together, such as gradients and weights,
#' to a list of what belongs together. Lists with names are matched by these,
#' others by place.
#'
#' @param ... Lists or vectors of one length: all without names, or all with
#'   the same names in any order. Names of the arguments become names within
#'   each element.
#' @return A list as long as each of them, with the names of the first: its
#'   element k is the list of what they have at k.
#' @section Errors: `ValueError` for lists of different lengths or names,
#'   `TypeError` for what is no list or vector.
#' @source R keras 2.15.
#' @export
#' @examples
#' pairs <- zip_lists(list(1, 2), c("a", "b"))
#' pairs[[2]]
#' zip_lists(x = list(k = 1, l = 2), y = list(l = "b", k = "a"))$k
zip_lists <- function(...) {
  lists <- list(...)
  for (x in lists) {
    if (is.vector(x)) next
    stop_type(
      sprintf("`zip_lists()` takes lists or vectors, not %s.", describe(x)),
      i = "Give, for example, `zip_lists(gradients, weights)`."
    )
  }
  if (!length(lists)) return(list())
  sizes <- lengths(lists)
  if (any(sizes != sizes[[1L]])) {
    stop_value(
      sprintf("The lists have different lengths: %s.", toString(sizes)),
      i = "Give lists of one length."
    )
  }
  first <- names(lists[[1L]])
  lists <- lapply(lists, matched_to, first)
  out <- lapply(seq_len(sizes[[1L]]), function(k) lapply(lists, `[[`, k))
  names(out) <- first
  out
}

matched_to <- function(x, names) {
  own <- names(x)
  if (is.null(own) && is.null(names)) return(x)
  if (!setequal(own, names) || anyDuplicated(own)) {
    stop_value(
      "The lists have different names, or names twice.",
      x = sprintf("Names of the first: %s.", said_names(names)),
      x = sprintf("Names of another: %s.", said_names(own)),
      i = "Give `unname(x)` to match by place."
    )
  }
  x[names]
}

said_names <- function(x) if (length(x)) toString(x) else "none"
