stateful_layer <- function(case) {
  config <- c(Filter(Negate(is.null), case$config),
              list(batch_input_shape = case$batch_input_shape))
  case$config <- config
  reference_layer(case)
}

run_steps <- function(case) {
  layer <- stateful_layer(case)
  first <- as_reference_array(case$steps[[1]]$inputs)
  build_layer(unwrap_layer(layer), shape_of(first))
  set_weights(layer, as_reference_array(case$weights))
  for (k in seq_along(case$steps)) {
    step <- lapply(case$steps[[k]], as_reference_array)
    info <- paste0(case$id, ", step ", k)
    if (step$op == "reset_states") {
      layer$reset_states(step$states)
    } else {
      mask <- if (!is.null(step$mask)) step$mask != 0
      out <- layer(step$inputs, mask = mask,
                   initial_state = step$initial_state)
      if (!is.list(out)) out <- list(out)
      expect_close(out, step$outputs, info = info)
    }
    expect_close(layer$states, step$states_after, info = info)
  }
}

test_that("stateful layers do what tf.keras' do, on both roads", {
  for (case in reference_cases("stateful")) run_steps(case)
  withr_native(FALSE)
  for (case in reference_cases("stateful")) run_steps(case)
})

test_that("a recorded state counts unless all of it is zero", {
  x <- array(rnorm(12), c(2, 3, 2))
  given <- matrix(rnorm(6), 2)
  for (native in c(TRUE, FALSE)) {
    withr_native(native)
    layer <- layer_simple_rnn(units = 3, stateful = TRUE)
    layer(x)
    start <- matrix(c(0, 0, 0, 0, 0, 0.5), 2)
    layer$reset_states(start)
    y <- layer(x, initial_state = given)
    layer$reset_states(start)
    expect_identical(layer(x), y)
    layer$reset_states()
    z <- layer(x, initial_state = given)
    expect_false(identical(z, y))
  }
})

test_that("states that are no numbers are a ValueError and change nothing", {
  layer <- layer_simple_rnn(units = 2, stateful = TRUE,
                            batch_input_shape = list(2, NULL, 3))
  layer(array(rnorm(12), c(2, 2, 3)))
  before <- layer$states
  for (states in list(matrix("a", 2, 2), list(NULL), mean, 1i)) {
    expect_error(layer$reset_states(states), class = "ValueError")
  }
  expect_identical(layer$states, before)
})
