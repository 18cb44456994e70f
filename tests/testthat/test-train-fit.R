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
