test_that("classes count from 0", {
  set.seed(5)
  x <- array(rnorm(7 * 4 * 2), c(7, 4, 2))
  several <- keras_model_sequential() %>%
    layer_simple_rnn(units = 5, input_shape = list(NULL, 2)) %>%
    layer_dense(units = 3, activation = "softmax")
  p <- predict(several, x)
  expect_identical(predict_proba(several, x), p)
  expect_identical(predict_classes(several, x, batch_size = 2),
                   array(apply(p, 1, which.max) - 1L, 7))
  one <- keras_model_sequential() %>%
    layer_simple_rnn(units = 5, input_shape = list(NULL, 2)) %>%
    layer_dense(units = 1, activation = "sigmoid")
  p <- predict(one, x)
  expect_identical(predict_classes(one, x), array(as.integer(p > 0.5), c(7, 1)))
  expect_true(any(p > 0.5) && any(p < 0.5))
})

test_that("of every step, and of one output only", {
  set.seed(6)
  x <- array(rnorm(3 * 4 * 2), c(3, 4, 2))
  input <- layer_input(list(NULL, 2))
  steps <- layer_simple_rnn(input, units = 5, return_sequences = TRUE)
  model <- keras_model(input, steps)
  expect_identical(predict_classes(model, x),
                   apply(predict(model, x), 1:2, which.max) - 1L)
  listed <- keras_model(input, list(steps))
  expect_identical(predict_classes(listed, x), predict_classes(model, x))
  both <- keras_model(input, list(steps, layer_dense(steps, 2)))
  expect_snapshot(predict_classes(both, x), error = TRUE)
})
