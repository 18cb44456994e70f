# How labels are fitted to predictions: a plan says which row computes a loss,
# on what.
loss_plan <- function(row, t, p, attrs = NULL) {
  list(row = row, inputs = list(t, p), attrs = attrs)
}

# A plan for rows that need labels of the shape of the predictions.
pair_plan <- function(row, attrs = NULL) {
  force(row)
  force(attrs)
  function(t, p, args) {
    own <- if (!is.null(attrs)) args[attrs]
    fitted <- .Call(ffi_fitted, t, p)
    if (!is.null(fitted)) return(loss_plan(row, fitted, p, own))
    both <- fit_pair(as_double(t), as_double(p))
    loss_plan(row, both[[1L]], both[[2L]], own)
  }
}

hinge_plan <- function(row) {
  force(row)
  function(t, p, args) {
    both <- fit_pair(signed_labels(as_double(t)), as_double(p))
    loss_plan(row, both[[1L]], both[[2L]])
  }
}

# Labels 0 and 1 become -1 and 1, when there are no others.
signed_labels <- function(t) {
  if (all(value_of(t) %in% c(0, 1))) 2 * t - 1 else t
}

axis_plan <- function(row) {
  force(row)
  function(t, p, args) {
    both <- axis_last(fit_pair(as_double(t), as_double(p)), args$axis)
    loss_plan(row, both[[1L]], both[[2L]])
  }
}

plan_binary <- function(t, p, args) {
  given <- prediction(p, args$from_logits, "sigmoid")
  both <- fit_pair(as_double(t), given$value)
  s <- args$label_smoothing
  if (s != 0) both[[1L]] <- both[[1L]] * (1 - s) + 0.5 * s
  both <- axis_last(both, args$axis)
  row <- if (given$logits) row_binary_logits else row_binary
  loss_plan(row, both[[1L]], both[[2L]])
}

plan_categorical <- function(t, p, args) {
  given <- prediction(p, args$from_logits, "softmax")
  both <- axis_last(fit_pair(as_double(t), given$value), args$axis)
  s <- args$label_smoothing
  if (s != 0) {
    both[[1L]] <- both[[1L]] * (1 - s) + s / last_size(value_of(both[[2L]]))
  }
  row <- if (given$logits) row_categorical_logits else row_categorical
  loss_plan(row, both[[1L]], both[[2L]])
}

plan_sparse <- function(t, p, args) {
  given <- prediction(p, args$from_logits, "softmax")
  p <- axis_last(list(given$value), args$axis)[[1L]]
  row <- if (given$logits) row_sparse_logits else row_sparse
  loss_plan(row, fit_labels(value_of(t), value_of(p)), p,
            list(args$ignore_class))
}

# What a cross-entropy is taken of: the logits, where the output carries those
# of its kind.
prediction <- function(p, from_logits, kind) {
  z <- logits_of(p, kind)
  list(value = as_double(z %||% p), logits = from_logits || !is.null(z))
}

# Arrays and tensors of doubles.
as_double <- function(x) {
  if (is.double(value_of(x))) return(if (is_tensor(x)) x else value_of(x))
  x <- value_of(x)
  storage.mode(x) <- "double"
  x
}

# Labels and predictions of one shape: a last axis of size 1 may be missing in
# one of them, and axes of size 1 stretch.
fit_pair <- function(t, p) {
  dt <- dims(value_of(t))
  dp <- dims(value_of(p))
  if (identical(dt, dp)) return(list(t, p))
  if (length(dt) == length(dp) - 1L && dp[[length(dp)]] == 1L) {
    t <- reshaped(t, c(dt, 1L))
  } else if (length(dt) == length(dp) + 1L && dt[[length(dt)]] == 1L) {
    t <- reshaped(t, dt[-length(dt)])
  } else if (length(dt) && length(dp) && length(dt) != length(dp)) {
    stop_pair(dt, dp)
  }
  stretch_both(t, p)
}

stretch_both <- function(t, p) {
  dt <- dims(value_of(t))
  dp <- dims(value_of(p))
  if (identical(as.integer(dt), as.integer(dp))) return(list(t, p))
  n <- max(length(dt), length(dp))
  sizes <- pmax(c(rep(1L, n - length(dt)), dt), c(rep(1L, n - length(dp)), dp))
  fits <- function(d) all(!length(d) | d == 1L | d == sizes)
  if (!fits(dt) || !fits(dp)) stop_pair(dt, dp)
  list(stretched(t, sizes), stretched(p, sizes))
}

stop_pair <- function(dt, dp) {
  stop_value(
    sprintf("Labels of shape %s do not fit predictions of shape %s.",
            format(as_shape(dt)), format(as_shape(dp))),
    i = "`y_true` must have the shape of the model's output.",
    i = if (length(dt) < length(dp) || dt[[length(dt)]] == 1L) "For class \
numbers as labels use \"sparse_categorical_crossentropy\"."
  )
}

# Tensors keep their place on the tape.
reshaped <- function(x, d) {
  if (is_tensor(x)) return(op_reshape(x, d))
  dim(x) <- d
  x
}

stretched <- function(x, sizes) {
  if (is_tensor(x)) op_broadcast_to(x, sizes) else stretch_to(x, sizes)
}

# Class numbers, one per row of p.
fit_labels <- function(t, p) {
  dp <- dims(p)
  dt <- dims(t)
  if (length(dt) == length(dp) && length(dt) && dt[[length(dt)]] == 1L) {
    dt <- dt[-length(dt)]
  }
  rows <- length(p) %/% max(last_size(p), 1L)
  same <- identical(as.integer(dt), as.integer(dp[-length(dp)]))
  if (!same && !(length(t) == 1L && rows == 1L)) {
    stop_value(
      sprintf("Labels of shape %s do not fit predictions of shape %s.",
              format(as_shape(dims(t))), format(as_shape(dp))),
      i = sprintf("Class numbers need the shape %s: one per sample.",
                  format(as_shape(dp[-length(dp)]))),
      i = if (length(t) == length(p)) "For one-hot labels use \
\"categorical_crossentropy\"."
    )
  }
  t
}

# The axis along which a loss is taken, moved to the end.
axis_last <- function(both, axis) {
  if (axis == -1L) return(both)
  lapply(both, function(x) {
    rank <- length(dims(value_of(x)))
    axis <- check_axis(axis, rank, n = 1L)
    if (axis == rank) return(x)
    order <- c(seq_len(rank)[-axis], axis)
    if (is_tensor(x)) op_transpose(x, order) else aperm(x, order)
  })
}
