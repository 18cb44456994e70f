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
  ms <- apply(case$times, 2, stats::median) * 1e3
  rows$ours_ms <- ms[paste(rows$ours, rows$mode)]
  rows$peer_ms <- ms[paste(rows$peer, rows$mode)]
  of_round <- function(names) case$times[, match(names, colnames(case$times)),
                                         drop = FALSE]
  rows$ratio <- apply(of_round(paste(rows$peer, rows$mode)) /
                        of_round(paste(rows$ours, rows$mode)), 2,
                      stats::median)
  rows <- rows[!is.na(rows$ratio), ]
  cbind(cell = rep(case$cell, nrow(rows)), shape = rep(case$shape, nrow(rows)),
        threads = rep(case$threads, nrow(rows)), rows)
}

# As the ratios are printed: with two digits.
met_goal <- function(ratio, goal, least = TRUE) {
  shown <- round(ratio, 2)
  if (least) shown >= goal else shown <= goal
}
