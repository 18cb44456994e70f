on_settings <- function(code, ...) {
  old <- options(...)
  on.exit(options(old))
  force(code)
}

test_that("threads change no bit, kernels only the rounding", {
  set.seed(5)
  x <- array(rnorm(40 * 30 * 24), c(40, 30, 24))
  layer <- layer_rnn(cell = list(layer_simple_rnn_cell(33),
                                 layer_lstm_cell(20)))
  y <- layer(x)
  gradients <- function() {
    input <- as_tensor(x)
    gradient_tape(op_sum(layer(input)^2))$gradient(
      list(input, layer$weights)
    )
  }
  g <- gradients()
  for (n in 1:3) {
    expect_identical(on_settings(layer(x), recurrent.threads = n), y)
    expect_identical(on_settings(gradients(), recurrent.threads = n), g)
  }
  for (kernel in recurrent_kernels()) {
    expect_close(on_settings(layer(x), recurrent.kernel = kernel), y, 1e-12)
    expect_close(on_settings(gradients(), recurrent.kernel = kernel), g, 1e-11)
  }
})

test_that("training is the same with one thread and with two", {
  train <- function() {
    set.seed(1)
    model <- keras_model_sequential() %>%
      layer_simple_rnn(units = 40, input_shape = list(NULL, 20),
                       dropout = 0.2, recurrent_dropout = 0.1) %>%
      layer_dense(units = 1)
    compile(model, optimizer = "adam", loss = "mse")
    x <- array(rnorm(64 * 30 * 20), c(64, 30, 20))
    history <- fit(model, x, matrix(rnorm(64), 64), epochs = 2)
    list(history$metrics, get_weights(model), predict(model, x))
  }
  one <- train()
  expect_identical(train(), one)
  expect_identical(on_settings(train(), recurrent.threads = 2), one)
})

test_that("products of matrices agree with R's at any size", {
  set.seed(2)
  for (n in c(3, 70)) {
    a <- matrix(rnorm(n * (n + 1)), n)
    b <- matrix(rnorm((n + 1) * (n + 2)), n + 1)
    expect_close(mat_mul(a, b), a %*% b, 1e-12)
    expect_close(mat_mul(t(a), b, ta = TRUE), a %*% b, 1e-12)
    expect_close(mat_mul(a, t(b), tb = TRUE), a %*% b, 1e-12)
    expect_close(mat_mul(t(a), t(b), ta = TRUE, tb = TRUE), a %*% b, 1e-12)
  }
})

test_that("settings that cannot be are refused", {
  layer <- layer_simple_rnn(units = 2)
  x <- array(0, c(1, 2, 3))
  expect_error(on_settings(layer(x), recurrent.threads = 0),
               class = "ValueError")
  expect_error(on_settings(layer(x), recurrent.kernel = "avx1024"),
               class = "ValueError")
})

test_that("an allocator that the user has set up is left alone", {
  for (name in c("MALLOC_TRIM_THRESHOLD_", "GLIBC_TUNABLES")) {
    set <- Sys.getenv(name, NA)
    do.call(Sys.setenv, structure(list("1"), names = name))
    expect_false(.Call(ffi_keep_memory))
    if (is.na(set)) Sys.unsetenv(name) else
      do.call(Sys.setenv, structure(list(set), names = name))
  }
})

test_that("room for many small arrays is asked for, however many", {
  for (bytes in list(0, 1e5, 2^24, Inf, NaN, NULL)) {
    expect_null(.Call(ffi_ask_room, bytes))
  }
})
