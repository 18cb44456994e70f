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

test_that("memory is used again, however a call ended", {
  reused <- function() .Call(ffi_pool_reused)
  layer <- layer_lstm(units = 48, return_sequences = TRUE)
  x <- as_tensor(array(0.1, c(16, 32, 3)))
  gradients <- function() gradient_tape(layer(x))$gradient(x)
  first <- gradients()
  before <- reused()
  expect_identical(gradients(), first)
  # Six slots of what steps save.
  expect_gt(reused() - before, 6 * 8 * 16 * 32 * 48)
  expect_error(layer(as_tensor(array(0.1, c(16, 32, 4)))))
  expect_identical(gradients(), first)
})

test_that("more layers than the pool has room for", {
  x <- as_tensor(array(0.1, c(8, 20, 3)))
  layers <- lapply(3:40, function(units) {
    layer_gru(units = units, return_sequences = TRUE)
  })
  run <- function() {
    tapes <- lapply(layers, function(layer) gradient_tape(layer(x)))
    lapply(rev(tapes), function(tape) tape$gradient(x))
  }
  expect_identical(run(), run())
})
