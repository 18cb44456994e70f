test_that("what overflows at a masked step reaches no gradient", {
  set.seed(1)
  Growing <- new_layer_class("Growing",
    initialize = function(units, ...) {
      super$initialize(...)
      self$state_size <- units
    },
    build = function(input_shape) {
      self$w <- self$add_weight("w", list(input_shape[[2]], self$state_size))
    },
    call = function(inputs, states) {
      h <- 0.1 * exp(inputs %*% self$w) + states[[1]]
      list(h / (1 + h^2), list(h))
    }
  )
  layer <- layer_rnn(cell = Growing(units = 2))
  x <- array(rnorm(3 * 5 * 2), c(3, 5, 2))
  mask <- rbind(c(TRUE, TRUE, FALSE, TRUE, FALSE),
                c(FALSE, TRUE, TRUE, FALSE, FALSE),
                c(TRUE, TRUE, FALSE, TRUE, FALSE))
  wild <- x
  wild[!array(mask, dim(x))] <- 1e5
  slopes <- function(x) {
    x <- as_tensor(x)
    weights <- matrix(1:6, 3)
    tape <- gradient_tape(op_sum(layer(x, mask = mask) * weights))
    c(list(tape$value), tape$gradient(list(x, layer$weights)))
  }
  layer(x)
  expect_equal(slopes(wild), slopes(x), tolerance = 1e-12)
  expect_true(all(is.finite(unlist(slopes(wild)))))
})
