#' Table of a model's layers
#'
#' `summary()` and `print()` show a model's layers: name, class, output shape
#' (with the batch axis; NULL is a size that is not fixed), number of
#' parameters, and for graphs the layers that each gets its input from
#' (`encoder[2]` is the second output of `encoder`).
#'
#' @param object,x A model.
#' @param width Width of the table in characters; the last column wraps.
#' @param expand_nested TRUE lists the layers of models inside the model too.
#' @param show_trainable TRUE adds a column; NULL does when some layers are
#'   frozen.
#' @param ... Unused.
#' @return The model, invisibly.
#' @section Errors: `TypeError` for arguments of the wrong kind.
#' @source R keras 2.15, `summary()` of models.
#' @method summary recurrent_model
#' @export
#' @examples
#' series <- layer_input(list(NULL, 2), name = "series")
#' output <- series %>%
#'   layer_simple_rnn(units = 4, return_sequences = TRUE) %>%
#'   layer_simple_rnn(units = 3) %>%
#'   layer_dense(units = 1, name = "head")
#' summary(keras_model(series, output))
summary.recurrent_model <- function(object, width = getOption("width"),
                                    expand_nested = FALSE,
                                    show_trainable = NULL, ...) {
  print_summary(check_model(object), width, expand_nested, show_trainable)
  invisible(object)
}

#' @rdname summary.recurrent_model
#' @method print recurrent_model
#' @export
print.recurrent_model <- function(x, ...) summary.recurrent_model(x, ...)

#' @export
format.recurrent_model <- function(x, ...) {
  format_summary(check_model(x), ...)
}

print_summary <- function(self, ...) {
  cat(format_summary(self, ...), sep = "\n")
  invisible(callable(self))
}

format_summary <- function(self, width = getOption("width"),
                           expand_nested = FALSE, show_trainable = NULL, ...) {
  width <- check_count(width, "width")
  check_flag(expand_nested, "expand_nested")
  if (!is.null(show_trainable)) check_flag(show_trainable, "show_trainable")
  fancy <- interactive() && cli::is_utf8_output()
  rows <- summary_rows(self, expand_nested)
  columns <- list(
    Layer = column(rows, "name"), Class = column(rows, "class"),
    "Output shape" = column(rows, "shape"),
    Parameters = column(rows, "parameters")
  )
  frozen <- column(rows, "trainable") == "no"
  if (show_trainable %||% any(frozen)) {
    columns$Trainable <- column(rows, "trainable")
  }
  if (!is.null(self$.nodes)) columns[["Connected to"]] <- column(rows, "from")
  head <- sprintf("Model \"%s\" (%s)", self$name, class(self)[[1L]])
  if (!length(rows)) return(c(head, " no layers yet"))
  table <- format_table(columns, width)
  line <- strrep(if (fancy) "\u2500" else "-", min(width, max(nchar(table))))
  if (fancy) {
    head <- cli::style_bold(head)
    table[[1L]] <- cli::style_bold(table[[1L]])
  }
  c(head, line, table[[1L]], line, table[-1L], line, parameter_line(self))
}

column <- function(rows, name) {
  vapply(rows, function(r) as.character(r[[name]]), "")
}

# Lines of a table, the head first; numbers to the right, the last column
# wrapped into what is left of the width.
format_table <- function(columns, width) {
  right <- names(columns) == "Parameters"
  cells <- Map(function(name, values, right) {
    format(c(name, values), justify = if (right) "right" else "left")
  }, names(columns), columns, right)
  n <- length(cells)
  left <- do.call(paste, c(list(""), unname(cells[-n]), sep = "  "))
  left <- substring(left, 2L)
  room <- max(width - max(nchar(left)) - 2L, 14L)
  last <- if (right[[n]]) as.list(cells[[n]]) else
    lapply(trimws(cells[[n]], "right"), wrap_cell, room)
  lines <- Map(function(l, r) {
    if (!length(r)) r <- ""
    first <- c(l, rep(strrep(" ", nchar(l)), length(r) - 1L))
    trimws(paste(first, r, sep = "  "), "right")
  }, left, last)
  unlist(lines, use.names = FALSE)
}

# Breaks after commas and spaces.
wrap_cell <- function(text, room) strwrap(text, room + 1L)

summary_rows <- function(self, expand, depth = 0L) {
  refs <- if (!is.null(self$.nodes)) graph_refs(self)
  rows <- lapply(model_layers(self), function(layer) {
    row <- list(summary_row(layer, refs, depth))
    if (!expand || !inherits(layer, "Model")) return(row)
    c(row, summary_rows(layer, expand, depth + 1L))
  })
  do.call(c, rows) %||% list()
}

summary_row <- function(layer, refs, depth) {
  calls <- if (!is.null(refs)) refs$calls[[layer$name]]
  indent <- strrep("| ", depth)
  list(
    name = paste0(indent, layer$name), class = class(layer)[[1L]],
    shape = summary_shape(layer, calls),
    parameters = if (layer$built) {
      big_number(layer_count_params(layer))
    } else {
      "not built"
    },
    trainable = if (layer$.trainable) "yes" else "no",
    from = if (is.null(refs)) "" else summary_sources(calls, refs)
  )
}

summary_shape <- function(layer, calls) {
  shapes <- if (length(calls)) {
    unique(vapply(calls, function(n) format_shapes(shapes_in(n$outputs)), ""))
  } else if (!is.null(layer$output_shape)) {
    format_shapes(layer$output_shape)
  } else {
    "?"
  }
  if (length(shapes) > 1L) "several" else shapes
}

format_shapes <- function(x) {
  if (inherits(x, "recurrent_shape")) return(format(x))
  if (is.null(x)) return("?")
  shapes <- vapply(x, format_shapes, "")
  if (!is.null(names(x))) shapes <- paste(names(x), shapes)
  toString(shapes)
}

# "encoder[2], y": the outputs that a layer's calls take.
summary_sources <- function(calls, refs) {
  per_call <- lapply(calls, function(node) {
    toString(vapply(symbolic_leaves(node$args), function(t) {
      ref <- refs$of(t)
      several <- length(symbolic_leaves(.subset2(t, "node")$outputs)) > 1L
      if (several) sprintf("%s[%d]", ref[[1L]], ref[[3L]] + 1L) else ref[[1L]]
    }, ""))
  })
  paste(unlist(per_call), collapse = "; ")
}

parameter_line <- function(self) {
  count <- function(weights) {
    sum(vapply(weights, function(w) length(value_of(w)), 0L))
  }
  layers <- model_layers(self)
  waiting <- !all(vapply(layers, function(l) isTRUE(l$built), NA))
  trained <- count(self$trainable_weights)
  fixed <- count(self$non_trainable_weights)
  c(
    sprintf("Parameters: %s (trainable: %s, not trainable: %s)",
            big_number(trained + fixed), big_number(trained),
            big_number(fixed)),
    if (waiting) "The first data builds the layers that are not built yet."
  )
}
