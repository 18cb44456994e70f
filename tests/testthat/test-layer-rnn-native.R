test_that("the C road and the R road agree in random configurations", {
  set.seed(1)
  for (k in 1:120) {
    case <- random_native_case()
    expect_false(is.null(unwrap_layer(case$layer)$.native), info = k)
    got <- both_roads(case$layer, case$given, seed = k)
    expect_close(got$c[c("outputs", "grads")], got$r[c("outputs", "grads")],
                 1e-12, info = paste("case", k))
  }
})

test_that("gradients of both roads are those of central differences", {
  set.seed(2)
  for (k in 1:16) {
    case <- random_native_case()
    on_road(k %% 4 > 0, expect_slopes(case$layer, case$given, seed = k,
                                      info = paste("case", k)))
  }
})

test_that("every activation agrees on both roads and with differences", {
  set.seed(3)
  for (activation in native_activations) {
    layer <- layer_simple_rnn(units = 4, activation = activation,
                              return_sequences = TRUE, return_state = TRUE)
    given <- list(x = array(rnorm(30), c(2, 5, 3)),
                  initial_state = matrix(rnorm(8), 2))
    layer(given$x)
    stir_weights(layer)
    expect_false(is.null(unwrap_layer(layer)$.native), info = activation)
    got <- both_roads(layer, given)
    expect_close(got$c, got$r, 1e-12, info = activation)
    expect_slopes(layer, given, info = activation)
  }
})

# What stands at masked places must not matter, not even NaN.
spoil <- function(x, mask, time_major = FALSE) {
  hidden <- which(!mask, arr.ind = TRUE)
  for (i in seq_len(nrow(hidden))) {
    x[hidden[i, 1], hidden[i, 2], ] <- c(NaN, Inf, -Inf, NA)[(i %% 4) + 1]
  }
  x
}

test_that("NaN and Inf at masked steps change nothing, gradients included", {
  set.seed(4)
  for (k in 1:24) {
    case <- random_native_case()
    d <- dim(case$given$x)[1:2]
    case$given$mask <- array(runif(prod(d)) < 0.6, d)
    spoilt <- case$given
    spoilt$x <- spoil(spoilt$x, spoilt$mask)
    plain <- both_roads(case$layer, case$given, seed = k)
    got <- both_roads(case$layer, spoilt, seed = k)
    parts <- c("outputs", "grads")
    expect_identical(got$c[parts], plain$c[parts], info = k)
    expect_close(got$r[parts], plain$r[parts], 0, info = k)
  }
})

# A masked step is computed and thrown away. Its gates may overflow where h U is
# large, whatever its input holds.
test_that("gates that overflow at a masked step reach no gradient", {
  set.seed(15)
  cells <- list(
    layer_gru_cell(units = 2, activation = "exponential"),
    layer_gru_cell(units = 2, activation = "exponential", reset_after = FALSE),
    layer_lstm_cell(units = 2, recurrent_activation = "exponential"),
    layer_simple_rnn_cell(units = 2, activation = "swish"),
    list(layer_simple_rnn_cell(units = 3),
         layer_gru_cell(units = 2, activation = "exponential"))
  )
  x <- array(rnorm(24), c(3, 4, 2))
  mask <- matrix(TRUE, 3, 4)
  mask[1:2, 2] <- mask[3, 3:4] <- FALSE
  for (i in seq_along(cells)) {
    layer <- layer_rnn(cell = cells[[i]], return_sequences = TRUE)
    layer(x)
    w <- get_weights(layer)
    n <- length(w)
    # Only the masked steps see the second feature, which lets them overflow.
    x[, , 2] <- ifelse(mask, 0, 1)
    w[[1]][2, ] <- 900
    set_weights(layer, w)
    expect_false(is.null(unwrap_layer(layer)$.native))
    got <- both_roads(layer, list(x = x, mask = mask))
    expect_true(all(is.finite(unlist(got$c$grads))), info = i)
    expect_close(got$c, got$r, 1e-12, info = i)
  }
})

# 130 rows make runs of 8 steps backward: many rows begin after several runs.
test_that("rows that begin late agree on both roads", {
  set.seed(14)
  mask <- outer(sample(0:20, 130, TRUE), 1:20, "<")
  mask[3, ] <- FALSE
  mask[4, c(1, 19)] <- TRUE
  x <- array(rnorm(130 * 20 * 3), c(130, 20, 3))
  start <- list(layer_simple_rnn = 1, layer_gru = 1, layer_lstm = 2)
  cases <- expand.grid(make = names(start), given = c(TRUE, FALSE),
                       zero = c(TRUE, FALSE), sequences = c(TRUE, FALSE),
                       stringsAsFactors = FALSE)
  for (i in seq_len(nrow(cases))) {
    k <- cases[i, ]
    layer <- match.fun(k$make)(
      units = 2, return_sequences = k$sequences, return_state = TRUE,
      zero_output_for_mask = k$zero
    )
    layer(x)
    stir_weights(layer)
    given <- list(x = x, mask = mask)
    if (k$given) {
      given$initial_state <- lapply(seq_len(start[[k$make]]),
                                    function(i) matrix(rnorm(260), 130))
    }
    got <- both_roads(layer, given)
    expect_close(got$c, got$r, 1e-12, info = paste(unlist(k), collapse = " "))
  }
})

# Weights of more than 1 MB together: each cell takes some steps at a time. The
# last batch is so large that a run of steps ends within the sequence.
test_that("stacks of wide cells agree on both roads", {
  set.seed(17)
  for (i in 1:5) {
    rows <- c(3, 8, 3, 16, 152)[[i]]
    layer <- layer_rnn(
      cell = list(layer_lstm_cell(units = 120), layer_gru_cell(units = 130),
                  layer_simple_rnn_cell(units = 110)),
      return_sequences = i > 1, return_state = TRUE, go_backwards = i == 2,
      zero_output_for_mask = i == 3
    )
    x <- array(rnorm(rows * 11 * 5), c(rows, 11, 5))
    layer(x)
    stir_weights(layer, 0.1)
    given <- list(x = x, mask = if (i > 1) random_mask(c(rows, 11)))
    if (i > 3) {
      given$initial_state <- lapply(c(120, 120, 130, 110), function(u) {
        matrix(rnorm(rows * u), rows)
      })
    }
    got <- both_roads(layer, given)
    expect_close(got$c, got$r, 1e-12, info = i)
  }
})

# So much work that a run of steps forward ends after some 87 of them.
test_that("a long pass is its halves one after the other", {
  set.seed(18)
  layer <- layer_rnn(
    cell = list(layer_lstm_cell(260), layer_simple_rnn_cell(130)),
    return_sequences = TRUE, return_state = TRUE
  )
  x <- array(rnorm(70 * 150 * 5), c(70, 150, 5))
  mask <- random_mask(c(70, 150))
  mask[, 76] <- TRUE
  invisible(layer(x[, 1:2, ]))
  stir_weights(layer, 0.1)
  whole <- layer(x, mask = mask)
  first <- layer(x[, 1:75, ], mask = mask[, 1:75])
  second <- layer(x[, 76:150, ], mask = mask[, 76:150],
                  initial_state = first[-1])
  expect_identical(whole[[1]][, 1:75, ], first[[1]])
  expect_identical(whole[[1]][, 76:150, ], second[[1]])
  expect_identical(whole[-1], second[-1])
})

test_that("an empty batch gives empty results on both roads", {
  for (native in c(TRUE, FALSE)) for (sequences in c(TRUE, FALSE)) {
    layer <- layer_rnn(
      cell = list(layer_simple_rnn_cell(4), layer_simple_rnn_cell(2)),
      return_sequences = sequences, return_state = TRUE
    )
    x <- array(0, c(0, 5, 3))
    got <- on_road(native, layer(x))
    expect_identical(lapply(got, dim), list(
      if (sequences) c(0L, 5L, 2L) else c(0L, 2L), c(0L, 4L), c(0L, 2L)
    ))
    grads <- on_road(native, taped_call(layer, list(x = x)))$grads
    expect_identical(dim(grads$inputs), c(0L, 5L, 3L))
    for (g in grads$weights) expect_true(all(g == 0))
    masked <- on_road(native, layer(x, mask = array(TRUE, c(0, 5))))
    expect_identical(masked, got)
  }
})

test_that("zero time steps are an error, before and after building", {
  layer <- layer_simple_rnn(units = 4)
  x <- array(0, c(2, 0, 3))
  expect_error(layer(x), class = "ValueError")
  expect_false(layer$built)
  layer(array(0, c(2, 5, 3)))
  expect_error(layer(x), class = "ValueError")
  expect_error(on_road(FALSE, layer(x)), class = "ValueError")
})

test_that("a stateful layer in two halves is one pass", {
  set.seed(5)
  for (native in c(TRUE, FALSE)) {
    one <- layer_rnn(cell = list(layer_simple_rnn_cell(4),
                                 layer_simple_rnn_cell(2)),
                     return_sequences = TRUE)
    x <- array(rnorm(3 * 7 * 5), c(3, 7, 5))
    mask <- array(runif(21) < 0.7, c(3, 7))
    want <- one(x, mask = mask)
    two <- layer_rnn(cell = list(layer_simple_rnn_cell(4),
                                 layer_simple_rnn_cell(2)),
                     return_sequences = TRUE, stateful = TRUE,
                     batch_input_shape = list(3, NULL, 5))
    on_road(native, two(x))
    two$set_weights(one$get_weights())
    two$reset_states()
    early <- on_road(native, two(x[, 1:3, ], mask = mask[, 1:3]))
    late <- on_road(native, two(x[, 4:7, ], mask = mask[, 4:7]))
    # Before its first counted step the second half repeats zeros, as tf.keras.
    expect_close(early, want[, 1:3, ], 1e-14)
    begun <- t(apply(mask[, 4:7], 1, cumsum) > 0)
    full <- array(begun, c(3, 4, 2))
    expect_close(late[full], want[, 4:7, ][full], 1e-14)
    expect_true(all(late[!full] == 0))
  }
})

test_that("unroll changes nothing, and needs a known number of steps", {
  set.seed(6)
  x <- array(rnorm(2 * 5 * 3), c(2, 5, 3))
  plain <- layer_simple_rnn(units = 4, return_sequences = TRUE)
  want <- plain(x)
  unrolled <- layer_simple_rnn(units = 4, return_sequences = TRUE,
                               unroll = TRUE)
  unrolled(x)
  unrolled$set_weights(plain$get_weights())
  expect_identical(unrolled(x), want)
  expect_error(unrolled(new_symbolic(list(NULL, NULL, 3))),
               class = "ValueError")
  expect_equal(unrolled(new_symbolic(list(NULL, 5, 3)))$shape,
               shape(NULL, 5, 4))
})

test_that("threads and an own activation change no meaning", {
  set.seed(7)
  layer <- layer_simple_rnn(units = 4, activation = function(x) tanh(x) * 0.9)
  given <- list(x = array(rnorm(30), c(2, 5, 3)))
  layer(given$x)
  expect_null(unwrap_layer(layer)$.native)
  expect_slopes(layer, given)
})

# A kernel that is asked for by name is the long road's.
on_long_road <- function(code) {
  old <- options(recurrent.kernel = utils::tail(recurrent_kernels(), 1))
  on.exit(options(old))
  force(code)
}

test_that("the short road gives what the long one gives", {
  set.seed(8)
  x <- array(rnorm(4 * 6 * 3), c(4, 6, 3))
  mask <- array(runif(24) < 0.6, c(4, 6))
  make <- function(..., return_sequences = TRUE) {
    layer <- layer_gru(units = 5, return_sequences = return_sequences, ...)
    layer(x)
    layer
  }
  # The value, the mask that goes on, the gradients, and the next draw.
  run <- function(layer, inputs, ...) {
    set.seed(2)
    input <- as_tensor(inputs)
    y <- NULL
    tape <- gradient_tape(y <- layer(input, ...))
    list(to_arrays(layer(inputs, ...)), tape$value,
         as.array(mask_of(y) %||% FALSE),
         tape$gradient(list(input, layer$weights)), runif(1))
  }
  agree <- function(layer, ...) {
    force(layer)
    for (inputs in list(x, as_tensor(x), with_mask(as_tensor(x), mask))) {
      expect_identical(run(layer, inputs, ...),
                       on_long_road(run(layer, inputs, ...)))
    }
  }
  for (training in list(NULL, FALSE, TRUE)) {
    agree(make(), training = training)
    agree(make(), training = training, mask = mask)
    agree(make(), training = training, mask = as_tensor(mask))
    agree(make(), training = training, initial_state = matrix(0.3, 4, 5))
    agree(make(dropout = 0.4, recurrent_dropout = 0.2), training = training)
    agree(make(dropout = 0.4), training = training, mask = mask)
    agree(make(dropout = 0.4, activity_regularizer = "l2"), training = training)
  }
  for (layer in list(make(dropout = 0.4),
                     make(dropout = 0.4, activity_regularizer = "l2"))) {
    got <- lapply(c(TRUE, FALSE), function(native) {
      set.seed(2)
      list(on_road(native, layer(x, training = TRUE)), runif(1))
    })
    expect_close(got[[1]][[1]], got[[2]][[1]], 1e-12)
    expect_identical(got[[1]][[2]], got[[2]][[2]])
  }
  agree(make(), mask = array(TRUE, c(4, 6)))
  agree(make(return_sequences = FALSE), mask = mask)
  # Here (4, 6) is (time, batch).
  by_time <- layer_rnn(cell = layer_lstm_cell(units = 2), time_major = TRUE,
                       return_sequences = TRUE)
  by_time(x)
  agree(by_time, mask = mask)
  with_state <- make(return_state = TRUE)
  states <- function() {
    lapply(with_state(as_tensor(x), mask = mask), function(y) {
      list(as.array(y), mask_of(y))
    })
  }
  expect_identical(states(), on_long_road(states()))
  layer <- make()
  masked <- with_mask(as_tensor(x), mask)
  expect_identical(mask_of(layer(masked)), mask)
  # Only the call of the layer reads masks from tensors and hands them on.
  expect_null(mask_of(layer$call(masked)))
  expect_identical(as.array(layer$call(masked)), layer(x))
  last <- layer_gru(units = 5)
  expect_null(mask_of(last(as_tensor(x), mask = mask)))
  expect_error(layer(x, mask = mask[, -1]), class = "ValueError")
  mask[[3]] <- NA
  expect_error(layer(x, mask = mask), class = "ValueError")
})

test_that("a stateful layer keeps no state of a call that only finds shapes", {
  inner <- layer_simple_rnn(units = 2, stateful = TRUE,
                            batch_input_shape = list(3, 4, 5))
  inner(array(1, c(3, 4, 5)))
  before <- inner$states
  outer <- new_layer_class(
    "Outer",
    initialize = function() {
      super$initialize()
      self$inner <- inner
    },
    call = function(inputs) self$inner(inputs)
  )()
  expect_identical(as.integer(outer$compute_output_shape(list(3, 4, 5))),
                   c(3L, 2L))
  expect_identical(inner$states, before)
})
