# Names that nothing else has: "dense", "dense_1", "dense_2", ... as tf.keras
# counts them.
name_counts <- new.env(parent = emptyenv())

unique_name <- function(base) {
  n <- name_counts[[base]] %||% 0L
  assign(base, n + 1L, envir = name_counts)
  if (n == 0L) base else paste0(base, "_", n)
}

reset_names <- function() {
  rm(list = ls(name_counts, all.names = TRUE), envir = name_counts)
}
