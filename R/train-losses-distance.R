# Losses that look at the last axis as a whole: distributions, directions,
# margins.

row_divergence <- vector_row(
  "kullback_leibler_divergence",
  function(t, p) {
    t <- clip_to(t, settings$epsilon, 1)
    p <- clip_to(p, settings$epsilon, 1)
    rowSums(t * log(t / p))
  },
  function(t, p, need) {
    low <- settings$epsilon
    ct <- clip_to(t, low, 1)
    cp <- clip_to(p, low, 1)
    list(if (need[[1L]]) within(t, low, 1) * (log(ct / cp) + 1),
         if (need[[2L]]) -within(p, low, 1) * ct / cp)
  }
)

# Minus the cosine of the angle; lengths are bounded below by 1e-6.
row_cosine <- vector_row(
  "cosine_similarity",
  function(t, p) -rowSums(unit_rows(t) * unit_rows(p)),
  function(t, p, need) {
    ut <- unit_rows(t)
    up <- unit_rows(p)
    list(if (need[[1L]]) -unit_slope(up, t, ut),
         if (need[[2L]]) -unit_slope(ut, p, up))
  }
)

lengths_of_rows <- function(m) sqrt(pmax(rowSums(m^2), 1e-12))

unit_rows <- function(m) m / lengths_of_rows(m)

# The gradient of sum(unit_rows(m) * g); `u` is unit_rows(m).
unit_slope <- function(g, m, u) {
  free <- rowSums(m^2) >= 1e-12
  (g - u * rowSums(g * u) * free) / lengths_of_rows(m)
}

# max over the wrong classes - score of the right one + 1, at least 0.
row_categorical_hinge <- vector_row(
  "categorical_hinge",
  function(t, p) pmax(categorical_margin(t, p), 0),
  function(t, p, need) {
    wrong <- (1 - t) * p
    at_top <- wrong == top_of_rows(wrong)
    at_top <- at_top / rowSums(at_top)
    active <- categorical_margin(t, p) >= 0
    list(if (need[[1L]]) (-p * at_top - p) * active,
         if (need[[2L]]) ((1 - t) * at_top - t) * active)
  }
)

categorical_margin <- function(t, p) {
  top_of_rows((1 - t) * p) - rowSums(t * p) + 1
}
