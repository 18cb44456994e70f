# Recurrent layers inside models: states and constants as inputs, sublayers,
# training, and the same numbers from the same seed.

small <- function(...) array(rnorm(prod(...), sd = 0.5), c(...))

test_that("initial states and constants are inputs of a functional model", {
  set.seed(1)
  series <- layer_input(list(NULL, 3))
  start <- layer_input(4)
  extra <- layer_input(3)
  own <- layer_rnn(cell = ConstantsCell(units = 4), return_state = TRUE,
                   return_sequences = TRUE)
  c(y, state) %<-% own(series, initial_state = start, constants = extra)
  last <- layer_simple_rnn(units = 4)
  z <- last(y, initial_state = list(state))
  model <- keras_model(list(series, start, extra), list(z, state))
  x <- list(small(2, 5, 3), small(2, 4), small(2, 3))
  c(got, s) %<-% model(x)
  c(want_y, want_s) %<-% own(x[[1]], initial_state = x[[2]],
                             constants = x[[3]])
  expect_identical(s, want_s)
  expect_identical(got, last(want_y, initial_state = want_s))
  expect_length(model$trainable_weights, 6)
})

test_that("an encoder hands its state to a decoder, and both train", {
  set.seed(2)
  from <- layer_input(list(NULL, 2))
  to <- layer_input(list(NULL, 3))
  c(ignored, state) %<-% layer_simple_rnn(units = 4, return_state = TRUE)(from)
  out <- layer_simple_rnn(units = 4, return_sequences = TRUE)(
    to, initial_state = state
  ) %>% layer_dense(units = 1)
  model <- keras_model(list(from, to), out)
  x <- list(small(6, 5, 2), small(6, 4, 3))
  y <- small(6, 4, 1)
  model %>% compile(optimizer = optimizer_sgd(0.1), loss = "mse")
  before <- get_weights(model)
  history <- model %>% fit(x, y, epochs = 5, verbose = 0, shuffle = FALSE)
  changed <- mapply(function(a, b) any(a != b), before, get_weights(model))
  expect_true(all(changed))
  expect_lt(history$metrics$loss[[5]], history$metrics$loss[[1]])
})

test_that("layers inside a cell are built and train", {
  set.seed(3)
  Dense2 <- new_layer_class("Dense2",
    initialize = function(units, ...) {
      super$initialize(...)
      self$units <- units
      self$state_size <- units
      self$inner <- layer_dense(units = units, activation = "tanh")
      self$more <- list(layer_dense(units = units, use_bias = FALSE))
    },
    call = function(inputs, states) {
      h <- self$inner(op_concatenate(list(inputs, states[[1]])))
      h <- h + 0.1 * self$more[[1]](h)
      list(h, list(h))
    }
  )
  layer <- layer_rnn(cell = list(Dense2(units = 4), layer_simple_rnn_cell(2)),
                     return_sequences = TRUE)
  x <- small(2, 5, 3)
  layer(x)
  expect_length(layer$weights, 2 + 1 + 3)
  expect_slopes(layer, list(x = x, mask = random_mask(c(2, 5))))
  again <- from_config(get_config(layer))
  again(x)
  set_weights(again, get_weights(layer))
  expect_identical(again(x), layer(x))
})

test_that("a layer in two places of a model has its weights once", {
  set.seed(4)
  a <- layer_input(list(NULL, 3))
  b <- layer_input(list(NULL, 3))
  shared <- layer_simple_rnn(units = 2)
  model <- keras_model(list(a, b),
                       layer_concatenate(list(shared(a), shared(b))))
  expect_length(model$weights, 3)
  x <- list(small(2, 4, 3), small(2, 6, 3))
  expect_identical(model(x), cbind(shared(x[[1]]), shared(x[[2]])))
})

test_that("masks of masking layers reach cells, and padding does not matter", {
  set.seed(5)
  for (cell in list(layer_simple_rnn_cell(4), MinimalRNNCell(units = 4))) {
    model <- keras_model_sequential(input_shape = list(NULL, 2)) %>%
      layer_masking(mask_value = -9) %>%
      layer_rnn(cell = cell, return_sequences = TRUE) %>%
      layer_simple_rnn(units = 3)
    x <- small(2, 4, 2)
    padded <- array(-9, c(2, 7, 2))
    padded[, 2:5, ] <- x
    expect_equal(model(padded), model(x))
  }
})

test_that("constraints act after each update, on layers and cells", {
  set.seed(6)
  model <- keras_model_sequential(input_shape = list(NULL, 3)) %>%
    layer_rnn(cell = list(
      layer_simple_rnn_cell(4, kernel_constraint = "non_neg",
                            recurrent_constraint = constraint_unitnorm(),
                            bias_constraint = function(w) w * 0 + 2),
      TwoStateCell(units = 3)
    )) %>%
    layer_dense(units = 1)
  model %>% compile(optimizer = optimizer_sgd(0.5), loss = "mse")
  model %>% fit(small(8, 5, 3), small(8, 1), epochs = 1, verbose = 0)
  w <- get_weights(model)
  expect_true(all(w[[1]] >= 0))
  expect_equal(colSums(w[[2]]^2), rep(1, 4), tolerance = 1e-5)
  expect_identical(c(w[[3]]), rep(2, 4))
})

test_that("activity regularizers of recurrent layers are part of the loss", {
  set.seed(7)
  model <- keras_model_sequential(input_shape = list(NULL, 3)) %>%
    layer_simple_rnn(units = 2, activity_regularizer = regularizer_l2(0.1),
                     kernel_regularizer = "l1", return_sequences = TRUE)
  x <- small(4, 5, 3)
  y <- small(4, 5, 2)
  model %>% compile(optimizer = optimizer_sgd(0), loss = "mse")
  out <- model(x)
  want <- mean((out - y)^2) + 0.1 * sum(out^2) / 4 +
    0.01 * sum(abs(get_weights(model)[[1]]))
  expect_equal(unname(unlist(evaluate(model, x, y, verbose = 0)))[[1]], want)
})

test_that("reset_states() of a model resets every stateful layer", {
  set.seed(8)
  model <- keras_model_sequential() %>%
    layer_simple_rnn(units = 4, stateful = TRUE, return_sequences = TRUE,
                     batch_input_shape = list(2, NULL, 3)) %>%
    layer_rnn(cell = TwoStateCell(units = 2), stateful = TRUE)
  x <- small(2, 5, 3)
  first <- model(x)
  second <- model(x)
  expect_false(identical(first, second))
  expect_identical(reset_states(model), model)
  for (layer in model$layers) {
    for (s in layer$states) expect_true(all(s == 0))
  }
  expect_identical(predict(model, x), first)
  expect_identical(predict(model, x), second)
  model$reset_states()
  expect_identical(model(x), first)
})

test_that("the same seed gives the same weights, dropout and results", {
  run <- function() {
    set.seed(1)
    model <- keras_model_sequential(input_shape = list(6, 3)) %>%
      layer_simple_rnn(units = 5, dropout = 0.3, recurrent_dropout = 0.2,
                       return_sequences = TRUE) %>%
      layer_rnn(cell = list(MinimalRNNCell(units = 4),
                            layer_simple_rnn_cell(3, dropout = 0.5))) %>%
      layer_dense(units = 1)
    x <- small(12, 6, 3)
    model %>% compile(optimizer = "adam", loss = "mse")
    history <- model %>% fit(x, small(12, 1), epochs = 3, batch_size = 5,
                             verbose = 0)
    list(history$metrics, get_weights(model), predict(model, x),
         model(x, training = TRUE))
  }
  one <- run()
  expect_identical(run(), one)
  options(recurrent.native = FALSE)
  on.exit(options(recurrent.native = NULL))
  expect_equal(run(), one, tolerance = 1e-10)
})

test_that("making a model's graph draws nothing", {
  set.seed(9)
  layer <- layer_simple_rnn(units = 3, dropout = 0.5,
                            kernel_initializer = "zeros",
                            recurrent_initializer = "zeros")
  before <- .Random.seed
  layer(layer_input(list(NULL, 2)), training = TRUE)
  expect_identical(.Random.seed, before)
})

test_that("making a model's graph records no states, at any depth", {
  layer <- layer_simple_rnn(units = 3, stateful = TRUE,
                            batch_input_shape = list(2, NULL, 2),
                            bias_initializer = "ones")
  Around <- new_layer_class("Around",
    initialize = function(inner, ...) {
      super$initialize(...)
      self$inner <- inner
    },
    call = function(inputs) self$inner(inputs) * 2
  )
  Around(inner = layer)(layer_input(batch_shape = list(2, NULL, 2)))
  expect_identical(layer$states, list(NULL))
})

test_that("saved states stay what they were", {
  layer <- layer_simple_rnn(units = 2, stateful = TRUE,
                            batch_input_shape = list(1, NULL, 1))
  x <- array(1, c(1, 3, 1))
  layer(x)
  kept <- layer$states
  copy <- lapply(kept, function(s) s + 0)
  layer(x)
  layer$reset_states()
  layer(x)
  expect_identical(kept, copy)
  given <- matrix(0.5, 1, 2)
  layer$reset_states(given)
  layer(x)
  expect_identical(given, matrix(0.5, 1, 2))
})
