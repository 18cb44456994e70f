# One step in plain functions, for cells that are lists and environments.
tanh_step <- function(W, U) {
  function(inputs, states) {
    h <- tanh(inputs %*% W + states[[1]] %*% U)
    list(h, list(h))
  }
}

small <- function(...) array(rnorm(prod(...), sd = 0.5), c(...))

series <- function() small(2, 4, 3)

test_that("lists, environments and R6 objects are cells by what they have", {
  set.seed(1)
  W <- small(3, 5)
  U <- small(5, 5)
  step <- tanh_step(W, U)
  as_env <- list2env(list(call = step, state_size = 5))
  as_r6 <- R6::R6Class("Plain", public = list(state_size = 5, call = step))
  x <- series()
  want <- layer_rnn(cell = list(call = step, state_size = 5))(x)
  expect_identical(dim(want), c(2L, 5L))
  expect_identical(layer_rnn(cell = as_env)(x), want)
  expect_identical(layer_rnn(cell = as_r6$new())(x), want)
  expect_slopes(layer_rnn(cell = as_env, return_sequences = TRUE),
                list(x = x, initial_state = small(2, 5)))
})

test_that("state_size says one state or several, of one axis or more", {
  set.seed(2)
  step <- tanh_step(small(3, 5), small(5, 5))
  x <- series()
  want <- layer_rnn(cell = list(call = step, state_size = 5))(x)
  for (size in list(5L, list(5), shape(5), list(shape(5)))) {
    expect_identical(layer_rnn(cell = list(call = step, state_size = size))(x),
                     want)
  }
  grid <- function(inputs, states) {
    s <- 0.5 * states[[1]] + op_reshape(inputs, c(-1, 1, 3))
    list(s, list(s))
  }
  for (size in list(list(c(2, 3)), c(2, 3), shape(2, 3), list(shape(2, 3)))) {
    layer <- layer_rnn(cell = list(call = grid, state_size = size),
                       return_sequences = TRUE, return_state = TRUE)
    c(y, s) %<-% layer(x)
    expect_identical(dim(y), c(2L, 4L, 2L, 3L))
    expect_identical(dim(s), c(2L, 2L, 3L))
    expect_identical(layer$compute_output_shape(dim(x)),
                     list(shape(2, 4, 2, 3), shape(2, 2, 3)))
  }
  expect_slopes(layer, list(x = x, initial_state = small(2, 2, 3)))
})

test_that("several states of different sizes, and an output of its own size", {
  set.seed(3)
  W <- small(3, 4)
  U <- small(4, 4)
  cell <- list(
    state_size = list(4, 2), output_size = 3,
    call = function(inputs, states) {
      a <- tanh(inputs %*% W + states[[1]] %*% U)
      b <- 0.5 * states[[2]] + a[, 2:3]
      list(op_concatenate(list(b, a[, 1:1, drop = FALSE])), list(a, b))
    }
  )
  layer <- layer_rnn(cell = cell, return_state = TRUE)
  given <- list(x = series(), initial_state = list(small(2, 4), small(2, 2)),
                mask = matrix(c(FALSE, TRUE, TRUE, TRUE, FALSE, FALSE, TRUE,
                                FALSE), 2))
  got <- call_given(layer, given)
  expect_identical(lapply(got, dim), list(c(2L, 3L), c(2L, 4L), c(2L, 2L)))
  expect_slopes(layer, given)
})

test_that("inputs, outputs and states may be nested", {
  set.seed(4)
  cell <- list(
    state_size = list(list(1, 2), 1), output_size = list(1, list(2, 1)),
    call = function(inputs, states) {
      a <- states[[1]][[1]] + op_sum(inputs[[1]], axis = -1, keepdims = TRUE)
      b <- states[[1]][[2]] * 0.5 + tanh(inputs[[2]])
      k <- states[[2]] * a
      list(list(a, list(b, k)), list(list(a, b), k))
    }
  )
  layer <- layer_rnn(cell = cell, return_sequences = TRUE, return_state = TRUE)
  x <- list(small(2, 4, 3), small(2, 4, 2))
  got <- layer(x)
  expect_length(got, 4)
  expect_identical(
    rapply(got, dim, how = "list"),
    list(list(c(2L, 4L, 1L), list(c(2L, 4L, 2L), c(2L, 4L, 1L))),
         c(2L, 1L), c(2L, 2L), c(2L, 1L))
  )
  start <- list(list(small(2, 1), small(2, 2)), small(2, 1))
  mask <- matrix(c(TRUE, FALSE, TRUE, TRUE, FALSE, TRUE, TRUE, TRUE), 2)
  expect_slopes(layer, list(x = x, initial_state = start, mask = mask))
  expect_identical(layer(x, initial_state = start),
                   layer(x, initial_state = flatten_tensors(start)))
  shapes <- layer$compute_output_shape(list(c(2, 4, 3), c(2, 4, 2)))
  expect_identical(
    shapes,
    list(list(shape(2, 4, 1), list(shape(2, 4, 2), shape(2, 4, 1))),
         shape(2, 1), shape(2, 2), shape(2, 1))
  )
})

test_that("inputs with names reach the cell with them", {
  set.seed(5)
  cell <- list(state_size = 2, call = function(inputs, states) {
    s <- states[[1]] * inputs$gate + inputs$signal
    list(s, list(s))
  })
  x <- list(signal = small(3, 4, 2), gate = small(3, 4, 2))
  layer <- layer_rnn(cell = cell)
  expect_slopes(layer, list(x = x))
  h <- matrix(0, 3, 2)
  for (t in 1:4) h <- h * x$gate[, t, ] + x$signal[, t, ]
  expect_equal(layer(x), h)
})

test_that("constants come as a list, whatever they were given as", {
  set.seed(6)
  layer <- layer_rnn(cell = ConstantsCell(units = 4))
  x <- series()
  k <- small(2, 3)
  want <- layer(x, constants = list(k))
  expect_identical(layer(x, constants = k), want)
  expect_identical(layer(x, constants = as_tensor(k)), want)
  expect_slopes(layer, list(x = x, constants = list(k)))
  expect_error(layer_rnn(cell = MinimalRNNCell(units = 4))(x, constants = k),
               class = "ValueError")
})

test_that("`training` is passed to cells that name it, and dots do not count", {
  seen <- list()
  cell_of <- function(call) list(call = call, state_size = 3)
  named <- cell_of(function(inputs, states, training) {
    seen[[length(seen) + 1]] <<- training
    list(inputs, states)
  })
  layer <- layer_rnn(cell = named)
  x <- series()[, 1, , drop = FALSE]
  layer(x)
  layer(x, training = TRUE)
  layer(x, training = FALSE)
  expect_identical(vapply(seen, isTRUE, NA), c(FALSE, TRUE, FALSE))
  dots <- cell_of(function(inputs, states, ...) {
    stopifnot(...length() == 0)
    list(inputs, states)
  })
  expect_identical(layer_rnn(cell = dots)(x, training = TRUE), x[, 1, ])
})

test_that("get_initial_state() may name what it needs", {
  set.seed(7)
  step <- tanh_step(small(3, 5), small(5, 5))
  x <- series()
  want <- layer_rnn(cell = list(call = step, state_size = 5))(
    x, initial_state = matrix(1, 2, 5)
  )
  by_batch <- function(batch_size) op_ones(c(batch_size, 5))
  by_input <- function(inputs = NULL, batch_size = NULL, dtype = NULL) {
    list(op_ones(list(inputs$shape[[1]], 5)))
  }
  for (start in list(by_batch, by_input)) {
    cell <- list(call = step, state_size = 5, get_initial_state = start)
    expect_identical(layer_rnn(cell = cell)(x), want)
  }
  ones <- layer_rnn(cell = OnesStateCell(units = 5))
  expect_slopes(ones, list(x = x))
  wrong <- list(call = step, state_size = 5,
                get_initial_state = function(batch_size) op_ones(c(5, 1)))
  expect_error(layer_rnn(cell = wrong)(x), class = "ValueError")
})

test_that("a state that is its own list may be given bare", {
  set.seed(8)
  W <- small(3, 5)
  U <- small(5, 5)
  bare <- function(inputs, states) {
    h <- tanh(inputs %*% W + states[[1]] %*% U)
    list(h, h)
  }
  x <- series()
  expect_identical(layer_rnn(cell = list(call = bare, state_size = 5))(x),
                   layer_rnn(cell = list(call = tanh_step(W, U),
                                         state_size = 5))(x))
})

test_that("cells that draw in training draw anew at each call", {
  cell <- list(state_size = 3, call = function(inputs, states, training) {
    if (isTRUE(training)) inputs <- inputs * as_tensor(stats::runif(3))
    list(inputs + states[[1]], list(inputs + states[[1]]))
  })
  layer <- layer_rnn(cell = cell)
  x <- series()
  set.seed(9)
  one <- layer(x, training = TRUE)
  expect_false(identical(one, layer(x, training = TRUE)))
  set.seed(9)
  expect_identical(layer(x, training = TRUE), one)
})

test_that("states with names come with them, in any order", {
  set.seed(10)
  cell <- list(
    state_size = list(slow = 3, fast = 2), output_size = 2,
    call = function(inputs, states) {
      slow <- 0.9 * states$slow + inputs
      fast <- states$fast + tanh(slow[, 1:2])
      list(fast, list(fast = fast, slow = slow))
    }
  )
  layer <- layer_rnn(cell = cell, return_state = TRUE)
  x <- series()
  got <- layer(x)
  expect_identical(lapply(got, dim), list(c(2L, 2L), c(2L, 3L), c(2L, 2L)))
  expect_null(names(got))
  slow <- small(2, 3)
  fast <- small(2, 2)
  expect_identical(
    layer(x, initial_state = list(fast = fast, slow = slow)),
    layer(x, initial_state = list(slow, fast))
  )
  expect_slopes(layer, list(x = x, initial_state = list(slow, fast)))
})
