small <- function(...) array(rnorm(prod(...), sd = 0.5), c(...))

Affine <- new_layer_class(
  "Affine",
  initialize = function(units = 3, start = 1, ...) {
    super$initialize(...)
    self$units <- units
    self$begin <- start
  },
  build = function(input_shape) {
    self$k <- self$add_weight("k", list(input_shape[[2]], self$units))
    self$b <- self$add_weight("b", self$units,
                              initializer = initializer_constant(self$begin))
    self$seen <- self$add_weight("seen", list(), initializer = "zeros",
                                 trainable = FALSE)
  },
  call = function(inputs) inputs %*% self$k + self$b
)

test_that("a class makes layers with weights in the order they were added", {
  set.seed(1)
  layer <- Affine(units = 2, start = 4, name = "mine")
  expect_false(layer$built)
  x <- small(5, 3)
  y <- layer(x)
  expect_equal(y, x %*% layer$get_weights()[[1]] + 4)
  expect_identical(layer$name, "mine")
  expect_identical(lapply(layer$weights, function(w) w$name),
                   list("k", "b", "seen"))
  expect_length(layer$trainable_weights, 2)
  expect_length(layer$non_trainable_weights, 1)
  expect_identical(layer$count_params(), 9L)
  expect_slopes(Affine(), list(x = x))
})

test_that("old ways to call the class above work", {
  for (up in list(
    function(...) super$initialize(...),
    function(...) super()$initialize(...),
    function(...) super()$`__init__`(...),
    function(...) super$`__init__`(...)
  )) {
    init <- up
    Old <- Layer("Old",
      initialize = init,
      call = function(inputs) inputs * 2
    )
    expect_identical(Old(name = "two")(matrix(1:4, 2)),
                     matrix(c(2, 4, 6, 8), 2))
    expect_identical(Old(name = "two")$name, "two")
  }
})

test_that("classes inherit from classes", {
  set.seed(2)
  Bent <- new_layer_class("Bent", inherit = Affine,
    initialize = function(power = 2, ...) {
      super$initialize(...)
      self$power <- power
    },
    call = function(inputs) super$call(inputs)^self$power
  )
  Twice <- Layer("Twice", inherit = Bent,
    call = function(inputs) 2 * super()$call(inputs)
  )
  x <- small(4, 3)
  layer <- Twice(power = 3, units = 2)
  y <- layer(x)
  expect_equal(y, 2 * (x %*% layer$get_weights()[[1]] + 1)^3)
  expect_slopes(layer, list(x = x))
  expect_true(inherits(layer, "Affine"))
  again <- from_config(get_config(layer))
  expect_identical(again$power, 3)
  again(x)
  again$set_weights(layer$get_weights())
  expect_identical(again(x), y)
})

test_that("R6 classes below KerasLayer are layers, by $new() too", {
  set.seed(3)
  Shift <- R6::R6Class("Shift", inherit = KerasLayer, public = list(
    by = NULL, w = NULL,
    initialize = function(by, ...) {
      super$initialize(...)
      self$by <- by
    },
    build = function(input_shape) {
      self$w <- self$add_weight("w", input_shape[[2]])
    },
    call = function(inputs, ...) inputs + self$w * self$by
  ))
  x <- small(4, 3)
  one <- create_layer(Shift, args = list(by = 2))
  expect_identical(dim(one(x)), dim(x))
  expect_identical(dim(create_layer(Shift, x, list(by = 2))), dim(x))
  layer_shift <- create_layer_wrapper(Shift)
  expect_identical(dim(layer_shift(x, by = 2)), dim(x))
  expect_slopes(layer_shift(by = 2), list(x = x))
})

test_that("parts in attributes count: layers, lists of layers, weights", {
  set.seed(4)
  Net <- new_layer_class("Net",
    initialize = function(...) {
      super$initialize(...)
      self$first <- Affine(units = 4)
      self$rest <- list(Affine(units = 2), Affine(units = 5))
      self$gain <- new_variable(1.5, name = "gain")
    },
    call = function(inputs) {
      x <- self$first(inputs)
      for (layer in self$rest) x <- tanh(layer(x))
      x * self$gain
    }
  )
  net <- Net()
  x <- small(3, 2)
  expect_identical(dim(net(x)), c(3L, 5L))
  expect_length(net$trainable_weights, 7)
  expect_length(net$non_trainable_weights, 3)
  expect_slopes(net, list(x = x))
  net$trainable <- FALSE
  expect_length(net$trainable_weights, 0)
  expect_length(net$non_trainable_weights, 10)
})

test_that("a class can be used on arrays, tensors and symbolic tensors", {
  set.seed(5)
  x <- small(3, 2)
  expect_identical(dim(Affine(x, units = 4)), c(3L, 4L))
  expect_identical(dim(Affine(x, 4)), c(3L, 4L))
  expect_true(is_tensor(Affine(as_tensor(x), units = 4)))
  y <- Affine(new_symbolic(list(NULL, 2)), units = 4)
  expect_identical(y$shape, shape(NULL, 4))
  expect_error(Affine(4), class = "TypeError")
  expect_error(Affine(wrong = 4), class = "TypeError")
})

test_that("compute_output_shape() of the user's own is asked", {
  Half <- Layer("Half",
    initialize = function(...) super$initialize(...),
    call = function(inputs) inputs[, 1:2],
    compute_output_shape = function(input_shape) list(input_shape[[1]], 2)
  )
  layer <- Half()
  expect_equal(as.integer(as_shape(layer$compute_output_shape(list(NULL, 7)))),
               c(NA, 2L))
  free <- Affine(units = 4)
  expect_identical(free$compute_output_shape(list(NULL, 7)), shape(NULL, 4))
})

test_that("a class without what it needs is told so", {
  Bad <- new_layer_class("Bad",
    build = function(input_shape) self$add_weight("k", list(NULL, 3)),
    call = function(inputs) inputs
  )
  Odd <- new_layer_class("Odd",
    build = function(input_shape) {
      self$add_weight("k", c(2, 3), initializer = function(shape, dtype) 1:5)
    },
    call = function(inputs) inputs
  )
  mine <- Affine(name = "mine")
  expect_snapshot(error = TRUE, {
    Bad(name = "bad")(matrix(1, 2, 2))
    Odd(name = "odd")(matrix(1, 2, 2))
    new_layer_class(4)
    new_layer_class("X", inherit = "Affine")
    mine$nothing
    Affine("three")
    Affine(dtype = "complex")
    mine()
    mine("a")
    mine(matrix("a", 2, 2))
    mine(matrix(1, 2, 2), msk = 1)
  })
})

test_that("create_layer() keeps from `initialize` what all layers take", {
  Custom <- R6::R6Class("Custom", inherit = KerasLayer, public = list(
    output_dim = NULL,
    kernel = NULL,
    initialize = function(output_dim) self$output_dim <- output_dim,
    build = function(input_shape) {
      self$kernel <- self$add_weight("kernel",
                                     list(input_shape[[2]], self$output_dim))
    },
    call = function(x, mask = NULL) k_dot(x, self$kernel)
  ))
  layer_custom <- function(object, output_dim, name = NULL, trainable = TRUE,
                           input_shape = NULL) {
    create_layer(Custom, object, list(output_dim = output_dim, name = name,
                                      trainable = trainable,
                                      input_shape = input_shape))
  }
  model <- keras_model_sequential() %>%
    layer_custom(2, "mine", FALSE, input_shape = 3) %>%
    layer_custom(4)
  expect_identical(lapply(model$layers, function(l) l$name),
                   list("mine", "custom"))
  expect_length(model$trainable_weights, 1)
  again <- from_config(get_config(model))
  expect_identical(again$output_shape, model$output_shape)
  expect_false(again$layers[[1]]$trainable)
  expect_error(create_layer(Custom, args = list(units = 3)), "units")
})

test_that("a marked member is read without a call", {
  Scaled <- new_layer_class(
    "Scaled",
    initialize = function(factor, ...) {
      super$initialize(...)
      self$.factor <- factor
    },
    call = function(inputs) inputs * self$factor,
    factor = mark_active(function(value) {
      if (missing(value)) return(self$.factor)
      self$.factor <- value
    }),
    twice = mark_active(function() 2 * self$factor)
  )
  layer <- Scaled(factor = 3)
  expect_equal(layer$twice, 6)
  expect_equal(layer(matrix(1:2, 1)), matrix(c(3, 6), 1))
  layer$factor <- 5
  expect_equal(layer(matrix(1:2, 1)), matrix(c(5, 10), 1))
  copy <- unserialize(serialize(layer, NULL))
  expect_equal(copy$twice, 10)
  expect_snapshot(mark_active(1), error = TRUE)
})

test_that("a layer is no member of a class", {
  expect_snapshot(
    new_layer_class("Own", inner = layer_dense(units = 1),
                    call = function(inputs) self$inner(inputs)),
    error = TRUE
  )
})

test_that("methods may have Python's name of the constructor", {
  Scaled <- new_layer_class(
    "Scaled",
    `__init__` = function(by, ...) {
      super()$`__init__`(...)
      self$by <- by
    },
    call = function(inputs) inputs * self$by
  )
  expect_equal(Scaled(by = 3)(matrix(1:2, 1)), matrix(c(3, 6), 1))
  Seen <- new_callback_class("Seen", `__init__` = function(a) self$a <- a)
  expect_equal(Seen(4)$a, 4)
})

test_that("a config of a class' own says what class it is of", {
  Lin <- Layer(
    "Lin",
    initialize = function(units, ...) {
      super()$`__init__`(...)
      self$units <- units
    },
    call = function(inputs) inputs * self$units,
    get_config = function() list(units = self$units)
  )
  copy <- from_config(get_config(Lin(units = 3)))
  expect_equal(copy(matrix(2)), matrix(6))
})

test_that("a layer that counts on its mask stands in a model", {
  Shown <- new_layer_class(
    "Shown",
    call = function(inputs, mask = NULL) {
      inputs * k_expand_dims(k_cast(mask, "float32"), -1)
    }
  )
  set.seed(3)
  model <- keras_model_sequential() %>%
    layer_embedding(9, 4, mask_zero = TRUE, input_length = 5) %>%
    Shown()
  expect_equal(model$output_shape, shape(NULL, 5, 4))
  ids <- matrix(c(3, 0, 1, 2, 0, 0, 4, 5, 0, 8), 2, byrow = TRUE)
  out <- predict(model, ids)
  expect_true(all(out[cbind(c(1, 1, 2, 2), c(2, 5, 1, 4), 1)] == 0))
  expect_true(all(out[1, c(1, 3, 4), ] != 0))
  unmasked <- keras_model_sequential(input_shape = c(5, 4)) %>% Shown()
  expect_error(predict(unmasked, array(1, c(2, 5, 4))), class = "TypeError")
})
