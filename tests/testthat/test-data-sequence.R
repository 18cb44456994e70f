test_that("batches are counted, listed, and looked up by number or name", {
  x <- as.matrix(rnorm(12))
  batches <- timeseries_generator(x, x, length = 3, batch_size = 4)
  expect_length(batches, 3)
  expect_identical(batches$samples, 9L)
  expect_identical(batches[["samples"]], 9L)
  expect_identical(as.list(batches)[[3]], batches[[3]])
  expect_identical(lapply(batches, `[[`, 2)[[1]], x[4:7, , drop = FALSE])
  expect_identical(batches$next_epoch(batches), batches)
  expect_error(batches[[4]], "3 batches", class = "ValueError")
  expect_error(batches[[1.5]], "batch 1.5", class = "ValueError")
})

test_that("batches print what they hold", {
  x <- matrix(0, 30, 2)
  expect_snapshot({
    timeseries_generator(x, x[, 1], length = 5, batch_size = 8)
    timeseries_dataset_from_array(x, NULL, 5, batch_size = 100)
  })
})
