test_that("every case of tf.keras' Bidirectional passes on both roads", {
  for (native in c(FALSE, TRUE)) {
    withr_native(native)
    expect_reference_calls(wrapper_cases("bidirectional"))
  }
})

# A layer that wraps what `make` makes, for the harness of layers.
two_way <- function(make, ..., merge_mode = "concat", backward = NULL) {
  bidirectional(layer = make(...), merge_mode = merge_mode,
                backward_layer = backward)
}

test_that("bidirectional() keeps the contract of layers", {
  expect_layer_works(two_way, list(layer_lstm, units = 2), c(2, 5, 3),
                     mask = "stops")
  expect_layer_works(two_way, list(
    layer_simple_rnn, units = 2, return_sequences = TRUE, merge_mode = "ave",
    kernel_regularizer = "l2", activity_regularizer = "l1"
  ), c(3, 4, 2))
  for (mode in c("sum", "mul")) {
    expect_layer_works(two_way, list(
      layer_gru, units = 2, return_sequences = TRUE, go_backwards = TRUE,
      merge_mode = mode
    ), c(2, 3, 2))
  }
})

test_that("the outputs are those of two layers, the second one reversed", {
  set.seed(1)
  x <- array(rnorm(2 * 5 * 3), c(2, 5, 3))
  mask <- matrix(c(TRUE, TRUE, FALSE, TRUE, TRUE, TRUE, TRUE, FALSE, TRUE,
                   FALSE), 2)
  layer <- bidirectional(
    layer = layer_gru(units = 4, return_sequences = TRUE, return_state = TRUE),
    merge_mode = NULL
  )
  got <- layer(x, mask = mask)
  w <- get_weights(layer)
  half <- function(weights, backwards) {
    one <- layer_gru(units = 4, return_sequences = TRUE, return_state = TRUE,
                     go_backwards = backwards, zero_output_for_mask = TRUE,
                     weights = weights)
    one(x, mask = mask)
  }
  there <- half(w[1:3], FALSE)
  back <- half(w[4:6], TRUE)
  expect_equal(got, list(there[[1]], back[[1]][, 5:1, ], there[[2]],
                         back[[2]]))
})

test_that("time_major reverses the first axis", {
  set.seed(2)
  x <- array(rnorm(2 * 5 * 3), c(2, 5, 3))
  one <- bidirectional(layer = layer_lstm(units = 2, return_sequences = TRUE))
  two <- bidirectional(layer = layer_lstm(units = 2, return_sequences = TRUE,
                                          time_major = TRUE))
  want <- one(x)
  turned <- aperm(x, c(2, 1, 3))
  two(turned)
  set_weights(two, get_weights(one))
  expect_equal(aperm(two(turned), c(2, 1, 3)), want)
})

test_that("gradients reach both layers, states and inputs, under a mask", {
  set.seed(3)
  given <- list(
    x = array(rnorm(2 * 4 * 3), c(2, 4, 3)),
    mask = matrix(c(TRUE, FALSE, TRUE, TRUE, FALSE, TRUE, TRUE, TRUE), 2),
    initial_state = lapply(1:4, function(k) matrix(rnorm(4), 2))
  )
  layer <- bidirectional(layer = layer_lstm(
    units = 2, return_sequences = TRUE, return_state = TRUE
  ), merge_mode = "mul")
  expect_slopes(layer, given)
})

test_that("layer is left alone, the layers that run are new ones", {
  inner <- layer_lstm(units = 2, name = "inner")
  layer <- bidirectional(layer = inner)
  layer(array(0, c(1, 2, 3)))
  expect_false(inner$built)
  expect_identical(layer$forward_layer$name, "forward_inner")
  expect_identical(layer$backward_layer$name, "backward_inner")
  expect_identical(inner$name, "inner")
  expect_false(layer$forward_layer$go_backwards)
  expect_true(layer$backward_layer$go_backwards)
  expect_length(layer$weights, 6)
})

test_that("a backward layer of its own is used itself, and travels", {
  set.seed(4)
  back <- layer_gru(units = 3, return_sequences = TRUE, go_backwards = TRUE,
                    name = "back")
  layer <- bidirectional(layer = layer_lstm(units = 2, return_sequences = TRUE),
                         backward_layer = back)
  x <- array(rnorm(2 * 5 * 3), c(2, 5, 3))
  y <- layer(x)
  expect_identical(dim(y), c(2L, 5L, 5L))
  expect_identical(back$get_weights(), get_weights(layer)[4:6])
  again <- from_config(get_config(layer))
  again(x)
  expect_identical(again$backward_layer$name, "backward_back")
  set_weights(again, get_weights(layer))
  expect_identical(again(x), y)
  expect_equal(get_config(again), get_config(layer))
})

test_that("weights are for the forward layer first", {
  w <- lapply(list(c(3, 2), c(2, 2), 2, c(3, 2), c(2, 2), 2), random_array)
  layer <- bidirectional(layer = layer_simple_rnn(units = 2), weights = w)
  layer(array(0, c(1, 2, 3)))
  expect_equal(get_weights(layer), w)
  expect_equal(layer$backward_layer$get_weights(), w[4:6])
})

test_that("a stateful wrapper keeps, resets and sets the states of both", {
  set.seed(5)
  x <- array(rnorm(2 * 6 * 3), c(2, 6, 3))
  layer <- bidirectional(
    layer = layer_lstm(units = 2, stateful = TRUE, name = "l"),
    batch_input_shape = list(2, NULL, 3), name = "b"
  )
  expect_identical(layer$states, vector("list", 4))
  first <- layer(x)
  second <- layer(x)
  expect_false(isTRUE(all.equal(first, second)))
  layer$reset_states()
  expect_identical(layer$states, rep(list(matrix(0, 2, 2)), 4))
  expect_identical(layer(x), first)
  states <- lapply(1:4, function(k) matrix(k / 2, 2, 2))
  reset_states(layer, states)
  expect_identical(layer$states, states)
  expect_snapshot(error = TRUE, {
    layer$reset_states(states[1:3])
    layer$reset_states(c(states[1:3], list(matrix(0, 2, 3))))
    layer(array(0, c(3, 6, 3)))
  })
  expect_identical(layer$states, states)
})

test_that("a stateful model trains and resets through the wrapper", {
  set.seed(6)
  model <- keras_model_sequential() %>%
    bidirectional(layer_gru(units = 2, stateful = TRUE),
                  batch_input_shape = list(2, NULL, 3)) %>%
    layer_dense(units = 1)
  x <- array(rnorm(4 * 5 * 3), c(4, 5, 3))
  model %>% compile(optimizer = "sgd", loss = "mse")
  model %>% fit(x, matrix(rnorm(4)), epochs = 1, shuffle = FALSE, verbose = 0)
  inner <- get_layer(model, index = 1)
  expect_true(all(vapply(inner$states, function(s) any(s != 0), NA)))
  reset_states(model)
  expect_true(all(vapply(inner$states, function(s) all(s == 0), NA)))
})

test_that("constants go to both, cells written in R run in both directions", {
  set.seed(7)
  layer <- bidirectional(layer = layer_rnn(cell = ConstantsCell(units = 2),
                                           return_sequences = TRUE))
  given <- list(x = array(rnorm(2 * 3 * 4), c(2, 3, 4)),
                constants = list(matrix(rnorm(6), 2)))
  expect_slopes(layer, given)
  expect_length(layer$weights, 6)
})

test_that("an object that is a cell needs one for each direction", {
  make <- function() {
    w <- new_variable(matrix(0.5, 3, 2))
    u <- new_variable(matrix(0.1, 2, 2))
    list(state_size = 2, call = function(inputs, states) {
      h <- tanh(inputs %*% w + states[[1]] %*% u)
      list(h, list(h))
    })
  }
  one <- layer_rnn(cell = make(), name = "r")
  expect_snapshot(error = TRUE, bidirectional(layer = one))
  layer <- bidirectional(layer = one, backward_layer = layer_rnn(
    cell = make(), go_backwards = TRUE
  ))
  given <- list(x = array(sin(1:24), c(2, 4, 3)))
  expect_slopes(layer, given)
  expect_length(layer$weights, 4)
})

test_that("graphs know the shapes of outputs and states", {
  inputs <- layer_input(list(NULL, 3))
  out <- inputs %>% bidirectional(
    layer_lstm(units = 2, return_sequences = TRUE, return_state = TRUE)
  )
  expect_identical(vapply(out, function(s) format(s$shape), ""),
                   c("(NULL, NULL, 4)", rep("(NULL, 2)", 4)))
  apart <- bidirectional(layer = layer_gru(units = 2), merge_mode = NULL)
  expect_identical(lapply(apart$compute_output_shape(list(NULL, 5, 3)), format),
                   list("(NULL, 2)", "(NULL, 2)"))
  # encoder states start the decoder
  decoder <- bidirectional(layer = layer_lstm(units = 2))
  model <- keras_model(inputs, decoder(inputs, initial_state = out[-1]))
  expect_identical(dim(model(array(0, c(2, 4, 3)))), c(2L, 4L))
})

test_that("the mask goes on, through wrappers on wrappers", {
  x <- array(c(1, 2, 0, 3, 4, 0, 5, 0), c(2, 4, 1))
  mask <- x[, , 1] != 0
  model <- keras_model_sequential(input_shape = list(NULL, 1)) %>%
    layer_masking() %>%
    bidirectional(layer_lstm(units = 2, return_sequences = TRUE)) %>%
    bidirectional(layer_gru(units = 3))
  want <- get_layer(model, index = 3)(
    get_layer(model, index = 2)(x, mask = mask), mask = mask
  )
  expect_equal(model(x), want)
})

test_that("trainable = FALSE freezes both layers", {
  layer <- bidirectional(layer = layer_lstm(units = 2))
  layer(array(0, c(1, 2, 3)))
  layer$trainable <- FALSE
  expect_length(layer$trainable_weights, 0)
  expect_length(layer$non_trainable_weights, 6)
  frozen <- bidirectional(layer = layer_gru(units = 2, trainable = FALSE))
  frozen(array(0, c(1, 2, 3)))
  expect_length(frozen$trainable_weights, 0)
})

test_that("layer_bidirectional() is keras3's name", {
  expect_identical(layer_bidirectional, bidirectional)
  expect_identical(layer_time_distributed, time_distributed)
})

test_that("bidirectional() prints what it wraps", {
  layer <- bidirectional(layer = layer_simple_rnn(units = 2, name = "s"),
                         merge_mode = "sum", name = "b")
  expect_snapshot(print(layer))
})

test_that("what does not fit is refused", {
  lstm <- function(...) layer_lstm(units = 2, name = "l", ...)
  layer <- bidirectional(layer = lstm(), name = "b")
  expect_snapshot(error = TRUE, {
    bidirectional()
    bidirectional(lstm())
    bidirectional(layer = 3)
    bidirectional(layer = layer_dense(units = 2, name = "d"))
    bidirectional(layer = layer)
    bidirectional(layer = lstm(), merge_mode = "cat")
    bidirectional(layer = lstm(), backward_layer = lstm())
    bidirectional(layer = lstm(), backward_layer = lstm(
      go_backwards = TRUE, return_state = TRUE
    ))
    layer(array(0, c(2, 3, 4)), initial_state = matrix(0, 2, 2))
    layer$reset_states()
    layer(matrix(0, 2, 3))
  })
})

# Everything a call and its gradient give. With a regularizer of its output,
# here of no effect, a direction runs by itself.
two_ways <- function(layer, x, together, ...) {
  inner <- unwrap_layer(layer$forward_layer)
  assign("activity_regularizer", if (!together) function(y) 0, envir = inner)
  expect_identical(can_run_together(both_ways(unwrap_layer(layer))), together)
  input <- as_tensor(x)
  set.seed(3)
  tape <- gradient_tape({
    out <- layer(input, ...)
    parts <- if (is.list(out) && !is_tensor(out)) out else list(out)
    Reduce(`+`, lapply(parts, function(p) op_sum(p * p)))
  })
  plain <- if (is.null(list(...)$training)) layer(x, ...)
  list(value = tape$value, plain = plain,
       gradients = tape$gradient(list(input, layer$trainable_weights)))
}

test_that("both directions in one call give the bits of one after the other", {
  x <- array(rnorm(5 * 7 * 3), c(5, 7, 3))
  mask <- matrix(rep_len(c(TRUE, FALSE, TRUE, TRUE), 35), 5)
  starts <- lapply(1:4, function(k) matrix(rnorm(20), 5))
  cells <- list(layer_lstm_cell(units = 3), layer_gru_cell(units = 4))
  calls <- list(
    list(layer_lstm(units = 4, return_sequences = TRUE), mask = mask),
    list(layer_gru(units = 4, dropout = 0.4, recurrent_dropout = 0.4),
         training = TRUE),
    list(layer_rnn(cell = cells, return_state = TRUE)),
    list(layer_lstm(units = 4, dtype = "float32"), initial_state = starts)
  )
  for (call in calls) {
    layer <- bidirectional(layer = call[[1]])
    layer(x)
    run <- function(together) {
      do.call(two_ways, c(list(layer, x, together), call[-1]))
    }
    want <- run(FALSE)
    for (threads in 1:2) {
      old <- options(recurrent.threads = threads)
      expect_identical(run(TRUE), want)
      options(old)
    }
  }
})

test_that("a direction whose output is not used gets zero gradients", {
  x <- array(rnorm(2 * 3 * 2), c(2, 3, 2))
  layer <- bidirectional(layer = layer_gru(units = 2), merge_mode = NULL)
  layer(x)
  tape <- gradient_tape(op_sum(layer(as_tensor(x))[[2]]))
  grads <- tape$gradient(layer$trainable_weights)
  expect_true(all(unlist(grads[1:3]) == 0))
  expect_true(any(unlist(grads[4:6]) != 0))
})

test_that("a stateful layer keeps the states of both directions", {
  x <- array(rnorm(2 * 3 * 2), c(2, 3, 2))
  make <- function() {
    bidirectional(layer = layer_lstm(units = 2, stateful = TRUE),
                  batch_size = 2)
  }
  one <- make()
  two <- make()
  one(x)
  on_road(FALSE, two(x))
  set_weights(two, get_weights(one))
  reset_states(one)
  reset_states(two)
  one(x)
  on_road(FALSE, two(x))
  expect_equal(length(one$states), 4L)
  expect_equal(one(x), on_road(FALSE, two(x)), tolerance = 1e-12)
})
