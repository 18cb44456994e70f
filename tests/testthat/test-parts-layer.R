
test_that("members that are worked out can be set only to what they are", {
  model <- keras_model_sequential() %>%
    layer_dense(2, input_shape = 3) %>%
    layer_dense(1)
  model$layers[[1]]$trainable <- FALSE
  expect_length(model$trainable_weights, 2)
  expect_snapshot(error = TRUE, model$layers <- list())
  expect_error(model$weights[[1]] <- 1, class = "AttributeError")
})
