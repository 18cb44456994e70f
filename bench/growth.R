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
  graphics::plot(rows$n, rows$ms, type = "n", log = "xy", xlab = what,
                 ylab = "milliseconds", bty = "l", las = 1)
  power <- if (what == "units") 2 else 1
  top <- rows[which.max(rows$ms), ]
  n <- range(rows$n)
  graphics::lines(n, 1.6 * top$ms * (n / top$n)^power, col = "grey60", lwd = 3)
  kind <- 1
  for (mode in c("both", "forward")) for (p in c("double", "single")) {
    one <- rows[rows$mode == mode & rows$precision == p, ]
    graphics::lines(one$n, one$ms, type = "b", lty = kind,
                    pch = c(19, 1, 17, 2)[[kind]])
    kind <- kind + 1
  }
  graphics::title(sprintf("grey: %s", c("linear", "quadratic")[[power]]),
                  font.main = 1, cex.main = 1)
}

draw <- function(rows, file) {
  grDevices::png(file, 900, 760, res = 110, type = "cairo", antialias = "gray")
  on.exit(grDevices::dev.off())
  graphics::par(mfrow = c(2, 2), mar = c(4, 4.2, 2, 0.5), mgp = c(2.7, 0.8, 0))
  for (what in unique(rows$what)) {
    draw_panel(rows[rows$what == what, ])
    if (what == rows$what[[1]]) {
      graphics::legend(
        "bottomright", bty = "n", lty = 1:4, pch = c(19, 1, 17, 2), cex = 0.9,
        legend = c("forward + backward, double", "forward + backward, single",
                   "forward, double", "forward, single")
      )
    }
  }
}
