test_that("layer_batch_normalization() gives tf.keras' numbers", {
  expect_layer_cases("layer_batch_normalization")
})

test_that("layer_batch_normalization() keeps the contract of layers", {
  expect_layer_works(layer_batch_normalization, list(
    moving_mean_initializer = "normal", gamma_initializer = "normal",
    beta_regularizer = "l1"
  ), c(2, 4, 3))
  expect_layer_works(layer_batch_normalization, list(
    center = FALSE, scale = FALSE, axis = 1
  ), c(2, 4, 3))
  expect_layer_works(layer_batch_normalization, list(axis = c(1, 3)),
                     c(2, 2, 3, 2))
})

test_that("gradients flow through the batch's own moments", {
  set.seed(1)
  layer <- layer_batch_normalization(gamma_initializer = "normal")
  layer(random_array(c(3, 4)))
  x <- random_array(c(3, 4))
  u <- random_array(c(3, 4))
  t <- as_tensor(x)
  tape <- gradient_tape(op_sum(layer(t, training = TRUE) * u))
  want <- central_difference(function(v) sum(layer(v, training = TRUE) * u), x)
  expect_close(tape$gradient(t), want, 1e-6)
})

test_that("only a training call moves the layer's own moments", {
  x <- random_array(c(5, 3))
  layer <- layer_batch_normalization(momentum = 0.8)
  layer(x)
  start <- get_weights(layer)
  layer(x, training = FALSE)
  layer(layer_input(3), training = TRUE)
  layer$compute_output_shape(c(NA, 3))
  expect_identical(get_weights(layer), start)
  layer(x, training = TRUE)
  variance <- colMeans(sweep(x, 2, colMeans(x))^2)
  expect_equal(as.vector(get_weights(layer)[[3]]), 0.2 * colMeans(x))
  expect_equal(as.vector(get_weights(layer)[[4]]), 0.8 + 0.2 * variance)

  layer$trainable <- FALSE
  before <- get_weights(layer)
  frozen <- layer(x, training = TRUE)
  expect_identical(get_weights(layer), before)
  expect_identical(frozen, layer(x))
})

test_that("masked steps do not count, not even NaN", {
  x <- random_array(c(2, 3, 2))
  mask <- rbind(c(TRUE, TRUE, FALSE), c(TRUE, FALSE, FALSE))
  x[1, 3, ] <- NaN
  layer <- layer_batch_normalization(momentum = 0)
  layer(with_mask(as_tensor(x), mask), training = TRUE)
  seen <- rbind(x[1, 1, ], x[1, 2, ], x[2, 1, ])
  expect_equal(as.vector(get_weights(layer)[[3]]), colMeans(seen))
  expect_equal(as.vector(get_weights(layer)[[4]]),
               colMeans(sweep(seen, 2, colMeans(seen))^2))
})

test_that("layer_batch_normalization() refuses what does not fit", {
  layer <- layer_batch_normalization(name = "b")
  layer(matrix(0, 2, 3))
  expect_snapshot(error = TRUE, {
    layer(matrix(0, 2, 4))
    layer(c(1, 2))
    layer_batch_normalization(axis = 4, name = "b")(matrix(0, 2, 3))
    layer_batch_normalization(momentum = 2)
    layer_batch_normalization(epsilon = "a")
  })
})
