# A node of a model's graph: `run(args)` computes it, `args` is a nested list
# in which symbolic tensors stand for values, `layer` is the layer that made it
# (NULL for an op). `outputs` keeps the structure that `run` gives.
new_node <- function(run, args, layer = NULL, name = NULL) {
  node <- new.env(parent = emptyenv())
  node$run <- run
  node$args <- args
  node$layer <- layer
  node$name <- name
  node
}

# Adds a node whose output shapes are found by running it on arrays of zeros.
symbolic_node <- function(run, args, name, layer = NULL, shapes = NULL) {
  node <- new_node(run, args, layer, name)
  outputs <- shapes %||% probe_shapes(run, args)
  at <- 0L
  wrap <- function(s) {
    if (inherits(s, "recurrent_probe")) {
      at <<- at + 1L
      return(new_symbolic(s$shape, s$dtype, node, at, name))
    }
    lapply(s, wrap)
  }
  node$outputs <- wrap(outputs)
  node$outputs
}

probe <- function(shape, dtype = "float64") {
  structure(list(shape = as_shape(shape), dtype = dtype),
            class = "recurrent_probe")
}

# Symbolic tensors in a nested list replaced by what `f` gives for each.
map_symbolic <- function(x, f) {
  if (is_symbolic(x)) return(f(x))
  if (is.list(x) && !is.object(x)) return(lapply(x, map_symbolic, f))
  x
}

symbolic_leaves <- function(x) {
  if (is_symbolic(x)) return(list(x))
  if (!is.list(x) || is.object(x)) return(list())
  do.call(c, c(lapply(unname(x), symbolic_leaves), list(list())))
}

has_symbolic <- function(x) {
  if (is_symbolic(x)) return(TRUE)
  if (!is.list(x) || is.object(x)) return(FALSE)
  for (e in x) if (has_symbolic(e)) return(TRUE)
  FALSE
}

# Output shapes of `run`, found by running it twice on zeros with different
# sizes for the axes that are not known: an output axis that differs between
# the two runs is not known either. The sizes lie far apart, so that it differs
# behind long strides too, and grow when small ones fail (a window longer than
# the probe).
probe_shapes <- function(run, args) {
  for (time in c(3L, 17L, 129L)) {
    out <- probe_twice(run, args, time, masked = FALSE)
    if (inherits(out, "error")) {
      masked <- probe_twice(run, args, time, masked = TRUE)
      if (!inherits(masked, "error")) out <- masked
    }
    if (!inherits(out, "error")) return(merge_probes(out[[1L]], out[[2L]]))
    if (all_known_but_batch(args)) break
  }
  stop(told_of_probes(out, args))
}

# A layer may count on a mask, which only a call on data brings: then the zeros
# come with one.
probe_twice <- function(run, args, time, masked) {
  tryCatch(
    list(probe_run(run, args, 2L, time, masked),
         probe_run(run, args, 3L, 10L * time + 7L, masked)),
    error = identity
  )
}

# The error of a probe names sizes that nobody gave: the message says so.
told_of_probes <- function(error, args) {
  shapes <- lapply(symbolic_leaves(args), shape_of)
  open <- !vapply(shapes, known_shape, NA)
  if (!inherits(error, "recurrent_error") || !any(open)) return(error)
  told <- sprintf("Tried with example sizes in place of NULL in %s.",
                  toString(unique(vapply(shapes[open], format, ""))))
  if (!told %in% error$body) error$body <- c(error$body, i = told)
  error
}

all_known_but_batch <- function(args) {
  leaves <- symbolic_leaves(args)
  all(vapply(leaves, function(s) known_shape(shape_of(s)[-1L]), NA))
}

# Zeros are no values that a user chose: what they break (NaN, an index out of
# range) is passed over, see `probing()`.
probe_run <- function(run, args, batch, other, masked) {
  before <- context$probing
  context$probing <- TRUE
  on.exit(context$probing <- before)
  suppressWarnings(without_tape(run(map_symbolic(args, function(s) {
    sizes <- as.integer(shape_of(s))
    unknown <- is.na(sizes)
    sizes[unknown] <- ifelse(seq_along(sizes) == 1L, batch, other)[unknown]
    x <- new_tensor(zeros_of(dtype_of(s), sizes))
    if (masked && length(sizes) > 1L) x <- with_mask(x, array(TRUE, sizes[1:2]))
    x
  }))))
}

# TRUE while shapes are being worked out.
probing <- function() isTRUE(context$probing)

zeros_of <- function(dtype, sizes) {
  zero <- switch(dtype, int32 = 0L, bool = FALSE, 0)
  if (length(sizes)) array(zero, sizes) else zero
}

merge_probes <- function(a, b) {
  if (is_tensor(a)) {
    da <- as.integer(dims(value_of(a)))
    db <- as.integer(dims(value_of(b)))
    if (length(da) != length(db)) {
      stop_value(
        "The number of axes of the result depends on the batch size.",
        i = "Keep the batch axis: index it with `x[, ...]`, never by number."
      )
    }
    return(probe(ifelse(da == db, da, NA), dtype_of(a)))
  }
  Map(merge_probes, a, b)
}
