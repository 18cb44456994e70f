trained_small <- function(optimizer) {
  set.seed(3)
  model <- keras_model_sequential() %>%
    layer_simple_rnn(3, input_shape = list(4, 2)) %>%
    layer_dense(1)
  model %>% compile(optimizer = optimizer, loss = "mse", metrics = "mae")
  fit_small(model)
}

fit_small <- function(model) {
  set.seed(5)
  x <- array(rnorm(8 * 4 * 2), c(8, 4, 2))
  fit(model, x, array(rnorm(8), c(8, 1)), epochs = 2, verbose = 0,
      batch_size = 4)
  model
}

all_optimizers <- list(
  adam = optimizer_adam, adamw = optimizer_adamw, sgd = optimizer_sgd,
  momentum = function() optimizer_sgd(momentum = 0.9),
  amsgrad = function() optimizer_adam(amsgrad = TRUE),
  rmsprop = optimizer_rmsprop,
  centered = function() optimizer_rmsprop(centered = TRUE, momentum = 0.5),
  nadam = optimizer_nadam, adamax = optimizer_adamax,
  adagrad = optimizer_adagrad, adadelta = optimizer_adadelta,
  ftrl = optimizer_ftrl,
  ema = function() optimizer_adam(use_ema = TRUE, ema_overwrite_frequency = 3),
  schedule = function() {
    optimizer_adam(learning_rate_schedule_exponential_decay(0.01, 2, 0.5))
  }
)

test_that("training goes on where it stopped, with every optimizer", {
  skip_if_not_installed("jsonlite")
  path <- tempfile(fileext = ".h5")
  for (name in names(all_optimizers)) {
    model <- trained_small(all_optimizers[[name]]())
    copies <- lapply(names(dialects), function(d) {
      save_model(model, path, dialect = d)
      load_model(path)
    })
    want <- get_weights(fit_small(model))
    for (copy in copies) {
      expect_close(get_weights(fit_small(copy)), want, 1e-6, info = name)
    }
  }
})

test_that("variables stand in Keras' order with its names", {
  names_of_slots <- function(optimizer, dialect) {
    self <- unwrap_layer(trained_small(optimizer))
    labels <- optimizer_labels(self, dialect)
    for (k in seq_along(labels)) labels[[k]]$name <- paste0("w", k)
    vapply(optimizer_variables(self$optimizer, labels[1:5], dialect),
           function(v) paste(v$name, v$dtype), "")
  }
  expect_snapshot({
    names_of_slots(optimizer_adam(amsgrad = TRUE), "tf")
    names_of_slots(optimizer_rmsprop(centered = TRUE, momentum = 0.5), "tf")
    names_of_slots(optimizer_sgd(), "tf")
    names_of_slots(optimizer_sgd(), "keras3")
    names_of_slots(optimizer_adamax(), "keras3")
  })
})

test_that("a state of other weights is no state", {
  small <- unwrap_layer(trained_small("adam"))
  weights <- small$trainable_weights
  values <- lapply(optimizer_variables(
    small$optimizer, optimizer_labels(small, "tf"), "tf"
  ), function(v) v$value)
  expect_identical(optimizer_state_of(small$optimizer, values, weights)$slots,
                   small$optimizer$get_state()$slots)
  expect_null(optimizer_state_of(small$optimizer, values[-2], weights))
  expect_null(optimizer_state_of(small$optimizer, rev(values), weights))
  none <- optimizer_state_of(small$optimizer, values[1], weights)
  expect_identical(none$iterations, 4)
  expect_length(none$slots, 0)
})

test_that("a model's own file that has another optimizer's state says so", {
  skip_if_not_installed("jsonlite")
  path <- tempfile(fileext = ".h5")
  model <- trained_small("adam")
  save_model(model, path)
  file <- read_h5(path)
  other <- unwrap_layer(clone_model(model))
  compile(callable(other), optimizer = "rmsprop", loss = "mse")
  how <- list(by_name = FALSE, skip_mismatch = FALSE, reshape = FALSE,
              path = "m.h5", must_fit = TRUE)
  expect_snapshot(load_weights_from(other, file, how))
  expect_identical(other$get_weights(), get_weights(model))
})

test_that("the rate of a file in single precision is the one meant", {
  expect_identical(near_rate(0.001, to_single(0.001)), 0.001)
  expect_identical(near_rate(0.001, 0.002), 0.002)
})
