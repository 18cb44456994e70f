random_series <- function(n = 11, features = 2) {
  matrix(rnorm(n * features), n)
}

test_that("batches of windows are those of tf.keras", {
  cases <- reference_cases("data")
  for (case in cases[startsWith(names(cases), "timeseries")]) {
    make <- get(sub("/.*", "", case$id))
    data <- list(as_reference_array(case$data),
                 as_reference_array(case$targets))
    got <- do.call(make, c(data, case$args))
    expect_length(got, length(case$batches))
    expect_close(as.list(got), as_reference_array(case$batches),
                 info = case$id)
  }
})

test_that("a series may be a vector, a ts, a data frame or have more axes", {
  v <- rnorm(7)
  x <- timeseries_generator(v, v, length = 3)
  expect_identical(x[[1]], list(v[outer(1:4, 0:2, "+")] |> matrix(4),
                                array(v[4:7])))
  expect_identical(timeseries_generator(ts(v), ts(v), length = 3)[[1]], x[[1]])
  d <- data.frame(a = v, b = 1:7)
  got <- timeseries_generator(d, d$a, length = 3)[[1]]
  expect_identical(got[[1]][, , 1], x[[1]][[1]])
  expect_identical(got[[1]][2, , 2], c(2, 3, 4))
  a <- array(rnorm(7 * 2 * 3), c(7, 2, 3))
  got <- timeseries_generator(a, a, length = 2, batch_size = 4)[[2]]
  expect_identical(dim(got[[1]]), c(1L, 2L, 2L, 3L))
  expect_identical(got[[1]][1, , , ], a[5:6, , ])
  expect_identical(got[[2]][1, , ], a[7, , ])
})

test_that("a shuffled generator draws whole batches by R's generator", {
  x <- random_series()
  g <- timeseries_generator(x, seq_len(11), length = 3, shuffle = TRUE,
                            stride = 2, batch_size = 3)
  expect_length(g, 2)
  set.seed(3)
  first <- g[[2]]
  again <- g[[2]]
  set.seed(3)
  expect_identical(g[[2]], first)
  expect_false(identical(first, again))
  for (k in 1:3) {
    row <- first[[2]][[k]]
    expect_identical(first[[1]][k, , ], x[row - 3:1, ])
  }
})

test_that("a shuffled dataset gives each window once, and anew each epoch", {
  x <- random_series(23)
  make <- function(...) {
    timeseries_dataset_from_array(x, seq_len(23), 3, batch_size = 5,
                                  shuffle = TRUE, ...)
  }
  rows <- function(d) unlist(lapply(as.list(d), `[[`, 2))
  set.seed(4)
  d <- make()
  expect_identical(sort(rows(d)), 1:21)
  b <- d[[2]]
  expect_identical(b[[1]][3, , ], x[b[[2]][[3]] + 0:2, ])
  later <- d$next_epoch(d)
  expect_identical(sort(rows(later)), 1:21)
  expect_false(identical(rows(later), rows(d)))
  set.seed(4)
  expect_identical(rows(make()), rows(d))
  state <- .Random.seed
  expect_identical(rows(make(seed = 9)), rows(make(seed = 9)))
  expect_identical(.Random.seed, state)
})

test_that("a dataset without targets gives inputs alone", {
  x <- random_series()
  d <- timeseries_dataset_from_array(x, NULL, sequence_length = 4)
  expect_length(d, 1)
  expect_length(d[[1]], 1)
  expect_identical(d[[1]][[1]][8, , ], x[8:11, ])
  expect_identical(d$samples, 8L)
  expect_identical(d[["samples"]], 8L)
})

test_that("fewer targets than windows leave out the last windows", {
  x <- random_series()
  d <- timeseries_dataset_from_array(x, x[1:5, ], sequence_length = 2)
  expect_identical(d$samples, 5L)
})

test_that("windows that do not fit are refused", {
  x <- matrix(0, 10, 2)
  expect_snapshot(error = TRUE, {
    timeseries_generator(x, 1:9, length = 3)
    timeseries_generator(x, 1:10, length = 10)
    timeseries_generator(x, 1:10, length = 3, end_index = 10)
    timeseries_generator(x, 1:10, length = 0)
    timeseries_generator("a", 1:10, length = 3)
    timeseries_generator(data.frame(a = "b"), 1, length = 3)
    timeseries_generator(x, 1:10, length = 3)[[2]]
    timeseries_dataset_from_array(x, 1:10, 11)
    timeseries_dataset_from_array(x, 1:10, 3, start_index = 8)
    timeseries_dataset_from_array(x, 1:10, 3, end_index = 11)
    timeseries_dataset_from_array(x, 1:10, 3, batchsize = 2)
    timeseries_dataset_from_array(x, 1:10, 3, seed = "a")
  })
})
