merge_layers <- c("layer_add", "layer_subtract", "layer_multiply",
                  "layer_average", "layer_maximum", "layer_minimum")

test_that("merging layers give tf.keras' numbers", {
  for (name in merge_layers) expect_layer_cases(name)
})

test_that("merging layers keep the contract of layers", {
  for (name in merge_layers) {
    layer_fn <- get(name)
    expect_layer_works(layer_fn, list(), list(c(2, 4, 3), c(2, 4, 3)))
    expect_layer_works(layer_fn, list(), list(c(2, 4, 3), c(2, 1, 3)),
                       mask = NA)
  }
  three <- list(c(2, 3), c(2, 3), c(2, 3))
  for (name in setdiff(merge_layers, "layer_subtract")) {
    expect_layer_works(get(name), list(), three, mask = NA)
  }
})

test_that("inputs come as a list, one by one, or later", {
  x <- matrix(1:4, 2)
  y <- matrix(c(2, 0, 1, 5), 2)
  expect_identical(layer_add(x, y), x + y)
  expect_identical(layer_add(list(x, y)), x + y)
  expect_identical(layer_add(list(x), y, x), x + y + x)
  expect_identical(layer_add()(list(x, y)), x + y)
  expect_identical(layer_add(NULL)(list(x, y)), x + y)
  expect_identical(layer_maximum(x, y, name = "top"), pmax(x, y))
  expect_identical(layer_add(name = "sum")$name, "sum")
  a <- layer_input(3)
  expect_identical(format(layer_add(a, a)$shape), "(NULL, 3)")
})

test_that("inputs with fewer axes get axes of 1 after the batch", {
  x <- random_array(c(2, 4, 3))
  y <- random_array(c(2, 3))
  want <- x + y[, rep(1, 4), drop = FALSE][, 1] * 0
  for (t in 1:4) want[, t, ] <- x[, t, ] + y
  expect_equal(layer_add(x, y), want)
})

test_that("a step masked in one input is masked in the result", {
  x <- as_tensor(random_array(c(1, 3, 2)))
  a <- with_mask(x, matrix(c(TRUE, TRUE, FALSE), 1))
  b <- with_mask(x, matrix(c(FALSE, TRUE, TRUE), 1))
  expect_identical(mask_of(layer_add(a, b)), matrix(c(FALSE, TRUE, FALSE), 1))
  expect_identical(mask_of(layer_add(a, x)), mask_of(a))
  expect_null(mask_of(layer_add(x, x)))
})

test_that("merging layers refuse what does not fit", {
  x <- matrix(0, 2, 3)
  expect_snapshot(error = TRUE, {
    layer_add(x, matrix(0, 2, 4), name = "a")
    layer_add(x, matrix(0, 1, 3), name = "a")
    layer_add(name = "a")(x)
    layer_subtract(x, x, x, name = "s")
    layer_add(x, nam = "a")
  })
})
