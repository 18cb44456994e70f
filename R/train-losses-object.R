# A loss object: a function of y_true, y_pred and sample_weight that gives the
# reduced loss, with members by `$`. What it is stands in `self`, plain data:
# `kind` (a name in loss_kinds) with `args`, or `fn`, a user's function, or
# `object` with a `call` method; `reduction`; `name`.
new_loss <- function(self) {
  f <- function(y_true, y_pred, sample_weight = NULL) {
    loss_scalar(self, y_true, y_pred, sample_weight)
  }
  structure(f, class = "recurrent_loss")
}

loss_self <- function(loss) environment(loss)$self

#' @export
`$.recurrent_loss` <- function(x, name) {
  self <- loss_self(x)
  switch(name,
    call = function(y_true, y_pred) loss_samples(self, y_true, y_pred),
    get_config = function() loss_config(self),
    name = , reduction = self[[name]],
    self$args[[name]] %||% self$object[[name]]
  )
}

#' @export
print.recurrent_loss <- function(x, ...) {
  self <- loss_self(x)
  given <- Filter(Negate(is.null), self$args)
  text <- c(
    if (length(given)) paste(names(given), "=", vapply(given, format, "")),
    paste0("reduction = \"", self$reduction, "\"")
  )
  cat("<loss> ", self$name, " (", toString(text), ")\n", sep = "")
  invisible(x)
}

loss_config <- function(self) {
  c(list(reduction = self$reduction, name = self$name), self$args)
}

reductions <- c("auto", "sum_over_batch_size", "sum", "none")

# What loss_*() give: the losses of the samples when there are any, else an
# object.
make_loss <- function(kind, samples, args, dots, reduction, name) {
  extra <- if (kind == "sparse_categorical_crossentropy") "ignore_class"
  check_unknown_args(names_given(dots), c(extra, "dtype"),
                     paste0("loss_", kind, "()"))
  args <- c(args, dots[names(dots) %in% extra])
  if (!is.null(samples)) {
    return(loss_values(kind, samples[[1L]], samples[[2L]], args))
  }
  new_loss(list(kind = kind, args = args, name = check_string(name, "name"),
                reduction = check_choice(reduction, reductions, "reduction")))
}

# Names of a list, "" where there is none.
names_given <- function(x) names(x) %||% character(length(x))

# The loss of each sample by whatever computes it, as a tensor.
loss_samples <- function(self, y_true, y_pred) {
  if (!is.null(self$kind)) {
    return(loss_values(self$kind, y_true, y_pred, self$args))
  }
  f <- self$fn %||% self$object$call
  both <- squeeze_pair(as_tensor(y_true), as_tensor(y_pred))
  out <- f(both[[1L]], both[[2L]])
  if (!is_tensor(out) && !is.numeric(out)) {
    stop_type(
      sprintf("The loss `%s` must give a tensor, not %s.", self$name,
              describe(out)),
      i = "A loss is `function(y_true, y_pred)` that computes with tensors and \
gives one number per sample, or one in all."
    )
  }
  as_tensor(out)
}

# Labels (samples) become (samples, 1), as tf.keras hands them to functions of
# users; else it drops a last axis of size 1 that the other one does not have.
squeeze_pair <- function(t, p) {
  dt <- dims(value_of(t))
  dp <- dims(value_of(p))
  last <- function(d) length(d) && d[[length(d)]] == 1L
  if (length(dt) == 1L && length(dp) == 2L) {
    t <- op_reshape(t, c(dt, 1L))
  } else if (length(dp) == length(dt) + 1L && length(dt) && last(dp)) {
    p <- with_mask(op_reshape(p, dp[-length(dp)]), mask_of(p))
  } else if (length(dt) == length(dp) + 1L && length(dp) && last(dt)) {
    t <- op_reshape(t, dt[-length(dt)])
  }
  list(t, p)
}

# The reduced loss, a tensor: a scalar, or one value per sample where the
# reduction is "none". `mask` TRUE where a step counts.
loss_scalar <- function(self, y_true, y_pred, sample_weight = NULL,
                        mask = mask_of(y_pred)) {
  kind <- .subset2(self, "kind")
  if (!is.null(kind) && !is_symbolic(y_true) && !is_symbolic(y_pred)) {
    kind <- .subset2(loss_kinds, kind)
    if (is.null(sample_weight) && is.null(mask)) {
      out <- loss_of_whole(self, kind$whole, y_true, y_pred)
      if (!is.null(out)) return(out)
    }
    plan <- kind$plan(y_true, y_pred, .subset2(self, "args"))
    return(planned_loss(self, plan, y_true, sample_weight, mask))
  }
  losses <- loss_samples(self, y_true, y_pred)
  if (is_symbolic(losses)) return(losses)
  if (is.null(mask)) mask <- ignored_mask(self, y_true, losses)
  d <- dims(value_of(losses))
  w <- if (length(d)) {
    weights_of_losses(d, sample_weight, mask, self$reduction)
  } else {
    weight_of_whole(sample_weight, mask, self$reduction)
  }
  apply_op(row_reduce_loss, list(losses), list(w, self$reduction))
}

# The short road of a loss that nothing weighs; NULL where there is none.
loss_of_whole <- function(self, row, y_true, y_pred) {
  if (is.null(row) || !is_mean(.subset2(self, "reduction"))) return(NULL)
  t <- .Call(ffi_fitted, y_true, y_pred)
  if (length(t)) apply_binary(row, new_tensor(t), y_pred)
}

is_mean <- function(reduction) {
  reduction == "auto" || reduction == "sum_over_batch_size"
}

# Samples whose label is ignored do not count among those that the mean is of.
ignored_mask <- function(self, y_true, losses) {
  ignore <- .subset2(self, "args")$ignore_class
  if (is.null(ignore)) return(NULL)
  array(value_of(y_true) != ignore, dims(value_of(losses)))
}

reduce_loss <- function(losses, w, reduction) {
  if (!is.null(w)) losses <- weigh(losses, w)
  switch(reduction,
    none = losses,
    sum = sum(losses),
    if (length(losses)) sum(losses) / length(losses) else 0
  )
}

# The gradient of each of the losses.
spread_loss <- function(g, losses, w, reduction) {
  if (is_mean(reduction)) {
    g <- g / length(losses)
  }
  if (!is.null(w)) g <- g * w
  if (length(g) == 1L && !is.null(dim(losses))) g <- array(g, dim(losses))
  g
}

row_reduce_loss <- op_row(
  "reduce_loss", reduce_loss,
  function(g, y, losses, w, reduction) {
    list(spread_loss(g, losses, w, reduction))
  }
)

# The losses of samples by a row of the table, and their reduction: one record
# of the tape for both.
row_planned_loss <- op_row(
  "planned_loss", NULL,
  function(g, y, t, p, plan, losses, w, reduction, need) {
    g <- spread_loss(g, losses, w, reduction)
    backward <- plan$row$backward
    if (is.null(plan$attrs)) return(backward(g, losses, t, p, need = need))
    do.call(backward, c(list(g, losses, t, p), plan$attrs, list(need = need)))
  },
  needs = TRUE
)

planned_loss <- function(self, plan, y_true, sample_weight, mask) {
  values <- lapply(plan$inputs, plain_value)
  losses <- if (is.null(plan$attrs)) {
    plan$row$forward(values[[1L]], values[[2L]])
  } else {
    do.call(plan$row$forward, c(values, plan$attrs))
  }
  reduction <- .subset2(self, "reduction")
  if (is.null(mask)) mask <- ignored_mask(self, y_true, losses)
  w <- if (!is.null(sample_weight) || !is.null(mask)) {
    weights_of_losses(dims(losses), sample_weight, mask, reduction)
  }
  y <- reduce_loss(losses, w, reduction)
  out <- new_tensor(y)
  if (recording()) {
    tape_record(row_planned_loss, plan$inputs, list(out), values, y,
                list(plan[c("row", "attrs")], losses, w, reduction))
  }
  out
}

plain_value <- function(x) if (is.object(x)) value_of(x) else x

# What weighs nothing counts as 0, also where it is not a number.
weigh <- function(losses, w) {
  if (is.null(w)) return(losses)
  out <- losses * as.vector(w)
  if (anyNA(out)) out[is.na(out) & as.vector(w) == 0] <- 0
  out
}

# Weights in the shape `d` of the losses, or one number, or NULL for none.
# Among masked steps the mean is of those that count.
weights_of_losses <- function(d, sample_weight, mask, reduction) {
  w <- if (!is.null(sample_weight)) {
    fit_weights(value_of(sample_weight), d, "sample_weight")
  }
  if (is.null(mask)) return(w)
  m <- fit_weights(value_of(mask), d, "mask") + 0
  if (is_mean(reduction)) {
    valid <- sum(m)
    if (valid > 0) m <- m * (length(m) / valid)
  }
  if (is.null(w)) m else if (length(w) == 1L) m * as.vector(w) else w * m
}

# The weight of a loss that is one number in all, as tf.keras has it: a mask
# alone leaves a mean as it is, sample weights count by their mean.
weight_of_whole <- function(sample_weight, mask, reduction) {
  if (is.null(sample_weight) && is.null(mask)) return(NULL)
  w <- if (is.null(sample_weight)) 1 else value_of(sample_weight)
  m <- if (!is.null(mask)) value_of(mask) + 0
  if (!is.null(m)) w <- fit_weights(w, dims(m), "sample_weight")
  all <- as.vector(w) * if (is.null(m)) 1 else as.vector(m)
  if (!is_mean(reduction)) return(sum(all))
  counted <- if (is.null(m)) length(all) else sum(m)
  if (counted > 0) sum(all) / counted else 0
}

# One weight for all, one per sample, or one per sample and step.
fit_weights <- function(w, d, arg) {
  dw <- as.integer(dims(w))
  d <- as.integer(d)
  if (identical(dw, d)) return(w)
  if (length(w) == 1L) return(as.vector(w))
  if (length(dw) > length(d) && all(dw[seq_along(dw) > length(d)] == 1L)) {
    dw <- dw[seq_along(d)]
  }
  lead <- seq_along(dw)
  if (length(dw) <= length(d) && identical(dw, d[lead])) return(array(w, d))
  if (length(dw) == length(d) && all(dw == d | dw == 1L)) {
    return(stretch_to(w, d))
  }
  stop_value(
    sprintf("`%s` has shape %s; it weighs losses of shape %s.", arg,
            format(as_shape(dims(w))), format(as_shape(d))),
    i = "Give one weight per sample, or one per sample and time step."
  )
}

# What compile() was given for a loss, as what the loop of training calls:
# `name`, and `call(y_true, y_pred, sample_weight, mask)` that gives a scalar
# tensor. Names, loss_*() functions, loss objects and R functions.
get_loss <- function(x, arg = "loss") {
  if (is.null(x)) return(NULL)
  if (inherits(x, "recurrent_compiled_loss")) return(x)
  self <- resolve_loss(x, arg)
  structure(
    list(name = self$name, self = self, call = function(
      y_true, y_pred, sample_weight = NULL, mask = NULL
    ) {
      loss_scalar(self, y_true, y_pred, sample_weight, mask)
    }),
    class = "recurrent_compiled_loss"
  )
}

resolve_loss <- function(x, arg = "loss") {
  if (is.character(x) && length(x) == 1L && !is.na(x)) {
    return(loss_self(loss_maker(loss_name(x, arg))()))
  }
  if (inherits(x, "recurrent_loss")) return(loss_self(x))
  if (inherits(x, "KerasLoss")) return(loss_self(loss_of_object(x)))
  for (kind in names(loss_kinds)) {
    if (identical(x, loss_maker(kind))) return(loss_self(x()))
  }
  if (identical(x, loss_cosine_proximity)) return(loss_self(x()))
  if (is.function(x) && !is_class(x)) {
    return(list(fn = carry(x), reduction = "auto",
                name = attr(x, "name") %||% "loss"))
  }
  stop_type(
    sprintf("`%s` must be a loss, not %s.", arg, describe(x)),
    i = if (is_class(x)) "This is the class: make an object of it first.",
    i = "Give a name like \"mse\", what a `loss_*()` function makes, or \
`function(y_true, y_pred)` that computes with tensors."
  )
}

loss_maker <- function(kind) get(paste0("loss_", kind), topenv())

# The kind that a name means: its own, another one, or its class.
loss_name <- function(x, arg) {
  if (x %in% names(loss_kinds)) return(x)
  for (kind in names(loss_kinds)) {
    row <- loss_kinds[[kind]]
    if (x %in% c(row$names, row$class)) return(kind)
  }
  short <- c("mse", "mae", "mape", "msle", "huber_loss", "bce", "kld")
  check_choice(x, c(names(loss_kinds), short), arg, "the name of a loss")
}
