# Wrong input to layers over time: what is said, and that nothing is half done.

small <- function(...) array(rnorm(prod(...), sd = 0.5), c(...))

step_cell <- function(call, ...) {
  list(name = "mine", call = call, state_size = 2, ...)
}

test_that("inputs that do not fit are refused in words", {
  fresh <- layer_simple_rnn(units = 2, name = "fresh")
  layer <- layer_simple_rnn(units = 2, name = "layer")
  layer(small(2, 4, 3))
  major <- layer_simple_rnn(units = 2, name = "major", time_major = TRUE)
  expect_snapshot(error = TRUE, {
    fresh()
    fresh("text")
    fresh(NULL)
    fresh(1:4)
    fresh(matrix(0, 4, 3))
    fresh(array(0, c(2, 4, 3, 5)))
    fresh(array(0, c(2, 0, 3)))
    fresh(array(0, c(2, 4, 0)))
    fresh(data.frame(a = 1:2, b = 3:4))
    fresh(list(small(2, 4, 3), small(2, 4)))
    fresh(function(x) x)
    major(matrix(0, 4, 3))
    layer(small(2, 4, 5))
    layer(small(2, 4, 3), initial = 0)
    layer(small(2, 4, 3), "training")
    layer(small(2, 4, 3), training = "yes")
    layer(small(2, 4, 3), training = NA)
  })
})

test_that("masks that do not fit are refused in words", {
  x <- small(2, 4, 3)
  layer <- layer_simple_rnn(units = 2, name = "layer")
  expect_snapshot(error = TRUE, {
    layer(x, mask = matrix(TRUE, 4, 2))
    layer(x, mask = c(TRUE, FALSE))
    layer(x, mask = TRUE)
    layer(x, mask = matrix(NA, 2, 4))
    layer(x, mask = "yes")
    layer(x, mask = array(TRUE, c(2, 4, 3)))
  })
})

test_that("states and constants that do not fit are refused in words", {
  x <- small(2, 4, 3)
  layer <- layer_simple_rnn(units = 2, name = "layer")
  pair <- layer_rnn(cell = TwoStateCell(units = 2), name = "pair")
  expect_snapshot(error = TRUE, {
    layer(x, initial_state = matrix(0, 2, 3))
    layer(x, initial_state = matrix(0, 3, 2))
    layer(x, initial_state = c(0, 0))
    layer(x, initial_state = list(matrix(0, 2, 2), matrix(0, 2, 2)))
    layer(x, initial_state = list())
    layer(x, initial_state = "zeros")
    layer(x, constants = matrix(0, 2, 2))
    pair(x, initial_state = matrix(0, 2, 2))
    pair(x, initial_state = list(matrix(0, 2, 2), NULL))
  })
})

test_that("a stateful layer's wrong use is refused in words", {
  x <- small(2, 4, 3)
  layer <- layer_simple_rnn(units = 2, name = "layer", stateful = TRUE,
                            batch_input_shape = list(2, NULL, 3))
  loose <- layer_simple_rnn(units = 2, name = "loose", stateful = TRUE)
  plain <- layer_simple_rnn(units = 2, name = "plain")
  expect_snapshot(error = TRUE, {
    layer(small(3, 4, 3))
    layer$reset_states(matrix(0, 3, 2))
    layer$reset_states(list(matrix(0, 2, 2), matrix(0, 2, 2)))
    layer$reset_states("zeros")
    loose$reset_states()
    loose(new_symbolic(list(NULL, 4, 3)))
    reset_states(plain)
    reset_states(3)
    reset_states(layer_simple_rnn_cell(3))
  })
})

test_that("cells whose results do not fit are refused in words", {
  x <- small(2, 4, 3)
  run <- function(call, ...) layer_rnn(cell = step_cell(call, ...))(x)
  sized <- function(size) {
    layer_rnn(cell = list(name = "mine", call = identity, state_size = size))
  }
  expect_snapshot(error = TRUE, {
    run(function(inputs, states) inputs)
    run(function(inputs, states) list(inputs))
    run(function(inputs, states) list(inputs, states))
    run(function(inputs, states) list(states[[1]], list(inputs)))
    run(function(inputs, states) list(states[[1]], list()))
    run(function(inputs, states) list(states[[1]], c(states, states)))
    run(function(inputs, states) list(states[[1]], states), output_size = 3)
    run(function(inputs, states) list("a", states))
    run(function(inputs, states) list(states[[1]], list("a")))
    run(function(inputs, states) stop("the user's own"))
    sized(-1)
    sized(1.5)
    sized(list())
    sized("two")
    sized(list(2, NULL))
    sized(shape(NULL, 2))
    sized(2)
  })
})

test_that("arguments of the layers are refused in words", {
  expect_snapshot(error = TRUE, {
    layer_simple_rnn(units = 0)
    layer_simple_rnn(units = 1.5)
    layer_simple_rnn(units = "3")
    layer_simple_rnn(3)
    layer_simple_rnn()
    layer_simple_rnn(units = 3, return_sequences = "yes")
    layer_simple_rnn(units = 3, stateful = NA)
    layer_simple_rnn(units = 3, dropout = 2)
    layer_simple_rnn(units = 3, recurrent_dropout = NaN)
    layer_simple_rnn(units = 3, activation = "rleu")
    layer_simple_rnn(units = 3, activation = 3)
    layer_simple_rnn(units = 3, kernel_initializer = "glorot_unifrom")
    layer_simple_rnn(units = 3, name = 4)
    layer_simple_rnn(units = 3, input_shape = "a")
    layer_simple_rnn(units = 3, input_shape = c(-1, 2))
    layer_rnn(cell = layer_simple_rnn_cell(3), units = 4)
    layer_rnn(cell = layer_simple_rnn_cell(3), backwards = TRUE)
  })
})

test_that("unroll without known time is refused in words", {
  layer <- layer_simple_rnn(units = 2, unroll = TRUE, name = "layer")
  expect_snapshot(error = TRUE, layer(new_symbolic(list(NULL, NULL, 3))))
})

test_that("given weights that do not fit leave nothing behind", {
  x <- small(2, 4, 3)
  layer <- layer_simple_rnn(units = 2, name = "layer",
                            weights = list(matrix(0, 2, 2)))
  expect_snapshot(error = TRUE, layer(x))
  expect_false(layer$built)
  expect_identical(layer$weights, list())
})

# A cell that fails when told to, after it has drawn and computed.
fragile <- function() {
  fail <- new.env()
  fail$now <- FALSE
  cell <- list(state_size = 3, fail = fail, call = function(inputs, states) {
    h <- tanh(inputs + states[[1]])
    if (fail$now) stop("broken")
    list(h, list(h))
  })
  list(cell = cell, fail = fail)
}

test_that("a call that fails leaves states, weights and context as they were", {
  set.seed(1)
  f <- fragile()
  x <- small(2, 4, 3)
  layer <- layer_rnn(
    cell = list(layer_simple_rnn_cell(3, dropout = 0.5), f$cell),
    stateful = TRUE, batch_input_shape = list(2, NULL, 3)
  )
  layer(x)
  states <- layer$states
  weights <- layer$get_weights()
  want <- layer(x)
  layer$reset_states(states)
  f$fail$now <- TRUE
  expect_error(layer(x, training = TRUE), "broken")
  expect_error(gradient_tape(op_sum(layer(as_tensor(x)))), "broken")
  expect_identical(layer$states, states)
  expect_identical(layer$get_weights(), weights)
  expect_null(layer$cell$cells[[1]]$.masks)
  expect_identical(context$depth, 0L)
  expect_null(context$training)
  expect_false(recording())
  f$fail$now <- FALSE
  expect_identical(layer(x), want)
})

test_that("a first call that fails leaves a layer unbuilt; the next works", {
  f <- fragile()
  f$fail$now <- TRUE
  layer <- layer_rnn(cell = list(layer_simple_rnn_cell(3), f$cell))
  x <- small(2, 4, 3)
  expect_error(layer(x), "broken")
  expect_false(layer$built)
  expect_false(layer$cell$built)
  expect_identical(layer$weights, list())
  f$fail$now <- FALSE
  expect_identical(dim(layer(x)), c(2L, 3L))
  expect_length(layer$weights, 3)
})

test_that("a call refused for its batch size changes no state", {
  layer <- layer_simple_rnn(units = 2, stateful = TRUE,
                            batch_input_shape = list(2, NULL, 3))
  layer(small(2, 4, 3))
  before <- layer$states
  expect_error(layer(small(3, 4, 3)), class = "ValueError")
  expect_error(layer(small(2, 4, 3), mask = matrix(TRUE, 4, 2)),
               class = "ValueError")
  expect_error(layer(small(2, 0, 3)), class = "ValueError")
  expect_identical(layer$states, before)
})

test_that("a first call of a stateful layer that fails fixes no batch size", {
  layer <- layer_simple_rnn(units = 2, stateful = TRUE)
  expect_error(layer(small(3, 4, 3), mask = matrix(TRUE, 4, 2)),
               class = "ValueError")
  expect_null(layer$batch_size)
  expect_identical(dim(layer(small(2, 4, 3))), c(2L, 2L))
})

test_that("a graph whose making fails leaves the layer as it was", {
  layer <- layer_simple_rnn(units = 4)
  expect_error(layer(new_symbolic(list(NULL, NULL, 3)),
                     initial_state = new_symbolic(list(NULL, 3))),
               class = "ValueError")
  expect_false(layer$built)
  expect_identical(dim(layer(small(2, 4, 5))), c(2L, 4L))
})
