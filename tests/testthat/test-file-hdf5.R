# The files under data/hdf5 were written by h5py.
hdf5_file <- function(name) test_path("data", "hdf5", name)

test_that("numbers of all types are read in Keras' order of axes", {
  file <- read_h5(hdf5_file("integers.h5"))
  for (type in c("i1", "i2", "i4", "i8")) {
    expect_identical(value_at(file, type), array(c(0, 1, 100, -7), 4))
  }
  for (type in c("u1", "u2", "u4", "u8")) {
    expect_identical(value_at(file, type), array(c(0, 1, 100, 200), 4))
  }
  expect_identical(value_at(file, "big"), array(c(2^40, -2^40), 2))
  expect_identical(value_at(file, "bool"), array(c(1, 0), 2))
  expect_equal(value_at(file, "f2"),
               array(c(1.5, -2, 65504, 2^-24, Inf), 5))
  expect_identical(value_at(file, "bf"), array(c(1, -2.5), 2))
  expect_identical(value_at(file, "none"), double())
  expect_identical(value_at(file, "unset"), matrix(0, 2, 3))
  expect_identical(value_at(file, "text"), "x")
  half <- read_h5(hdf5_file("types.weights.h5"))
  expect_identical(value_at(half, "layers/dense/vars/0"),
                   matrix(c(0, 2, 4, 1, 3, 5), 3))
})

test_that("texts of fixed length are read", {
  file <- read_h5(hdf5_file("fixed-strings.h5"))
  expect_identical(h5_attr(file$root, "layer_names"), "dense")
  expect_identical(h5_attr(file$root, "keras_version"), "2.1.0")
  expect_identical(h5_attr(h5_find(file$root, "dense"), "weight_names"),
                   c("dense/kernel:0", "dense/bias:0"))
  expect_null(h5_attr(file$root, "none"))
  expect_null(h5_find(file$root, "dense/none/at/all"))
})

test_that("what Keras does not write is refused by name", {
  expect_snapshot(error = TRUE, read_h5(hdf5_file("compressed.h5")))
  expect_snapshot(error = TRUE, read_h5(hdf5_file("latest.h5")))
})

test_that("files of other kinds are told apart", {
  path <- file.path(tempdir(), "m.h5")
  write <- function(...) writeBin(as.raw(c(...)), path)
  write(0x50, 0x4b, 3, 4)
  expect_snapshot(error = TRUE, read_h5(path))
  write(0x80, 4, 0x95)
  expect_snapshot(error = TRUE, read_h5(path))
  write()
  expect_snapshot(error = TRUE, read_h5(path))
  saveRDS(1, path)
  expect_error(read_h5(path), "is compressed", class = "ValueError")
  writeLines("abc", path)
  expect_error(read_h5(path), "other bytes", class = "ValueError")
})

test_that("a file that was cut short is refused at every length", {
  bytes <- readBin(hdf5_file("types.weights.h5"), "raw", 1e5)
  path <- tempfile(fileext = ".h5")
  for (n in c(0:12, seq(13, length(bytes) - 1, length.out = 40))) {
    writeBin(bytes[seq_len(n)], path)
    expect_error(read_h5(path), class = "ValueError")
  }
  writeBin(bytes[1:2000], path)
  expect_error(read_h5(path), "cut short: it has 2000 of")
})

# Most bytes of a header matter; what the flipped ones are is not known here.
test_that("flipped bytes give an error of the package or a whole result", {
  files <- c(keras_file("tf", "embedding.h5"),
             keras_file("keras3", "simple.weights.h5"))
  models <- list(keras_model_like("embedding"), keras_model_like("simple"))
  path <- tempfile(fileext = ".h5")
  failed <- 0
  set.seed(21)
  for (k in 1:80) {
    at <- k %% 2 + 1
    bytes <- readBin(files[[at]], "raw", 1e6)
    flip <- sample(length(bytes), sample(8, 1))
    bytes[flip] <- as.raw(sample(c(0:255, rep(c(0, 255), 40)), length(flip),
                                 TRUE))
    writeBin(bytes, path)
    model <- models[[at]]
    before <- get_weights(model)
    result <- tryCatch({
      load_model_weights_hdf5(model, path)
      "read"
    }, ValueError = function(e) "refused")
    expect_true(result %in% c("read", "refused"))
    if (result == "read") next
    failed <- failed + 1
    expect_identical(get_weights(model), before)
  }
  expect_gt(failed, 20)
})

test_that("groups that hold each other do not go on for ever", {
  path <- tempfile(fileext = ".h5")
  write_h5(h5_group(list(a = h5_group(list(b = h5_group())))), path)
  bytes <- readBin(path, "raw", 1e5)
  h <- h5_bytes(path)
  root <- h5_root(h)
  group <- function(at) {
    h5_members(h, messages_of(h5_messages(h, at), 17)[[1]])[[1]]$at
  }
  inner <- le(group(group(root)), 8)
  at <- grepRaw(inner, bytes, all = TRUE, fixed = TRUE)
  for (k in at) bytes[k + 0:7] <- le(root, 8)
  writeBin(bytes, path)
  expect_error(read_h5(path), "share", class = "ValueError")
})
