# NumPy's broadcasting: shapes are aligned at the last axis, axes of one
# stretch. R's own arithmetic serves where nothing stretches:
# ffi_same_dims is TRUE for equal shapes or a bare number. (In C, because
# `identical(dim(a), dim(b))` costs more than a small sum.)

# `f` of two arrays of one shape, as a function of arrays of any two shapes.
broadcasting <- function(f) {
  function(a, b) {
    if (.Call(ffi_same_dims, a, b)) return(f(a, b))
    both <- stretch_pair(a, b)
    f(both[[1L]], both[[2L]])
  }
}

# The same where C has the operation too; `kind` as in its enum pair_kind.
broadcasting_in_c <- function(f, kind) {
  function(a, b) {
    if (.Call(ffi_same_dims, a, b)) return(f(a, b))
    if (!is.double(a) && !is.double(b)) {
      both <- stretch_pair(a, b)
      return(f(both[[1L]], both[[2L]]))
    }
    .Call(ffi_pair, a, b, kind) %||% stop_broadcast(a, b)
  }
}

stretch_pair <- function(a, b) {
  .Call(ffi_stretch_pair, a, b) %||% stop_broadcast(a, b)
}

stretch_to <- function(x, sizes) {
  if (identical(dim(x), sizes)) return(x)
  .Call(ffi_stretch, x, sizes) %||% stop_value(
    sprintf("An array of shape %s does not stretch to shape %s.",
            format(as_shape(dims(x))), format(as_shape(sizes))),
    i = "Shapes are aligned at the last axis; only axes of size 1 stretch."
  )
}

stop_broadcast <- function(a, b) {
  stop_value(
    sprintf("Arrays of shapes %s and %s do not fit together.",
            format(as_shape(dims(a))), format(as_shape(dims(b)))),
    i = "Shapes are aligned at the last axis; sizes must be equal, or one of \
them 1."
  )
}

# The gradient of stretching: g summed over the axes along which `like` was
# stretched to the shape of g; NULL was not stretched.
sum_to <- function(g, like) {
  if (is.null(like)) return(g)
  d <- dim(like)
  if (is.null(d)) return(sum(g))
  if (is.null(dim(g))) return(array(g, d))
  if (.Call(ffi_same_dims, g, like)) g else .Call(ffi_sum_to, g, d)
}

pair_max <- function(a, b) {
  as_integers_if(.Call(ffi_pair, a, b, 4L) %||% stop_broadcast(a, b), a, b)
}

pair_min <- function(a, b) {
  as_integers_if(.Call(ffi_pair, a, b, 5L) %||% stop_broadcast(a, b), a, b)
}

as_integers_if <- function(y, a, b = 0L) {
  if (!is.double(a) && !is.double(b)) storage.mode(y) <- "integer"
  y
}

plus <- broadcasting_in_c(`+`, 0L)
minus <- broadcasting_in_c(`-`, 1L)
times <- broadcasting_in_c(`*`, 2L)
divided <- broadcasting_in_c(`/`, 3L)
powered <- broadcasting(`^`)
floored <- broadcasting(`%/%`)
gt <- broadcasting(`>`)
ge <- broadcasting(`>=`)
both_true <- broadcasting(`&`)

# The sizes that arrays of these sizes stretch to.
common_sizes <- function(da, db) {
  rank <- max(length(da), length(db))
  da <- c(rep(1L, rank - length(da)), da)
  db <- c(rep(1L, rank - length(db)), db)
  if (any(da != db & da != 1L & db != 1L)) {
    stop_broadcast(array(0L, da), array(0L, db))
  }
  db[da != 1L] <- da[da != 1L]
  db
}
