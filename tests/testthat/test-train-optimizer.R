variables <- function(...) lapply(list(...), new_variable)

test_that("the learning rate is read and set", {
  o <- optimizer_sgd(0.5)
  expect_equal(value_of(o$learning_rate), 0.5)
  o$learning_rate <- 0.25
  expect_equal(value_of(o$learning_rate), 0.25)
  o$lr <- 0.125
  expect_equal(value_of(o$lr), 0.125)
  variable_assign(o$learning_rate, 1)
  w <- variables(array(c(1, 2)))
  o$apply_gradients(list(array(c(1, 1))), w)
  expect_equal(value_of(w[[1]]), array(c(0, 1)))
  expect_equal(value_of(o$iterations), 1)
})

test_that("a schedule gives the rate of each step", {
  o <- optimizer_sgd(learning_rate_schedule_inverse_time_decay(1, 1, 1))
  w <- variables(0)
  for (k in 1:3) {
    expect_equal(value_of(o$learning_rate), 1 / k)
    o$apply_gradients(list(1), w)
  }
  expect_equal(value_of(w[[1]]), -(1 + 1 / 2 + 1 / 3))
  o <- optimizer_sgd(function(step) 2^-step)
  expect_equal(value_of(o$learning_rate), 1)
  expect_snapshot(o$learning_rate <- 0.1, error = TRUE)
})

test_that("gradients come as pairs, as tensors, and may be missing", {
  w <- variables(array(c(1, 2)), 5)
  optimizer_sgd(1)$apply_gradients(list(list(as_tensor(c(1, 1)), w[[1]])))
  optimizer_sgd(1)$apply_gradients(list(NULL, 2), w)
  expect_equal(value_of(w[[1]]), array(c(0, 1)))
  expect_equal(value_of(w[[2]]), 3)
})

test_that("bounds on gradients", {
  moved <- function(...) {
    w <- variables(array(c(0, 0)), 0)
    optimizer_sgd(1, ...)$apply_gradients(list(array(c(3, 4)), 12), w)
    -unlist(lapply(w, value_of))
  }
  expect_equal(moved(clipnorm = 1), c(0.6, 0.8, 1))
  expect_equal(moved(global_clipnorm = 1), c(3, 4, 12) / 13)
  expect_equal(moved(global_clipnorm = 20), c(3, 4, 12))
  expect_equal(moved(clipvalue = 3.5), c(3, 3.5, 3.5))
})

test_that("weights decay before they move, but for those excluded", {
  w <- list(new_variable(array(c(1, 2)), "kernel"), new_variable(3, "bias"))
  o <- optimizer_sgd(0.5, weight_decay = 0.2)
  o$exclude_from_weight_decay(var_names = "bias")
  o$apply_gradients(list(array(c(1, 1)), 1), w)
  expect_equal(value_of(w[[1]]), array(c(1, 2) * 0.9 - 0.5))
  expect_equal(value_of(w[[2]]), 2.5)
})

test_that("moving averages overwrite, every so often and at the end", {
  w <- variables(1)
  o <- optimizer_sgd(1, use_ema = TRUE, ema_momentum = 0.5,
                     ema_overwrite_frequency = 2)
  o$apply_gradients(list(2), w)
  expect_equal(value_of(w[[1]]), -1)
  o$apply_gradients(list(2), w)
  expect_equal(value_of(w[[1]]), 0.5 * (0.5 * 1 + 0.5 * -1) + 0.5 * -3)
  w <- variables(1)
  o <- optimizer_sgd(1, use_ema = TRUE, ema_momentum = 0.5)
  o$apply_gradients(list(2), w)
  o$finalize_variable_values(w)
  expect_equal(value_of(w[[1]]), 0)
})

test_that("a trained model has the moving averages of its weights", {
  averaged <- optimizer_sgd(0.1, use_ema = TRUE, ema_momentum = 0.5)
  watcher <- new_callback_class(
    "Watcher",
    on_train_begin = function(logs) self$seen <- list(self$kernel()),
    on_train_batch_end = function(batch, logs) {
      self$seen <- c(self$seen, list(self$kernel()))
    },
    kernel = function() self$model$get_weights()[[1]]
  )()
  run <- small_fit(watcher, epochs = 1, optimizer = averaged)
  seen <- watcher$seen
  expect_equal(get_weights(run$model)[[1]],
               0.25 * seen[[1]] + 0.25 * seen[[2]] + 0.5 * seen[[3]])
})

test_that("constraints act after the step", {
  w <- list(new_variable(array(c(1, 2)), constraint = constraint_nonneg()))
  optimizer_sgd(1)$apply_gradients(list(array(c(3, 1))), w)
  expect_equal(value_of(w[[1]]), array(c(0, 1)))
})

test_that("nothing that a user holds changes behind its back", {
  start <- array(c(1, 2))
  w <- variables(start)
  g <- array(c(1, 1))
  o <- optimizer_adam()
  o$apply_gradients(list(g), w)
  after <- value_of(w[[1]])
  state <- o$get_state()
  o$apply_gradients(list(g), w)
  expect_equal(start, array(c(1, 2)))
  expect_equal(g, array(c(1, 1)))
  expect_equal(state$slots[[1]][[1]], array(c(0.1, 0.1)))
  expect_false(identical(after, value_of(w[[1]])))
})

test_that("a state carries on, in another process too", {
  for (class in names(optimizer_rules)) {
    set.seed(1)
    grads <- replicate(4, list(array(rnorm(2)), rnorm(1)), simplify = FALSE)
    o <- optimizer_maker(class)()
    w <- variables(array(c(1, 2)), 3)
    for (k in 1:2) o$apply_gradients(grads[[k]], w)
    file <- tempfile(fileext = ".rds")
    saveRDS(list(o$get_state(), lapply(w, value_of)), file)
    for (k in 3:4) o$apply_gradients(grads[[k]], w)
    saved <- readRDS(file)
    again <- optimizer_maker(class)()
    again$set_state(saved[[1]])
    v <- lapply(saved[[2]], new_variable)
    for (k in 3:4) again$apply_gradients(grads[[k]], v)
    expect_identical(lapply(v, value_of), lapply(w, value_of), info = class)
  }
  expect_snapshot(optimizer_sgd()$set_state(o$get_state()), error = TRUE)
})

test_that("a weight keeps its memory when others come and go", {
  w <- variables(array(c(1, 1)), array(c(2, 2)))
  o <- optimizer_sgd(1, momentum = 0.5)
  o$apply_gradients(list(array(c(1, 1)), array(c(4, 4))), w)
  o$apply_gradients(list(array(c(0, 0))), w[2])
  expect_equal(value_of(w[[2]]), array(c(-4, -4)))
})

test_that("a failed step changes nothing", {
  bad <- list(new_variable(1), new_variable(2, constraint = function(w) stop()))
  o <- optimizer_adam()
  expect_error(o$apply_gradients(list(1, 1), bad))
  expect_equal(lapply(bad, value_of), list(1, 2))
  expect_equal(value_of(o$iterations), 0)
  expect_snapshot(error = TRUE, {
    o$apply_gradients(list(1), bad)
    o$apply_gradients(list(NULL, NULL), bad)
    o$apply_gradients(list(c(1, 2), 1), bad)
  })
})

test_that("C and R move weights alike", {
  made <- list(
    optimizer_sgd(0.1, weight_decay = 0.01),
    optimizer_sgd(0.1, momentum = 0.9),
    optimizer_sgd(0.1, momentum = 0.9, nesterov = TRUE),
    optimizer_rmsprop(0.1, weight_decay = 0.01), optimizer_adam(0.1),
    optimizer_adamw(0.1, clipvalue = 1)
  )
  set.seed(1)
  shapes <- list(c(3, 2), 4, c(2, 3, 2))
  start <- lapply(shapes, function(d) array(rnorm(prod(d)), d))
  grads <- replicate(3, lapply(shapes, function(d) array(rnorm(prod(d)), d)),
                     simplify = FALSE)
  run <- function(o, extra) {
    w <- lapply(c(start, extra), new_variable)
    for (g in grads) o$apply_gradients(c(g, vector("list", length(extra))), w)
    list(lapply(w[1:3], value_of), o$get_state()$slots[1:3])
  }
  for (o in made) {
    # A weight without gradient leaves the step to R.
    by_r <- run(o$from_config(o$get_config()), list(1))
    expect_equal(run(o, list()), by_r, tolerance = 1e-15)
  }
})

test_that("gradients that are whole numbers move weights, too", {
  w <- variables(array(c(1, 2)))
  optimizer_adam(0.1)$apply_gradients(list(array(1:2)), w)
  expect_equal(value_of(w[[1]]), array(c(0.9, 1.9)), tolerance = 1e-6)
})

test_that("a state that was taken stays as it was while training goes on", {
  for (make in list(optimizer_adam, optimizer_rmsprop,
                    function() optimizer_sgd(momentum = 0.9))) {
    o <- make()
    w <- list(new_variable(array(c(1, 2))), new_variable(diag(2)))
    g <- list(array(c(0.5, -1)), diag(2))
    o$apply_gradients(g, w)
    state <- o$get_state()
    arrays <- o$get_weights()
    copies <- unserialize(serialize(list(state, arrays), NULL))
    for (k in 1:3) o$apply_gradients(g, w)
    expect_identical(list(state, arrays), copies)
    expect_false(identical(o$get_state()$slots, state$slots))
    # Going on from there gives the same again.
    after <- o$get_state()
    o$set_state(state)
    for (k in 1:3) o$apply_gradients(g, w)
    expect_identical(o$get_state()$slots, after$slots)
  }
})

test_that("slots come back when a constraint fails", {
  fails <- FALSE
  w <- list(new_variable(array(c(1, 2)), constraint = function(w) {
    if (fails) stop("no") else w
  }))
  for (o in list(optimizer_adam(), optimizer_nadam())) {
    fails <- FALSE
    o$apply_gradients(list(array(c(1, -1))), w)
    before <- unserialize(serialize(o$get_state(), NULL))
    fails <- TRUE
    expect_error(o$apply_gradients(list(array(c(1, -1))), w), "no")
    expect_identical(o$get_state(), before)
  }
})

test_that("the short road of a step gives what the long one gives", {
  after <- function(optimizer) {
    set.seed(3)
    v <- list(new_variable(matrix(rnorm(6), 2)), new_variable(array(1:3 / 2)))
    for (k in 1:3) {
      g <- list(matrix(rnorm(6), 2), array(rnorm(3)))
      optimizer$apply_gradients(g, v)
    }
    list(lapply(v, value_of), optimizer$get_weights())
  }
  for (make in list(optimizer_sgd, optimizer_rmsprop, optimizer_adam,
                    function(...) optimizer_sgd(momentum = 0.9, ...),
                    function(...) optimizer_adam(weight_decay = 0.1, ...))) {
    # A bound that is never met keeps the step off the short road.
    expect_identical(after(make()), after(make(clipvalue = 1e9)))
  }
})

test_that("a step with a constraint, or for other weights, is a long one", {
  optimizer <- optimizer_sgd(1)
  a <- new_variable(array(c(1, 2)))
  b <- new_variable(array(c(1, 2)), constraint = function(w) w * 0)
  optimizer$apply_gradients(list(array(c(1, 1))), list(a))
  optimizer$apply_gradients(list(array(c(1, 1)), array(c(1, 1))), list(b, a))
  expect_identical(value_of(a), array(c(-1, 0)))
  expect_identical(value_of(b), array(c(0, 0)))
})
