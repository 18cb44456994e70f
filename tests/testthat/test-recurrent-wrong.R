# Wrong arguments end in an error of the package, which names the argument:
# never in one from the depth of R, and never in a result.

refused <- function(...) {
  calls <- as.list(substitute(list(...)))[-1L]
  env <- parent.frame()
  for (call in calls) {
    got <- tryCatch({
      eval(call, env)
      "a result"
    }, recurrent_error = function(e) NULL, error = conditionMessage)
    expect_null(got, label = paste(deparse(call), collapse = " "))
  }
}

x <- array(as.double(1:24), c(2, 3, 4))

test_that("what is no array of numbers is refused", {
  refused(as_tensor(y ~ x), op_tanh(quote(a)), op_add(x, expression(a)),
          op_tanh(factor("a")), layer_dense(units = 1)(y ~ x),
          op_stack(layer_input(list(5, 4))), op_stack(list()))
})

test_that("flags are TRUE or FALSE", {
  refused(
    op_sum(x, keepdims = NA), op_std(x, keepdims = "yes"),
    op_any(x, keepdims = 1), op_argmax(x, keepdims = NULL),
    op_argmin(x, zero_indexed = c(TRUE, TRUE)), op_gelu(x, "tanh"),
    op_binary_crossentropy(x, x, NA),
    op_categorical_crossentropy(x, x, "no"),
    op_sparse_categorical_crossentropy(1:2, x[, 1, ], NULL),
    metric_binary_crossentropy(from_logits = 1),
    k_rnn(function(x, s) list(x, s), x, list(), go_backwards = character())
  )
})

test_that("an axis is one whole number where one is needed", {
  refused(
    op_concatenate(list(x, x), c(1, 2)), op_stack(list(x, x), integer()),
    op_unstack(x, axis = 1:2), op_split(x, 2, axis = c(1, 1)),
    op_take(x, 1, axis = 1:2), op_cumsum(x, axis = 1:2),
    op_cumprod(x, axis = numeric()), op_argmax(x, axis = 1:2),
    op_argmin(x, axis = NULL, keepdims = 2), op_expand_dims(x, 1:2),
    op_expand_dims(x, numeric()), op_repeat(x, 2, axis = 1:2),
    k_batch_dot(x, x, NULL), op_tensordot(x, x, -0.5),
    op_tensordot(x, x, list(1)), loss_cosine_similarity(axis = c(1, 2)),
    loss_categorical_crossentropy(axis = NA),
    metric_cosine_similarity(axis = 1.5),
    metric_categorical_crossentropy(axis = list(1))
  )
})

test_that("numbers of ops are numbers", {
  refused(
    op_elu(x, "a"), op_elu(x, 1:2), op_leaky_relu(x, list(1)),
    k_relu(x, matrix(1, 3, 4)), op_normalize(x, order = NaN),
    op_normalize(x, epsilon = "a"), op_norm(x, ord = list()),
    op_arange("a"), op_arange(0, Inf), op_arange(c(1, 2)),
    op_linspace(1:2, 3), op_linspace(0, 1, Inf), op_linspace(0, 1, -1),
    k_random_normal(c(2, 2), mean = NULL),
    k_random_uniform(c(2, 2), minval = NA),
    k_truncated_normal(c(2, 2), stddev = -1),
    op_split(x, 0), op_split(x, "a", 3), op_split(x, 1.5, 3),
    op_split(x, NA, 3), op_unstack(x, num = NaN),
    op_reshape(x, sum), op_reshape(x, data.frame(a = 1:2)),
    op_reshape(x, list(1:2, 3)), op_reshape(x, "24"),
    op_tile(x, "a"), op_tile(x, -1), op_repeat(x, NA, 1),
    op_pad(x, -1), op_pad(x, "a"), op_pad(x, sum),
    k_map_fn("sum", x), k_foldl(1, x), k_rnn(-1, x, list()),
    op_zeros(2, dtype = NA_character_)
  )
})

test_that("numbers of losses, metrics and optimizers are numbers", {
  refused(
    metric_auc(thresholds = sum), metric_binary_accuracy(threshold = "a"),
    metric_binary_crossentropy(label_smoothing = 2),
    metric_mean(name = 1), metric_mean(name = data.frame(a = 1)),
    optimizer_adam(epsilon = integer()), optimizer_adam(beta_1 = c(0.9, 0.8)),
    optimizer_rmsprop(rho = "a"), optimizer_sgd(momentum = NA),
    optimizer_ftrl(beta = list(1)),
    callback_early_stopping(mode = 1), callback_early_stopping(mode = "most")
  )
  expect_identical(optimizer_adam(epsilon = array(0.1, c(1, 1)))$epsilon, 0.1)
})

test_that("a layer is named by one place", {
  model <- keras_model_sequential(input_shape = 3) |>
    layer_dense(units = 2) |>
    layer_dense(units = 1, name = "last")
  refused(get_layer(model, index = 1:2), freeze_weights(model, from = NaN),
          unfreeze_weights(model, to = NA_character_),
          get_layer(model, index = 3), get_layer(model, index = 0))
  freeze_weights(model, from = -1)
  expect_identical(vapply(model$layers, function(l) l$trainable, NA),
                   c(TRUE, FALSE))
  expect_identical(get_layer(model, index = -1)$name, "last")
})

test_that("what surrounds a user's function is not walked through", {
  # Comparing it with the default NULL compared environments, without end here.
  self <- new.env()
  self$self <- self
  make <- function() {
    ring <- self
    for (i in 1:3000) ring <- list(ring)
    function(w) op_sum(w) * 0
  }
  layer <- layer_dense(units = 2, kernel_regularizer = make())
  expect_identical(dim(layer(matrix(1, 3, 4))), c(3L, 2L))
})

test_that("functions and numbers in the wrong place are refused", {
  loss <- loss_mean_squared_error()
  model <- keras_model_sequential() %>% layer_dense(1, input_shape = 2)
  refused(
    op_zeros(loss), layer_input(loss), layer_input(list(mean)), op_full(sum, 1),
    fit_generator(1, mean, 2), predict_generator("a", mean, 2),
    layer_add(1, 2), layer_average(1.5), k_batch_flatten(1),
    k_batch_set_value(1), k_batch_set_value(list(1)),
    array_reshape(1:4, c(2, 2), order = numeric()),
    op_tensordot(diag(2), diag(2), axes = .Machine$integer.max),
    new_layer_class("Bare", 1), create_layer(NULL, args = 1.5),
    loss(1, loss), get_weights(model, trainable = 1:2),
    op_take(1:3, 1L, zero_indexed = 1:2),
    layer_max_pooling_1d(strides = layer_input(3))
  )
})
