small <- function(...) array(rnorm(prod(...), sd = 0.5), c(...))

mixed_cells <- function() {
  list(
    TwoStateCell(units = 4),
    layer_stacked_rnn_cells(list(
      NarrowOutputCell(units = 3, out = 2),
      list(layer_simple_rnn_cell(5), MinimalRNNCell(units = 3))
    )),
    layer_simple_rnn_cell(2)
  )
}

test_that("stacks of own and built-in cells give flat states, and train", {
  set.seed(1)
  layer <- layer_rnn(cell = mixed_cells(), return_state = TRUE,
                     return_sequences = TRUE)
  x <- small(2, 4, 3)
  got <- layer(x)
  expect_identical(lapply(got, dim), lapply(
    list(c(2, 4, 2), c(2, 4), c(2, 4), c(2, 3), c(2, 5), c(2, 3), c(2, 2)),
    as.integer
  ))
  expect_length(layer$weights, 3 + 3 + 3 + 2 + 3)
  mask <- matrix(c(FALSE, TRUE, TRUE, TRUE, TRUE, FALSE, TRUE, TRUE), 2)
  expect_slopes(layer, list(x = x, mask = mask, initial_state = got[-1]))
})

test_that("a stack in a stack is the flat stack", {
  set.seed(2)
  cells <- function() lapply(c(4, 2, 3, 5), layer_simple_rnn_cell)
  flat <- layer_rnn(cell = cells(), return_state = TRUE)
  x <- small(3, 4, 2)
  want <- flat(x)
  k <- cells()
  nested <- layer_rnn(
    cell = list(k[[1]], list(k[[2]], rnn_cells_stack(k[3:4]))),
    return_state = TRUE
  )
  nested(x)
  expect_false(is.null(unwrap_layer(nested)$.native))
  nested$set_weights(flat$get_weights())
  expect_identical(nested(x), want)
})

test_that("constants and training reach the cells of a stack that name them", {
  set.seed(3)
  layer <- layer_rnn(cell = list(MinimalRNNCell(units = 4),
                                 ConstantsCell(units = 3)))
  given <- list(x = small(2, 4, 5), constants = list(small(2, 3)))
  layer(given$x, constants = given$constants)
  expect_slopes(layer, given)
})

test_that("get_initial_state() of each cell of a stack counts", {
  set.seed(4)
  layer <- layer_rnn(cell = list(MinimalRNNCell(units = 4),
                                 OnesStateCell(units = 3)),
                     return_state = TRUE)
  x <- small(2, 4, 5)
  got <- layer(x)
  expect_identical(
    layer(x, initial_state = list(matrix(0, 2, 4), matrix(1, 2, 3))), got
  )
})

test_that("a stack is a cell with sizes and weights of its own", {
  stack <- layer_stacked_rnn_cells(list(TwoStateCell(units = 4),
                                        layer_simple_rnn_cell(3)))
  expect_identical(stack$state_size, list(list(4L, 4L), 3L))
  expect_identical(stack$output_size, 3L)
  expect_length(stack$cells, 2)
})

test_that("a stack is refused that is empty or holds a cell twice", {
  cell <- layer_simple_rnn_cell(3)
  expect_snapshot(error = TRUE, {
    layer_stacked_rnn_cells(list())
    layer_stacked_rnn_cells(list(cell, cell))
    layer_stacked_rnn_cells(list(cell, 3))
  })
})
