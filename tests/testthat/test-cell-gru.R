sigmoid_of <- function(z) 1 / (1 + exp(-z))

# One step in plain R, from the formulas.
gru_step <- function(x, h, w, reset_after) {
  u <- ncol(h)
  columns <- function(m, k) m[, (k - 1) * u + seq_len(u), drop = FALSE]
  bias <- if (reset_after) w[[3]] else rbind(w[[3]], 0)
  add <- function(m, row) m + rep(bias[row, ], each = nrow(m))
  a <- add(x %*% w[[1]], 1)
  b <- add(h %*% w[[2]], 2)
  z <- sigmoid_of(columns(a, 1) + columns(b, 1))
  r <- sigmoid_of(columns(a, 2) + columns(b, 2))
  g <- if (reset_after) r * columns(b, 3) else (r * h) %*% columns(w[[2]], 3)
  z * h + (1 - z) * tanh(columns(a, 3) + g)
}

test_that("a step of the GRU is what the formulas say", {
  set.seed(1)
  x <- matrix(rnorm(8), 2)
  h <- matrix(rnorm(6), 2)
  for (after in c(TRUE, FALSE)) {
    cell <- layer_gru_cell(units = 3, reset_after = after,
                           bias_initializer = "random_normal")
    out <- cell(x, list(h))
    want <- gru_step(x, h, get_weights(cell), after)
    expect_equal(out, list(want, list(want)))
    expect_equal(cell(x, h)[[1]], want)
  }
})

test_that("weights stand in Keras' layout and order", {
  shapes <- function(...) {
    cell <- layer_gru_cell(units = 3, ...)
    cell$build(shape(NULL, 4))
    lapply(get_weights(cell), dim)
  }
  expect_identical(shapes(), list(c(4L, 9L), c(3L, 9L), c(2L, 9L)))
  expect_identical(shapes(reset_after = FALSE),
                   list(c(4L, 9L), c(3L, 9L), 9L))
  expect_identical(shapes(use_bias = FALSE), list(c(4L, 9L), c(3L, 9L)))
})

test_that("implementation changes the dropout masks and nothing else", {
  x <- array(sin(1:30), c(2, 5, 3))
  for (after in c(TRUE, FALSE)) {
    layers <- lapply(1:2, function(k) {
      layer_gru(units = 4, reset_after = after, implementation = k)
    })
    for (layer in layers) layer(x)
    set_weights(layers[[2]], get_weights(layers[[1]]))
    expect_identical(layers[[1]](x), layers[[2]](x))
  }
})

test_that("wrong arguments are refused", {
  expect_snapshot(error = TRUE, {
    layer_gru_cell()
    layer_gru_cell(units = 2.5)
    layer_gru_cell(units = 2, implementation = "fast")
    layer_gru_cell(units = 2, reset_after = NA)
    layer_gru_cell(units = 2, unit_forget_bias = TRUE)
  })
})
