# Writes nested lists as an HDF5 file of the library's oldest format, the one
# that h5py writes: see file-hdf5.R for the lists. Groups and data are made by
# h5_group() and h5_dataset(), attributes by h5_string() and h5_strings().

h5_group <- function(members = list(), attrs = list()) {
  list(members = members, attrs = attrs)
}

# dtype: "float32", "float64", "int32" or "int64".
h5_dataset <- function(value, dtype = "float32") {
  list(value = value, shape = as.integer(dims(value)), dtype = dtype,
       attrs = list())
}

# Text of any length; Python's str is UTF-8, its bytes are ASCII.
h5_string <- function(x, utf8 = FALSE) {
  list(value = enc2utf8(x), shape = integer(), dtype = "vlen",
       cset = as.integer(utf8))
}

# A list of names; an empty one is numbers, as NumPy has it.
h5_strings <- function(x) {
  if (!length(x)) return(list(value = double(), shape = 0L, dtype = "float64"))
  list(value = enc2utf8(x), shape = length(x), dtype = "vlen", cset = 0L)
}

write_h5 <- function(root, path) {
  out <- new.env(parent = emptyenv())
  out$chunks <- list()
  out$size <- 0
  put(out, raw(96))
  at <- put_h5_object(out, root)
  close_heap(out)
  out$chunks[[1L]] <- c(
    h5_signature, as.raw(c(0, 0, 0, 0, 0, 8, 8, 0, 4, 0, 16, 0, 0, 0, 0, 0)),
    le(0, 8), nowhere, le(out$size, 8), nowhere,
    le(0, 8), le(at, 8), raw(24)
  )
  con <- file(path, "wb")
  on.exit(close(con))
  for (chunk in out$chunks) writeBin(chunk, con)
}

# Little-endian bytes of whole numbers.
le <- function(x, size) {
  out <- raw(length(x) * size)
  for (k in seq_len(size)) {
    out[(seq_along(x) - 1L) * size + k] <- as.raw(floor(x / 256^(k - 1)) %% 256)
  }
  out
}

nowhere <- as.raw(rep(255L, 8L))

pad_to_8 <- function(bytes) c(bytes, raw(-length(bytes) %% 8))

# Appends bytes; gives the place where they stand. Places are multiples of 8.
put <- function(out, bytes) {
  at <- out$size
  bytes <- pad_to_8(bytes)
  out$chunks[[length(out$chunks) + 1L]] <- bytes
  out$size <- at + length(bytes)
  at
}

put_h5_object <- function(out, node) {
  own <- if (is_h5_group(node)) put_h5_members(out, node$members) else
    put_h5_data(out, node)
  attrs <- Map(function(name, a) h5_attribute_message(out, name, a),
               names(node$attrs), node$attrs)
  put_h5_header(out, c(own, unname(attrs)))
}

# messages: raw vectors, each with its type and size in front.
put_h5_header <- function(out, messages) {
  bytes <- do.call(c, messages)
  put(out, c(as.raw(c(1, 0)), le(length(messages), 2), le(1, 4),
             le(length(bytes), 4), raw(4), bytes))
}

h5_write_message <- function(type, bytes) {
  bytes <- pad_to_8(bytes)
  if (length(bytes) > 65528) {
    stop_value(
      "An attribute is too long for an HDF5 file.",
      i = "Shorter names of layers and weights help; `save_model()` to \
\".keras\" has no such limit."
    )
  }
  c(le(type, 2), le(length(bytes), 2), raw(4), bytes)
}

put_h5_data <- function(out, node) {
  value <- node$value
  rank <- length(node$shape)
  if (rank > 1L) value <- aperm(array(value, node$shape), rev(seq_len(rank)))
  bytes <- h5_value_bytes(as.vector(value), node$dtype)
  at <- if (length(bytes)) le(put(out, bytes), 8) else nowhere
  list(
    h5_write_message(1, h5_space_bytes(node$shape)),
    h5_write_message(3, h5_type_bytes(node$dtype)),
    h5_write_message(5, as.raw(c(2, 2, 2, 1, 0, 0, 0, 0))),
    h5_write_message(8, c(as.raw(c(3, 1)), at, le(length(bytes), 8)))
  )
}

h5_value_bytes <- function(x, dtype) {
  switch(dtype,
    float32 = writeBin(as.double(x), raw(), size = 4L, endian = "little"),
    float64 = writeBin(as.double(x), raw(), size = 8L, endian = "little"),
    int32 = le(x %% 2^32, 4),
    int64 = le_int64(x)
  )
}

# Two halves: 2^64 is more than a double tells apart.
le_int64 <- function(x) {
  c(rbind(matrix(le(x %% 2^32, 4), 4L),
          matrix(le(floor(x / 2^32) %% 2^32, 4), 4L)))
}

h5_type_bytes <- function(dtype, cset = 0L) {
  switch(dtype,
    float32 = as.raw(c(0x11, 0x20, 0x1f, 0, 4, 0, 0, 0, 0, 0, 0x20, 0, 0x17, 8,
                       0, 0x17, 0x7f, 0, 0, 0)),
    float64 = as.raw(c(0x11, 0x20, 0x3f, 0, 8, 0, 0, 0, 0, 0, 0x40, 0, 0x34,
                       0x0b, 0, 0x34, 0xff, 3, 0, 0)),
    int32 = as.raw(c(0x10, 8, 0, 0, 4, 0, 0, 0, 0, 0, 0x20, 0)),
    int64 = as.raw(c(0x10, 8, 0, 0, 8, 0, 0, 0, 0, 0, 0x40, 0)),
    vlen = as.raw(c(0x19, 1, cset, 0, 16, 0, 0, 0, 0x10, 0, 0, 0, 1, 0, 0, 0,
                    0, 0, 8, 0))
  )
}

h5_space_bytes <- function(shape) {
  c(as.raw(c(1, length(shape), 0, 0, 0, 0, 0, 0)), le(shape, 8))
}


h5_attribute_message <- function(out, name, a) {
  name <- c(charToRaw(enc2utf8(name)), as.raw(0))
  type <- h5_type_bytes(a$dtype, a$cset)
  space <- h5_space_bytes(a$shape)
  value <- if (a$dtype == "vlen") {
    do.call(c, lapply(a$value, put_h5_text, out = out))
  } else {
    h5_value_bytes(a$value, a$dtype)
  }
  h5_write_message(12, c(
    as.raw(c(1, 0)), le(c(length(name), length(type), length(space)), 2),
    pad_to_8(name), pad_to_8(type), pad_to_8(space), value
  ))
}

# Text goes to a heap of 4096 bytes or more; what stands for it is its length,
# the place of its heap, and its number there.
put_h5_text <- function(x, out) {
  bytes <- charToRaw(x)
  need <- 16 + ceiling(length(bytes) / 8) * 8
  if (!is.null(out$heap) && (out$heap$left < need || out$heap$n >= 65535)) {
    close_heap(out)
  }
  if (is.null(out$heap)) open_heap(out, need)
  heap <- out$heap
  heap$n <- heap$n + 1
  heap$bytes <- c(heap$bytes, list(c(le(heap$n, 2), le(1, 2), raw(4),
                                     le(length(bytes), 8), pad_to_8(bytes))))
  heap$left <- heap$left - need
  out$heap <- heap
  c(le(length(bytes), 4), le(heap$at, 8), le(heap$n, 4))
}

open_heap <- function(out, need) {
  size <- max(4096, need + 32)
  at <- put(out, raw(size))
  out$heap <- list(at = at, chunk = length(out$chunks), size = size, n = 0,
                   left = size - 16, bytes = list())
}

close_heap <- function(out) {
  heap <- out$heap
  if (is.null(heap)) return(invisible())
  free <- if (heap$left >= 16) {
    c(raw(8), le(heap$left, 8), raw(heap$left - 16))
  } else {
    raw(heap$left)
  }
  out$chunks[[heap$chunk]] <- c(charToRaw("GCOL"), as.raw(c(1, 0, 0, 0)),
                                le(heap$size, 8), do.call(c, heap$bytes), free)
  out$heap <- NULL
}

# Members in the order of their names' bytes: 8 to a leaf, 32 to a node.
put_h5_members <- function(out, members) {
  names <- enc2utf8(names(members) %||% character())
  order <- order(names, method = "radix")
  names <- names[order]
  at <- vapply(members[order], function(m) put_h5_object(out, m), 0)
  texts <- lapply(names, function(n) pad_to_8(c(charToRaw(n), as.raw(0))))
  offsets <- 8 + cumsum(c(0, lengths(texts)))
  segment <- c(raw(8), do.call(c, texts))
  data <- put(out, segment)
  heap <- put(out, c(charToRaw("HEAP"), raw(4), le(length(segment), 8),
                     le(1, 8), le(data, 8)))
  tree <- put_h5_tree(out, unname(at), offsets[seq_along(names)])
  list(h5_write_message(17, c(le(tree, 8), le(heap, 8))))
}

put_h5_tree <- function(out, at, offsets) {
  leaves <- split(seq_along(at), (seq_along(at) - 1L) %/% 8L)
  nodes <- vapply(leaves, function(k) {
    entries <- lapply(k, function(i) c(le(c(offsets[[i]], at[[i]]), 8),
                                       raw(24)))
    put(out, c(charToRaw("SNOD"), as.raw(c(1, 0)), le(length(k), 2),
               do.call(c, entries), raw((8 - length(k)) * 40)))
  }, 0)
  last <- vapply(leaves, function(k) offsets[[max(k)]], 0)
  first <- c(0, last[-length(last)])
  level <- 0
  repeat {
    up <- put_h5_level(out, unname(nodes), unname(first), unname(last), level)
    if (length(up$nodes) == 1L) return(up$nodes)
    nodes <- up$nodes
    first <- up$first
    last <- up$last
    level <- level + 1
  }
}

# One level of a group's index over the places below it. Nodes of a level
# stand one after the other, so that each knows the place of the next.
put_h5_level <- function(out, nodes, first, last, level) {
  parts <- split(seq_along(nodes), (seq_along(nodes) - 1L) %/% 32L)
  if (!length(parts)) parts <- list(integer())
  n <- length(parts)
  start <- out$size
  places <- start + 544 * (seq_len(n) - 1)
  for (p in seq_len(n)) {
    k <- parts[[p]]
    pairs <- rbind(c(nodes[k]), c(last[k]))
    put(out, c(
      charToRaw("TREE"), as.raw(c(0, level)), le(length(k), 2),
      if (p > 1L) le(places[[p - 1L]], 8) else nowhere,
      if (p < n) le(places[[p + 1L]], 8) else nowhere,
      le(c(if (length(k)) first[[k[[1L]]]] else 0, pairs), 8),
      raw((32 - length(k)) * 16)
    ))
  }
  ends <- function(x, f) vapply(parts, function(k) x[[f(k)]], 0)
  if (n == 1L) return(list(nodes = places))
  list(nodes = places, first = ends(first, min), last = ends(last, max))
}
