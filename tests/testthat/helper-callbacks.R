# A model as in the reference cases of callbacks, with its data and fit().
callback_run <- function(case, callbacks = list()) {
  arrays <- lapply(case[c("x", "y", "x_val", "y_val")], as_reference_array)
  weights <- as_reference_array(case$weights)
  units <- ncol(weights[[1]])
  model <- keras_model_sequential() %>%
    layer_simple_rnn(units = units, input_shape = list(NULL,
                                                       dim(arrays$x)[3])) %>%
    layer_dense(units = ncol(weights[[4]]))
  set_weights(model, weights)
  optimizer <- get_optimizer(case$optimizer)
  optimizer$learning_rate <- case$learning_rate
  model %>% compile(optimizer = optimizer, loss = "mse")
  args <- case$fit
  args$callbacks <- callbacks
  if (isTRUE(case$validated)) {
    args$validation_data <- list(arrays$x_val, arrays$y_val)
  }
  history <- do.call(fit, c(list(model, arrays$x, arrays$y), args))
  list(model = model, history = history, x = arrays$x, y = arrays$y)
}

# Writes down every hook that is called: name, index and names of the logs.
hook_recorder <- function() {
  record <- new.env()
  record$hooks <- list()
  note <- function(name, index, logs) {
    record$hooks[[length(record$hooks) + 1]] <-
      list(name, index, as.list(sort(as.character(names(logs)))))
  }
  batch <- grep("batch|epoch", callback_hooks, value = TRUE)
  batch <- setdiff(batch, c("on_batch_begin", "on_batch_end"))
  whole <- setdiff(grep("_(begin|end)$", callback_hooks, value = TRUE),
                   c(batch, "on_batch_begin", "on_batch_end"))
  hooks <- c(
    sapply(batch, function(name) {
      force(name)
      function(index, logs) note(name, index, logs)
    }, simplify = FALSE),
    sapply(whole, function(name) {
      force(name)
      function(logs) note(name, NULL, logs)
    }, simplify = FALSE)
  )
  list(record = record, callback = do.call(callback_lambda, hooks))
}

small_fit <- function(callbacks, epochs = 3, ..., loss = "mse",
                      optimizer = optimizer_sgd(0.1)) {
  set.seed(1)
  model <- keras_model_sequential() %>%
    layer_simple_rnn(units = 2, input_shape = list(NULL, 1)) %>%
    layer_dense(units = 1)
  model %>% compile(optimizer = optimizer, loss = loss)
  x <- array(rnorm(6 * 4), c(6, 4, 1))
  y <- matrix(apply(x, 1, sum))
  history <- fit(model, x, y, batch_size = 3, epochs = epochs, verbose = 0,
                 callbacks = callbacks, ...)
  list(model = model, history = history, x = x, y = y)
}
