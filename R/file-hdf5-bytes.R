# HDF5 files as Keras writes them, read byte by byte: the C library may crash R
# on a file that is damaged. Every address and size is held against the file
# before anything is read there. Read are the structures of the library's
# oldest format, which h5py uses unless told otherwise: superblock 0 or 1,
# groups as symbol tables, object headers of version 1, data in one piece.

# A file: its bytes, its name, and the object headers that were read already.
h5_bytes <- function(path, name = path) {
  size <- file.size(path)
  h <- new.env(parent = emptyenv())
  h$bytes <- readBin(path, "raw", size)
  h$path <- name
  h$seen <- new.env(parent = emptyenv())
  h
}

stop_h5_damaged <- function(h, why) {
  stop_value(
    sprintf("The file \"%s\" is damaged.", basename(h$path)),
    x = why,
    i = "Copy or write the file again; what is left of it was not loaded."
  )
}

stop_h5_unknown <- function(h, what) {
  stop_value(
    sprintf("The file \"%s\" holds %s, which Keras does not write.",
            basename(h$path), what),
    i = "If it was made by another program, let Keras load and save it, or \
rewrite it with `h5repack -f NONE -l CONTI old.h5 new.h5`."
  )
}

# Places in a file count from 0. They are numbers: exact up to 2^53.
h5_raw <- function(h, at, n) {
  if (is.na(at) || is.na(n) || at < 0 || n < 0 || at + n > length(h$bytes)) {
    stop_h5_damaged(h, sprintf("It points to byte %.0f; it has %.0f bytes.",
                               at + n, length(h$bytes)))
  }
  if (n == 0) raw() else h$bytes[(at + 1):(at + n)]
}

h5_number <- function(h, at, n) {
  sum(as.integer(h5_raw(h, at, n)) * 256^(seq_len(n) - 1L))
}

# An address; NA for "nowhere".
h5_address <- function(h, at) {
  bytes <- h5_raw(h, at, 8L)
  if (all(bytes == as.raw(255L))) return(NA_real_)
  sum(as.integer(bytes) * 256^(0:7))
}

h5_expect <- function(h, at, what) {
  found <- h5_raw(h, at, nchar(what))
  if (identical(found, charToRaw(what))) return(invisible())
  stop_h5_damaged(h, sprintf("\"%s\" was expected at byte %.0f.", what, at))
}

# Text up to a zero byte, at most n bytes.
h5_text <- function(h, at, n = length(h$bytes) - at) {
  n <- min(n, length(h$bytes) - at)
  piece <- 64
  repeat {
    bytes <- h5_raw(h, at, min(piece, n))
    end <- match(as.raw(0L), bytes)
    if (!is.na(end) || piece >= n) break
    piece <- piece * 16
  }
  if (!is.na(end)) bytes <- bytes[seq_len(end - 1L)]
  text <- rawToChar(bytes)
  if (!validUTF8(text)) stop_h5_damaged(h, "A name or text in it is not UTF-8.")
  Encoding(text) <- "UTF-8"
  text
}

h5_signature <- as.raw(c(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a))

is_hdf5 <- function(path) {
  identical(readBin(path, "raw", 8L), h5_signature)
}

# The superblock: gives the place of the root group's object header.
h5_root <- function(h) {
  version <- h5_number(h, 8, 1L)
  if (version > 1) {
    stop_h5_unknown(h, sprintf("HDF5 data of format %.0f", version))
  }
  if (h5_number(h, 13, 1L) != 8 || h5_number(h, 14, 1L) != 8) {
    stop_h5_unknown(h, "addresses that are not of 8 bytes")
  }
  at <- if (version == 1) 28 else 24
  end <- h5_address(h, at + 16)
  if (is.na(end) || length(h$bytes) < end) {
    stop_h5_damaged(h, sprintf("It was cut short: it has %.0f of %.0f bytes.",
                               length(h$bytes), end))
  }
  if (!identical(h5_address(h, at), 0)) {
    stop_h5_damaged(h, "Its base address is not 0.")
  }
  h5_address(h, at + 32 + 8)
}

# The messages of an object header: a list of (type, at, size).
h5_messages <- function(h, at) {
  if (h5_number(h, at, 1L) != 1) {
    if (identical(h5_raw(h, at, 4L), charToRaw("OHDR"))) {
      stop_h5_unknown(h, "objects of the newer format")
    }
    stop_h5_damaged(h, sprintf("No object was found at byte %.0f.", at))
  }
  left <- h5_number(h, at + 2, 2L)
  blocks <- list(c(at + 16, h5_number(h, at + 8, 4L)))
  out <- list()
  while (length(blocks) && left > 0) {
    from <- blocks[[1L]][[1L]]
    end <- from + blocks[[1L]][[2L]]
    blocks <- blocks[-1L]
    while (left > 0 && from + 8 <= end) {
      m <- h5_message(h, from)
      if (m$at + m$size > end) {
        stop_h5_damaged(h, sprintf("A message at byte %.0f is too long.", from))
      }
      if (m$type == 16) {
        blocks <- c(blocks, list(c(h5_address(h, m$at),
                                   h5_number(h, m$at + 8, 8L))))
      }
      out <- c(out, list(m))
      from <- m$at + m$size
      left <- left - 1
    }
  }
  if (left > 0) stop_h5_damaged(h, sprintf("The object at byte %.0f is not \
complete." |> join_lines(), at))
  out
}

h5_message <- function(h, at) {
  if (bitwAnd(h5_number(h, at + 4, 1L), 2L)) {
    stop_h5_unknown(h, "messages that objects share")
  }
  list(type = h5_number(h, at, 2L), size = h5_number(h, at + 2, 2L),
       at = at + 8)
}

messages_of <- function(messages, type) {
  Filter(function(m) m$type == type, messages)
}

# The members of a group: names and the places of their object headers.
h5_members <- function(h, message) {
  heap <- h5_address(h, message$at + 8)
  h5_expect(h, heap, "HEAP")
  names <- h5_address(h, heap + 24)
  size <- h5_number(h, heap + 8, 8L)
  h5_raw(h, names, size)
  nodes <- h5_leaves(h, h5_address(h, message$at))
  out <- lapply(nodes, function(node) {
    h5_expect(h, node, "SNOD")
    n <- h5_number(h, node + 6, 2L)
    h5_raw(h, node + 8, n * 40)
    lapply(seq_len(n), function(k) {
      entry <- node + 8 + (k - 1) * 40
      offset <- h5_number(h, entry, 8L)
      if (offset >= size) stop_h5_damaged(h, "A name is not where it should \
be." |> join_lines())
      if (h5_number(h, entry + 16, 4L) > 1) stop_h5_unknown(h, "soft links")
      list(name = h5_text(h, names + offset, size - offset),
           at = h5_address(h, entry + 8))
    })
  })
  do.call(c, c(list(list()), out))
}

# The leaves of a group's B-tree. Levels go down, so that it ends.
h5_leaves <- function(h, at, level = NULL) {
  h5_expect(h, at, "TREE")
  if (h5_number(h, at + 4, 1L) != 0) stop_h5_damaged(h, "A group has the \
index of data." |> join_lines())
  own <- h5_number(h, at + 5, 1L)
  if (own != (level %||% own) || own > 8) {
    stop_h5_damaged(h, "The index of a group is not in order.")
  }
  h5_once(h, at)
  n <- h5_number(h, at + 6, 2L)
  h5_raw(h, at + 24, n * 16 + 8)
  children <- lapply(seq_len(n), function(k) {
    child <- h5_address(h, at + 24 + (k - 1) * 16 + 8)
    if (own == 0) h5_once(h, child)
    if (own > 0) h5_leaves(h, child, own - 1) else child
  })
  do.call(c, c(list(list()), if (own > 0) children else list(children)))
}

# What belongs to one object is never met twice in a file that is whole.
h5_once <- function(h, at) {
  key <- sprintf("%.0f", at)
  if (!is.null(h$seen[[key]])) {
    stop_h5_damaged(h, sprintf("Two groups share what is at byte %.0f.", at))
  }
  assign(key, TRUE, envir = h$seen)
}
