# Numbers of tf.keras: data/*.json.gz. An array is {dim, data}, column-major.

reference_cases <- function(name) {
  file <- gzfile(test_path("data", paste0(name, ".json.gz")))
  cases <- jsonlite::fromJSON(file, simplifyVector = FALSE)$cases
  if (is.null(names(cases))) {
    names(cases) <- vapply(cases, function(case) case$id, "")
  }
  cases
}

is_reference_array <- function(x) {
  is.list(x) && setequal(names(x), c("dim", "data"))
}

# {dim, data} -> array (a scalar has no dim), null -> NULL, lists item by item;
# anything else (numbers and names of a config) as it is.
as_reference_array <- function(x) {
  if (is_reference_array(x)) {
    data <- if (length(x$data)) unlist(x$data) else double()
    return(if (length(x$dim)) array(data, unlist(x$dim)) else data)
  }
  if (is.list(x)) lapply(x, as_reference_array) else x
}

# Nested lists of arrays -> one flat list; a place reads like "2$states$1".
flatten_places <- function(x, place = "") {
  if (!is.list(x) || inherits(x, "recurrent_tensor")) {
    return(structure(list(x), names = place))
  }
  names <- if (is.null(names(x))) seq_along(x) else names(x)
  places <- if (nzchar(place)) paste0(place, "$", names) else names
  do.call(c, c(list(list()), unname(Map(flatten_places, x, places))))
}

shape_text <- function(x) {
  if (is.null(x)) return("NULL")
  paste0("(", toString(if (is.null(dim(x))) length(x) else dim(x)), ")")
}

bare_array <- function(x) {
  if (is.null(x) || is.numeric(x) || is.logical(x)) x else as.array(x)
}

# NULL when got is near want, else what is the matter.
difference <- function(got, want, tolerance) {
  got <- bare_array(got)
  want <- bare_array(want)
  if (is.null(got) && is.null(want)) return(NULL)
  if (shape_text(got) != shape_text(want)) {
    return(sprintf("has shape %s, not %s", shape_text(got), shape_text(want)))
  }
  got <- as.vector(got)
  want <- as.vector(want)
  off <- abs(got - want) / pmax(1, abs(want))
  same <- got == want | is.na(got) & is.na(want)
  off[same %in% TRUE] <- 0
  off[is.na(off)] <- Inf
  if (!any(off > tolerance)) return(NULL)
  i <- which.max(off)
  sprintf("%d of %d elements differ; most at [%d]: %.15g, not %.15g (by %.2g)",
    sum(off > tolerance), length(off), i, got[i], want[i], off[i])
}

# abs(got - want) <= tolerance * pmax(1, abs(want)), shapes equal; both may be
# nested lists, which are compared leaf by leaf in order.
expect_close <- function(got, want, tolerance = 1e-10, info = NULL) {
  label <- rlang::expr_label(rlang::enexpr(got))
  if (!is.null(info)) label <- paste0(info, ": ", label)
  got <- flatten_places(got)
  want <- flatten_places(want)
  if (length(got) != length(want)) {
    return(fail(sprintf("%s has %d arrays, not %d", label, length(got),
      length(want))))
  }
  bad <- Map(difference, got, want, tolerance)
  bad <- bad[lengths(bad) > 0]
  expect(length(bad) == 0, paste(
    trimws(paste0(label, " ", names(bad))), bad, collapse = "\n"
  ))
  invisible(got)
}
