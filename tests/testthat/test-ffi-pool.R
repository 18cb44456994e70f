# A layer large enough that what its steps save is no vector of R's.
large_tape <- function() {
  set.seed(3)
  layer <- layer_lstm(units = 21, return_sequences = TRUE, dropout = 0.2,
                      recurrent_dropout = 0.1)
  x <- as_tensor(array(rnorm(13 * 17 * 5), c(13, 17, 5)))
  list(tape = gradient_tape(op_sum(layer(x, training = TRUE)^2)),
       sources = list(x, layer$weights))
}

test_that("a tape asked twice computes again what was given back", {
  made <- large_tape()
  once <- made$tape$gradient(made$sources)
  expect_identical(made$tape$gradient(made$sources), once)
  expect_identical(made$tape$gradient(made$sources[[2]]), once[[2]])
})

test_that("a tape read from a file knows that its memory is not there", {
  made <- large_tape()
  copy <- unserialize(serialize(made, NULL))
  gc()
  expect_identical(copy$tape$gradient(copy$sources[[1]]),
                   made$tape$gradient(made$sources[[1]]))
})

test_that("tapes inside tapes share what was saved", {
  set.seed(4)
  layer <- layer_gru(units = 19, return_sequences = TRUE)
  x <- as_tensor(array(rnorm(14 * 16 * 3), c(14, 16, 3)))
  inner <- NULL
  outer <- gradient_tape({
    inner <- gradient_tape(op_sum(layer(x)^2))
    inner$gradient(layer$weights)
    op_sum(layer(x))
  })
  want <- gradient_tape(op_sum(layer(x)))$gradient(x)
  expect_identical(outer$gradient(x), want)
  expect_identical(inner$gradient(x),
                   gradient_tape(op_sum(layer(x)^2))$gradient(x))
})

test_that("tapes that nobody asks are freed", {
  taken <- function() .Call(ffi_pool_taken)
  layer <- layer_lstm(units = 64, return_sequences = TRUE)
  x <- as_tensor(array(0.1, c(16, 128, 3)))
  before <- taken()
  for (i in 1:60) gradient_tape(layer(x))
  # More than what the pool lends before it asks R to collect.
  expect_gt(taken() - before, 256 * 2^20)
  expect_identical(gradient_tape(layer(x))$gradient(x),
                   gradient_tape(layer(x))$gradient(x))
})
