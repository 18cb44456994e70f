test_that("layer_dense() gives tf.keras' numbers", {
  expect_layer_cases("layer_dense")
})

test_that("layer_dense() keeps the contract of layers", {
  expect_layer_works(layer_dense, list(units = 4, activation = "tanh"),
                     c(2, 3))
  expect_layer_works(layer_dense, list(units = 2, use_bias = FALSE),
                     c(2, 5, 3))
  expect_layer_works(layer_dense, list(
    units = 2, kernel_regularizer = "l2", bias_initializer = "ones",
    kernel_constraint = constraint_maxnorm(1), activation = "sigmoid"
  ), c(2, 3, 2, 4))
})

test_that("an activation by sigmoid or softmax leaves its logits", {
  x <- as_tensor(random_array(c(2, 3)))
  for (name in c("sigmoid", "softmax")) {
    layer <- layer_dense(units = 4, activation = name)
    y <- layer(x)
    z <- value_of(x) %*% get_weights(layer)[[1]]
    expect_equal(as.array(logits_of(y)), z)
  }
  expect_null(logits_of(layer_dense(units = 4)(x)))
  expect_null(logits_of(layer_dense(units = 4, activation = "tanh")(x)))
})

test_that("layer_dense() regularizes its activity and its weights", {
  layer <- layer_dense(units = 2, kernel_initializer = "ones",
                       activity_regularizer = regularizer_l1(0.5),
                       kernel_regularizer = regularizer_l2(0.1))
  layer(matrix(1, 2, 3))
  expect_equal(lapply(layer$losses, as.array), list(0.5 * 12 / 2, 0.1 * 6))
})

test_that("layer_dense() refuses what does not fit", {
  layer <- layer_dense(units = 4, name = "d")
  layer(matrix(0, 2, 3))
  expect_snapshot(error = TRUE, {
    layer(matrix(0, 2, 5))
    layer(c(1, 2, 3))
    layer(list(matrix(0, 2, 3), matrix(0, 2, 3)))
    layer(letters)
    layer_dense(units = 0)
    layer_dense(units = 2.5)
    layer_dense(units = "a")
    layer_dense(units = 2, activation = "rellu")
    layer_dense(units = 2, activation = quote(x))
    layer_input(list(4, NULL)) |> layer_dense(units = 2, name = "d")
  })
})
