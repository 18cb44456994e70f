test_that("a clone has layers of its own and computes the same", {
  set.seed(1)
  for (model in list(small_graph(), small_sequential())) {
    x <- if (is.null(names(model$inputs))) random_array(2, 5, 3) else
      small_graph_data()
    if (inherits(model, "Sequential")) x <- random_array(2, 5, 3)
    before <- get_weights(model)
    copy <- clone_model(model)
    expect_false(identical(get_weights(copy), before))
    expect_identical(predict(with_weights_of(copy, model), x),
                     predict(model, x))
    set_weights(copy, lapply(before, function(w) w * 0))
    expect_identical(get_weights(model), before)
    expect_identical(copy$name, model$name)
  }
})

test_that("clone_function chooses the layers, input_tensors the inputs", {
  set.seed(2)
  model <- small_graph()
  seen <- character()
  shared <- clone_model(model, clone_function = function(layer) {
    seen <<- c(seen, layer$name)
    layer
  })
  expect_setequal(seen, c("encoder", "decoder", "steps"))
  x <- small_graph_data()
  expect_identical(predict(shared, x), predict(model, x))
  a <- layer_input(list(4, 2), name = "first")
  b <- layer_input(list(NULL, 3), name = "second")
  onto <- clone_model(model, input_tensors = list(a * 2, b))
  expect_identical(onto$input_names[[2]], "second")
  other <- clone_model(model, input_tensors = list(a, b))
  expect_identical(other$input_names, c("first", "second"))
  expect_snapshot(error = TRUE, {
    clone_model(model, input_tensors = list(a))
    clone_model(model, input_tensors = 1)
    clone_model(model, clone_function = function(layer) "layer")
    clone_model(model, clone_function = 1)
    clone_model(layer_dense(units = 1))
  })
})

test_that("a cell that is an object with weights is not copied", {
  Cell <- R6::R6Class("Cell", public = list(
    state_size = 3, k = NULL,
    build = function(input_shape) self$k <- k_variable(matrix(1:6 / 10, 2)),
    call = function(inputs, states) {
      out <- tanh(inputs %*% self$k + states[[1]])
      list(out, list(out))
    }
  ))
  model <- keras_model_sequential() %>%
    layer_rnn(cell = Cell$new(), input_shape = list(NULL, 2), name = "own")
  x <- array(rnorm(24), c(4, 3, 2))
  before <- predict(model, x)
  expect_snapshot(clone_model(model), error = TRUE)
  expect_identical(predict(model, x), before)
  shared <- clone_model(model, clone_function = function(layer) layer)
  expect_identical(predict(shared, x), before)
})
