probabilities <- function(...) value_of(op_softmax(draw(...)))

test_that("binary cross-entropy, of probabilities and of logits", {
  t <- draw(2, 3, low = 0, high = 1)
  z <- draw(2, 3, seed = 2)
  p <- 1 / (1 + exp(-z))
  by_hand <- -(t * log(p) + (1 - t) * log(1 - p))
  expect_equal(as.array(op_binary_crossentropy(t, p)), by_hand,
               tolerance = 1e-6)
  expect_op(op_binary_crossentropy, t, p, tolerance = 1e-6)
  expect_op(function(t, z) op_binary_crossentropy(t, z, TRUE), t, z,
            forward = by_hand)
  expect_op(function(z) k_binary_crossentropy(t, z, TRUE), matrix(0, 2, 3))
  expect_equal(as.array(op_binary_crossentropy(c(1, 0), c(0, 1))),
               array(rep(-log(2e-7), 2)), tolerance = 1e-6)
  big <- op_binary_crossentropy(c(0, 1), c(1000, -1000), from_logits = TRUE)
  expect_equal(as.array(big), array(c(1000, 1000)))
})

test_that("categorical cross-entropy over any axis", {
  t <- probabilities(2, 4)
  z <- draw(2, 4, seed = 2)
  soft <- exp(z) / rowSums(exp(z))
  by_hand <- array(-rowSums(t * log(soft)))
  expect_op(op_categorical_crossentropy, t, soft, forward = by_hand,
            tolerance = 1e-6)
  expect_op(function(t, z) op_categorical_crossentropy(t, z, TRUE), t, z,
            forward = by_hand, tolerance = 1e-6)
  expect_op(function(t, p) op_categorical_crossentropy(t, p), t, 3 * soft,
            forward = by_hand, tolerance = 1e-6)
  expect_op(function(t, z) {
    op_categorical_crossentropy(t, z, TRUE, axis = 1)
  }, t(t), t(z), forward = by_hand, tolerance = 1e-6)
  expect_op(k_categorical_crossentropy, probabilities(2, 3, 4),
            abs(draw(2, 3, 4)) + 0.1, tolerance = 1e-6)
})

test_that("sparse cross-entropy takes class numbers from 0", {
  z <- draw(3, 4)
  soft <- exp(z) / rowSums(exp(z))
  labels <- c(2, 0, 3)
  by_hand <- array(-log(soft[cbind(1:3, labels + 1)]))
  expect_op(function(p) op_sparse_categorical_crossentropy(labels, p), soft,
            forward = by_hand, tolerance = 1e-6)
  expect_op(function(z) op_sparse_categorical_crossentropy(labels, z, TRUE), z,
            forward = by_hand)
  expect_equal(as.array(k_sparse_categorical_crossentropy(matrix(labels), z,
                                                          TRUE)), by_hand)
  steps <- matrix(c(0, 1, 3, 2, 2, 0), 2)
  expect_op(function(z) op_sparse_categorical_crossentropy(steps, z, TRUE),
            draw(2, 3, 4))
  s <- op_sparse_categorical_crossentropy(new_symbolic(list(NULL), "int32"),
                                          new_symbolic(list(NULL, 4)))
  expect_equal(s$shape, shape(NULL))
  expect_snapshot(error = TRUE, {
    op_sparse_categorical_crossentropy(c(0, 4, 1), z)
    op_categorical_crossentropy(matrix(0, 3, 2), z)
  })
})
