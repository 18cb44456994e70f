#' Draw a model
#'
#' Draws the graph of a model with base graphics: a box for each layer, from
#' the inputs at the top to the outputs at the bottom, and an arrow for each
#' tensor that one layer takes from another.
#'
#' @param x A model that is built: by an input shape, or by its first data.
#' @param y Unused.
#' @param show_shapes TRUE writes the output shape under each name.
#' @param cex Size of the text; NULL takes the largest that fits, at most 1.
#' @param ... Unused.
#' @return The model, invisibly.
#' @section Errors: `ValueError` for a model that is not built.
#' @source R keras 2.15, `plot()` of models.
#' @method plot recurrent_model
#' @export
#' @examples
#' series <- layer_input(list(NULL, 2), name = "series")
#' start <- layer_input(list(4), name = "start")
#' states <- layer_simple_rnn(units = 4)(series, initial_state = start)
#' plot(keras_model(list(series, start), layer_dense(states, units = 1)))
plot.recurrent_model <- function(x, y = NULL, show_shapes = TRUE, cex = NULL,
                                 ...) {
  self <- check_model(x)
  check_flag(show_shapes, "show_shapes")
  if (!is.null(cex)) check_number(cex, "cex", 0.1)
  draw_graph(place_layers(drawn_graph(self)), show_shapes, cex)
  invisible(x)
}

# `labels`: name, class and shape of each layer; `edges`: a matrix of pairs of
# their numbers.
drawn_graph <- function(self) {
  if (is.null(self$inputs)) {
    stop_value(
      sprintf("Model \"%s\" has no graph to draw yet.", self$name),
      i = "Call it on data first, or give `input_shape`; models with a `call` \
of their own have none."
    )
  }
  graph <- if (is.null(self$.nodes)) chain_graph(self) else call_graph(self)
  graph$labels <- lapply(graph$layers, function(l) {
    c(sprintf("%s (%s)", l$name, class(l)[[1L]]),
      summary_shape(l, graph$calls[[l$name]]))
  })
  graph
}

chain_graph <- function(self) {
  start <- .subset2(self$inputs, "node")$layer
  layers <- c(list(start), self$.layers)
  n <- length(layers)
  list(layers = layers,
       edges = cbind(seq_len(n - 1L), seq_len(n - 1L) + 1L))
}

call_graph <- function(self) {
  edges <- matrix(0L, 0L, 2L)
  for (node in self$.nodes) {
    to <- layer_index(self$.layers, node$layer)
    for (before in nodes_of(symbolic_leaves(node$args))) {
      from <- layer_index(self$.layers, before$layer)
      if (from != to) edges <- rbind(edges, c(from, to))
    }
  }
  list(layers = self$.layers, edges = unique(edges),
       calls = graph_refs(self)$calls)
}

# Levels from the inputs down. An arrow over several levels gets a place (a
# number above the layers') on each level between, so that it passes no box.
place_layers <- function(graph) {
  n <- length(graph$layers)
  level <- layer_levels(graph$edges, n)
  paths <- list()
  for (e in seq_len(nrow(graph$edges))) {
    from <- graph$edges[e, 1L]
    to <- graph$edges[e, 2L]
    between <- seq_len(max(level[[to]] - level[[from]] - 1L, 0L))
    extra <- length(level) + between
    level[extra] <- level[[from]] + between
    paths[[e]] <- c(from, extra, to)
  }
  graph$level <- level
  graph$paths <- paths
  graph$x <- level_places(level, paths)
  graph
}

# A shared layer called on its own output would never come to rest.
layer_levels <- function(edges, n) {
  level <- rep(1L, n)
  for (round in seq_len(n)) {
    before <- level
    for (e in seq_len(nrow(edges))) {
      a <- edges[e, 1L]
      b <- edges[e, 2L]
      level[[b]] <- max(level[[b]], level[[a]] + 1L)
    }
    if (identical(before, level)) break
  }
  pmin(level, n)
}

# Places in [0, 1] on each level, near those that they are joined to: sorted by
# the mean place of the neighbours above, then below.
level_places <- function(level, paths) {
  steps <- do.call(rbind, lapply(paths, function(p) {
    cbind(p[-length(p)], p[-1L])
  }))
  x <- numeric(length(level))
  spread <- function(at) {
    (seq_along(at) - 0.5) / length(at)
  }
  for (l in unique(level)) x[level == l] <- spread(which(level == l))
  for (pass in c(1L, 2L, 1L, 2L)) {
    order_of <- if (pass == 1L) sort(unique(level)) else
      rev(sort(unique(level)))
    for (l in order_of) {
      at <- which(level == l)
      pull <- vapply(at, function(k) {
        near <- if (pass == 1L) steps[steps[, 2L] == k, 1L] else
          steps[steps[, 1L] == k, 2L]
        if (length(near)) mean(x[near]) else x[[k]]
      }, 0)
      x[at[order(pull)]] <- spread(at)
    }
  }
  x
}

draw_graph <- function(graph, show_shapes, cex) {
  old <- graphics::par(mar = rep(0.5, 4L))
  on.exit(graphics::par(old))
  graphics::plot.new()
  rows <- max(graph$level)
  graphics::plot.window(c(0, 1), c(-rows - 0.5, -0.5), xaxs = "i", yaxs = "i")
  labels <- lapply(graph$labels, function(l) if (show_shapes) l else l[[1L]])
  cex <- cex %||% fitting_size(labels, graph$level)
  half_w <- vapply(labels, label_width, 0) * cex / 2 + 0.012
  line <- graphics::strheight("Ag", cex = cex) * 1.7
  half_h <- line * lengths(labels) / 2 + line * 0.25
  for (path in graph$paths) draw_arrow(graph, path, half_h)
  for (k in seq_along(labels)) {
    draw_box(graph$x[[k]], -graph$level[[k]], half_w[[k]], half_h[[k]],
             labels[[k]], line, cex)
  }
}

# The largest text that leaves room between the boxes of each level.
fitting_size <- function(labels, level) {
  widths <- vapply(labels, label_width, 0)
  k <- seq_along(labels)
  share <- vapply(unique(level), function(l) {
    max(0, widths[k][level[k] == l]) * sum(level == l)
  }, 0)
  high <- graphics::strheight("Ag") * 1.7 * 2.5
  min(1, 0.9 / max(share), 0.62 / high)
}

# The name stands in bold.
label_width <- function(label) {
  max(graphics::strwidth(label[[1L]], font = 2L), graphics::strwidth(label))
}

draw_box <- function(x, y, half_w, half_h, label, line, cex) {
  graphics::rect(x - half_w, y - half_h, x + half_w, y + half_h,
                 col = "grey94", border = "grey30")
  at <- y + line * ((length(label) + 1) / 2 - seq_along(label))
  graphics::text(x, at, label, cex = cex,
                 font = c(2L, 1L)[seq_along(label)])
}

draw_arrow <- function(graph, path, half_h) {
  n <- length(path)
  x <- graph$x[path]
  y <- -as.numeric(graph$level[path])
  down <- y[[n]] < y[[1L]]
  y[[1L]] <- y[[1L]] - if (down) half_h[[path[[1L]]]] else 0
  y[[n]] <- y[[n]] + if (down) half_h[[path[[n]]]] else 0
  if (n > 2L) {
    inner <- seq_len(n - 1L)
    graphics::lines(x[inner], y[inner], col = "grey40")
  }
  graphics::arrows(x[[n - 1L]], y[[n - 1L]], x[[n]], y[[n]], length = 0.08,
                   angle = 20, col = "grey40")
}
