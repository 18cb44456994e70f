# R's functions that ask a tensor for its shape, its values, or to be shown.

#' @export
dim.recurrent_tensor <- function(x) {
  v <- .Call(ffi_value, x)
  if (!is.null(v)) return(dim(v))
  d <- as.integer(shape_of(x))
  if (length(d)) d
}

#' @export
length.recurrent_tensor <- function(x) {
  v <- .Call(ffi_value, x)
  if (!is.null(v)) return(length(v))
  n <- prod(as.integer(shape_of(x)))
  if (is.na(n) || n > .Machine$integer.max) n else as.integer(n)
}

#' @export
t.recurrent_tensor <- function(x) {
  rank <- length(shape_of(x))
  if (rank == 1L) return(op_expand_dims(x, 1L))
  if (rank > 2L) {
    stop_value(
      sprintf("`t()` of a tensor of shape %s: which axes?",
              format(shape_of(x))),
      i = "Use `aperm(x, perm)` or `op_transpose(x, axes)`."
    )
  }
  op_transpose(x)
}

#' @export
rev.recurrent_tensor <- function(x) op_flip(only_line(x, "rev", "op_flip(x)"))

#' @export
aperm.recurrent_tensor <- function(a, perm = NULL, ...) op_transpose(a, perm)

#' @export
is.na.recurrent_tensor <- function(x) op_isnan(x)

#' @export
is.finite.recurrent_tensor <- function(x) op_isfinite(x)

#' @export
is.infinite.recurrent_tensor <- function(x) op_isinf(x)

#' @export
is.nan.recurrent_tensor <- function(x) op_isnan(x)

# Lines are joined as R joins vectors; symbolic tensors and those with a batch
# axis and more make a list, as in R keras: `c(state_h, state_c)`.
#' @export
c.recurrent_tensor <- function(...) {
  args <- list(...)
  apart <- vapply(args, function(x) {
    !is_tensor(x) && is.list(x) || length(dim(x)) > 1L || anyNA(dim(x))
  }, NA)
  if (!any(apart)) return(op_concatenate(lapply(args, op_ravel), axis = 1L))
  do.call(c, lapply(seq_along(args), function(k) {
    if (is.list(args[[k]]) && !is_tensor(args[[k]])) args[[k]] else args[k]
  }))
}

#' @export
rep.recurrent_tensor <- function(x, ...) {
  n <- length(only_line(x, "rep", "op_tile(x, repeats)"))
  op_take(op_ravel(x), rep(seq_len(n), ...), axis = 1L)
}

#' @export
as.array.recurrent_tensor <- function(x, ...) value_of(x)

#' @export
as.matrix.recurrent_tensor <- function(x, ...) as.matrix(value_of(x))

#' @export
as.vector.recurrent_tensor <- function(x, mode = "any") {
  if (mode == "list") return(as.list(x))
  as.vector(value_of(x), mode)
}

#' @export
as.double.recurrent_tensor <- function(x, ...) as.double(value_of(x))

#' @export
as.integer.recurrent_tensor <- function(x, ...) as.integer(value_of(x))

#' @export
as.logical.recurrent_tensor <- function(x, ...) as.logical(value_of(x))

# The slices along the first axis.
#' @export
as.list.recurrent_tensor <- function(x, ...) op_unstack(x, axis = 1L)

no_assignment <- "tensors do not change; choose with `op_where(mask, new, x)`, \
join with `op_concatenate()`, or change the array before it becomes a tensor"

#' @export
`[<-.recurrent_tensor` <- function(x, ..., value) {
  stop_no_method("[<-", no_assignment)
}

#' @export
`[[<-.recurrent_tensor` <- function(x, ..., value) {
  stop_no_method("[[<-", no_assignment)
}

#' @export
`dim<-.recurrent_tensor` <- function(x, value) {
  stop_no_method("dim<-", "`op_reshape(x, newshape)`, which fills with the \
last axis running fastest")
}

#' @export
sort.recurrent_tensor <- function(x, decreasing = FALSE, ...) {
  stop_no_method("sort", "sort the plain array, `sort(as.array(x))`")
}

#' @export
rbind.recurrent_tensor <- function(..., deparse.level = 1) {
  stop_no_method("rbind", "`op_concatenate(list(x, y), axis = 1)`")
}

#' @export
cbind.recurrent_tensor <- function(..., deparse.level = 1) {
  stop_no_method("cbind", "`op_concatenate(list(x, y), axis = 2)`")
}

#' @export
median.recurrent_tensor <- function(x, na.rm = FALSE, ...) {
  stop_no_method("median", "take it of the plain array, \
`median(as.array(x))`")
}

#' @export
unique.recurrent_tensor <- function(x, incomparables = FALSE, ...) {
  stop_no_method("unique", "take it of the plain array, \
`unique(as.array(x))`")
}

#' @export
duplicated.recurrent_tensor <- function(x, incomparables = FALSE, ...) {
  stop_no_method("duplicated", "take it of the plain array, \
`duplicated(as.array(x))`")
}

#' @export
summary.recurrent_tensor <- function(object, ...) {
  summary(as.vector(value_of(object)), ...)
}

#' @export
str.recurrent_tensor <- function(object, ...) {
  cat("", format(object))
  if (is_symbolic(object)) cat("\n") else
    utils::str(value_of(object), ...)
}

#' @export
format.recurrent_tensor <- function(x, ...) {
  head <- sprintf("%s %s", dtype_of(x), format(shape_of(x)))
  if (is_symbolic(x)) {
    from <- .subset2(x, "name")
    return(paste0("<symbolic tensor> ", head,
                  if (length(from)) sprintf(' from "%s"', from)))
  }
  if (!is_variable(x)) return(paste("<tensor>", head))
  paste("<variable>", .subset2(x, "name"), head)
}

#' @export
print.recurrent_tensor <- function(x, ...) {
  cat(format(x), "\n", sep = "")
  if (!is_symbolic(x)) {
    v <- value_of(x)
    part <- first_values(v)
    print(if (length(dim(part)) == 1L) as.vector(part) else part, ...)
    if (length(part) < length(v)) {
      cat(sprintf("... %s of %s values; `as.array()` gives all\n",
                  length(part), big_number(length(v))))
    }
  }
  invisible(x)
}

# As much of an array as one wants to see: the first few along each axis.
first_values <- function(v) {
  if (length(v) <= 60L) return(v)
  d <- dim(v)
  shown <- pmin(d, c(6L, 6L, rep(2L, length(d)))[seq_along(d)])
  if (length(d) == 1L) shown <- min(d, 20L)
  do.call(`[`, c(list(v), lapply(shown, seq_len), drop = FALSE))
}
