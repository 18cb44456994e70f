activation_layers <- c(
  "layer_activation", "layer_activation_relu", "layer_activation_leaky_relu",
  "layer_activation_elu", "layer_activation_selu", "layer_activation_softmax",
  "layer_activation_parametric_relu"
)

test_that("activation layers give tf.keras' numbers", {
  for (name in activation_layers) expect_layer_cases(name)
})

test_that("activation layers keep the contract of layers", {
  shape <- c(2, 4, 3)
  expect_layer_works(layer_activation, list(activation = "tanh"), shape)
  expect_layer_works(layer_activation, list(activation = op_softplus), shape)
  expect_layer_works(layer_activation_relu, list(
    max_value = 1, negative_slope = 0.2, threshold = 0.1
  ), shape)
  expect_layer_works(layer_activation_leaky_relu, list(), shape)
  expect_layer_works(layer_activation_elu, list(alpha = 0.7), shape)
  expect_layer_works(layer_activation_selu, list(), shape)
  expect_layer_works(layer_activation_thresholded_relu, list(theta = 0.3),
                     shape)
  expect_layer_works(layer_activation_softmax, list(), shape)
  expect_layer_works(layer_activation_softmax, list(axis = 1), shape)
  expect_layer_works(layer_activation_softmax, list(axis = c(1, 2)), shape)
  expect_layer_works(layer_activation_parametric_relu, list(
    alpha_initializer = "ones", alpha_regularizer = "l1"
  ), shape)
  expect_layer_works(layer_activation_parametric_relu, list(
    alpha_initializer = "normal", shared_axes = c(1, 2)
  ), shape)
})

test_that("thresholded relu is x above theta, else 0", {
  x <- matrix(c(-1, 0.5, 1, 2), 2)
  expect_identical(layer_activation_thresholded_relu()(x),
                   matrix(c(0, 0, 0, 2), 2))
})

test_that("softmax over several axes sums to 1 over them", {
  y <- layer_activation_softmax(axis = c(1, 2))(random_array(c(2, 4, 3)))
  expect_equal(apply(y, 1, sum), c(1, 1))
})

test_that("a mask of elements keeps them out of softmax", {
  x <- matrix(c(1, 2, 3, 4, 5, 6), 2)
  mask <- rbind(c(TRUE, FALSE, TRUE), c(TRUE, TRUE, FALSE))
  y <- layer_activation_softmax()(x, mask = mask)
  expect_identical(y[!mask], c(0, 0))
  expect_equal(rowSums(y), c(1, 1))
})

test_that("activation layers leave their logits", {
  x <- as_tensor(random_array(c(2, 3)))
  sigmoid <- layer_activation(activation = "sigmoid")
  expect_identical(logits_of(sigmoid(x))$value, x$value)
  expect_identical(logits_of(layer_activation_softmax()(x))$value, x$value)
  expect_null(logits_of(layer_activation_softmax(axis = 0)(x)))
})

test_that("slopes of parametric relu are shared along axes", {
  layer <- layer_activation_parametric_relu(shared_axes = 1)
  layer(array(0, c(2, 4, 3)))
  expect_identical(dim(get_weights(layer)[[1]]), c(1L, 3L))
  symbolic <- layer_input(list(NULL, 3))
  expect_no_error(layer_activation_parametric_relu(shared_axes = 1)(symbolic))
})

test_that("activation layers refuse what does not fit", {
  expect_snapshot(error = TRUE, {
    layer_activation()
    layer_activation(activation = "tahn")
    layer_activation_relu(max_value = -1)
    layer_activation_elu(alpha = "a")
    layer_activation_thresholded_relu(theta = -1)
    layer_activation_softmax(axis = 5, name = "s")(matrix(0, 2, 3))
    layer_activation_softmax(axis = "a", name = "s")(matrix(0, 2, 3))
    layer_activation_parametric_relu(name = "p")(layer_input(list(NULL, 3)))
  })
})
