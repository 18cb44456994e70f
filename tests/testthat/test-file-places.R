many_places <- function(dialect) {
  inputs <- layer_input(list(6, 4), name = "in")
  h <- inputs %>%
    layer_conv_1d(5, 2, padding = "same", name = "conv") %>%
    layer_batch_normalization(name = "norm")
  heads <- layer_multi_head_attention(num_heads = 2, key_dim = 3,
                                      name = "heads")(h, h)
  inner <- keras_model_sequential(name = "inner") %>%
    layer_dense(3, input_shape = list(6, 5), name = "deep")
  cells <- list(layer_lstm_cell(2, name = "first"),
                layer_lstm_cell(2, name = "second"))
  both <- layer_rnn(cell = layer_stacked_rnn_cells(cells, name = "stack"),
                    name = "rnn")
  y <- bidirectional(inner(heads), both, name = "both")
  model <- keras_model(inputs, y, name = "many")
  self <- unwrap_layer(model)
  store <- store_places(self, dialect)
  legacy <- legacy_places(self, dialect)
  c(vapply(store, function(p) paste(p$path, length(p$weights), p$name), ""),
    unlist(lapply(legacy, function(p) c(p$name, p$names, unique(p$dtypes)))))
}

test_that("each weight has its place, in both layouts and dialects", {
  expect_snapshot(many_places("tf"))
  expect_snapshot(many_places("keras3"))
})

test_that("all weights have exactly one place", {
  for (name in keras_file_models) {
    model <- unwrap_layer(keras_model_like(name))
    ids <- vapply(model$weights, tensor_id, 0)
    places <- list(store_places(model, "tf"), store_places(model, "keras3"),
                   legacy_places(model, "tf"), legacy_places(model, "keras3"))
    for (p in places) {
      found <- do.call(c, lapply(p, function(l) l$weights))
      expect_setequal(vapply(found, tensor_id, 0), ids)
      expect_length(found, length(ids))
    }
  }
})

test_that("layers of a user's class go by attribute", {
  Two <- new_layer_class("Two", initialize = function() {
    super$initialize()
    self$one <- layer_dense(units = 2)
    self$more <- list(layer_dense(units = 3), layer_dense(units = 1))
  }, call = function(inputs) {
    x <- self$one(inputs)
    for (l in self$more) x <- l(x)
    x
  })
  model <- keras_model_sequential(list(Two()), input_shape = 4)
  paths <- vapply(store_places(unwrap_layer(model), "tf"), function(p) p$path,
                  "")
  expect_setequal(paths, c("", "layers/two", "layers/two/one",
                           "layers/two/more/dense",
                           "layers/two/more/dense_1"))
})

test_that("names within a layer are never the same", {
  Same <- new_layer_class("Same", build = function(input_shape) {
    self$a <- self$add_weight("w", list(2))
    self$b <- self$add_weight("w", list(3))
  }, call = function(inputs) inputs)
  model <- keras_model_sequential(list(Same(name = "same")), input_shape = 4)
  expect_identical(legacy_places(unwrap_layer(model), "tf")[[1]]$names,
                   c("same/w:0", "same/w_1:0"))
})
