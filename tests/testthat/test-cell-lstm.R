sigmoid_of <- function(z) 1 / (1 + exp(-z))

# One step in plain R, from the formulas.
lstm_step <- function(x, h, c, w) {
  z <- x %*% w[[1]] + h %*% w[[2]] + rep(w[[3]], each = nrow(x))
  u <- ncol(h)
  gate <- function(k) z[, (k - 1) * u + seq_len(u), drop = FALSE]
  c <- sigmoid_of(gate(2)) * c + sigmoid_of(gate(1)) * tanh(gate(3))
  list(sigmoid_of(gate(4)) * tanh(c), c)
}

test_that("a step of the LSTM is what the formulas say", {
  set.seed(1)
  cell <- layer_lstm_cell(units = 3, bias_initializer = "random_normal")
  x <- matrix(rnorm(8), 2)
  h <- matrix(rnorm(6), 2)
  c <- matrix(rnorm(6), 2)
  out <- cell(x, list(h, c))
  want <- lstm_step(x, h, c, get_weights(cell))
  expect_equal(out, list(want[[1]], want))
})

test_that("weights stand in Keras' layout and order", {
  cell <- layer_lstm_cell(units = 3)
  cell$build(shape(NULL, 4))
  w <- get_weights(cell)
  expect_identical(lapply(w, dim), list(c(4L, 12L), c(3L, 12L), 12L))
  expect_equal(c(w[[3]]), rep(c(0, 1, 0, 0), each = 3))
  plain <- layer_lstm_cell(units = 3, unit_forget_bias = FALSE,
                           use_bias = TRUE, bias_initializer = "ones")
  plain$build(shape(NULL, 4))
  expect_equal(c(get_weights(plain)[[3]]), rep(1, 12))
  bare <- layer_lstm_cell(units = 3, use_bias = FALSE)
  bare$build(shape(NULL, 4))
  expect_length(get_weights(bare), 2)
})

test_that("implementation changes the dropout masks and nothing else", {
  x <- array(sin(1:30), c(2, 5, 3))
  layers <- lapply(1:2, function(k) {
    layer_lstm(units = 4, return_sequences = TRUE, implementation = k)
  })
  for (layer in layers) layer(x)
  set_weights(layers[[2]], get_weights(layers[[1]]))
  expect_identical(layers[[1]](x), layers[[2]](x))
  expect_identical(layers[[1]]$implementation, 1L)
  expect_identical(layer_lstm(units = 4)$implementation, 2L)
})

test_that("with recurrent_dropout each gate has a mask of its own", {
  cell <- layer_lstm_cell(units = 4, recurrent_dropout = 0.5)
  expect_identical(cell$implementation, 1L)
  expect_identical(get_config(cell)$implementation, 1L)
})

test_that("aliases of keras3 are the same functions", {
  expect_identical(rnn_cell_lstm, layer_lstm_cell)
  expect_identical(rnn_cell_gru, layer_gru_cell)
})

test_that("wrong arguments are refused", {
  expect_snapshot(error = TRUE, {
    layer_lstm_cell()
    layer_lstm_cell(units = 0)
    layer_lstm_cell(units = 2, implementation = 3)
    layer_lstm_cell(units = 2, unit_forget_bias = 1)
    layer_lstm_cell(units = 2, recurrent_activation = "sigmiod")
    layer_lstm_cell(units = 2, reset_after = TRUE)
  })
})
