test_that("members that are worked out can be set only to what they are", {
  model <- keras_model_sequential(name = "small") %>%
    layer_dense(2, input_shape = 3) %>%
    layer_dense(1)
  model$layers[[1]]$trainable <- FALSE
  expect_length(model$trainable_weights, 2)
  expect_snapshot(error = TRUE, model$layers <- list())
  expect_error(model$weights[[1]] <- 1, class = "AttributeError")
})

test_that("layers print what they are made of, and their weights", {
  stack <- layer_rnn(
    cell = list(layer_gru_cell(2, name = "g"), layer_lstm_cell(3, name = "l")),
    return_sequences = TRUE, name = "stack"
  )
  stack$cell$name <- "both"
  dense <- layer_dense(units = 2, name = "d")
  expect_snapshot({
    dense
    stack
    bidirectional(layer = stack, name = "two_ways")
  })
  invisible(dense(matrix(1, 2, 3)))
  expect_snapshot(dense)
})

test_that("layers without weights say so, before and after their call", {
  drop <- layer_dropout(rate = 0.25, name = "d")
  expect_snapshot(drop)
  before <- format_layer(unwrap_layer(drop))
  drop(matrix(1, 2, 3))
  expect_identical(format_layer(unwrap_layer(drop)), before)
  holder <- new_layer_class(
    "Holder",
    initialize = function(...) {
      super$initialize(...)
      self$inside <- layer_dense(units = 2)
    },
    call = function(inputs) self$inside(inputs)
  )
  expect_match(format_layer(unwrap_layer(holder()))[[2]], "not built yet")
})
