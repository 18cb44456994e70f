three_layers <- function() {
  keras_model_sequential(input_shape = 3, name = "three") %>%
    layer_dense(units = 4, name = "one") %>%
    layer_dense(units = 2, name = "two") %>%
    layer_dense(units = 1, name = "three")
}

frozen_of <- function(model) {
  names <- vapply(model$layers, function(l) l$name, "")
  names[!vapply(model$layers, function(l) l$trainable, NA)]
}

test_that("ranges and lists of layers are frozen", {
  model <- three_layers()
  expect_identical(frozen_of(freeze_weights(model, to = "two")),
                   c("one", "two"))
  expect_identical(frozen_of(unfreeze_weights(model, from = 2)), "one")
  freeze_weights(model)
  expect_length(model$trainable_weights, 0)
  unfreeze_weights(model, which = c("one", "three"))
  expect_identical(frozen_of(model), "two")
  expect_length(model$trainable_weights, 4)
  freeze_weights(model, which = list(get_layer(model, "one")))
  expect_identical(frozen_of(model), "one")
  freeze_weights(model, from = -1)
  expect_identical(frozen_of(model), "three")
  unfreeze_weights(model, to = 1)
  expect_identical(frozen_of(model), c("two", "three"))
  unfreeze_weights(model)
  expect_length(model$trainable_weights, 6)
})

test_that("layers are chosen by flags and by functions", {
  model <- three_layers()
  freeze_weights(model, which = c(TRUE, FALSE, TRUE))
  expect_identical(frozen_of(model), c("one", "three"))
  freeze_weights(model, which = function(layer) layer$units > 1)
  expect_identical(frozen_of(model), c("one", "two"))
  unfreeze_weights(model, which = ~ grepl("t", .x$name))
  expect_identical(frozen_of(model), "one")
  expect_snapshot(error = TRUE, {
    freeze_weights(model, which = c(TRUE, FALSE))
    freeze_weights(model, which = function(layer) layer$name)
  })
  expect_identical(frozen_of(model), "one")
})

test_that("frozen weights stay as they are, the others train", {
  set.seed(1)
  model <- three_layers()
  freeze_weights(model, to = "one")
  model %>% compile("sgd", "mse")
  before <- get_weights(model)
  model %>% fit(random_array(4, 3), rnorm(4), epochs = 2, verbose = 0)
  same <- mapply(identical, get_weights(model), before)
  expect_identical(unname(same), c(TRUE, TRUE, FALSE, FALSE, FALSE, FALSE))
})

test_that("layers that are not there are refused", {
  model <- three_layers()
  expect_snapshot(error = TRUE, {
    freeze_weights(model, from = "fuor")
    freeze_weights(model, to = 4)
    freeze_weights(model, from = 3, to = 1)
    freeze_weights(model, from = 1, which = 2)
    freeze_weights(layer_dense(units = 1), from = 1)
    freeze_weights("model")
  })
})
