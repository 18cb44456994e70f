small <- function(...) array(rnorm(prod(...), sd = 0.5), c(...))

test_that("the members of the reference pages are there", {
  layer <- layer_simple_rnn(
    units = 5, activation = "relu", use_bias = FALSE, dropout = 0.1,
    recurrent_dropout = 0.2, kernel_regularizer = "l2", name = "mine",
    batch_input_shape = list(2, NULL, 3), stateful = TRUE
  )
  expect_identical(layer$units, 5L)
  expect_identical(c(as.array(layer$activation(c(-1, 2)))), c(0, 2))
  flags <- c("use_bias", "return_sequences", "return_state", "go_backwards",
             "stateful", "unroll", "time_major", "zero_output_for_mask")
  values <- vapply(flags, function(f) layer[[f]], NA)
  expect_identical(names(which(values)), "stateful")
  expect_identical(layer$dropout, 0.1)
  expect_identical(layer$recurrent_dropout, 0.2)
  expect_true(is.function(layer$kernel_regularizer))
  for (none in c("recurrent_regularizer", "bias_regularizer",
                 "activity_regularizer", "kernel_constraint",
                 "recurrent_constraint", "bias_constraint")) {
    expect_null(layer[[none]])
  }
  for (init in c("kernel", "recurrent", "bias")) {
    expect_true(is.function(layer[[paste0(init, "_initializer")]]))
  }
  expect_identical(layer$name, "mine")
  expect_identical(layer$dtype, "float64")
  expect_true(layer$trainable)
  expect_identical(layer$batch_input_shape, shape(2, NULL, 3))
  expect_equal(layer$batch_size, 2)
  expect_identical(layer$states, list(NULL))
  expect_identical(layer$weights, list())
  x <- small(2, 4, 3)
  layer(x)
  expect_identical(layer$input_shape, shape(2, 4, 3))
  expect_length(layer$weights, 2)
  expect_length(layer$trainable_weights, 2)
  expect_length(layer$losses, 1)
  expect_identical(dim(layer$states[[1]]), c(2L, 5L))
  expect_s3_class(layer$cell, "SimpleRNNCell")
  expect_error(layer$unit, class = "AttributeError")
})

test_that("weights stand in Keras' order, cell after cell", {
  layer <- layer_rnn(cell = list(layer_simple_rnn_cell(4),
                                 TwoStateCell(units = 3)))
  layer(small(2, 5, 6))
  expect_identical(lapply(layer$get_weights(), dim), lapply(
    list(c(6, 4), c(4, 4), 4, c(4, 3), c(3, 3), 3), as.integer
  ))
  old <- layer$get_weights()
  expect_error(layer$set_weights(old[-1]), class = "ValueError")
  bad <- old
  bad[[4]] <- t(bad[[4]])
  bad[[1]] <- bad[[1]] + 1
  expect_error(layer$set_weights(bad), class = "ValueError")
  expect_identical(layer$get_weights(), old)
})

test_that("reset_states() sets zeros or values, or refuses them", {
  layer <- layer_rnn(cell = list(layer_simple_rnn_cell(4),
                                 layer_simple_rnn_cell(3)),
                     stateful = TRUE, batch_input_shape = list(2, NULL, 5))
  expect_identical(layer$states, list(NULL, NULL))
  layer$reset_states()
  expect_identical(layer$states, list(matrix(0, 2, 4), matrix(0, 2, 3)))
  values <- list(small(2, 4), small(2, 3))
  expect_identical(reset_states(layer, values), layer)
  expect_identical(layer$states, values)
  layer$reset_state(list(matrix(1:8, 2), as_tensor(values[[2]])))
  expect_identical(layer$states, list(matrix(as.double(1:8), 2), values[[2]]))
  for (bad in list(values[1], rev(values), c(values, values),
                   list(t(values[[1]]), values[[2]]), 3)) {
    expect_error(reset_states(layer, bad), class = "ValueError")
    expect_identical(layer$states[[2]], values[[2]])
  }
  expect_error(layer_simple_rnn(units = 2)$reset_states(),
               class = "AttributeError")
  loose <- layer_simple_rnn(units = 2, stateful = TRUE)
  expect_error(loose$reset_states(), class = "ValueError")
  one <- layer_simple_rnn(units = 2, stateful = TRUE,
                          batch_input_shape = list(3, NULL, 1))
  reset_states(one, matrix(1, 3, 2))
  expect_identical(one$states, list(matrix(1, 3, 2)))
})

test_that("a stateful layer takes initial_state only when its own is blank", {
  layer <- layer_simple_rnn(units = 4, stateful = TRUE,
                            batch_input_shape = list(2, NULL, 3))
  x <- small(2, 5, 3)
  start <- small(2, 4)
  given <- layer(x, initial_state = start)
  layer$reset_states(start)
  expect_identical(layer(x), given)
  layer$reset_states(start)
  expect_identical(layer(x, initial_state = small(2, 4)), given)
})

test_that("compute_output_shape() and compute_mask() follow the flags", {
  x <- list(NULL, 7, 3)
  plain <- layer_simple_rnn(units = 4)
  expect_identical(plain$compute_output_shape(x), shape(NULL, 4))
  expect_identical(plain$compute_output_shape(c(NA, 7, 3)), shape(NULL, 4))
  all <- layer_simple_rnn(units = 4, return_sequences = TRUE,
                          return_state = TRUE, time_major = TRUE)
  expect_identical(all$compute_output_shape(list(7, 2, 3)),
                   list(shape(7, 2, 4), shape(2, 4)))
  expect_error(plain$compute_output_shape(list(NULL, 3)), class = "ValueError")
  mask <- matrix(TRUE, 2, 7)
  expect_null(plain$compute_mask(NULL, mask))
  expect_identical(all$compute_mask(NULL, mask), list(mask, NULL))
})

test_that("the mask goes on to the next layer with return_sequences", {
  x <- as_tensor(small(2, 4, 3))
  mask <- matrix(c(TRUE, TRUE, FALSE, TRUE, TRUE, FALSE, TRUE, FALSE), 2)
  marked <- with_mask(x, mask)
  one <- layer_simple_rnn(units = 4, return_sequences = TRUE)
  two <- layer_simple_rnn(units = 3)
  y <- one(marked)
  expect_identical(mask_of(y), mask)
  expect_null(mask_of(two(y)))
  expect_identical(as.array(two(y)), two(as.array(y), mask = mask))
})

test_that("get_config() makes the same layer again", {
  set.seed(1)
  x <- small(2, 4, 3)
  cells <- function() list(
    layer_simple_rnn_cell(4, activation = "elu", kernel_constraint = "non_neg"),
    TwoStateCell(units = 2),
    layer_stacked_rnn_cells(list(NarrowOutputCell(units = 3, out = 2)))
  )
  for (layer in list(
    layer_simple_rnn(units = 4, activation = "gelu", use_bias = FALSE,
                     return_sequences = TRUE, go_backwards = TRUE,
                     zero_output_for_mask = TRUE, dropout = 0.3,
                     kernel_initializer = initializer_random_uniform(0, 1),
                     activity_regularizer = regularizer_l1(0.3)),
    layer_simple_rnn(units = 3, activation = function(x) tanh(x) / 2,
                     kernel_regularizer = function(w) op_sum(w^4)),
    layer_rnn(cell = cells(), return_state = TRUE, time_major = TRUE),
    layer_rnn(cell = MatrixStateCell(m = 4, p = 2))
  )) {
    if (inherits(layer$cell, "MatrixStateCell")) x <- small(2, 3, 4, 5)
    want <- layer(x)
    again <- from_config(get_config(layer))
    expect_identical(class(again), class(layer))
    expect_identical(names(get_config(again)), names(get_config(layer)))
    again(x)
    again$set_weights(layer$get_weights())
    expect_identical(again(x), want)
    set.seed(2)
    trained <- layer(x, training = TRUE)
    set.seed(2)
    expect_identical(again(x, training = TRUE), trained)
    expect_equal(lapply(again$losses, as.array),
                 lapply(layer$losses, as.array))
  }
})

# What JSON makes of a config, keys in order of the alphabet.
as_json <- function(x) {
  text <- jsonlite::toJSON(x, auto_unbox = TRUE, null = "null", digits = NA)
  sorted(jsonlite::fromJSON(text, simplifyVector = FALSE))
}

sorted <- function(x) {
  if (!is.list(x)) return(if (is.numeric(x)) as.double(x) else x)
  x <- lapply(x, sorted)
  if (!length(x)) return(list())
  if (is.null(names(x))) x else x[order(names(x))]
}

test_that("configs are those of tf.keras", {
  layers <- list(
    "config/a" = layer_simple_rnn(units = 3, name = "a"),
    "config/b" = layer_simple_rnn(
      units = 3, activation = "relu", stateful = TRUE, name = "b",
      batch_input_shape = list(4, NULL, 2), kernel_initializer = "he_normal",
      recurrent_initializer = initializer_orthogonal(0.5),
      kernel_regularizer = "l2", activity_regularizer = regularizer_l1(0.1),
      recurrent_constraint = constraint_maxnorm(2), dropout = 0.1,
      recurrent_dropout = 0.2
    ),
    "config/r1" = layer_rnn(cell = layer_simple_rnn_cell(3, name = "c1"),
                            return_sequences = TRUE, name = "r1"),
    "config/r2" = layer_rnn(
      cell = layer_stacked_rnn_cells(
        list(layer_simple_rnn_cell(3, name = "c2"),
             layer_lstm_cell(2, name = "c3")),
        name = "stacked_rnn_cells"
      ),
      return_state = TRUE, name = "r2"
    ),
    "config/l" = layer_lstm(units = 2, name = "l"),
    "config/g" = layer_gru(units = 2, name = "g"),
    "config/bi" = bidirectional(
      layer = layer_simple_rnn(units = 2, name = "s"), merge_mode = "sum",
      name = "bi"
    ),
    "config/td" = time_distributed(layer = layer_dense(units = 2, name = "d0"),
                                   name = "td")
  )
  cases <- reference_cases("configs")
  for (id in names(layers)) {
    want <- jsonlite::fromJSON(cases[[id]]$json, simplifyVector = FALSE)
    expect_equal(as_json(get_config(layers[[id]])), sorted(want$config),
                 info = id)
  }
})

test_that("inputs may be integers, logicals, or states without a list", {
  set.seed(3)
  layer <- layer_simple_rnn(units = 4)
  x <- array(1:24 %% 5L, c(2, 4, 3))
  expect_identical(layer(x), layer(x + 0))
  expect_identical(layer(x > 2), layer((x > 2) + 0))
  expect_identical(layer(x, initial_state = matrix(1L, 2, 4)),
                   layer(x, initial_state = list(matrix(1, 2, 4))))
  expect_identical(layer(x, mask = matrix(c(1, 0, 1, 1, 1, 1, 0, 1), 2)),
                   layer(x, mask = matrix(c(1, 0, 1, 1, 1, 1, 0, 1), 2) == 1))
  withr_native(FALSE)
  expect_equal(layer(x), layer(x + 0))
})

test_that("the object may be missing, NULL, an array or a tensor", {
  x <- small(2, 4, 3)
  expect_s3_class(layer_simple_rnn(units = 3), "recurrent_layer")
  expect_s3_class(layer_simple_rnn(NULL, 3), "recurrent_layer")
  expect_identical(dim(layer_simple_rnn(x, 3)), c(2L, 3L))
  expect_identical(dim(x %>% layer_simple_rnn(3)), c(2L, 3L))
  expect_true(is_tensor(layer_simple_rnn(as_tensor(x), 3)))
  s <- layer_simple_rnn(new_symbolic(list(NULL, NULL, 3)), 5,
                        return_sequences = TRUE)
  expect_identical(s$shape, shape(NULL, NULL, 5))
  c(y, h) %<-% layer_simple_rnn(x, 3, return_state = TRUE)
  expect_identical(y, h)
})

test_that("a call on symbolic tensors checks states and constants", {
  x <- new_symbolic(list(NULL, NULL, 3))
  h <- new_symbolic(list(NULL, 4))
  c(y, s) %<-% layer_simple_rnn(units = 4, return_state = TRUE)(
    x, initial_state = h
  )
  expect_identical(y$shape, shape(NULL, 4))
  expect_identical(s$shape, shape(NULL, 4))
  expect_error(layer_simple_rnn(units = 5)(x, initial_state = h),
               class = "ValueError")
  expect_error(layer_simple_rnn(units = 4)(x, initial_state = list(h, h)),
               class = "ValueError")
  y <- layer_rnn(cell = ConstantsCell(units = 2))(
    x, constants = new_symbolic(list(NULL, 3))
  )
  expect_identical(y$shape, shape(NULL, 2))
  y <- layer_simple_rnn(units = 4)(x, initial_state = matrix(0, 7, 4))
  expect_identical(y$shape, shape(NULL, 4))
})

test_that("regularizers add to losses: weights, and output over batch size", {
  set.seed(4)
  layer <- layer_simple_rnn(
    units = 4, kernel_regularizer = regularizer_l2(0.1),
    recurrent_regularizer = regularizer_l1(0.2),
    bias_regularizer = function(w) 3 * op_sum(w), bias_initializer = "ones",
    activity_regularizer = regularizer_l1(0.5), return_sequences = TRUE
  )
  x <- small(3, 5, 2)
  expect_identical(layer$losses, list())
  y <- layer(x)
  w <- layer$get_weights()
  want <- c(0.5 * sum(abs(y)) / 3, 0.1 * sum(w[[1]]^2), 0.2 * sum(abs(w[[2]])),
            3 * 4)
  expect_equal(sort(vapply(layer$losses, as.array, 0)), sort(want))
  layer(x)
  expect_length(layer$losses, 4)
  got <- gradient_tape(Reduce(`+`, layer$losses))$gradient(layer$weights)
  expect_equal(got, list(0.2 * w[[1]], 0.2 * sign(w[[2]]), array(3, 4)))
  taped <- gradient_tape({
    layer(x)
    Reduce(`+`, layer$losses)
  })
  loss <- function() {
    layer(x)
    sum(vapply(layer$losses, as.array, 0))
  }
  k <- layer$weights[[1]]
  up <- down <- w[[1]]
  up[2, 3] <- up[2, 3] + 1e-6
  down[2, 3] <- down[2, 3] - 1e-6
  k$assign(up)
  high <- loss()
  k$assign(down)
  low <- loss()
  expect_equal(taped$gradient(k)[2, 3], (high - low) / 2e-6, tolerance = 1e-6)
})

test_that("a shared layer has its weights once", {
  set.seed(5)
  layer <- layer_simple_rnn(units = 3, return_sequences = TRUE)
  x <- small(2, 4, 3)
  g <- taped_call(layer, list(x = x))
  tape <- gradient_tape(op_sum(layer(layer(as_tensor(x)))))
  expect_length(layer$weights, 3)
  expect_length(tape$gradient(layer$weights), 3)
  loss <- function() sum(layer(layer(x)))
  w <- layer$weights[[2]]
  v <- as.array(w)
  e <- v * 0
  e[1, 2] <- 1e-6
  w$assign(v + e)
  high <- loss()
  w$assign(v - e)
  low <- loss()
  expect_equal(tape$gradient(w)[1, 2], (high - low) / 2e-6, tolerance = 1e-6)
})

test_that("flags may be set on a layer that is built", {
  set.seed(6)
  layer <- layer_simple_rnn(units = 3)
  x <- small(2, 4, 3)
  last <- layer(x)
  layer$return_sequences <- TRUE
  expect_identical(layer(x)[, 4, ], last)
  layer$return_state <- TRUE
  expect_identical(layer(x)[[2]], last)
  layer$return_state <- FALSE
  layer$go_backwards <- TRUE
  expect_identical(layer(x)[, 1, ], layer(x[, 4, , drop = FALSE])[, 1, ])
  layer$stateful <- TRUE
  layer(x)
  expect_identical(dim(layer$states[[1]]), c(2L, 3L))
  expect_error(layer(small(3, 4, 3)), class = "ValueError")
})

test_that("the short road gives what the long one does", {
  set.seed(7)
  for (k in 1:40) {
    case <- random_native_case()
    x <- case$given$x
    layer <- case$layer
    quick <- unwrap_layer(layer)$.quick(x)
    expect_identical(layer(x), quick, info = k)
    expect_identical(layer(x, training = FALSE), quick, info = k)
    expect_identical(layer(as_tensor(x)) |> to_arrays(), quick, info = k)
  }
})

test_that("the short road records what the long one does", {
  set.seed(8)
  for (k in 1:30) {
    case <- random_native_case()
    x <- as_tensor(case$given$x)
    start <- lapply(case$given$initial_state, as_tensor)
    if (!length(start)) start <- NULL
    taped <- function(...) {
      tape <- gradient_tape({
        out <- case$layer(x, initial_state = start, ...)
        if (is_tensor(out)) out^2 else op_sum(out[[1]]^2) + op_sum(out[[2]])
      })
      sources <- list(x = x, case$layer$weights, start = start %||% list())
      list(tape$value, tape$gradient(sources))
    }
    expect_identical(taped(), taped(training = FALSE), info = k)
  }
})

test_that("what does not fit the short road is told by the long one", {
  layer <- layer_lstm(units = 3)
  x <- small(2, 4, 5)
  state <- matrix(0, 2, 3)
  layer(x)
  expect_error(layer(small(2, 4, 6)), class = "ValueError")
  expect_error(layer(x, initial_state = list(state)), class = "ValueError")
  expect_error(layer(x, initial_state = list(state, state[, -1])),
               class = "ValueError")
  expect_error(layer(x, initial_state = list("a", state)), class = "TypeError")
  whole <- array(1:40, c(2, 4, 5))
  expect_identical(layer(whole), layer(whole + 0))
  expect_identical(layer(x, initial_state = list(state, array(0L, c(2, 3)))),
                   layer(x))
  expect_identical(layer(inputs = x), layer(x))
})

test_that("sources of gradients keep their structure and names", {
  x <- as_tensor(small(2, 3))
  y <- as_tensor(small(3, 2))
  tape <- gradient_tape(x %*% y)
  got <- tape$gradient(list(a = x, list(), b = list(y = y, x)))
  expect_identical(names(got), c("a", "", "b"))
  expect_identical(names(got$b), c("y", ""))
  expect_identical(got[[2]], list())
  expect_identical(got$b[[2]], got$a)
  expect_error(tape$gradient(list(x, list(1))), class = "TypeError")
  expect_error(tape$gradient(list(x, layer_input(list(2)))),
               class = "TypeError")
  expect_identical(tape$gradient(list()), list())
})

test_that("nested outputs keep their names over time", {
  cell <- list(state_size = 2, output_size = list(p = 2, q = 2),
               call = function(inputs, states) {
                 list(list(p = inputs, q = inputs * 2), states)
               })
  x <- array(rnorm(5 * 3 * 2), c(5, 3, 2))
  out <- layer_rnn(cell = cell, return_sequences = TRUE)(x)
  expect_equal(out, list(p = x, q = 2 * x))
})
