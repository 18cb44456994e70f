# The history as a callback: one number per epoch for each of the logs.
new_history <- function() History$new()

History <- keras_class(
  "History",
  public = list(
    params = NULL, epoch = integer(), metrics = list(),
    set_params = function(params) self$params <- params,
    on_epoch_end = function(epoch, logs) {
      self$epoch <- c(self$epoch, epoch)
      for (name in names(logs)) {
        self$metrics[[name]] <- c(self$metrics[[name]], logs[[name]])
      }
    },
    object = function() {
      structure(
        list(params = self$params, epoch = self$epoch,
             metrics = self$metrics),
        class = "recurrent_history"
      )
    }
  )
)

#' Training history
#'
#' What [fit()] gives: `history$metrics`, a list with a number per epoch for
#' `loss`, each metric, and the same with `val_` before for the validation
#' data; `history$epoch`, the epochs counted from 0; `history$params`.
#'
#' @param x,object A history.
#' @param row.names,optional Unused, as in the generic.
#' @param metrics Names of the metrics to plot; all when NULL.
#' @param method "auto" (ggplot2 when it is installed), "ggplot2" or "base".
#' @param smooth Whether ggplot2 adds a smooth line; only with 10 epochs or
#'   more.
#' @param ... Unused.
#' @return `as.data.frame()`: columns `epoch` (from 1), `value`, `metric`,
#'   `data` ("training" or "validation"). `summary()`: a data frame with a row
#'   for each metric: its `first`, `last` and `best` value, and the epoch of the
#'   best, from 1. `plot()` with ggplot2 gives the plot,
#'   else `x`, invisibly.
#' @section Errors: `ValueError` for metrics that were not recorded.
#' @source R keras 2.15.
#' @name history
#' @examples
#' model <- keras_model_sequential() %>%
#'   layer_simple_rnn(units = 3, input_shape = list(NULL, 1)) %>%
#'   layer_dense(units = 1)
#' model %>% compile(optimizer = "adam", loss = "mse")
#' x <- array(rnorm(30 * 5), c(30, 5, 1))
#' history <- model %>%
#'   fit(x, apply(x, 1, sum), epochs = 5, validation_split = 0.2)
#' history
#' plot(history, method = "base")
#' summary(history)
#' head(as.data.frame(history))
NULL

#' @rdname history
#' @export
print.recurrent_history <- function(x, ...) {
  n <- length(x$epoch)
  cat(sprintf("<training history> %d epoch%s", n, if (n == 1L) "" else "s"))
  if (!is.null(x$params$samples)) {
    cat(sprintf(", %s samples", big_number(x$params$samples)))
  }
  cat("\n")
  if (!n) return(invisible(x))
  cat(history_table(x), sep = "\n")
  invisible(x)
}

# The best of loss and the like is the lowest, of accuracy the highest.
best_epoch <- function(values, name) {
  up <- larger_is_better("auto", name, "(acc|accuracy|auc|precision|recall)$")
  at <- if (up) which.max(values) else which.min(values)
  if (length(at)) at else NA_integer_
}

#' @rdname history
#' @export
summary.recurrent_history <- function(object, ...) {
  metrics <- object$metrics
  best <- as.integer(unlist(Map(best_epoch, metrics, names(metrics))))
  pick <- function(at) as.double(unlist(Map(`[`, metrics, at)))
  data.frame(first = pick(rep_len(1L, length(metrics))),
             last = pick(lengths(metrics)), best = pick(best),
             at_epoch = best, row.names = as.character(names(metrics)))
}

history_table <- function(x) {
  shown <- summary(x)
  columns <- Map(function(values, head) {
    format(c(head, format(signif(values, 4))), justify = "right")
  }, shown, c("first", "last", "best", "at epoch"))
  do.call(paste, c(list("", format(c("", rownames(shown)))), columns,
                   sep = "  "))
}

#' @rdname history
#' @export
as.data.frame.recurrent_history <- function(x, row.names = NULL,
                                            optional = FALSE, ...) {
  names <- names(x$metrics)
  validation <- startsWith(names, "val_")
  rows <- Map(function(values, name, val) {
    epoch <- if (length(values) == length(x$epoch)) x$epoch + 1 else
      seq_along(values)
    data.frame(epoch = epoch, value = values,
               metric = sub("^val_", "", name),
               data = if (val) "validation" else "training")
  }, x$metrics, names, validation)
  out <- do.call(rbind, unname(rows))
  if (is.null(out)) {
    out <- data.frame(epoch = integer(), value = double(),
                      metric = character(), data = character())
  }
  out$metric <- factor(out$metric, unique(out$metric))
  out$data <- factor(out$data, c("training", "validation"))
  out
}

#' @rdname history
#' @export
plot.recurrent_history <- function(x, metrics = NULL,
                                   method = c("auto", "ggplot2", "base"),
                                   smooth = FALSE, ...) {
  method <- match.arg(method)
  data <- as.data.frame(x)
  if (!is.null(metrics)) {
    for (m in metrics) {
      check_choice(m, levels(data$metric), "metrics", "a recorded metric")
    }
    data <- droplevels(data[data$metric %in% metrics, ])
  }
  has_ggplot <- requireNamespace("ggplot2", quietly = TRUE)
  if (method == "ggplot2" || (method == "auto" && has_ggplot)) {
    return(plot_history_ggplot(data, smooth))
  }
  plot_history_base(data)
  invisible(x)
}

history_colours <- c(training = "#0072B2", validation = "#D55E00")

# Where an axis of epochs has its marks.
whole_epochs <- function(range) {
  at <- pretty(range)
  at[at == round(at)]
}

# Colour and line type both tell training from validation, so grey print works.
plot_history_base <- function(data) {
  metrics <- levels(data$metric)
  kind <- if (max(data$epoch) > 1) "l" else "p"
  old <- graphics::par(mfrow = c(length(metrics), 1L),
                       mar = c(4, 5, 2, 1))
  on.exit(graphics::par(old))
  for (m in metrics) {
    one <- data[data$metric == m & is.finite(data$value), ]
    plot(range(data$epoch), range(one$value), type = "n", xlab = "epoch",
         ylab = "", bty = "l", las = 1, xaxt = "n")
    graphics::title(ylab = m, line = 3.8)
    graphics::axis(1L, whole_epochs(data$epoch))
    for (d in unique(as.character(one$data))) {
      part <- one[one$data == d, ]
      graphics::lines(part$epoch, part$value, col = history_colours[[d]],
                      type = kind, lwd = 2, lty = if (d == "training") 1 else 2)
    }
    shown <- unique(as.character(one$data))
    if (length(shown) > 1L) {
      graphics::legend("bottomright", shown, col = history_colours[shown],
                       lty = seq_along(shown), lwd = 2, bty = "n",
                       horiz = TRUE, inset = c(0, 1), xpd = TRUE)
    }
  }
}

plot_history_ggplot <- function(data, smooth) {
  line <- if (max(data$epoch) > 1) ggplot2::geom_line(linewidth = 0.7) else
    ggplot2::geom_point()
  g <- ggplot2::ggplot(data, ggplot2::aes(
    x = .data$epoch, y = .data$value, colour = .data$data,
    linetype = .data$data
  )) +
    line +
    ggplot2::facet_grid(metric ~ ., switch = "y", scales = "free_y") +
    ggplot2::scale_colour_manual(values = history_colours) +
    ggplot2::scale_x_continuous(breaks = whole_epochs) +
    ggplot2::labs(y = NULL, colour = NULL, linetype = NULL) +
    ggplot2::theme(legend.position = "top", strip.placement = "outside",
                   strip.background = ggplot2::element_blank())
  if (smooth && max(data$epoch) >= 10) {
    g <- g + ggplot2::geom_smooth(se = FALSE, method = "loess", formula = y ~ x)
  }
  g
}
