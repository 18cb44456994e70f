# What the project wants of its recurrent layers: how many times as fast as
# PyTorch, by shape, at the same number of threads. Rows are comparisons: mode
# (forward, or both: forward + backward), our precision, and the peer's.

goal_rows <- function(...) {
  rows <- do.call(rbind, list(...))
  data.frame(
    mode = rows[, 1], ours = rows[, 2], peer = rows[, 3],
    matrix(as.numeric(rows[, -(1:3)]), nrow(rows),
           dimnames = list(NULL, names(shapes)))
  )
}

goals_simple <- goal_rows(
  #  mode      ours      peer       doc  mid irnn large  xl stream
  c("forward", "double", "torch64", 2.0, 2.0, 2.0, 1.5, 1.3, 1.0),
  c("forward", "double", "torch32", 1.5, 1.5, 1.5, NA, NA, 1.0),
  c("forward", "single", "torch32", 2.0, 2.0, 2.0, 1.3, 1.1, 1.0),
  c("both", "double", "torch64", 1.8, 1.8, 1.8, 1.3, 1.1, 1.0),
  c("both", "double", "torch32", 1.0, 1.0, 1.0, NA, NA, 1.0),
  c("both", "single", "torch32", 2.0, 2.0, 2.0, 1.3, 1.1, 1.0)
)

goals_gated <- goal_rows(
  c("forward", "double", "torch64", 2.0, 2.0, 2.0, 1.5, 1.3, 1.0),
  c("forward", "single", "torch32", 1.5, 1.5, 1.5, 1.2, 1.1, NA),
  c("both", "double", "torch64", 2.0, 2.0, 2.0, 1.5, 1.3, 1.0),
  c("both", "single", "torch32", 1.5, 1.5, 1.5, 1.2, 1.1, NA)
)

# Measured beside it, without a goal.
no_goals <- goal_rows(
  c("forward", "single", "onnx", rep(NA, 6)),
  c("forward", "double", "rnn", rep(NA, 6)),
  c("both", "double", "rnn", rep(NA, 6))
)

comparisons <- function(cell, shape) {
  goals <- if (cell == "simple") goals_simple else goals_gated
  rows <- rbind(goals, no_goals)
  data.frame(rows[1:3], goal = rows[[shape]])
}

# Ratios of one case, a row for each comparison.
compare <- function(case) {
  rows <- comparisons(case$cell, case$shape)
  seconds_of <- function(name, mode) {
    times <- case$times[[mode]]
    name <- paste(name, mode)
    if (name %in% colnames(times)) times[, name] else NA_real_
  }
  ours <- Map(seconds_of, rows$ours, rows$mode)
  peer <- Map(seconds_of, rows$peer, rows$mode)
  rows$ours_ms <- 1e3 * vapply(ours, stats::median, 0)
  rows$peer_ms <- 1e3 * vapply(peer, stats::median, 0)
  rows$ratio <- mapply(function(a, b) stats::median(b / a), ours, peer)
  rows <- rows[!is.na(rows$ratio), ]
  cbind(cell = rep(case$cell, nrow(rows)), shape = rep(case$shape, nrow(rows)),
        threads = rep(case$threads, nrow(rows)), rows)
}

# As the ratios are printed: with two digits.
met_goal <- function(ratio, goal, least = TRUE) {
  shown <- round(ratio, 2)
  if (least) shown >= goal else shown <= goal
}
