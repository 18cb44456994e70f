#' Sequences of different lengths as one array
#'
#' Cuts and pads sequences to one length. Layers then skip the padding when
#' they are told to: `layer_embedding(mask_zero = TRUE)` or `layer_masking()`.
#'
#' @param sequences A list with one vector per sequence, which may be empty; or
#'   with one array (time, features) per sequence. The rows of a matrix are
#'   sequences, too.
#' @param maxlen Number of steps of the result; that of the longest sequence
#'   when NULL.
#' @param dtype "int32" gives whole numbers (fractions are cut off, as in
#'   Keras), "float32" or "float64" doubles, "bool" logicals, "object" strings.
#' @param padding "pre" pads before each sequence, "post" after.
#' @param truncating "pre" cuts the beginning of sequences that are too long,
#'   "post" the end.
#' @param value What to pad with.
#' @return An array (samples, `maxlen`), or (samples, `maxlen`, features) for a
#'   list of arrays (time, features).
#' @section Errors: `TypeError` when `sequences` is not a list or matrix, or
#'   does not hold what `dtype` says; `ValueError` for missing values where
#'   whole numbers are wanted, and for sequences whose features differ.
#' @source R keras 2.15 and tf.keras 2.15.
#' @export
#' @examples
#' pad_sequences(list(c(3, 1, 4), 1, c(5, 9, 2, 6)))
#' pad_sequences(list(c(3, 1, 4), 1, c(5, 9, 2, 6)), maxlen = 3,
#'               padding = "post", truncating = "post")
#' x <- list(matrix(1:6, 3, 2), matrix(7:8, 1, 2))
#' dim(pad_sequences(x, dtype = "float32"))
pad_sequences <- function(sequences, maxlen = NULL, dtype = "int32",
                          padding = "pre", truncating = "pre", value = 0.0) {
  steps <- lapply(sequence_list(sequences), sequence_steps)
  check_choice(padding, c("pre", "post"), "padding", "\"pre\" or \"post\"")
  check_choice(truncating, c("pre", "post"), "truncating",
               "\"pre\" or \"post\"")
  n <- vapply(steps, nrow, 1L)
  maxlen <- if (is.null(maxlen)) max(n, 0L) else
    check_count(maxlen, "maxlen", min = 0L)
  axes <- step_axes(sequences, steps)
  kept <- pmin(n, maxlen)
  skip <- if (truncating == "pre") n - kept else integer(length(n))
  lead <- if (padding == "pre") maxlen - kept else integer(length(n))
  from <- sequence(kept, cumsum(c(0L, n))[seq_along(n)] + skip + 1L)
  to <- rep(seq_along(n), kept) +
    (sequence(kept, lead + 1L) - 1L) * length(n)
  out <- matrix(as_dtype(value, dtype, "value"), length(n) * maxlen,
                prod(axes))
  if (length(to)) {
    all_steps <- do.call(rbind, steps[n > 0L])
    out[to, ] <- as_dtype(all_steps, dtype, "sequences")[from, ]
  }
  array(out, c(length(n), maxlen, axes))
}

sequence_list <- function(sequences) {
  if (is.matrix(sequences)) {
    return(lapply(seq_len(nrow(sequences)), function(i) sequences[i, ]))
  }
  if (is.list(sequences) && !is.data.frame(sequences)) return(sequences)
  stop_type(
    sprintf("`sequences` must be a list with one vector per sequence, not %s.",
            describe(sequences)),
    i = "One sequence alone is `list(x)`; the rows of a matrix are sequences \
too."
  )
}

# One sequence as a matrix (time, features); features flat.
sequence_steps <- function(s) {
  if (is.list(s)) s <- unlist(s, use.names = FALSE)
  if (is.null(s)) s <- numeric()
  if (!is.atomic(s)) {
    stop_type(
      sprintf("`sequences` must hold vectors, not %s.", describe(s)),
      i = "For example `list(c(3, 1, 4), c(1, 5))`."
    )
  }
  d <- dim(s) %||% length(s)
  matrix(s, d[[1L]], prod(d[-1L]))
}

# The axes of one step, which all sequences share; none for plain vectors.
step_axes <- function(sequences, steps) {
  if (is.matrix(sequences)) return(integer())
  filled <- vapply(steps, nrow, 1L) > 0L
  axes <- unique(lapply(sequences[filled], function(s) dim(s)[-1L]))
  axes <- unique(lapply(axes, function(a) if (length(a)) a else integer()))
  if (length(axes) > 1L) {
    stop_value(
      sprintf("The sequences differ in more than their time steps: one step \
has shape %s in one, %s in another.", format(as_shape(axes[[1L]])),
              format(as_shape(axes[[2L]]))),
      i = "Give vectors, or arrays (time, features) with the same features."
    )
  }
  if (length(axes)) axes[[1L]] else integer()
}

# Values as R holds the Keras type `dtype`.
as_dtype <- function(x, dtype, arg) {
  kind <- dtype_kind(check_string(dtype, "dtype"))
  if ((kind == "character") != is.character(x) || is.complex(x)) {
    stop_type(
      sprintf("`%s` must hold %s for dtype \"%s\", not %s.", arg,
              if (kind == "character") "strings" else "numbers", dtype,
              describe(x)),
      i = if (is.character(x)) "dtype \"object\" keeps strings." else
        "Numbers have dtype \"int32\" or \"float32\"."
    )
  }
  if (kind == "integer") x[] <- check_whole_range(x, arg)
  storage.mode(x) <- kind
  x
}

dtype_kind <- function(dtype) {
  kinds <- c("^u?int[0-9]*$" = "integer", "^b?float[0-9]*$" = "double",
             "^double$" = "double", "^bool(ean)?$|^logical$" = "logical",
             "^(object|string|str|character)$" = "character")
  hit <- vapply(names(kinds), grepl, NA, x = dtype)
  if (any(hit)) return(kinds[hit][[1L]])
  check_choice(dtype, c("int32", "float32", "float64", "bool", "object"),
               "dtype", "the name of a type")
}

check_whole_range <- function(x, arg) {
  bad <- which(!is.finite(x) | abs(x) > .Machine$integer.max)
  if (length(bad)) {
    stop_value(
      sprintf("`%s` holds %s, which is no whole number.", arg,
              format(x[[bad[[1L]]]])),
      i = "Remove or replace it, or choose `dtype = \"float32\"`."
    )
  }
  trunc(x)
}
