# Names of layers: simple_rnn, simple_rnn_1, ... as tf.keras counts them.
name_counts <- new.env(parent = emptyenv())

unique_name <- function(base) {
  n <- name_counts[[base]] %||% 0L
  assign(base, n + 1L, envir = name_counts)
  if (n == 0L) base else paste0(base, "_", n)
}

reset_names <- function() {
  rm(list = ls(name_counts, all.names = TRUE), envir = name_counts)
}

# SimpleRNNCell -> simple_rnn_cell, Conv1D -> conv1d, as tf.keras writes them.
snake_case <- function(x) {
  x <- gsub("(.)([A-Z][a-z0-9]+)", "\\1_\\2", x)
  tolower(gsub("([a-z])([A-Z])", "\\1_\\2", x))
}
