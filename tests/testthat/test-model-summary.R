test_that("tables of models", {
  set.seed(1)
  name_counts$input <- 0L
  for (op in c("op_sum", "op_multiply", "op_divide", "op_subtract")) {
    assign(op, 0L, envir = name_counts)
  }
  graph <- small_graph()
  expect_snapshot({
    small_sequential()
    graph
    freeze_weights(graph, which = "encoder")
    summary(graph, width = 60)
    summary(small_sequential(), show_trainable = TRUE)
    keras_model_sequential(name = "empty")
    keras_model_sequential(list(layer_dense(units = 2, name = "d")),
                           name = "waits")
  })
})

test_that("nested models are listed inside when asked for", {
  outer <- keras_model_sequential(name = "outer")
  outer$add(small_sequential())
  outer %>% layer_dense(units = 1, name = "last")
  expect_snapshot({
    outer
    summary(outer, expand_nested = TRUE)
  })
})

test_that("a model with its own call shows its layers", {
  Two <- new_model_class(
    "Two",
    initialize = function(...) {
      super$initialize(...)
      self$a <- layer_dense(units = 2, name = "a")
      self$b <- layer_dense(units = 3, name = "b")
    },
    call = function(inputs) self$b(self$a(inputs))
  )
  model <- Two(name = "two")
  expect_snapshot({
    model
    invisible(model(matrix(1, 1, 4)))
    model
  })
})

test_that("summary() gives the model back and refuses bad arguments", {
  model <- small_sequential()
  capture.output(out <- summary(model))
  expect_identical(out, model)
  expect_identical(format(model)[[1]], "Model \"small\" (Sequential)")
  expect_snapshot(error = TRUE, {
    summary(model, width = "wide")
    summary(model, expand_nested = 1)
  })
})
