test_that("lists are matched by place, or by name", {
  expect_equal(zip_lists(list(1, 2, 3), c("a", "b", "c")),
               list(list(1, "a"), list(2, "b"), list(3, "c")))
  expect_equal(zip_lists(x = list(1, 2), y = 3:4)[[2]], list(x = 2, y = 4L))
  expect_equal(zip_lists(list(k = 1, l = 2), list(l = "b", k = "a")),
               list(k = list(1, "a"), l = list(2, "b")))
  expect_equal(zip_lists(), list())
  expect_equal(zip_lists(list(), list()), list())
})

test_that("what does not match is told", {
  expect_snapshot(zip_lists(list(1, 2), list(1)), error = TRUE)
  expect_snapshot(zip_lists(list(a = 1), list(b = 1)), error = TRUE)
  expect_snapshot(zip_lists(list(a = 1), list(1)), error = TRUE)
  expect_snapshot(zip_lists(list(1), sum), error = TRUE)
})

test_that("an optimizer takes gradients and weights side by side", {
  set.seed(2)
  x <- array(rnorm(5 * 3 * 2), c(5, 3, 2))
  one <- layer_simple_rnn(units = 4)
  two <- layer_simple_rnn(units = 4)
  invisible(one(x))
  invisible(two(x))
  set_weights(two, get_weights(one))
  step <- function(layer, apply) {
    tape <- gradient_tape(op_sum(layer(x)))
    apply(tape$gradient(layer$weights), layer$weights)
  }
  step(one, optimizer_adam(0.1)$apply_gradients)
  step(two, function(grads, weights) {
    optimizer_adam(0.1)$apply_gradients(zip_lists(grads, weights))
  })
  expect_equal(get_weights(two), get_weights(one))
})
