y <- matrix(c(1, 3, -2, 0.5, 4, 1), 3)
p <- matrix(c(0, 2, 2, 0.25, 1, 1), 3)
rows <- rowMeans((p - y)^2)

test_that("reductions", {
  expect_equal(as.array(loss_mean_squared_error()(y, p)), mean(rows))
  sum_of <- loss_mean_squared_error(reduction = "sum")
  expect_equal(as.array(sum_of(y, p)), sum(rows))
  each <- loss_mean_squared_error(reduction = "none")
  expect_equal(c(as.array(each(y, p, c(1, 2, 0)))), rows * c(1, 2, 0))
})

test_that("weights are one number, one per sample, or one per step", {
  loss <- loss_mean_absolute_error()
  value <- function(...) as.array(loss(...))
  expect_equal(value(y, p, 2), 2 * value(y, p))
  w <- c(1, 0, 3)
  expect_equal(value(y, p, w), sum(rowMeans(abs(p - y)) * w) / 3)
  expect_equal(value(y, p, matrix(w)), value(y, p, w))
  t3 <- array(y, c(3, 2, 1))
  p3 <- array(p, c(3, 2, 1))
  steps <- matrix(1:6, 3)
  expect_equal(value(t3, p3, steps), mean(abs(p - y) * steps))
  expect_equal(value(t3, p3, w), mean(abs(p - y) * w))
  expect_equal(value(y, p3, steps), mean(abs(p - y) * steps))
})

test_that("a mask leaves steps out, and the mean is of the others", {
  mask <- matrix(c(TRUE, TRUE, FALSE, TRUE, FALSE, FALSE), 3)
  t3 <- array(y, c(3, 2, 1))
  p3 <- array(p, c(3, 2, 1))
  loss <- get_loss("mse")
  want <- mean(((p - y)^2)[mask])
  expect_equal(as.array(loss$call(t3, as_tensor(p3), NULL, mask)), want)
  masked <- with_mask(as_tensor(p3), mask)
  expect_equal(as.array(loss_mean_squared_error()(t3, masked)), want)
  w <- c(2, 1, 5)
  expect_equal(as.array(loss$call(t3, as_tensor(p3), w, mask)),
               sum(((p - y)^2 * w)[mask]) / sum(mask))
  none <- array(FALSE, c(3, 2))
  expect_equal(as.array(loss$call(t3, as_tensor(p3), NULL, none)), 0)
})

test_that("what is not a number and weighs nothing changes nothing", {
  bad <- array(y, c(3, 2, 1))
  bad[3, 2, 1] <- NaN
  p3 <- as_tensor(array(p, c(3, 2, 1)))
  mask <- matrix(c(TRUE, TRUE, TRUE, TRUE, TRUE, FALSE), 3)
  for (name in c("mse", "mae", "logcosh", "poisson")) {
    loss <- get_loss(name)
    tape <- gradient_tape(loss$call(bad, p3, NULL, mask))
    expect_false(is.nan(tape$value))
    g <- tape$gradient(p3)
    expect_false(anyNA(g))
    expect_equal(g[3, 2, 1], 0)
  }
})

test_that("an empty batch has the loss 0", {
  none <- matrix(0, 0, 2)
  expect_equal(as.array(loss_mean_squared_error()(none, none)), 0)
})

test_that("compile() takes names, functions, objects and own functions", {
  value <- function(x) as.array(get_loss(x)$call(y, as_tensor(p)))
  want <- mean(rows)
  for (x in list("mse", "MSE", "mean_squared_error", "MeanSquaredError",
                 loss_mean_squared_error, loss_mean_squared_error(),
                 function(y_true, y_pred) op_mean((y_true - y_pred)^2),
                 function(y_true, y_pred) op_mean((y_true - y_pred)^2, -1))) {
    expect_equal(value(x), want)
  }
  for (kind in names(loss_kinds)) {
    for (x in c(kind, loss_kinds[[kind]]$names, loss_kinds[[kind]]$class)) {
      expect_identical(get_loss(x)$self$kind, kind)
    }
  }
  expect_null(get_loss(NULL))
})

test_that("an own function sees tensors of one shape", {
  seen <- NULL
  own <- function(y_true, y_pred) {
    seen <<- list(y_true$shape, y_pred$shape)
    op_sum(y_true - y_pred)
  }
  loss <- get_loss(own)
  loss$call(c(1, 2), as_tensor(matrix(0, 2)))
  expect_equal(lapply(seen, as.integer), list(2:1, 2:1))
})

test_that("an own function may give one number for the batch", {
  loss <- get_loss(function(y_true, y_pred) op_mean((y_true - y_pred)^2))
  x <- as_tensor(p)
  tape <- gradient_tape(loss$call(y, x))
  expect_equal(tape$value, mean((y - p)^2))
  expect_equal(tape$gradient(x), 2 * (p - y) / 6)
})

test_that("a loss object prints and has members", {
  loss <- loss_huber(delta = 0.5, reduction = "sum")
  expect_snapshot({
    loss
    loss_mean_squared_error()
  })
  expect_equal(loss$delta, 0.5)
  expect_equal(loss$reduction, "sum")
  expect_equal(loss$get_config(),
               list(reduction = "sum", name = "huber_loss", delta = 0.5))
})

test_that("what is no loss is refused", {
  expect_snapshot(error = TRUE, {
    get_loss("msee")
    get_loss(5)
    get_loss(function(y_true, y_pred) "a")$call(y, as_tensor(p))
    loss_mean_squared_error()(y, p, c(1, 2))
  })
})

test_that("own losses and metrics get labels with the axes of predictions", {
  set.seed(6)
  x <- random_array(6, 3)
  labels <- as.vector(random_array(6))
  seen <- list()
  own <- function(y_true, y_pred) {
    seen[[length(seen) + 1L]] <<- dim(y_true)
    k_mean(k_maximum(0.9 * (y_true - y_pred), 0.1 * (y_pred - y_true)),
           axis = 2)
  }
  model <- keras_model_sequential() %>% layer_dense(1, input_shape = 3)
  model %>% compile("sgd", own, metrics = list(own = own))
  got <- evaluate(model, x, labels)
  e <- labels - predict(model, x)
  expect_equal(got[["loss"]], mean(pmax(0.9 * e, -0.1 * e)))
  expect_equal(got[["own"]], got[["loss"]])
  expect_identical(unique(seen), list(c(6L, 1L)))
})

# As tf.keras broadcasts weights over a loss without axes.
test_that("a loss of one number in all is weighed as a whole", {
  set.seed(9)
  rmse <- function(y_true, y_pred) k_sqrt(k_mean(k_square(y_true - y_pred)))
  x <- random_array(4, 5, 2)
  x[3, 4:5, ] <- 0
  x[2, , ] <- 0
  model <- keras_model_sequential() %>%
    layer_masking(input_shape = list(NULL, 2)) %>%
    layer_simple_rnn(units = 3, return_sequences = TRUE) %>%
    layer_dense(units = 1)
  y <- random_array(4, 5, 1)
  whole <- sqrt(mean((predict(model, x) - y)^2))
  loss_by <- function(...) {
    unname(evaluate(model, x, y, verbose = 0, ...))[[1]]
  }
  counts <- apply(x != 0, 1:2, any) + 0
  w <- c(1, 5, 2, 0)
  model %>% compile("sgd", rmse)
  expect_equal(loss_by(), whole)
  expect_equal(loss_by(sample_weight = w),
               whole * sum(counts * w) / sum(counts))
  alone <- get_loss(rmse)
  p <- as_tensor(predict(model, x))
  expect_equal(as.array(alone$call(y, p, w)), whole * mean(w))
  expect_equal(as.array(alone$call(y, p, NULL, 0 * counts)), 0)
  total <- get_loss(new_loss_class("Rmse", call = rmse)(reduction = "sum"))
  expect_equal(as.array(total$call(y, p, NULL, counts)), whole * sum(counts))
  tape <- gradient_tape(alone$call(y, p, w, counts))
  slope <- function(e) {
    q <- as.array(p)
    q[3, 2, 1] <- q[3, 2, 1] + e
    as.array(alone$call(y, as_tensor(q), w, counts))
  }
  expect_equal(tape$gradient(p)[3, 2, 1],
               (slope(1e-5) - slope(-1e-5)) / 2e-5, tolerance = 1e-7)
  before <- get_weights(model)
  fit(model, x, y, sample_weight = w, epochs = 1, verbose = 0)
  expect_false(identical(get_weights(model), before))
})
