test_that("every case of tf.keras' TimeDistributed passes", {
  expect_reference_calls(wrapper_cases("time_distributed"))
})

two_ways <- function(...) bidirectional(layer = layer_gru(...))

each_step <- function(make, ...) time_distributed(layer = make(...))

test_that("time_distributed() keeps the contract of layers", {
  expect_layer_works(each_step, list(layer_dense, units = 2), c(2, 5, 3))
  expect_layer_works(each_step, list(
    layer_dense, units = 2, activation = "softmax", kernel_regularizer = "l2"
  ), c(2, 3, 2, 4))
  expect_layer_works(each_step, list(layer_lstm, units = 2), c(2, 3, 4, 2))
  expect_layer_works(each_step, list(
    two_ways, units = 2
  ), c(2, 3, 4, 2))
})

test_that("each step is one call of the layer", {
  set.seed(1)
  x <- array(rnorm(2 * 3 * 4 * 2), c(2, 3, 4, 2))
  inner <- layer_gru(units = 3, return_sequences = TRUE)
  y <- time_distributed(layer = inner)(x)
  expect_identical(dim(y), c(2L, 3L, 4L, 3L))
  for (t in 1:3) expect_equal(y[, t, , ], inner(x[, t, , ]))
})

test_that("wrappers stand in wrappers", {
  set.seed(2)
  x <- array(rnorm(2 * 3 * 4 * 5), c(2, 3, 4, 5))
  dense <- layer_dense(units = 2)
  layer <- time_distributed(layer = time_distributed(layer = dense))
  expect_equal(layer(x), dense(x))
  expect_equal(layer$compute_output_shape(list(NULL, 3, NULL, 5)),
               shape(NULL, 3, NULL, 2))
})

test_that("a whole model can be applied to each step", {
  set.seed(3)
  inner <- keras_model_sequential(input_shape = list(4, 2)) %>%
    layer_lstm(units = 3) %>%
    layer_dense(units = 2, activation = "tanh")
  x <- array(rnorm(2 * 3 * 4 * 2), c(2, 3, 4, 2))
  outer <- keras_model_sequential(input_shape = list(NULL, 4, 2)) %>%
    time_distributed(inner) %>%
    layer_gru(units = 2)
  expect_identical(dim(outer(x)), c(2L, 2L))
  y <- get_layer(outer, index = 1)(x)
  for (t in 1:3) expect_equal(y[, t, ], inner(x[, t, , ]))
  outer %>% compile(optimizer = "sgd", loss = "mse")
  before <- get_weights(inner)
  outer %>% fit(x, matrix(rnorm(4), 2), epochs = 1, verbose = 0)
  expect_false(identical(get_weights(inner), before))
})

test_that("losses of a model inside count", {
  inner <- keras_model_sequential(input_shape = list(3)) %>%
    layer_dense(units = 2, kernel_initializer = "ones",
                activity_regularizer = regularizer_l1(0.5),
                kernel_regularizer = regularizer_l2(0.1))
  layer <- time_distributed(layer = inner)
  layer(array(1, c(2, 4, 3)))
  expect_equal(lapply(layer$losses, as.array), list(0.5 * 6, 0.1 * 6))
  inner$trainable <- FALSE
  expect_length(layer$trainable_weights, 0)
})

test_that("several inputs have time each", {
  set.seed(4)
  a <- array(rnorm(12), c(2, 3, 2))
  b <- array(rnorm(12), c(2, 3, 2))
  layer <- time_distributed(layer = layer_add())
  expect_equal(layer(list(a, b)), a + b)
})

test_that("the mask of steps goes on; the layer's own axes get theirs", {
  x <- array(rnorm(2 * 3 * 2), c(2, 3, 2))
  mask <- matrix(c(TRUE, FALSE, TRUE, TRUE, FALSE, TRUE), 2)
  masked <- with_mask(as_tensor(x), mask)
  expect_identical(mask_of(each_step(layer_dense, units = 2)(masked)), mask)
  # (batch, time) tells an inner layer over time nothing of its steps
  deep <- with_mask(as_tensor(array(rnorm(48), c(2, 3, 4, 2))), mask)
  inner <- layer_lstm(units = 2)
  layer <- time_distributed(layer = inner)
  y <- layer(deep)
  expect_identical(mask_of(y), mask)
  expect_equal(value_of(y)[, 1, ], inner(value_of(deep)[, 1, , ]))
  # (batch, time, steps) does
  full <- array(c(TRUE, TRUE, FALSE, TRUE, TRUE), c(2, 3, 4))
  y <- layer(value_of(deep), mask = full)
  expect_equal(y[, 2, ], inner(value_of(deep)[, 2, , ], mask = full[, 2, ]))
  out <- layer(with_mask(deep, full))
  expect_identical(mask_of(out), matrix(TRUE, 2, 3))
})

test_that("masks that the layer makes stand for every step", {
  x <- array(c(0, 1, 2, 0, 3, 0, 0, 4), c(2, 2, 2))
  layer <- time_distributed(
    layer = layer_embedding(input_dim = 5, output_dim = 3, mask_zero = TRUE)
  )
  y <- layer(as_tensor(x))
  expect_identical(dim(value_of(y)), c(2L, 2L, 2L, 3L))
  expect_identical(mask_of(y), x != 0)
  model <- keras_model_sequential(input_shape = list(NULL, 2)) %>%
    time_distributed(layer_embedding(input_dim = 5, output_dim = 3,
                                     mask_zero = TRUE)) %>%
    time_distributed(layer_gru(units = 2))
  inner <- get_layer(model, index = 2)$layer
  words <- get_layer(model, index = 1)$layer
  expect_equal(model(x)[, 1, ], inner(words(x[, 1, ]), mask = x[, 1, ] != 0))
})

test_that("dropout differs from step to step, and only in training", {
  x <- array(1, c(4, 6, 3))
  layer <- time_distributed(layer = layer_dropout(rate = 0.5))
  expect_identical(layer(x), x)
  set.seed(1)
  y <- layer(x, training = TRUE)
  expect_setequal(y, c(0, 2))
  expect_false(identical(y[, 1, ], y[, 2, ]))
})

test_that("steps of a stateful layer follow one another", {
  set.seed(5)
  x <- array(rnorm(2 * 3 * 4 * 2), c(2, 3, 4, 2))
  inner <- layer_lstm(units = 2, stateful = TRUE,
                      batch_input_shape = list(2, 4, 2))
  layer <- time_distributed(layer = inner)
  y <- layer(x)
  inner$reset_states()
  for (t in 1:3) expect_equal(y[, t, ], inner(x[, t, , ]))
})

test_that("gradients flow through the folded axes", {
  set.seed(6)
  layer <- time_distributed(layer = layer_simple_rnn(units = 2))
  x <- array(rnorm(2 * 2 * 3 * 2), c(2, 2, 3, 2))
  layer(x)
  expect_layer_gradients(layer, x, layer(x), "all")
})

test_that("what does not fit is refused", {
  layer <- time_distributed(layer = layer_dense(units = 2), name = "t")
  expect_snapshot(error = TRUE, {
    time_distributed()
    time_distributed(layer_dense(units = 2, name = "d"))
    time_distributed(layer = "dense")
    layer(matrix(0, 2, 3))
    layer(array(0, c(2, 0, 3)))
  })
})
