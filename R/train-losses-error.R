# Losses that are a mean over the last axis: mostly of the error p - t.

row_squared_error <- error_row(
  "mean_squared_error", function(e) e * e, function(e) 2 * e
)

row_absolute_error <- error_row("mean_absolute_error", abs, sign)

# The mean of a whole batch in one row: what a loss is where nothing weighs it.
whole_row <- function(name, value, slope) {
  op_row(
    name,
    function(t, p) if (length(p)) sum(value(p - t)) / length(p) else 0,
    function(g, y, t, p, need) {
      d <- slope(p - t) * (g / length(p))
      list(if (need[[1L]]) -d, if (need[[2L]]) d)
    },
    needs = TRUE
  )
}

row_squared_loss <- whole_row(
  "squared_loss", function(e) e * e, function(e) 2 * e
)

row_absolute_loss <- whole_row("absolute_loss", abs, sign)

row_huber <- error_row(
  "huber",
  function(e, delta) {
    a <- abs(e)
    out <- delta * (a - 0.5 * delta)
    near <- which(a <= delta)
    out[near] <- 0.5 * a[near]^2
    out
  },
  function(e, delta) pmin_keep(pmax_keep(e, -delta), delta)
)

# log(cosh(e)) without overflow.
row_logcosh <- error_row(
  "logcosh",
  function(e) {
    a <- abs(e)
    a + log1p(exp(-2 * a)) - log(2)
  },
  tanh
)

row_percentage_error <- mean_row(
  "mean_absolute_percentage_error",
  function(t, p) 100 * abs(t - p) / pmax_keep(abs(t), settings$epsilon),
  function(t, p) {
    size <- pmax_keep(abs(t), settings$epsilon)
    grows <- sign(t) * (abs(t) >= settings$epsilon)
    100 * sign(t - p) * (1 - (t - p) / size * grows) / size
  },
  function(t, p) 100 * sign(p - t) / pmax_keep(abs(t), settings$epsilon)
)

log1p_above <- function(x) log(pmax_keep(x, settings$epsilon) + 1)

slope_log1p_above <- function(x) {
  (x >= settings$epsilon) / (pmax_keep(x, settings$epsilon) + 1)
}

row_logarithmic_error <- mean_row(
  "mean_squared_logarithmic_error",
  function(t, p) (log1p_above(p) - log1p_above(t))^2,
  function(t, p) {
    -2 * (log1p_above(p) - log1p_above(t)) * slope_log1p_above(t)
  },
  function(t, p) {
    2 * (log1p_above(p) - log1p_above(t)) * slope_log1p_above(p)
  }
)

row_poisson <- mean_row(
  "poisson",
  function(t, p) p - t * log(p + settings$epsilon),
  function(t, p) -log(p + settings$epsilon),
  function(t, p) 1 - t / (p + settings$epsilon)
)

row_hinge <- mean_row(
  "hinge",
  function(t, p) pmax_keep(1 - t * p, 0),
  function(t, p) -p * (t * p <= 1),
  function(t, p) -t * (t * p <= 1)
)

row_squared_hinge <- mean_row(
  "squared_hinge",
  function(t, p) pmax_keep(1 - t * p, 0)^2,
  function(t, p) -2 * p * pmax_keep(1 - t * p, 0),
  function(t, p) -2 * t * pmax_keep(1 - t * p, 0)
)
