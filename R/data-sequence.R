# Batches that are made when they are asked for. What the loops of training
# rely on: `length(x)` batches, `x[[i]]` giving list(inputs, targets) or
# list(inputs), `x$samples` in all, and `x$next_epoch(x)`, which gives the same
# in the order of the next epoch. Nothing is changed in place.
#
# Windows over the rows of `data`: window i begins at row `first[[i]]`, takes
# the rows `first[[i]] + offsets`, and has row `target[[i]]` of `targets`.
new_sequence <- function(data, targets, first, offsets, target, batch_size,
                         kind, next_epoch = identity, draw = NULL, ...) {
  structure(
    list(data = data, targets = targets, first = first, offsets = offsets,
         target = target, batch_size = batch_size, samples = length(first),
         kind = kind, next_epoch = next_epoch, draw = draw, ...),
    class = "recurrent_sequence"
  )
}

#' @export
length.recurrent_sequence <- function(x) {
  ceiling(x$samples / x$batch_size)
}

# By number a batch; by name a member, as `$` does.
#' @export
`[[.recurrent_sequence` <- function(x, i, ...) {
  if (is.character(i)) return(.subset2(x, i))
  batches <- length(x)
  if (!is.numeric(i) || length(i) != 1L || !(i %in% seq_len(batches))) {
    stop_value(
      sprintf("There %s; batch %s was asked for.",
              if (batches == 1L) "is 1 batch" else
                sprintf("are %d batches", batches),
              if (is.numeric(i)) toString(i) else describe(i)),
      i = "Batches count from 1."
    )
  }
  rows <- seq.int((i - 1) * x$batch_size + 1,
                  min(i * x$batch_size, x$samples))
  if (!is.null(x$draw)) rows <- x$draw(x, rows)
  inputs <- cut_windows(x$data, x$first[rows], x$offsets)
  if (is.null(x$targets)) return(list(inputs))
  list(inputs, take_steps(x$targets, x$target[rows]))
}

#' @export
as.list.recurrent_sequence <- function(x, ...) {
  lapply(seq_len(length(x)), function(i) x[[i]])
}

#' @export
print.recurrent_sequence <- function(x, ...) {
  batches <- length(x)
  size <- min(x$batch_size, x$samples)
  of <- function(v, lead) format(as_shape(c(lead, dim(v)[-1L])))
  cat(sprintf("<%s> %d windows in %d batch%s of %s%d\n", x$kind, x$samples,
              batches, if (batches == 1L) "" else "es",
              if (x$samples %% size) "up to " else "", size))
  cat("  inputs  ", of(x$data, c(size, length(x$offsets))), "\n", sep = "")
  if (!is.null(x$targets)) cat("  targets ", of(x$targets, size), "\n",
                               sep = "")
  invisible(x)
}

# (time, ...) -> (window, step, ...): window w holds rows first[w] + offsets.
cut_windows <- function(data, first, offsets) {
  rows <- outer(first, offsets, "+")
  take_steps(data, as.vector(rows), dim(rows))
}

# Rows of an array (time, ...), as a new leading axis or axes `lead`.
take_steps <- function(data, rows, lead = length(rows)) {
  d <- dim(data)
  flat <- matrix(data, d[[1L]])
  array(flat[rows, ], c(lead, d[-1L]))
}
