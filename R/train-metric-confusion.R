# Metrics of counts. The state is a matrix with one column per threshold (and
# per label, if `multi_label`), rows tp, tn, fp, fn: sums of weights of true and
# false, positive and negative predictions.

count_kind <- function(class, names, thresholds, result) {
  metric_kind(
    class, names,
    function(args) {
      labels <- if (isTRUE(args$multi_label)) args$num_labels %||% 0L else 1L
      array(0, c(4L, length(thresholds(args)), labels))
    },
    function(state, t, p, w, args) {
      now <- count_batch(t, p, w, thresholds(args), args)
      if (dim(state)[[3L]] == 0L) now else state + now
    },
    function(state, args) result(state, args, thresholds(args))
  )
}

# The scores of what top_k leaves out lie below any threshold.
left_out <- -1e10

given_thresholds <- function(args) {
  default <- if (is.null(args$top_k)) 0.5 else left_out
  as.double(unlist(args$thresholds %||% default))
}

even_thresholds <- function(n, low = 0, high = 1) {
  if (n == 1L) return(0.5)
  c(low, seq_len(n - 2L) / (n - 1), high)
}

# The lowest threshold is one that 0 lies above.
spread_thresholds <- function(args) {
  even_thresholds(args$num_thresholds, low = -1e-7)
}

auc_thresholds <- function(args) {
  if (is.null(args$thresholds)) {
    return(even_thresholds(args$num_thresholds, -1e-7, 1 + 1e-7))
  }
  c(-1e-7, sort(as.double(unlist(args$thresholds))), 1 + 1e-7)
}

count_batch <- function(t, p, w, thresholds, args) {
  both <- fit_pair(as_double(t), as_double(p))
  p <- both[[2L]]
  if (isTRUE(args$from_logits)) p <- 1 / (1 + exp(-p))
  check_probabilities(p)
  if (!is.null(args$top_k)) p <- keep_top(p, args$top_k)
  t <- one_class(both[[1L]], args$class_id) != 0
  p <- one_class(p, args$class_id)
  w <- if (is.null(w)) array(1, dims(p)) else metric_weights(w, p)
  if (isTRUE(args$multi_label)) {
    label <- rep(seq_len(last_size(p)), each = nrow(as_rows(p)))
  } else {
    if (!is.null(args$label_weights)) {
      w <- w * rep(unlist(args$label_weights), each = nrow(as_rows(p)))
    }
    label <- rep(1L, length(p))
  }
  counts <- lapply(unique(label), function(l) {
    count_over(t[label == l], p[label == l], w[label == l], thresholds)
  })
  array(unlist(counts), c(4L, length(thresholds), length(counts)))
}

# Positive is what lies above a threshold: each element falls below so many
# thresholds, and sums from the top do the rest.
count_over <- function(t, p, w, thresholds) {
  n <- length(thresholds)
  order <- order(thresholds)
  place <- findInterval(p, thresholds[order], left.open = TRUE)
  above <- function(use) {
    sums <- tapply(w[use], factor(place[use], 0:n), sum, default = 0)
    rev(cumsum(rev(sums)))[-1L][order(order)]
  }
  tp <- above(t)
  fp <- above(!t)
  rbind(tp, sum(w[!t]) - fp, fp, sum(w[t]) - tp)
}

check_probabilities <- function(p) {
  bad <- which(p < 0 | p > 1)
  if (length(bad)) {
    stop_value(
      sprintf("Predictions must lie between 0 and 1 for this metric; one is \
%s.", format(p[[bad[[1L]]]])),
      i = "Let the model end in a sigmoid or softmax, or give `from_logits` \
where the metric has it."
    )
  }
}

# All but the k largest of each row left out.
keep_top <- function(p, k) {
  m <- as_rows(p)
  rank <- t(apply(m, 1L, function(x) rank(-x, ties.method = "first")))
  p[rank > k] <- left_out
  p
}

one_class <- function(x, class_id) {
  if (is.null(class_id)) return(x)
  m <- as_rows(x)
  if (class_id >= ncol(m)) {
    stop_value(
      sprintf("`class_id` = %s is no class: %d classes count from 0 to %d.",
              format(class_id), ncol(m), ncol(m) - 1L)
    )
  }
  like_samples(m[, class_id + 1L], x)
}

row_result <- function(row) {
  force(row)
  function(state, args, thresholds) as.vector(state[row, , 1L])
}

rates <- function(state, label = 1L) {
  tp <- state[1L, , label]
  tn <- state[2L, , label]
  fp <- state[3L, , label]
  fn <- state[4L, , label]
  list(precision = no_nan_ratio(tp, tp + fp),
       recall = no_nan_ratio(tp, tp + fn),
       specificity = no_nan_ratio(tn, tn + fp),
       fall_out = no_nan_ratio(fp, fp + tn))
}

rate_result <- function(name) {
  force(name)
  function(state, args, thresholds) as.vector(rates(state)[[name]])
}

# The best of one rate where the other is at least what was asked for.
best_result <- function(best, bound, arg) {
  force(best)
  force(bound)
  force(arg)
  function(state, args, thresholds) {
    all <- rates(state)
    fits <- all[[bound]] >= args[[arg]]
    if (any(fits)) max(all[[best]][fits]) else 0
  }
}

auc_result <- function(state, args, thresholds) {
  each <- vapply(seq_len(dim(state)[[3L]]), function(l) {
    area_under(state[, , l, drop = FALSE], args)
  }, 0)
  if (!isTRUE(args$multi_label) || is.null(args$label_weights)) {
    return(if (length(each)) mean(each) else 0)
  }
  w <- unlist(args$label_weights)
  no_nan_ratio(sum(each * w), sum(w))
}

area_under <- function(state, args) {
  if (args$curve == "PR" && args$summation_method == "interpolation") {
    return(area_under_pr(state[1L, , 1L], state[3L, , 1L], state[4L, , 1L]))
  }
  all <- rates(state)
  of_roc <- args$curve == "ROC"
  x <- if (of_roc) all$fall_out else all$recall
  y <- if (of_roc) all$recall else all$precision
  n <- length(x)
  left <- y[-n]
  right <- y[-1L]
  height <- switch(args$summation_method,
    interpolation = (left + right) / 2,
    minoring = pmin(left, right), majoring = pmax(left, right)
  )
  sum((x[-n] - x[-1L]) * height)
}

# Precision is not linear between thresholds; counts are (Davis and Goadrich).
area_under_pr <- function(tp, fp, fn) {
  n <- length(tp)
  d_tp <- tp[-n] - tp[-1L]
  p <- tp + fp
  d_p <- p[-n] - p[-1L]
  slope <- no_nan_ratio(d_tp, pmax(d_p, 0))
  intercept <- tp[-1L] - slope * p[-1L]
  both <- p[-n] > 0 & p[-1L] > 0
  ratio <- ifelse(both, no_nan_ratio(p[-n], pmax(p[-1L], 0)), 1)
  sum(no_nan_ratio(slope * (d_tp + intercept * log(ratio)),
                   pmax(tp[-1L] + fn[-1L], 0)))
}
