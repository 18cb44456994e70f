# Slopes and the plot of what bench/scaling.R measures.

slopes <- function(rows) {
  groups <- split(rows, list(rows$mode, rows$precision, rows$what), drop = TRUE)
  out <- lapply(groups, function(one) {
    upper <- one[one$n >= max(one$n) / 10.5, ]
    line <- stats::lm(log(ms) ~ log(n), upper)
    wanted <- if (one$what[[1]] == "units") 2 else 1
    data.frame(one[1, c("what", "precision", "mode")], from = min(one$n),
               to = max(one$n), ms_from = one$ms[[1]],
               ms_to = one$ms[[nrow(one)]], slope = stats::coef(line)[[2]],
               steepest = max(diff(log(upper$ms)) / diff(log(upper$n))),
               wanted = wanted)
  })
  do.call(rbind, c(unname(out), make.row.names = FALSE))
}

draw_panel <- function(rows) {
  what <- rows$what[[1]]
  power <- if (what == "units") 2 else 1
  top <- rows[which.max(rows$ms), ]
  n <- range(rows$n)
  grey <- 2 * top$ms * (n / top$n)^power
  graphics::plot(n, range(rows$ms, grey), type = "n", log = "xy", xlab = what,
                 ylab = "milliseconds", bty = "l", axes = FALSE)
  graphics::axis(1, at = n[[1]] * c(1, 10, 100))
  graphics::axis(2, at = 10^(-3:4), las = 1,
                 labels = format(10^(-3:4), scientific = FALSE, trim = TRUE,
                                 drop0trailing = TRUE))
  graphics::lines(n, grey, col = "grey60", lwd = 3)
  graphics::title(sprintf("grey: %s", c("linear", "quadratic")[[power]]),
                  font.main = 1, cex.main = 1)
  for (i in seq_len(nrow(curves))) {
    one <- rows[rows$mode == curves$mode[[i]] &
                  rows$precision == curves$precision[[i]], ]
    graphics::lines(one$n, one$ms, type = "b", lty = i, pch = curves$pch[[i]])
  }
}

curves <- data.frame(mode = rep(c("both", "forward"), each = 2),
                     precision = c("double", "single"), pch = c(19, 1, 17, 2))

draw <- function(rows, file) {
  grDevices::png(file, 900, 800, res = 110, type = "cairo", antialias = "gray")
  on.exit(grDevices::dev.off())
  graphics::layout(matrix(c(1, 2, 4, 1, 3, 5), 3), heights = c(1, 6, 6))
  graphics::par(mar = c(0, 0, 0, 0), cex = 0.9)
  graphics::plot.new()
  width <- graphics::strwidth("forward + backward, double") * 1.15
  graphics::legend(
    "center", bty = "n", lty = 1:4, pch = curves$pch, ncol = 2, seg.len = 3,
    text.width = width,
    legend = paste0(sub("both", "forward + backward", curves$mode), ", ",
                    curves$precision)
  )
  graphics::par(mar = c(4, 4.2, 2, 0.5), mgp = c(2.9, 0.8, 0))
  for (what in c("batch", "time", "features", "units")) {
    if (what %in% rows$what) draw_panel(rows[rows$what == what, ])
  }
}
