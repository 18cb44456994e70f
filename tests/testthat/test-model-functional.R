test_that("inputs and outputs have names, in any order", {
  set.seed(1)
  model <- small_graph()
  x <- small_graph_data()
  out <- predict(model, x)
  expect_named(out, c("steps", "total"))
  expect_identical(lapply(out, dim),
                   list(steps = c(2L, 5L, 1L), total = c(2L, 3L)))
  expect_identical(predict(model, unname(x)), out)
  expect_identical(model(x[c("b", "a")]), out)
  expect_identical(predict(model, x[c("b", "a")]), out)
  expect_identical(model$input_names, c("a", "b"))
  expect_identical(model$output_names, c("steps", "total"))
})

test_that("a graph computes what its layers do", {
  set.seed(2)
  model <- small_graph()
  x <- small_graph_data()
  coded <- get_layer(model, "encoder")(x$a)
  decoded <- get_layer(model, "decoder")(x$b, initial_state = coded[[2]])
  steps <- get_layer(model, "steps")(decoded)
  total <- apply(decoded, c(1, 3), sum) * 2 -
    coded[[1]] / matrix(c(1, 3, 5), 2, 3, byrow = TRUE)
  expect_equal(predict(model, x), list(steps = steps, total = total))
})

test_that("initial states and constants may be symbolic", {
  set.seed(3)
  cell <- Layer(
    "PlusConstant",
    initialize = function(units, ...) {
      super$initialize(...)
      self$state_size <- units
    },
    call = function(inputs, states, constants) {
      h <- inputs + states[[1]] * 0.5 + constants[[1]]
      list(h, list(h))
    }
  )
  x <- layer_input(list(NULL, 3))
  h <- layer_input(list(3))
  k <- layer_input(list(3))
  y <- layer_rnn(cell = cell(units = 3))(x, initial_state = h, constants = k)
  model <- keras_model(list(x, h, k), y)
  data <- list(random_array(2, 4, 3), random_array(2, 3), random_array(2, 3))
  layer <- get_layer(model, index = -1)
  expect_identical(
    predict(model, data),
    layer(data[[1]], initial_state = data[[2]], constants = data[[3]])
  )
  copy <- from_config(get_config(model))
  expect_identical(predict(copy, data), predict(model, data))
  expect_identical(predict(clone_model(model), data), predict(model, data))
})

test_that("a shared layer has one set of weights and gets both gradients", {
  set.seed(4)
  shared <- layer_dense(units = 2, name = "shared")
  a <- layer_input(list(3))
  b <- layer_input(list(3))
  model <- keras_model(list(a, b), shared(a) * 2 + shared(b))
  expect_length(model$weights, 2)
  xa <- random_array(2, 3)
  xb <- random_array(2, 3)
  tape <- gradient_tape(op_sum(model(list(as_tensor(xa), as_tensor(xb)))))
  d <- tape$gradient(model$weights)
  expect_equal(d[[1]], matrix(colSums(2 * xa + xb), 3, 2))
  copy <- with_weights_of(from_config(get_config(model)), model)
  expect_identical(predict(copy, list(xa, xb)), predict(model, list(xa, xb)))
})

test_that("a model is a layer: nested, shared, with masks", {
  set.seed(5)
  inner <- keras_model_sequential(name = "inner") %>%
    layer_embedding(input_dim = 7, output_dim = 3, mask_zero = TRUE,
                    input_length = 4) %>%
    layer_simple_rnn(units = 2, return_sequences = TRUE)
  x <- layer_input(list(4))
  y <- layer_simple_rnn(inner(x), units = 3, name = "after")
  model <- keras_model(x, y)
  ids <- matrix(c(1, 2, 3, 4, 5, 0, 6, 0), 2)
  masked <- inner(ids)
  after <- get_layer(model, "after")
  expect_equal(predict(model, ids), after(masked, mask = ids != 0))
  copy <- with_weights_of(from_config(get_config(model)), model)
  expect_identical(predict(copy, ids), predict(model, ids))
  expect_identical(get_layer(copy, "inner")$layers[[1]]$mask_zero, TRUE)
})

test_that("a tensor inside a graph may be the input or output of another", {
  set.seed(6)
  x <- layer_input(list(3))
  h <- layer_dense(x, units = 4, name = "h")
  y <- layer_dense(h, units = 2, name = "y")
  whole <- keras_model(x, y)
  first <- keras_model(whole$input, get_layer(whole, "h")$output)
  last <- keras_model(h, y)
  data <- random_array(5, 3)
  expect_identical(last(first(data)), whole(data))
  expect_length(last$weights, 2)
  expect_s3_class(last$layers[[1]], "InputLayer")
  expect_identical(last$layers[[2]], get_layer(whole, "y"))
  expect_identical(get_layer(whole, "y")$output$shape[[2]], 2L)
})

test_that("layers stand in Keras' order, and so do weights", {
  a <- layer_input(list(3), name = "a")
  b <- layer_input(list(3), name = "b")
  unused <- layer_input(list(3), name = "unused")
  b2 <- layer_dense(b, units = 2, name = "b2")
  a2 <- layer_dense(a, units = 4, name = "a2")
  a3 <- layer_dense(a2, units = 2, name = "a3")
  out <- layer_add(list(a3, b2), name = "sum")
  model <- keras_model(list(a, b, unused), out)
  names <- vapply(model$layers, function(l) l$name, "")
  # tf.keras 2.15: by depth from the outputs, then by the walk from them.
  expect_identical(names, c("a", "a2", "b", "a3", "b2", "unused", "sum"))
  expect_identical(lapply(get_weights(model), dim),
                   list(c(3L, 4L), 4L, c(4L, 2L), 2L, c(3L, 2L), 2L))
})

test_that("long chains of ops need no deep recursion", {
  x <- layer_input(list(2))
  y <- x
  for (k in 1:400) y <- y + 1
  model <- keras_model(x, y)
  expect_identical(model(matrix(0, 1, 2)), matrix(400, 1, 2))
})

test_that("trainable of a model holds for all its layers", {
  model <- small_graph()
  model$trainable <- FALSE
  expect_length(model$trainable_weights, 0)
  expect_length(model$non_trainable_weights, length(model$weights))
  model$trainable <- TRUE
  expect_length(model$trainable_weights, 8)
})

test_that("bad graphs and inputs are refused", {
  x <- layer_input(list(3), name = "x")
  y <- layer_input(list(3), name = "y")
  h <- layer_dense(x, units = 2, name = "h")
  expect_snapshot(error = TRUE, {
    keras_model(x, layer_add(list(x, y)))
    keras_model(x)
    keras_model(matrix(1, 2, 3), h)
    keras_model(x, layer_dense(units = 2))
    keras_model(x, list(h, "h"))
    keras_model(list(x, x), h)
    keras_model(x, layer_dense(h, units = 1, name = "h"))
  })
  model <- keras_model(list(x, y), layer_add(list(x, y)), name = "two")
  one <- matrix(1, 2, 3)
  expect_snapshot(error = TRUE, {
    model(one)
    model(list(one, one, one))
    model(list(x = one, z = one))
    model(list(x = one, x = one))
    model(list(one, matrix(1, 2, 4)))
  })
})
