# Cross-entropies, each as two rows: of probabilities p (clipped away from 0 and
# 1), and of logits z, which need no clipping.

row_binary <- mean_row(
  "binary_crossentropy",
  function(t, p) {
    eps <- settings$epsilon
    p <- clip_to(p, eps, 1 - eps)
    -(t * log(p + eps) + (1 - t) * log(1 - p + eps))
  },
  function(t, p) {
    eps <- settings$epsilon
    p <- clip_to(p, eps, 1 - eps)
    log(1 - p + eps) - log(p + eps)
  },
  function(t, p) {
    eps <- settings$epsilon
    inside <- within(p, eps, 1 - eps)
    p <- clip_to(p, eps, 1 - eps)
    inside * ((1 - t) / (1 - p + eps) - t / (p + eps))
  }
)

row_binary_logits <- mean_row(
  "binary_crossentropy_from_logits",
  function(t, z) pmax_keep(z, 0) - z * t + log1p(exp(-abs(z))),
  function(t, z) -z,
  function(t, z) 1 / (1 + exp(-z)) - t
)

row_categorical <- vector_row(
  "categorical_crossentropy",
  function(t, p) {
    eps <- settings$epsilon
    -rowSums(t * log(clip_to(p / rowSums(p), eps, 1 - eps)))
  },
  function(t, p, need) {
    eps <- settings$epsilon
    total <- rowSums(p)
    share <- p / total
    q <- clip_to(share, eps, 1 - eps)
    list(if (need[[1L]]) -log(q), if (need[[2L]]) {
      d <- -within(share, eps, 1 - eps) * t / q
      (d - rowSums(d * share)) / total
    })
  }
)

row_categorical_logits <- vector_row(
  "categorical_crossentropy_from_logits",
  function(t, z) rowSums(t) * log_sum_exp(z) - rowSums(t * z),
  function(t, z, need) {
    log_p <- z - log_sum_exp(z)
    list(if (need[[1L]]) -log_p,
         if (need[[2L]]) exp(log_p) * rowSums(t) - t)
  }
)

# Labels are a vector of class numbers from 0, one per row of p. Those equal
# to `ignore` (a number or NULL) weigh nothing.
sparse_row <- function(name, log_odds, slope = NULL) {
  op_row(
    name,
    function(t, p, ignore = NULL) {
      z <- log_odds(as_rows(p))
      at <- label_places(t, z, ignore)
      y <- log_sum_exp(z) - z[at]
      y[is.na(at[, 2L])] <- 0
      like_samples(y, p)
    },
    function(g, y, t, p, ignore = NULL, need) {
      m <- as_rows(p)
      z <- log_odds(m)
      label <- label_places(t, z, ignore)[, 2L]
      g <- rep_len(as.vector(g), nrow(z)) * !is.na(label)
      if (is.null(slope)) {
        d <- .Call(ffi_label_gradient, z, label, g)
      } else {
        d <- .Call(ffi_label_gradient, z, label, rep_len(1, nrow(z)))
        d <- only_weighed(d * slope(m) * g, rep.int(g, ncol(m)))
      }
      dim(d) <- dim(p)
      list(NULL, d)
    },
    needs = TRUE
  )
}

row_sparse <- sparse_row(
  "sparse_categorical_crossentropy",
  function(p) log(clip_to(p, settings$epsilon, 1 - settings$epsilon)),
  function(p) {
    low <- settings$epsilon
    within(p, low, 1 - low) / clip_to(p, low, 1 - low)
  }
)

row_sparse_logits <- sparse_row(
  "sparse_categorical_crossentropy_from_logits",
  function(z) z
)

# (row, column) of each label; the column of an ignored one is NA.
label_places <- function(t, z, ignore) {
  t <- as.vector(t)
  if (!is.null(ignore)) t[t == ignore] <- NA
  wrong <- which(t < 0 | t >= ncol(z) | t != trunc(t) | (is.na(t) &
                                                           is.null(ignore)))
  if (length(wrong)) stop_label(t[[wrong[[1L]]]], ncol(z))
  cbind(seq_along(t), as.integer(t) + 1L)
}

stop_label <- function(label, classes) {
  stop_value(
    sprintf("The label %s is no class number: %d classes count from 0 to %d.",
            format(label), classes, classes - 1L),
    i = "Labels that count from 1 (as.integer() of a factor) need `- 1`.",
    i = "For one-hot labels use the loss \"categorical_crossentropy\"."
  )
}
