run_training <- function(case) {
  x <- as_reference_array(case$x)
  y <- as_reference_array(case$y)
  model <- training_model(case, x)
  compile(model, optimizer = reference_optimizer(case$compile),
          loss = case$compile$loss, metrics = unlist(case$compile$metrics))
  args <- c(list(model, x, y, shuffle = FALSE, verbose = 0),
            as_reference_array(case$fit))
  info <- case$id
  for (want in case$history) {
    history <- do.call(fit, args)
    got <- history$metrics[names(want)]
    expect_close(got, lapply(want, unlist), 1e-8, info = info)
    if (length(case$history) > 1) reset_states(model)
  }
  if (!is.null(case$evaluate)) {
    got <- evaluate(model, x, y, batch_size = case$fit$batch_size)
    expect_close(as.list(got), case$evaluate, 1e-8, info = info)
    if (length(case$history) > 1) reset_states(model)
  }
  if (!is.null(case$after)) {
    expect_close(get_weights(model), as_reference_array(case$after), 1e-8,
                 info = info)
  }
  if (!is.null(case$predict)) {
    expect_close(predict(model, x, batch_size = case$fit$batch_size),
                 as_reference_array(case$predict), 1e-8, info = info)
  }
}

for (case in reference_cases("training")) {
  test_that(paste("fit() trains as tf.keras:", case$id), {
    run_training(case)
  })
}

test_that("factors and words are refused by name", {
  model <- keras_model_sequential() %>% layer_dense(1, input_shape = 2)
  model %>% compile("sgd", "mse")
  expect_snapshot(error = TRUE, {
    fit(model, matrix(0, 3, 2), factor(c("a", "b", "a")))
    fit(model, letters[1:3], 1:3)
  })
})

two_outputs <- function() {
  x <- layer_input(3)
  keras_model(x, list(layer_dense(x, units = 1, name = "a"),
                      layer_dense(x, units = 2, name = "b")))
}

test_that("loss_weights weigh the losses and their gradients", {
  x <- matrix(rnorm(12), 4)
  y <- list(rnorm(4), matrix(rnorm(8), 4))
  model <- two_outputs()
  start <- get_weights(model)
  moves <- function(weights) {
    set_weights(model, start)
    compile(model, optimizer = optimizer_sgd(learning_rate = 0.1),
            loss = "mse", loss_weights = weights)
    losses <- evaluate(model, x, y, verbose = 0)
    expect_equal(losses[["loss"]],
                 sum(unlist(weights) * losses[c("a_loss", "b_loss")]))
    train_on_batch(model, x, y)
    Map(`-`, get_weights(model), start)
  }
  plain <- moves(list(1, 1))
  weighed <- moves(list(0.25, 3))
  expect_equal(weighed, Map(`*`, plain, c(0.25, 0.25, 3, 3)))
})

test_that("targets go to the outputs that they are named after", {
  x <- matrix(rnorm(12), 4)
  y <- list(a = matrix(rnorm(4), 4), b = matrix(rnorm(8), 4))
  model <- two_outputs()
  compile(model, optimizer = "sgd", loss = "mse")
  expect_identical(evaluate(model, x, rev(y), verbose = 0),
                   evaluate(model, x, unname(y), verbose = 0))
})

test_that("a loss that a layer added counts in its own call only", {
  Twofold <- new_model_class(
    "Twofold",
    initialize = function() {
      super$initialize()
      self$always <- layer_dense(units = 1)
      self$training <- layer_dense(units = 1, activity_regularizer = "l2")
    },
    call = function(inputs, training = FALSE) {
      y <- self$always(inputs)
      if (isTRUE(training)) y + self$training(inputs) else y
    }
  )
  x <- matrix(rnorm(12), 4)
  y <- matrix(rnorm(4), 4)
  model <- Twofold()
  compile(model, optimizer = optimizer_sgd(learning_rate = 0), loss = "mse")
  train_on_batch(model, x, y)
  expect_equal(evaluate(model, x, y, verbose = 0)[["loss"]],
               mean((predict(model, x) - y)^2))
})
