# Several cells as one: the output of each is the input of the next. Its
# states are each cell's in order.
StackedRNNCells <- keras_class(
  "StackedRNNCells", inherit = KerasLayer,
  public = list(
    cells = NULL,
    .args = "cells",
    initialize = function(cells, ...) {
      layer_initialize(self, list(...))
      stack_initialize(self, cells)
    },
    build = function(input_shape) stack_build(self, input_shape),
    call = function(inputs, states, constants = NULL, training = NULL) {
      stack_call(self, inputs, states, constants, training)
    },
    get_initial_state = function(inputs = NULL, batch_size = NULL,
                                 dtype = NULL) {
      stack_initial_state(self, inputs, batch_size, dtype)
    },
    begin_sequence = function(batch, training) {
      for (i in self$.infos) cell_begin(i$cell, batch, training)
    },
    end_sequence = function() for (i in self$.infos) cell_end(i$cell)
  ),
  active = list(
    state_size = function() {
      lapply(self$.infos, function(i) i$struct)
    },
    output_size = function() self$.infos[[length(self$.infos)]]$output
  )
)

new_stack <- function(cells) {
  unwrap_layer(new_layer(StackedRNNCells, list(cells = cells)))
}

stack_initialize <- function(self, cells) {
  if (!is.list(cells) || is.object(cells)) cells <- list(cells)
  if (!length(cells)) {
    stop_value(
      "`cells` is an empty list.",
      i = "Give at least one cell, e.g. `list(layer_simple_rnn_cell(4))`."
    )
  }
  adapted <- lapply(unname(cells), as_cell)
  shared <- duplicated(adapted)
  if (any(shared)) {
    stop_value(
      sprintf("Cell %d of the stack is the same object as an earlier one.",
              which(shared)[[1L]]),
      i = "Make one cell for each place: cells own their weights."
    )
  }
  self$cells <- lapply(adapted, callable)
  assign(".infos", lapply(adapted, cell_info), envir = self)
}

stack_build <- function(self, input_shape) {
  shape <- input_shape
  batch <- if (inherits(shape, "recurrent_shape")) shape[1L] else shape(NULL)
  for (info in self$.infos) {
    if (!info$cell$built) build_layer(info$cell, shape)
    shape <- step_shapes(batch, info$output)
  }
}

# Shapes (batch, size...) of nested sizes.
step_shapes <- function(batch, sizes) {
  if (is.list(sizes)) return(lapply(sizes, step_shapes, batch = batch))
  as_shape(list(batch, sizes))
}

stack_call <- function(self, inputs, states, constants, training) {
  flat <- flatten_tensors(states)
  new <- list()
  at <- 0L
  for (info in self$.infos) {
    n <- length(info$sizes)
    step <- cell_step(info, inputs, flat[at + seq_len(n)], constants, training)
    at <- at + n
    inputs <- step[[1L]]
    new <- c(new, list(
      if (info$single) step[[2L]][[1L]] else
        pack_as_struct(info$struct, step[[2L]])
    ))
  }
  list(inputs, new)
}

stack_initial_state <- function(self, inputs, batch_size, dtype) {
  batch <- batch_size %||% dims(value_of(first_leaf(inputs)))[[1L]]
  do.call(c, lapply(self$.infos, cell_initial_states, inputs = inputs,
                    batch = batch, dtype = dtype))
}

# How many features a built-in cell, or a stack on one, was built for.
cell_input_features <- function(cell) {
  while (length(cell$.infos)) cell <- cell$.infos[[1L]]$cell
  cell$.features
}

first_leaf <- function(x) {
  while (is.list(x) && !is_tensor(x)) x <- x[[1L]]
  x
}

#' Several cells as one
#'
#' `layer_stacked_rnn_cells()` makes one cell of several: the output of each
#' is the input of the next. `layer_rnn(cell = list(...))` does the same. The
#' whole stack is one cell, so stacks may stand in stacks; `rnn_cells_stack()`
#' is keras3's name for it.
#'
#' @param cells A list of cells, from first to last: see [layer_rnn()].
#' @param ... `name`, `trainable`, `dtype`.
#' @return A cell. Its `state_size` is the list of its cells' state sizes, its
#'   output size that of the last cell.
#' @section Errors: `ValueError` for an empty list, a cell that stands in it
#'   twice, or an object that is not a cell.
#' @source Keras' `StackedRNNCells`.
#' @export
#' @examples
#' cells <- layer_stacked_rnn_cells(
#'   list(layer_simple_rnn_cell(4), layer_simple_rnn_cell(3))
#' )
#' layer <- layer_rnn(cell = cells)
#' dim(layer(array(rnorm(2 * 5 * 6), c(2, 5, 6))))
layer_stacked_rnn_cells <- function(cells, ...) {
  new_layer(StackedRNNCells, list(cells = cells, ...))
}

#' @rdname layer_stacked_rnn_cells
#' @export
rnn_cells_stack <- layer_stacked_rnn_cells
