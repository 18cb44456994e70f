fail_zip <- function(why) stop_value(why)

small_zip <- function() {
  path <- tempfile(fileext = ".zip")
  set.seed(1)
  members <- list(
    a.txt = charToRaw("some text"), empty = raw(),
    `in/b` = as.raw(sample(0:255, 70000, replace = TRUE))
  )
  write_zip(members, path)
  list(path = path, members = members)
}

test_that("members come back as they were written", {
  zip <- small_zip()
  rows <- zip_members(zip$path, fail_zip)
  expect_identical(rows$name, names(zip$members))
  for (k in 1:3) {
    expect_identical(read_zip(zip$path, rows[k, ], fail_zip),
                     zip$members[[k]])
  }
  # another reader agrees
  dir <- tempfile()
  utils::unzip(zip$path, exdir = dir)
  expect_identical(readBin(file.path(dir, "in/b"), "raw", 1e5),
                   zip$members[["in/b"]])
})

test_that("packed members are read as well", {
  bytes <- charToRaw(paste(rep("recurrent", 500), collapse = " "))
  path <- tempfile()
  con <- gzfile(path, "wb")
  writeBin(bytes, con)
  close(con)
  # A gzip file is a head, the packed bytes, checksum and size.
  packed <- readBin(path, "raw", file.size(path))
  n <- length(packed)
  member <- list(name = "a", flags = 0, method = 8,
                 crc = zip_number(packed, n - 8, 4), packed = n - 18,
                 size = length(bytes))
  packed <- packed[11:(n - 8)]
  expect_identical(zip_unpacked(packed, member, fail_zip), bytes)
  off <- utils::modifyList(member, list(crc = member$crc + 1))
  expect_snapshot(error = TRUE, {
    zip_unpacked(packed, off, fail_zip)
    zip_unpacked(packed[-1], member, fail_zip)
    zip_unpacked(packed, utils::modifyList(member, list(method = 12)), fail_zip)
  })
})

test_that("no byte that was changed or lost is read", {
  zip <- small_zip()
  bytes <- readBin(zip$path, "raw", file.size(zip$path))
  path <- tempfile(fileext = ".zip")
  same_or_error <- function(bytes) {
    writeBin(bytes, path)
    tryCatch({
      rows <- zip_members(path, fail_zip)
      got <- lapply(seq_len(nrow(rows)), function(k) {
        read_zip(path, rows[k, ], fail_zip)
      })
      names(got) <- rows$name
      known <- intersect(names(got), names(zip$members))
      identical(got[known], zip$members[known])
    }, ValueError = function(e) TRUE)
  }
  set.seed(2)
  n <- length(bytes)
  flipped <- c(1:40, n - 0:200, sample(n, 60))
  for (at in flipped) {
    bad <- bytes
    bad[[at]] <- xor(bad[[at]], as.raw(bitwShiftL(1L, at %% 8L)))
    expect_true(same_or_error(bad), info = at)
  }
  for (size in c(0:5, 20, 1000, n - 300, n - c(100, 22, 21, 1))) {
    expect_true(same_or_error(bytes[seq_len(size)]), info = size)
  }
})
