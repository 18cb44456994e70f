small <- function(...) array(rnorm(prod(...), sd = 0.5), c(...))

test_that("one step is activation(x W + h U + b)", {
  set.seed(1)
  cell <- layer_simple_rnn_cell(4, activation = "sigmoid",
                                bias_initializer = "ones")
  x <- small(2, 3)
  h <- small(2, 4)
  got <- cell(x, list(h))
  c(W, U, b) %<-% cell$get_weights()
  want <- 1 / (1 + exp(-(x %*% W + h %*% U + rep(b, each = 2))))
  expect_equal(got, list(want, list(want)))
  expect_identical(cell$state_size, 4L)
  expect_identical(cell$output_size, 4L)
  expect_identical(cell(x, h), got)
})

test_that("dropout masks are drawn once per sequence and scaled", {
  set.seed(2)
  layer <- layer_simple_rnn(units = 3, activation = "linear", dropout = 0.5,
                            use_bias = FALSE, return_sequences = TRUE,
                            kernel_initializer = initializer_ones(),
                            recurrent_initializer = "zeros")
  x <- array(1, c(40, 6, 1))
  y <- layer(x, training = TRUE)
  expect_setequal(unique(c(y)), c(0, 2))
  # the same at every step
  for (t in 2:6) expect_identical(y[, t, ], y[, 1, ])
  expect_true(all(layer(x) == 1))
  set.seed(3)
  one <- layer(x, training = TRUE)
  expect_false(identical(layer(x, training = TRUE), one))
  set.seed(3)
  expect_identical(layer(x, training = TRUE), one)
})

test_that("recurrent dropout drops of the state, rate 1 everything", {
  set.seed(4)
  layer <- layer_simple_rnn(units = 3, recurrent_dropout = 1,
                            return_sequences = TRUE)
  plain <- layer_simple_rnn(units = 3, recurrent_initializer = "zeros",
                            return_sequences = TRUE)
  x <- small(2, 5, 4)
  layer(x)
  plain(x)
  w <- layer$get_weights()
  plain$set_weights(list(w[[1]], w[[2]] * 0, w[[3]]))
  expect_equal(layer(x, training = TRUE), plain(x))
})

test_that("arguments of the cell are checked", {
  expect_snapshot(error = TRUE, {
    layer_simple_rnn_cell(-1)
    layer_simple_rnn_cell(2.5)
    layer_simple_rnn_cell(0)
    layer_simple_rnn_cell(NA)
    layer_simple_rnn_cell("4")
    layer_simple_rnn_cell(c(2, 3))
    layer_simple_rnn_cell()
    layer_simple_rnn_cell(3, dropout = 1.5)
    layer_simple_rnn_cell(3, recurrent_dropout = -0.1)
    layer_simple_rnn_cell(3, dropout = "a")
    layer_simple_rnn_cell(3, use_bias = 1)
    layer_simple_rnn_cell(3, activation = "tahn")
    layer_simple_rnn_cell(3, kernel_initializer = "glorot")
    layer_simple_rnn_cell(3, kernel_regularizer = "l3")
    layer_simple_rnn_cell(3, kernel_constraint = "unit")
    layer_simple_rnn_cell(3, acitvation = "tanh")
  })
})
