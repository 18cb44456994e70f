tree_to_write <- function() {
  set.seed(4)
  many <- sapply(paste0("n", 1:700), function(n) h5_dataset(rnorm(1)),
                 simplify = FALSE)
  names(many)[[7]] <- "h\u00e9"
  h5_group(
    list(
      named = h5_group(list(k = h5_dataset(array(1:6 + 0.5, 2:3))),
                       list(weight_names = h5_strings(paste0("w", 1:600)))),
      empty = h5_group(),
      double = h5_dataset(array(rnorm(24), 2:4), "float64"),
      step = h5_dataset(2^40 + 3, "int64"), small = h5_dataset(-3, "int32"),
      negative = h5_dataset(array(c(-2, 5), 2), "int64"),
      none = h5_dataset(array(0, c(0, 3))), many = h5_group(many)
    ),
    list(backend = h5_string("tensorflow", TRUE),
         config = h5_string(strrep("x\u00e9", 30000)),
         nothing = h5_strings(character()))
  )
}

written_tree <- function(tree = tree_to_write()) {
  path <- tempfile(fileext = ".h5")
  write_h5(tree, path)
  path
}

test_that("what is written is read again", {
  tree <- tree_to_write()
  file <- read_h5(written_tree(tree))
  expect_identical(value_at(file, "double"), tree$members$double$value)
  expect_identical(value_at(file, "step"), 2^40 + 3)
  expect_identical(value_at(file, "small"), -3)
  expect_identical(value_at(file, "negative"), array(c(-2, 5), 2))
  expect_identical(value_at(file, "named/k"), array(1:6 + 0.5, 2:3))
  expect_identical(dim(value_at(file, "none")), c(0L, 3L))
  expect_length(h5_find(file$root, "empty")$members, 0)
  expect_identical(h5_attr(h5_find(file$root, "named"), "weight_names"),
                   paste0("w", 1:600))
  expect_identical(h5_attr(file$root, "config"), strrep("x\u00e9", 30000))
  expect_identical(h5_attr(file$root, "nothing"), double())
  many <- h5_find(file$root, "many")$members
  expect_setequal(names(many), names(tree$members$many$members))
  for (name in c("n1", "h\u00e9", "n700")) {
    expect_equal(h5_array(file, many[[name]]),
                 tree$members$many$members[[name]]$value, tolerance = 1e-6)
  }
})

test_that("the HDF5 library reads what is written", {
  skip_if_not_installed("hdf5r")
  tree <- tree_to_write()
  file <- hdf5r::H5File$new(written_tree(tree), "r")
  on.exit(file$close_all())
  expect_setequal(names(file), names(tree$members))
  expect_equal(aperm(file[["double"]]$read(), 3:1), tree$members$double$value)
  expect_equal(as.numeric(file[["step"]]$read()), 2^40 + 3)
  expect_equal(as.numeric(file[["negative"]]$read()), c(-2, 5))
  expect_setequal(names(file[["many"]]), names(tree$members$many$members))
  expect_equal(file[["many/n350"]]$read(),
               tree$members$many$members$n350$value, tolerance = 1e-6)
  expect_identical(hdf5r::h5attr(file[["named"]], "weight_names"),
                   paste0("w", 1:600))
})

test_that("an attribute that no header holds is refused", {
  long <- h5_group(attrs = list(names = h5_strings(rep("a", 5000))))
  expect_snapshot(error = TRUE, written_tree(long))
})

test_that("many names stand in parts, which are read as one", {
  names <- paste0(strrep("x", 90), 1:1000)
  attrs <- h5_names("weight_names", names)
  expect_named(attrs, c("weight_names0", "weight_names1"))
  file <- read_h5(written_tree(h5_group(attrs = attrs)))
  expect_identical(h5_attr(file$root, "weight_names"), names)
})
