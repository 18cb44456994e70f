cell_of <- function(make, ...) {
  cell <- unwrap_layer(make(units = 4, ...))
  build_layer(cell, shape(NULL, 3))
  cell
}

makers <- list(simple = layer_simple_rnn_cell, lstm = layer_lstm_cell,
               gru = layer_gru_cell)

test_that("masks are zeros and 1 / (1 - rate), only in training", {
  for (make in makers) {
    cell <- cell_of(make, dropout = 0.25)
    expect_identical(dropout_draw(cell, 5, FALSE), list(NULL, NULL))
    set.seed(1)
    masks <- dropout_draw(cell, 500, TRUE)
    expect_identical(dim(masks[[1]]), c(500L, 3L))
    expect_null(masks[[2]])
    expect_setequal(masks[[1]], c(0, 1 / 0.75))
    expect_equal(mean(masks[[1]]), 1, tolerance = 0.05)
  }
})

test_that("a mask for all gates, or one per gate", {
  size <- function(make, ...) {
    lapply(dropout_draw(cell_of(make, ...), 2, TRUE), dim)
  }
  both <- function(make, implementation, ...) {
    size(make, dropout = 0.5, implementation = implementation, ...)
  }
  expect_identical(both(layer_lstm_cell, 2), list(2:3, NULL))
  expect_identical(both(layer_lstm_cell, 1), list(2:4, NULL))
  expect_identical(both(layer_gru_cell, 2), list(2:3, NULL))
  expect_identical(both(layer_gru_cell, 1), list(c(2L, 3L, 3L), NULL))
  expect_identical(both(layer_lstm_cell, 2, recurrent_dropout = 0.5),
                   list(2:4, c(2L, 4L, 4L)))
  expect_identical(both(layer_gru_cell, 2, recurrent_dropout = 0.5),
                   list(c(2L, 3L, 3L), c(2L, 4L, 3L)))
  expect_identical(size(layer_simple_rnn_cell, dropout = 0.5,
                        recurrent_dropout = 0.5), list(2:3, c(2L, 4L)))
})

test_that("rates of 0, 1 and NULL", {
  expect_null(dropout_mask(0, 2:3))
  expect_null(dropout_mask(NULL, 2:3))
  expect_identical(dropout_mask(1, 2:3), matrix(0, 2, 3))
})

test_that("a product under masks is the product of masked inputs", {
  set.seed(2)
  x <- matrix(rnorm(6), 2)
  w <- matrix(rnorm(24), 3)
  one <- matrix(rbinom(6, 1, 0.5), 2)
  expect_equal(value_of(gate_product(as_tensor(x), w, NULL, 4)), x %*% w)
  expect_equal(value_of(gate_product(as_tensor(x), w, one, 4)),
               (x * one) %*% w)
  each <- array(rbinom(24, 1, 0.5), c(2, 3, 4))
  want <- do.call(cbind, lapply(1:4, function(g) {
    (x * each[, , g]) %*% w[, 2 * g - 1:0]
  }))
  expect_equal(value_of(gate_product(as_tensor(x), w, each, 4)), want)
})

test_that("masks are drawn once per sequence and hold at every step", {
  x <- array(1, c(3, 6, 2))
  for (implementation in 1:2) {
    cell <- layer_lstm_cell(
      units = 4, dropout = 0.5, implementation = implementation,
      recurrent_initializer = "zeros", kernel_initializer = "ones",
      unit_forget_bias = FALSE
    )
    layer <- layer_rnn(cell = cell, return_sequences = TRUE)
    set.seed(3)
    y <- layer(x, training = TRUE)
    set.seed(3)
    expect_identical(layer(x, training = TRUE), y)
    expect_false(identical(layer(x, training = TRUE), y))
    # With the same mask at each step c' = f * c + i * g of constant gates.
    f <- unwrap_layer(cell)
    set.seed(3)
    masks <- dropout_draw(f, 3, TRUE)
    z <- value_of(gate_product(as_tensor(matrix(1, 3, 2)), f$kernel,
                               masks[[1]], 4L))
    gate <- function(k) z[, 4 * (k - 1) + 1:4]
    s <- function(v) 1 / (1 + exp(-v))
    c <- 0
    for (t in 1:6) {
      c <- s(gate(2)) * c + s(gate(1)) * tanh(gate(3))
      expect_equal(y[, t, ], s(gate(4)) * tanh(c))
    }
  }
})

test_that("gradients flow through the masks that were drawn", {
  set.seed(4)
  x <- array(rnorm(24), c(2, 4, 3))
  for (make in list(layer_lstm, layer_gru)) {
    for (implementation in 1:2) {
      layer <- make(units = 2, dropout = 0.4, implementation = implementation,
                    recurrent_dropout = if (implementation == 1) 0.4 else 0)
      expect_slopes(layer, list(x = x, training = TRUE), seed = 5)
    }
  }
})
