# Members of a zip file, checked by their checksums: what was changed or cut is
# refused, not read. `fail(why)` raises the error. zip_members() gives a data
# frame with a row per member, read_zip() the bytes of one.
zip_members <- function(path, fail) {
  size <- file.size(path)
  con <- file(path, "rb")
  on.exit(close(con))
  end <- zip_end(con, size, fail)
  seek(con, end$start)
  bytes <- readBin(con, "raw", end$size)
  if (length(bytes) < end$size) fail("Its list of members is cut short.")
  out <- list()
  at <- 0
  for (k in seq_len(end$n)) {
    row <- zip_row(bytes, at, fail)
    out[[k]] <- row$member
    at <- row$end
  }
  do.call(rbind, out)
}

# What stands at the end of a zip file, perhaps before a comment.
zip_end <- function(con, size, fail) {
  tail <- min(size, 22 + 65535)
  seek(con, size - tail)
  bytes <- readBin(con, "raw", tail)
  mark <- as.raw(c(0x50, 0x4b, 0x05, 0x06))
  found <- grepRaw(mark, bytes, all = TRUE, fixed = TRUE)
  found <- found[found + 21L <= length(bytes)]
  if (!length(found)) fail("Its end is missing: the file is cut short.")
  at <- max(found) - 1
  end <- list(n = zip_number(bytes, at + 10, 2),
              size = zip_number(bytes, at + 12, 4),
              start = zip_number(bytes, at + 16, 4))
  if (end$start + end$size > size - tail + at) {
    fail("Its list of members is not where the file says.")
  }
  end
}

# A number of n bytes after the first `at`, the lowest byte first.
zip_number <- function(bytes, at, n) {
  sum(as.integer(bytes[at + seq_len(n)]) * 256^(seq_len(n) - 1))
}

zip_row <- function(bytes, at, fail) {
  if (at + 46 > length(bytes) || zip_number(bytes, at, 4) != 33639248) {
    fail("Its list of members is damaged.")
  }
  lengths <- vapply(c(28, 30, 32), function(k) zip_number(bytes, at + k, 2), 0)
  if (at + 46 + sum(lengths) > length(bytes)) {
    fail("Its list of members is damaged.")
  }
  name <- bytes[at + 46 + seq_len(lengths[[1L]])]
  name <- if (any(name == 0)) "" else rawToChar(name)
  list(
    member = data.frame(
      name = name, flags = zip_number(bytes, at + 8, 2),
      method = zip_number(bytes, at + 10, 2),
      crc = zip_number(bytes, at + 16, 4),
      packed = zip_number(bytes, at + 20, 4),
      size = zip_number(bytes, at + 24, 4),
      start = zip_number(bytes, at + 42, 4)
    ),
    end = at + 46 + sum(lengths)
  )
}

read_zip <- function(path, member, fail) {
  con <- file(path, "rb")
  on.exit(close(con))
  seek(con, member$start)
  head <- readBin(con, "raw", 30L)
  if (length(head) < 30L || zip_number(head, 0, 4) != 67324752) {
    fail(sprintf("Its member \"%s\" is damaged.", member$name))
  }
  seek(con, member$start + 30 + zip_number(head, 26, 2) +
         zip_number(head, 28, 2))
  bytes <- readBin(con, "raw", min(member$packed, file.size(path)))
  zip_unpacked(bytes, member, fail)
}

# A gzip stream has the checksum that a zip file has: made one, it is unpacked
# and checked by the same code.
zip_unpacked <- function(bytes, member, fail) {
  if (!member$method %in% c(0, 8) || member$flags %% 2 == 1) {
    fail(sprintf("Its member \"%s\" is packed in a way that is not known.",
                 member$name))
  }
  stored <- member$method == 0
  whole <- length(bytes) == member$packed &&
    (!stored || member$packed == member$size)
  if (!whole) fail(sprintf("Its member \"%s\" is cut short.", member$name))
  if (stored) bytes <- stored_blocks(bytes)
  stream <- c(as.raw(c(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255)), bytes,
              low_bytes(member$crc, 4), low_bytes(member$size, 4))
  out <- tryCatch(
    memDecompress(stream, "gzip"),
    error = function(e) {
      fail(sprintf("Its member \"%s\" was changed: its checksum is off.",
                   member$name))
    }
  )
  if (length(out) != member$size) {
    fail(sprintf("Its member \"%s\" is cut short.", member$name))
  }
  out
}

# Bytes as blocks of a deflate stream that are not compressed.
stored_blocks <- function(bytes) {
  most <- 65535
  starts <- seq(0, max(length(bytes) - 1, 0), by = most)
  blocks <- lapply(starts, function(s) {
    n <- min(most, length(bytes) - s)
    c(as.raw(s == starts[[length(starts)]]), low_bytes(n, 2),
      low_bytes(65535 - n, 2), bytes[s + seq_len(n)])
  })
  do.call(c, blocks)
}

low_bytes <- function(x, n) as.raw(x %/% 256^(seq_len(n) - 1) %% 256)

# Writes members (raw vectors by name) as they are, without packing, as Keras
# does.
write_zip <- function(members, path) {
  con <- file(path, "wb")
  on.exit(close(con))
  at <- 0
  rows <- list()
  for (name in names(members)) {
    bytes <- members[[name]]
    entry <- c(zip_entry(bytes), low_bytes(nchar(name, "bytes"), 2),
               low_bytes(0, 2))
    head <- c(low_bytes(67324752, 4), low_bytes(20, 2), entry, charToRaw(name))
    rows[[name]] <- c(
      low_bytes(33639248, 4), low_bytes(20 + 3 * 256, 2), low_bytes(20, 2),
      entry, low_bytes(0, 6), low_bytes(384 * 65536, 4), low_bytes(at, 4),
      charToRaw(name)
    )
    writeBin(head, con)
    writeBin(bytes, con)
    at <- at + length(head) + length(bytes)
  }
  if (at >= 2^32) {
    stop_value("The model is too large for a zip file: over 4 GB.",
               i = "Write it with the ending \".h5\" or \".rds\".")
  }
  rows <- do.call(c, unname(rows))
  n <- low_bytes(length(members), 2)
  writeBin(c(rows, low_bytes(101010256, 4), low_bytes(0, 4), n, n,
             low_bytes(length(rows), 4), low_bytes(at, 4), low_bytes(0, 2)),
           con)
}

# Flags, method, time and date (1980-01-01), checksum and sizes of a member.
zip_entry <- function(bytes) {
  c(low_bytes(0, 6), low_bytes(33, 2), checksum(bytes),
    low_bytes(length(bytes), 4), low_bytes(length(bytes), 4))
}

# The checksum that ends a gzip file, before the size.
checksum <- function(bytes) {
  path <- tempfile()
  on.exit(unlink(path))
  con <- gzfile(path, "wb", compression = 1)
  writeBin(bytes, con)
  close(con)
  con <- file(path, "rb")
  seek(con, file.size(path) - 8)
  out <- readBin(con, "raw", 4L)
  close(con)
  out
}
