quantile_loss <- new_loss_class(
  "QuantileLoss",
  initialize = function(q = 0.5, ...) {
    super$initialize(...)
    self$q <- q
  },
  call = function(y_true, y_pred) {
    e <- y_true - y_pred
    op_mean(op_maximum(self$q * e, (self$q - 1) * e), axis = -1)
  }
)

test_that("a class of losses makes objects with arguments", {
  y <- matrix(c(1, 2, 3, 4), 2)
  loss <- quantile_loss(q = 0.9)
  expect_equal(as.array(loss(y, 0 * y)), 0.9 * mean(y))
  expect_equal(as.array(loss(0 * y, y)), 0.1 * mean(y))
  expect_equal(as.array(loss(y, 0 * y, c(0, 2))), 0.9 * mean(y[2, ]))
  expect_equal(loss$q, 0.9)
  expect_equal(loss$name, "quantile_loss")
  total <- quantile_loss(reduction = "sum", name = "q")
  expect_equal(total$name, "q")
  expect_equal(as.array(total(y, 0 * y)), 0.5 * sum(rowMeans(y)))
  expect_equal(as.array(get_loss(loss)$call(y, as_tensor(0 * y))),
               0.9 * mean(y))
})

test_that("gradients pass through it", {
  p <- as_tensor(matrix(0, 2, 2))
  tape <- gradient_tape(quantile_loss(q = 0.9)(matrix(1, 2, 2), p))
  expect_equal(tape$gradient(p), matrix(-0.9 / 4, 2, 2))
})

test_that("a class prints; without `call` it makes no loss", {
  expect_snapshot(quantile_loss)
  empty <- new_loss_class("Empty")
  expect_snapshot(empty(), error = TRUE)
})

test_that("the class itself is no loss", {
  model <- keras_model_sequential() %>% layer_dense(1, input_shape = 2)
  expect_snapshot(compile(model, "sgd", quantile_loss), error = TRUE)
})
