test_that("gradients come in the structure of the sources", {
  a <- as_tensor(draw(2, 3))
  v <- new_variable(draw(3, 2))
  b <- as_tensor(2)
  tape <- gradient_tape(op_sum((a %*% v)^2))
  g <- tape$gradient(list(w = v, rest = list(a = a, b = b)))
  expect_identical(names(g), c("w", "rest"))
  y <- as.array(a) %*% as.array(v)
  expect_equal(g$w, 2 * t(as.array(a)) %*% y)
  expect_equal(g$rest$a, 2 * y %*% t(as.array(v)))
  expect_identical(g$rest$b, 0)
  expect_equal(tape$value, sum(y^2))
})

test_that("a tensor used twice gets both gradients", {
  x <- as_tensor(3)
  tape <- gradient_tape({
    y <- x * x
    y * y + x
  })
  expect_equal(tape$gradient(x), 4 * 27 + 1)
  expect_equal(tape$gradient(list(x, x)), list(109, 109))
})

test_that("tapes inside tapes record alike", {
  x <- as_tensor(2)
  inner <- NULL
  outer <- gradient_tape({
    inner <- gradient_tape(x^3)
    x * 5
  })
  expect_equal(inner$gradient(x), 12)
  expect_equal(outer$gradient(x), 5)
  expect_false(recording())
})

test_that("a tape that fails stops recording", {
  expect_error(gradient_tape(stop("no")), "no")
  expect_false(recording())
})

test_that("an intermediate tensor can be a source", {
  x <- as_tensor(2)
  y <- NULL
  tape <- gradient_tape({
    y <- x^2
    y * 3
  })
  expect_equal(tape$gradient(list(y, x)), list(3, 12))
})

test_that("only tensors are taped", {
  expect_snapshot(error = TRUE, {
    gradient_tape(1)
    gradient_tape(as_tensor(1))$gradient(2)
  })
})

test_that("a tape from a file is refused, where its weights are copies", {
  layer <- layer_dense(units = 2)
  x <- as_tensor(matrix(1, 2, 3))
  tape <- gradient_tape(op_sum(layer(x)))
  back <- unserialize(serialize(list(tape, layer), NULL))
  expect_snapshot(error = TRUE, back[[1]]$gradient(back[[2]]$weights))
  expect_identical(back[[1]]$value, tape$value)
})

test_that("the time a tape takes grows with its length, not with its square", {
  x <- as_tensor(1)
  taking <- function(n) {
    tape <- gradient_tape({
      y <- x
      for (k in seq_len(n)) y <- y * 1.0001
      y
    })
    expect_equal(tape$gradient(x), 1.0001^n)
    min(replicate(3, system.time(tape$gradient(x))[["elapsed"]]))
  }
  # Sixteen times the length took 256 times as long when it was not so.
  expect_lt(taking(8000), 80 * max(taking(500), 0.005))
})

test_that("a walk back keeps no work area of a layer that it has passed", {
  layer <- layer_simple_rnn(units = 64)
  x <- as_tensor(array(0.1, c(64, 1, 64)))
  layer(x)
  tape <- gradient_tape({
    total <- 0
    for (k in 1:1500) total <- total + op_sum(layer(x))
    total
  })
  before <- gc(reset = TRUE)["Vcells", "used"]
  tape$gradient(layer$weights)
  # Without letting go it is more than 400 MB; R itself lets some gather.
  expect_lt((gc()["Vcells", "max used"] - before) * 8 / 1e6, 200)
})

test_that("the ones that a tape begins with reach every kind of user", {
  set.seed(5)
  x <- as_tensor(array(rnorm(4 * 5 * 3), c(4, 5, 3)))
  layer <- layer_gru(units = 6, return_sequences = TRUE, return_state = TRUE)
  layer(x)
  sources <- list(x, layer$weights)
  same <- function(y_of) {
    expect_equal(gradient_tape(y_of())$gradient(sources),
                 gradient_tape(op_sum(y_of()))$gradient(sources),
                 tolerance = 1e-14)
  }
  same(function() layer(x)[[1]])
  same(function() layer(x)[[2]])
  same(function() layer(x)[[1]] * 2)
  same(function() {
    y <- layer(x)[[1]]
    y %*% as_tensor(matrix(rep(0.5, 12), 6))
  })
  # The target is a source, and what is used again after it.
  tape <- gradient_tape({
    y <- layer(x)[[1]]
    z <- y^2
    y
  })
  expect_identical(tape$gradient(y), array(1, dim(y)))
  both <- bidirectional(layer = layer_lstm(units = 2, return_sequences = TRUE),
                        merge_mode = NULL)
  both(x)
  sources <- list(x, both$weights)
  same(function() both(x)[[2]])
})
