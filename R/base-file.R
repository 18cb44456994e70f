# A file is written whole or not at all: `write(path)` writes beside it, and the
# result takes its place. A killed process leaves no half of one.
write_whole <- function(path, write) {
  dir.create(dirname(path), showWarnings = FALSE, recursive = TRUE)
  beside <- tempfile(paste0(basename(path), "-"), dirname(path))
  done <- FALSE
  on.exit(if (!done) unlink(beside))
  write(beside)
  if (!file.rename(beside, path)) {
    stop_runtime(
      sprintf("The file \"%s\" could not be written.", path),
      i = "Check that the folder may be written and the disk is not full."
    )
  }
  done <- TRUE
  invisible(path)
}

# A path to write to: its folder exists, and the file does not, unless it may be
# replaced.
check_new_file <- function(path, overwrite) {
  check_string(path, "filepath")
  check_flag(overwrite, "overwrite")
  path <- path.expand(path)
  if (!dir.exists(dirname(path))) {
    stop_value(
      sprintf("The folder \"%s\" does not exist.", dirname(path)),
      i = "Make it first: `dir.create(\"...\", recursive = TRUE)`."
    )
  }
  if (file.exists(path) && !overwrite) {
    stop_value(
      sprintf("The file \"%s\" exists already.", path),
      i = "Give another name, or `overwrite = TRUE`."
    )
  }
  path
}

check_old_file <- function(path) {
  check_string(path, "filepath")
  path <- path.expand(path)
  if (!file.exists(path) || dir.exists(path)) {
    stop_value(
      sprintf("There is no file \"%s\".", path),
      i = sprintf("The working directory is \"%s\".", getwd())
    )
  }
  path
}

write_rds <- function(x, path) {
  write_whole(path, function(to) {
    tryCatch(suppressWarnings(saveRDS(x, to)), error = function(e) {
      stop_runtime(
        sprintf("The file \"%s\" could not be written: %s", path,
                conditionMessage(e)),
        i = "Check that the folder may be written and the disk is not full."
      )
    })
  })
}

# readRDS() may crash on bytes that were changed: the checksum of the compressed
# file is held first, and only then what it holds is read. `name` says what is
# read in messages.
read_rds <- function(path, name = sprintf("The file \"%s\"", path)) {
  fail <- function(e) stop_damaged(name, conditionMessage(e))
  if (!is_compressed(path)) {
    stop_damaged(name, "It is not compressed, so that nothing vouches for it.")
  }
  bytes <- tryCatch(read_compressed(path), error = fail, warning = fail)
  if (!has_all_bytes(path, length(bytes))) {
    stop_damaged(name, "It was cut short or changed.")
  }
  tryCatch(unserialize(bytes), error = fail)
}

stop_damaged <- function(name, why) {
  stop_value(
    sprintf("%s is damaged or no compressed RDS data.", name),
    x = sub("\n.*", "", why),
    i = "Write it again."
  )
}

# A checksum that is off is a warning of the connection.
read_compressed <- function(path) {
  con <- gzfile(path, "rb")
  on.exit(close(con))
  pieces <- list()
  while (length(piece <- readBin(con, "raw", 2^22))) {
    pieces[[length(pieces) + 1L]] <- piece
  }
  do.call(c, pieces)
}

# What saveRDS() writes, by the first bytes: gzip, bzip2, xz.
is_compressed <- function(path) {
  bytes <- readBin(path, "raw", 5L)
  starts <- function(...) {
    first <- as.raw(c(...))
    identical(bytes[seq_along(first)], first)
  }
  starts(0x1f, 0x8b) || starts(0x42, 0x5a, 0x68) ||
    starts(0xfd, 0x37, 0x7a, 0x58, 0x5a)
}

# A gzip file ends in the number of bytes that it holds, modulo 2^32.
has_all_bytes <- function(path, n) {
  size <- file.size(path)
  if (!identical(readBin(path, "raw", 2L), as.raw(c(0x1f, 0x8b)))) return(TRUE)
  con <- file(path, "rb")
  on.exit(close(con))
  seek(con, size - 4)
  sum(as.integer(readBin(con, "raw", 4L)) * 256^(0:3)) == n %% 2^32
}
