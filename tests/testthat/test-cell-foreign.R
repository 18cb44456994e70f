small <- function(...) array(rnorm(prod(...), sd = 0.5), c(...))

# A cell with two variables: in a list, or in the closure of its function.
variable_cell <- function(where = c("closure", "list", "environment", "R6")) {
  w <- new_variable(small(3, 4), name = "w")
  u <- new_variable(small(4, 4), name = "u")
  step <- function(inputs, states) {
    h <- tanh(inputs %*% w + states[[1]] %*% u)
    list(h, list(h))
  }
  switch(match.arg(where),
    closure = list(call = step, state_size = 4),
    list = list(w = w, u = u, call = step, state_size = 4),
    environment = list2env(list(a_w = w, b_u = u, call = step,
                                state_size = 4)),
    R6 = R6::R6Class("Own", public = list(
      state_size = 4, w = NULL, u = NULL,
      build = function(input_shape) {
        self$w <- new_variable(small(input_shape[[2]], 4), name = "w")
        self$u <- new_variable(small(4, 4), name = "u")
      },
      call = function(inputs, states) {
        h <- tanh(inputs %*% self$w + states[[1]] %*% self$u)
        list(h, list(h))
      }
    ))$new()
  )
}

test_that("variables of foreign cells are weights, and train", {
  set.seed(1)
  x <- small(2, 5, 3)
  for (where in c("closure", "list", "environment", "R6")) {
    layer <- layer_rnn(cell = variable_cell(where), return_sequences = TRUE)
    layer(x)
    expect_setequal(vapply(layer$trainable_weights, function(w) w$name, ""),
                    c("w", "u"))
    expect_length(layer$get_weights(), 2)
    expect_slopes(layer, list(x = x), info = where)
  }
})

test_that("a variable in a list and in the closure counts once", {
  layer <- layer_rnn(cell = variable_cell("list"))
  expect_length(layer$weights, 2)
})

test_that("layers inside a foreign cell are built and train", {
  set.seed(2)
  Half <- new_layer_class("Half",
    build = function(input_shape) {
      self$k <- self$add_weight("k", list(input_shape[[2]], 2))
    },
    call = function(inputs) inputs %*% self$k
  )
  half <- Half()
  cell <- list(half = half, state_size = 2, call = function(inputs, states) {
    h <- tanh(half(inputs)) + 0.5 * states[[1]]
    list(h, list(h))
  })
  layer <- layer_rnn(cell = cell)
  x <- small(2, 5, 3)
  layer(x)
  expect_length(layer$weights, 1)
  expect_slopes(layer, list(x = x))
})

test_that("the config of a layer over a foreign cell makes it again", {
  set.seed(3)
  W <- small(3, 4)
  layer <- layer_rnn(cell = list(
    state_size = 4,
    call = function(inputs, states) {
      h <- inputs %*% W + states[[1]]
      list(h, list(h))
    }
  ))
  x <- small(2, 5, 3)
  again <- from_config(get_config(layer))
  expect_identical(again(x), layer(x))
})

test_that("what is not a cell is told so", {
  expect_snapshot(error = TRUE, {
    layer_rnn(cell = list(state_size = 3))
    layer_rnn(cell = list2env(list(state_size = 3)))
    layer_rnn(cell = list2env(list(call = function(inputs, states) 1)))
    layer_rnn(cell = list(call = function(inputs, states) 1))
    layer_rnn(cell = 4)
    layer_rnn(cell = "tanh")
    layer_rnn(cell = list())
    layer_rnn()
    layer_rnn(cell = MinimalRNNCell)
    layer_rnn(cell = layer_simple_rnn(units = 2))
    layer_rnn(cell = list(layer_simple_rnn_cell(2), 5))
  })
})
