test_that("the sampling table is that of tf.keras", {
  cases <- reference_cases("text")
  for (case in cases[startsWith(names(cases), "make_sampling_table")]) {
    expect_close(array(do.call(make_sampling_table, case$args)),
                 as_reference_array(case$value), info = case$id)
  }
  expect_identical(make_sampling_table(3, 1e6), rep(1, 3))
})

test_that("neighbours are paired in order, zeros are skipped", {
  got <- skipgrams(c(4, 0, 2, 3), vocabulary_size = 9, window_size = 2,
                   negative_samples = 0, shuffle = FALSE)
  expect_identical(got$couples, list(
    c(4L, 2L), c(2L, 4L), c(2L, 3L), c(3L, 2L)
  ))
  expect_identical(got$labels, rep(1L, 4))
  expect_identical(skipgrams(numeric(), 9), list(couples = list(),
                                                 labels = integer()))
  expect_length(skipgrams(1:5, 9, window_size = 0)$couples, 0)
})

test_that("random pairs have the words of the pairs and label 0", {
  set.seed(1)
  got <- skipgrams(1:6, vocabulary_size = 4, window_size = 1,
                   negative_samples = 1.55, shuffle = FALSE)
  expect_identical(got$labels, rep(1:0, c(10, 15)))
  random <- do.call(rbind, got$couples[11:25])
  expect_true(all(random[, 2] %in% 1:3))
  expect_identical(sort(random[1:10, 1]), sort(c(1L, rep(2:5, each = 2), 6L)))
  expect_identical(random[11:15, 1], random[1:5, 1])
})

test_that("shuffling keeps labels with their pairs, a seed fixes it", {
  make <- function(...) skipgrams(1:9, 100, window_size = 2, seed = 5, ...)
  got <- make()
  expect_identical(got, make())
  near <- abs(vapply(got$couples, diff, 0L)) <= 2
  expect_true(all(near[got$labels == 1]))
  expect_lt(sum(near[got$labels == 0]), 10)
  both <- make(categorical = TRUE)
  expect_identical(both$couples, got$couples)
  expect_identical(both$labels, lapply(got$labels, function(l) c(1L - l, l)))
  state <- .Random.seed
  make()
  expect_identical(.Random.seed, state)
})

test_that("words are kept by the sampling table", {
  got <- skipgrams(c(1, 2, 1, 2), 3, negative_samples = 0,
                   sampling_table = c(0, 0, 1), shuffle = FALSE)
  expect_setequal(vapply(got$couples, `[`, 0L, 1), 2L)
  expect_length(got$couples, 6)
})

test_that("what are no word numbers is refused", {
  expect_snapshot(error = TRUE, {
    skipgrams("a", 9)
    skipgrams(c(1, NA), 9)
    skipgrams(1:3, 1)
    skipgrams(1:3, 9, window_size = -1)
    skipgrams(1:3, 9, sampling_table = c(1, 1, 1))
    make_sampling_table(0)
  })
})
