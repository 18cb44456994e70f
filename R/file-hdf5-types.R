# Types, shapes and values of HDF5 data, from bytes.

# The type in a message: list(class, size, dtype, ...). dtype is NumPy's name.
h5_type <- function(h, at, size) {
  h5_raw(h, at, 8L)
  class <- bitwAnd(h5_number(h, at, 1L), 15L)
  bits <- h5_number(h, at + 1, 3L)
  type <- list(class = class, bits = bits, size = h5_number(h, at + 4, 4L),
               bytes = 8)
  type$dtype <- switch(as.character(class),
    `0` = h5_integer_name(h, type), `1` = h5_float_name(h, type),
    `3` = "text", `5` = "opaque",
    `8` = "enum", `9` = if (bits %% 16 == 1) "vlen" else "other", "other"
  )
  if (class == 8) {
    if (size <= 8) stop_h5_damaged(h, "A type is too short.")
    type$base <- h5_type(h, at + 8, size - 8)
  }
  if (type$size == 0) stop_h5_damaged(h, "It has a type of size 0.")
  type
}

h5_integer_name <- function(h, type) {
  if (type$bits %% 2 == 1) stop_h5_unknown(h, "big-endian numbers")
  sign <- if (bitwAnd(type$bits, 8L)) "int" else "uint"
  if (!type$size %in% c(1, 2, 4, 8)) {
    stop_h5_damaged(h, sprintf("It has whole numbers of %.0f bytes.",
                               type$size))
  }
  paste0(sign, type$size * 8)
}

h5_float_name <- function(h, type) {
  if (type$bits %% 2 == 1) stop_h5_unknown(h, "big-endian numbers")
  if (!type$size %in% c(2, 4, 8)) {
    stop_h5_damaged(h, sprintf("It has numbers of %.0f bytes.", type$size))
  }
  paste0("float", type$size * 8)
}

# The sizes of the axes; integer() for a scalar, NULL for no data at all.
h5_space <- function(h, at) {
  version <- h5_number(h, at, 1L)
  rank <- h5_number(h, at + 1, 1L)
  if (!version %in% 1:2 || rank > 32) {
    stop_h5_damaged(h, sprintf("The shape at byte %.0f is none.", at))
  }
  if (version == 2 && h5_number(h, at + 3, 1L) == 2) return(NULL)
  from <- at + if (version == 1) 8 else 4
  sizes <- vapply(seq_len(rank), function(k) {
    h5_number(h, from + (k - 1) * 8, 8L)
  }, 0)
  if (prod(sizes) > length(h$bytes) || any(sizes > length(h$bytes))) {
    stop_h5_damaged(h, sprintf("The shape (%s) is larger than the file.",
                               toString(sprintf("%.0f", sizes))))
  }
  as.integer(sizes)
}

# n values of a type that stand at a place, in the file's order.
h5_values <- function(h, type, at, n) {
  bytes <- function() h5_raw(h, at, n * type$size)
  switch(type$dtype,
    float32 = , float64 = readBin(bytes(), "double", n, size = type$size,
                                  endian = "little"),
    float16 = half_floats(bytes()),
    int8 = , int16 = readBin(bytes(), "integer", n, size = type$size,
                             endian = "little") + 0,
    int32 = small_integers(bytes(), 4L, 2^31),
    int64 = small_integers(bytes(), 8L, 2^63),
    uint8 = , uint16 = , uint32 = ,
    uint64 = small_integers(bytes(), type$size, Inf),
    text = vapply(seq_len(n), function(k) {
      h5_text(h, at + (k - 1) * type$size, type$size)
    }, ""),
    vlen = vapply(seq_len(n), function(k) {
      h5_heap_text(h, at + (k - 1) * 16)
    }, ""),
    enum = h5_values(h, type$base, at, n),
    stop_h5_unknown(h, "data that is neither numbers nor text")
  )
}

# Little-endian whole numbers of some bytes; those from `half` on are negative.
small_integers <- function(bytes, size, half) {
  digits <- matrix(as.integer(bytes), size)
  value <- colSums(digits * 256^(seq_len(size) - 1L))
  if (!is.finite(half)) return(value)
  negative <- digits[size, ] > 127L
  # From the digits' complement, where doubles are exact.
  value[negative] <- -1 - colSums((255L - digits[, negative, drop = FALSE]) *
                                    256^(seq_len(size) - 1L))
  value
}

half_floats <- function(bytes) {
  bits <- small_integers(bytes, 2L, Inf)
  sign <- ifelse(bits >= 32768, -1, 1)
  exponent <- bits %/% 1024 %% 32
  fraction <- bits %% 1024 / 1024
  sign * ifelse(exponent == 0, 2^-14 * fraction,
                ifelse(exponent == 31, ifelse(fraction == 0, Inf, NaN),
                       2^(exponent - 15) * (1 + fraction)))
}

# Keras 3 stores these as opaque pairs of bytes: the upper half of a float32.
brain_floats <- function(bytes) {
  all <- raw(length(bytes) * 2L)
  all[c(FALSE, FALSE, TRUE, TRUE)] <- bytes
  readBin(all, "double", length(bytes) %/% 2L, size = 4L, endian = "little")
}

# Text of any length stands in a global heap: (length, heap, place in it).
h5_heap_text <- function(h, at) {
  n <- h5_number(h, at, 4L)
  heap <- h5_address(h, at + 4)
  index <- h5_number(h, at + 12, 4L)
  if (n == 0) return("")
  object <- h5_heap_object(h, heap, index)
  if (n > object[[2L]]) stop_h5_damaged(h, "A text is longer than its place.")
  h5_text(h, object[[1L]], n)
}

# The place and size of a heap's object.
h5_heap_object <- function(h, heap, index) {
  h5_expect(h, heap, "GCOL")
  end <- heap + h5_number(h, heap + 8, 8L)
  if (end > length(h$bytes)) stop_h5_damaged(h, "A heap passes its end.")
  at <- heap + 16
  while (at + 16 <= end) {
    id <- h5_number(h, at, 2L)
    size <- h5_number(h, at + 8, 8L)
    if (id == 0) break
    if (at + 16 + size > end) stop_h5_damaged(h, "A heap passes its end.")
    if (id == index) return(c(at + 16, size))
    at <- at + 16 + ceiling(size / 8) * 8
  }
  stop_h5_damaged(h, sprintf("The text %.0f of the heap at byte %.0f is \
missing." |> join_lines(), index, heap))
}

# An attribute: list(name, value, shape, dtype).
h5_attribute <- function(h, message) {
  at <- message$at
  version <- h5_number(h, at, 1L)
  if (!version %in% 1:3) stop_h5_damaged(h, "An attribute is none.")
  sizes <- vapply(c(2, 4, 6), function(k) h5_number(h, at + k, 2L), 0)
  padded <- if (version == 1) ceiling(sizes / 8) * 8 else sizes
  from <- at + if (version == 3) 9 else 8
  starts <- from + c(0, cumsum(padded))
  if (starts[[4L]] > at + message$size) {
    stop_h5_damaged(h, "An attribute is too long.")
  }
  type <- h5_type(h, starts[[2L]], sizes[[2L]])
  shape <- h5_space(h, starts[[3L]])
  n <- if (is.null(shape)) 0 else prod(shape)
  if (starts[[4L]] + n * type$size > at + message$size) {
    stop_h5_damaged(h, "The values of an attribute are not complete.")
  }
  list(name = h5_text(h, starts[[1L]], sizes[[1L]]), shape = shape,
       dtype = type$dtype, cset = if (type$class %in% c(3, 9)) h5_cset(type),
       value = h5_values(h, type, starts[[4L]], n))
}

h5_cset <- function(type) {
  if (type$class == 3) type$bits %/% 16 %% 16 else type$bits %/% 256 %% 16
}
