test_that("layers by pipe, by list and by add() make the same model", {
  set.seed(1)
  x <- random_array(2, 5, 3)
  piped <- small_sequential()
  listed <- keras_model_sequential(list(
    layer_simple_rnn(units = 4, input_shape = list(NULL, 3)),
    layer_dense(units = 2)
  ))
  added <- keras_model_sequential(input_shape = list(NULL, 3))
  added$add(layer_simple_rnn(units = 4))
  added$add(layer_dense(units = 2))
  want <- predict(piped, x)
  expect_identical(dim(want), c(2L, 2L))
  expect_identical(predict(with_weights_of(listed, piped), x), want)
  expect_identical(predict(with_weights_of(added, piped), x), want)
  expect_identical(as.integer(added$output_shape), c(NA, 2L))
})

test_that("a model without input shape is built by its first data, or by fit", {
  x <- random_array(2, 5, 3)
  model <- keras_model_sequential() %>% layer_simple_rnn(4) %>% layer_dense(2)
  expect_false(model$built)
  expect_identical(dim(predict(model, x)), c(2L, 2L))
  expect_true(model$built)
  expect_length(model$weights, 5)
  # The number of time steps stays open, and so does the batch.
  expect_identical(dim(model(random_array(3, 7, 3))), c(3L, 2L))
  fitted <- keras_model_sequential() %>% layer_simple_rnn(4) %>% layer_dense(1)
  fitted %>% compile("sgd", "mse")
  fitted %>% fit(x, c(1, 2), epochs = 1, verbose = 0)
  expect_identical(count_params(fitted), 37L)
})

test_that("a failed first call leaves the model as it was", {
  model <- keras_model_sequential() %>% layer_simple_rnn(4) %>%
    layer_simple_rnn(2)
  expect_error(model(random_array(2, 5, 3)), class = "ValueError")
  expect_false(model$built)
  expect_length(model$weights, 0)
  expect_null(model$inputs)
  # ... but weights that were there before stay.
  trained <- layer_dense(units = 3, input_shape = 3)
  trained(matrix(1, 1, 3))
  kernel <- get_weights(trained)
  bad <- keras_model_sequential() %>%
    layer_lambda(function(x) x * 2) %>%
    (function(m) {
      m$add(trained)
      m
    }) %>%
    layer_lambda(function(x) stop("no"))
  expect_error(bad(matrix(1, 2, 3)))
  expect_identical(get_weights(trained), kernel)
})

test_that("pop_layer() gives back the model before the last layer", {
  set.seed(2)
  x <- random_array(2, 5, 3)
  model <- small_sequential()
  rnn <- get_layer(model, "rnn")
  pop_layer(model)
  expect_identical(predict(model, x), rnn(x))
  expect_identical(as.integer(model$output_shape), c(NA, 4L))
  model %>% layer_dense(units = 5)
  expect_identical(dim(predict(model, x)), c(2L, 5L))
  model %>% compile("sgd", "mse")
  model %>% fit(x, matrix(0, 2, 5), epochs = 1, verbose = 0)
  model <- pop_layer(pop_layer(model))
  expect_length(model$layers, 0)
  expect_snapshot(error = TRUE, pop_layer(model))
})

test_that("models stand inside models", {
  set.seed(3)
  x <- random_array(2, 5, 3)
  inner <- small_sequential()
  outer <- keras_model_sequential() %>%
    (function(m) {
      m$add(inner)
      m
    }) %>%
    layer_dense(units = 1)
  expect_length(outer$weights, 7)
  expect_identical(outer$layers[[1]]$name, "small")
  head <- get_layer(outer, index = -1)
  expect_identical(predict(outer, x), head(inner(x)))
  copy <- with_weights_of(from_config(get_config(outer)), outer)
  expect_identical(predict(copy, x), predict(outer, x))
})

test_that("losses and metrics of inner layers count", {
  model <- keras_model_sequential(input_shape = 3) %>%
    layer_dense(units = 2, activity_regularizer = regularizer_l2(0.1))
  x <- matrix(rnorm(6), 2)
  y <- model(x)
  expect_length(model$losses, 1)
  expect_equal(value_of(model$losses[[1]]), 0.1 * sum(y^2) / 2)
})

test_that("names: two layers of one name, made up names are mended", {
  expect_snapshot(error = TRUE, {
    keras_model_sequential(input_shape = 3) %>%
      layer_dense(units = 2, name = "d") %>% layer_dense(units = 1, name = "d")
  })
  one <- keras_model_sequential(input_shape = 3) %>% layer_dense(units = 2)
  file <- tempfile(fileext = ".rds")
  saveRDS(one, file)
  again <- readRDS(file)
  # A fresh session counts names from the start.
  name <- again$layers[[1]]$name
  assign("dense", as.integer(sub("dense_?", "", paste0(name, "0"))) %/% 10L,
         envir = name_counts)
  again %>% layer_dense(units = 4) %>% layer_dense(units = 1)
  names <- vapply(again$layers, function(l) l$name, "")
  expect_false(anyDuplicated(names) > 0)
})

test_that("what is no layer is refused", {
  expect_snapshot(error = TRUE, {
    keras_model_sequential(list(layer_dense(units = 1), "dense"))
    keras_model_sequential(input_shape = 3)$add(function(x) x)
    model <- keras_model_sequential(name = "m")
    model(matrix(1, 2, 3))
    model %>% layer_simple_rnn(2, return_state = TRUE, name = "states",
                               input_shape = list(NULL, 3))
    keras_model_sequential(inputshape = 3)
    get_layer(small_sequential(), "haed")
    get_layer(small_sequential(), index = 3)
    get_layer(layer_dense(units = 1), 1)
  })
})

test_that("a model takes layers and models that it is piped into", {
  rnn <- layer_simple_rnn(units = 4)
  base <- keras_model_sequential() %>%
    layer_dense(units = 3, input_shape = list(NULL, 2))
  model <- keras_model_sequential() %>% base() %>% rnn() %>%
    layer_dense(units = 1)
  x <- array(rnorm(5 * 3 * 2), c(5, 3, 2))
  expect_equal(predict(model, x), model$layers[[3]](rnn(base(x))))
  expect_length(model$layers, 3)
})
