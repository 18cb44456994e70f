test_that("layer_input() gives a symbolic tensor", {
  x <- layer_input(list(NULL, 8), name = "series")
  expect_true(is_symbolic(x))
  expect_identical(format(x$shape), "(NULL, NULL, 8)")
  expect_identical(x$dtype, "float64")
  expect_identical(format(layer_input(5)$shape), "(NULL, 5)")
  expect_identical(format(layer_input(c(NA, 2))$shape), "(NULL, NULL, 2)")
  expect_identical(format(layer_input(list())$shape), "(NULL)")
  expect_identical(format(layer_input(batch_shape = list(3, NULL))$shape),
                   "(3, NULL)")
  y <- layer_input(tensor = x, dtype = "int64")
  expect_identical(format(y$shape), "(NULL, NULL, 8)")
  expect_identical(y$dtype, "int32")
})

test_that("an input is a layer of its graph", {
  x <- layer_input(3, name = "start")
  layer <- x$node$layer
  expect_s3_class(layer, "InputLayer")
  expect_identical(layer$name, "start")
  config <- get_config(callable(layer))
  again <- from_config(config)
  expect_identical(get_config(again), config)
})

test_that("inputs without a name count from 1", {
  old <- as.list(name_counts)
  on.exit({
    reset_names()
    list2env(old, name_counts)
  })
  reset_names()
  expect_identical(layer_input(3)$node$name, "input_1")
  expect_identical(layer_input(3)$node$name, "input_2")
})

test_that("layer_input() refuses what is no shape", {
  expect_snapshot(error = TRUE, {
    layer_input()
    layer_input(-1)
    layer_input(c(2.5, 3))
    layer_input("a")
    layer_input(3, dtype = "complex")
    layer_input(3, sparse = TRUE)
    layer_input(tensor = matrix(0, 2, 3))
  })
})
