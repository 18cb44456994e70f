scaled_class <- function() {
  R6::R6Class("Scaled", inherit = KerasWrapper, public = list(
    by = NULL,
    gain = NULL,
    initialize = function(by) self$by <- by,
    build = function(input_shape) {
      super$build(input_shape)
      self$gain <- super$add_weight(
        name = "gain", shape = shape(1),
        initializer = initializer_constant(3), trainable = TRUE
      )
    },
    call = function(inputs, mask = NULL) {
      kernel <- private$py_wrapper$layer$kernel
      (super$layer(inputs) - op_sum(kernel)) * self$by * self$gain
    }
  ))
}

test_that("a wrapper computes with its layer and owns its weights", {
  set.seed(1)
  dense <- layer_dense(units = 2)
  layer <- create_wrapper(scaled_class(), args = list(
    layer = dense, by = 10, name = "scaled"
  ))
  x <- random_array(4, 3)
  got <- layer(x)
  kernel <- get_weights(dense)[[1]]
  expect_equal(got, (x %*% kernel - sum(kernel)) * 30)
  expect_length(layer$weights, 3)
  expect_identical(layer$name, "scaled")
})

test_that("wrappers stand in models, configs and files", {
  set.seed(2)
  layer_scaled <- function(object, layer, by, ...) {
    create_wrapper(scaled_class(), object, list(layer = layer, by = by, ...))
  }
  model <- keras_model_sequential() %>%
    layer_scaled(layer_dense(units = 2), by = 2, input_shape = 3)
  x <- random_array(4, 3)
  want <- predict(model, x)
  expect_identical(dim(want), c(4L, 2L))
  copy <- with_weights_of(from_config(get_config(model)), model)
  expect_identical(predict(copy, x), want)
  expect_identical(predict(unserialize_model(serialize_model(model)), x), want)
  plain <- R6::R6Class("Plain", inherit = KerasWrapper)
  dense <- layer_dense(units = 2)
  expect_identical(create_wrapper(plain, x, list(layer = dense)), dense(x))
})

test_that("what is no wrapper or wraps no layer is refused", {
  expect_snapshot(error = TRUE, {
    create_wrapper(scaled_class(), args = list(by = 1))
    create_wrapper(R6::R6Class("Other", inherit = KerasLayer),
                   args = list(layer = layer_dense(units = 1)))
    create_wrapper("Scaled", args = list(layer = layer_dense(units = 1)))
  })
})

test_that("a method may say that it built the wrapped layer", {
  Builds <- R6::R6Class("Builds", inherit = KerasWrapper, public = list(
    initialize = function() NULL,
    build = function(input_shape) {
      if (self$layer$built) return()
      self$layer$build(input_shape)
      self$layer$built <- TRUE
    }
  ))
  dense <- layer_dense(units = 2)
  layer <- create_wrapper(Builds, args = list(layer = dense))
  x <- random_array(4, 3)
  expect_identical(layer(x), dense(x))
  self <- unwrap_layer(layer)
  expect_error(self$layer <- layer_dense(units = 1), class = "AttributeError")
})
