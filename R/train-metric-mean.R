# Metrics that are means of one value per sample: `values(t, p, args)` of plain
# arrays gives these; the state is a weighted total and the sum of weights.
metric_kind <- function(class, names, start, update, result, values = NULL) {
  list(class = class, names = names, start = start, update = update,
       result = result, values = values)
}

mean_kind <- function(class, names, values, result = mean_result) {
  metric_kind(
    class, names, function(args) c(total = 0, count = 0),
    function(state, t, p, w, args) count_in_mean(state, values(t, p, args), w),
    result, values
  )
}

# A metric that takes a loss' value of each sample.
loss_metric <- function(class, names, kind, sign = 1) {
  force(kind)
  force(sign)
  mean_kind(class, names, function(t, p, args) {
    sign * loss_arrays(kind, t, p, args)
  })
}

mean_result <- function(state, args) no_nan_ratio(state[[1L]], state[[2L]])

# x / y, and 0 where y is 0.
no_nan_ratio <- function(x, y) ifelse(y == 0, 0, x / y)

count_in_mean <- function(state, values, w) {
  if (is.null(w)) return(state + c(sum(values), length(values)))
  w <- metric_weights(w, values)
  state + c(sum(weigh(values, w)), sum(w))
}

# Weights in the shape of the values; values that have fewer axes than the
# weights stand for all of these.
metric_weights <- function(w, values) {
  w <- fit_weights(value_of(w) + 0, dims(values), "sample_weight")
  if (length(w) == 1L) rep_len(as.vector(w), length(values)) else w
}

# 1 where the prediction is the label, element by element.
equal_values <- function(t, p, args) {
  both <- fit_pair(as_double(t), as_double(p))
  (both[[1L]] == both[[2L]]) + 0
}

binary_values <- function(t, p, args) {
  both <- fit_pair(as_double(t), as_double(p))
  last_mean((both[[1L]] == (both[[2L]] > args$threshold)) + 0)
}

# Which column is the largest (the first of equals), from 1.
top_class <- function(m) {
  storage.mode(m) <- "double"
  .Call(ffi_top, m)
}

categorical_values <- function(t, p, args) {
  both <- fit_pair(as_double(t), as_double(p))
  hit <- top_class(as_rows(both[[1L]])) == top_class(as_rows(both[[2L]]))
  like_samples(hit + 0, p)
}

sparse_values <- function(t, p, args) {
  t <- as.vector(fit_labels(t, p))
  like_samples((top_class(as_rows(p)) == t + 1) + 0, p)
}

# 1 where fewer than k classes score higher than the right one.
in_top <- function(at, m, k) {
  score <- m[cbind(seq_len(nrow(m)), at)]
  (rowSums(m > score) < k & is.finite(score)) + 0
}

top_values <- function(t, p, args) {
  both <- fit_pair(as_double(t), as_double(p))
  at <- top_class(as_rows(both[[1L]]))
  like_samples(in_top(at, as_rows(both[[2L]]), args$k), p)
}

sparse_top_values <- function(t, p, args) {
  m <- as_rows(p)
  at <- label_places(fit_labels(t, p), m, NULL)[, 2L]
  like_samples(in_top(at, m, args$k), p)
}

# What "accuracy" and "crossentropy" mean depends on the shapes.
kind_by_shape <- function(t, p, family) {
  dt <- dims(t)
  dp <- dims(p)
  last <- function(d) if (length(d)) d[[length(d)]] else 1L
  if (last(dp) == 1L) return(paste0("binary_", family))
  sparse <- length(dt) < length(dp) || last(dt) == 1L
  paste0(if (sparse) "sparse_", "categorical_", family)
}

by_shape <- function(family) {
  force(family)
  mean_kind(class = NULL, names = character(), function(t, p, args) {
    kind <- kind_by_shape(t, p, family)
    metric_kinds[[kind]]$values(t, p, shape_args)
  })
}

# Whatever the metric chosen by shape takes, at its default.
shape_args <- list(threshold = 0.5, from_logits = FALSE, label_smoothing = 0,
                   axis = -1L)

# A user's function; one number for the whole batch counts as one.
own_metric <- metric_kind(
  NULL, character(), function(args) c(total = 0, count = 0),
  function(state, t, p, w, args) {
    both <- squeeze_pair(as_tensor(t), as_tensor(p))
    values <- args$fn(both[[1L]], both[[2L]])
    if (!is_tensor(values) && !is.numeric(values) && !is.logical(values)) {
      stop_type(
        sprintf("A metric must give a tensor or numbers, not %s.",
                describe(values)),
        i = "A metric is `function(y_true, y_pred)` that computes with tensors."
      )
    }
    values <- value_of(values)
    count_in_mean(state, values, if (length(values) != 1L) w)
  },
  mean_result
)

squared_errors <- function(t, p, args) {
  both <- fit_pair(as_double(t), as_double(p))
  (both[[2L]] - both[[1L]])^2
}

relative_errors <- function(t, p, args) {
  both <- fit_pair(as_double(t), as_double(p))
  e <- abs(both[[1L]] - both[[2L]])
  n <- stretch_to(value_of(args$normalizer), dims(e))
  array(no_nan_ratio(e, n), dims(e))
}

mean_of_values <- mean_kind("Mean", "mean", function(t, p, args) t)

sum_of_values <- metric_kind(
  "Sum", "sum", function(args) 0,
  function(state, t, p, w, args) {
    if (is.null(w)) return(state + sum(t))
    state + sum(weigh(t, metric_weights(w, t)))
  },
  function(state, args) state
)

# Mean over the classes of (both say so) / (either says so); the state counts
# labels (rows) against predictions.
mean_iou <- metric_kind(
  "MeanIoU", "mean_iou",
  function(args) matrix(0, args$num_classes, args$num_classes),
  function(state, t, p, w, args) {
    n <- args$num_classes
    at <- cbind(class_numbers(t, n), class_numbers(p, n))
    w <- if (is.null(w)) 1 else as.vector(metric_weights(w, as_counted(t, w)))
    cells <- at[, 1L] + n * (at[, 2L] - 1L)
    counts <- tapply(rep_len(w, nrow(at)), factor(cells, seq_len(n * n)), sum,
                     default = 0)
    state + matrix(counts, n)
  },
  function(state, args) {
    either <- rowSums(state) + colSums(state) - diag(state)
    no_nan_ratio(sum(no_nan_ratio(diag(state), either)), sum(either != 0))
  }
)

# Labels without a last axis of size 1 that the weights do not have.
as_counted <- function(t, w) {
  d <- dims(t)
  if (length(d) > 1L && d[[length(d)]] == 1L &&
        length(dims(w)) < length(d)) {
    dim(t) <- d[-length(d)]
  }
  t
}

class_numbers <- function(x, n) {
  x <- as.vector(x)
  wrong <- which(is.na(x) | x < 0 | x >= n | x != trunc(x))
  if (length(wrong)) stop_label(x[[wrong[[1L]]]], n)
  as.integer(x) + 1L
}
