# What the id of a reference case says about the loss' arguments.
loss_case <- function(case) {
  id <- sub("^loss/", "", case$id)
  args <- list()
  if (grepl("_logits$", id)) args$from_logits <- TRUE
  if (grepl("_smooth$", id)) args$label_smoothing <- 0.1
  if (id == "huber") args$delta <- 0.7
  maker <- getExportedValue("recurrent",
                            paste0("loss_", sub("_(logits|smooth)$", "", id)))
  list(loss = do.call(maker, args), maker = maker, args = args,
       t = as_reference_array(case$y_true), p = as_reference_array(case$y_pred),
       w = as_reference_array(case$sample_weight), tolerance = case$tolerance)
}

for (case in Filter(function(case) startsWith(case$id, "loss/"),
                    reference_cases("parts"))) {
  test_that(case$id, {
    x <- loss_case(case)
    p <- as_tensor(x$p)
    tape <- gradient_tape(x$loss(x$t, p))
    expect_close(tape$value, case$value, x$tolerance)
    expect_close(tape$gradient(p), as_reference_array(case$grad), x$tolerance)
    tape <- gradient_tape(x$loss(x$t, p, x$w))
    expect_close(tape$value, case$weighted_value, x$tolerance)
    expect_close(tape$gradient(p), as_reference_array(case$weighted_grad),
                 x$tolerance)
    values <- do.call(x$maker, c(list(x$t, x$p), x$args))
    expect_close(mean(as.array(values)), case$value, x$tolerance)
  })
}

all_losses <- c(
  "mean_squared_error", "mean_absolute_error",
  "mean_absolute_percentage_error", "mean_squared_logarithmic_error", "huber",
  "logcosh", "cosine_similarity", "binary_crossentropy",
  "categorical_crossentropy", "kullback_leibler_divergence", "poisson",
  "hinge", "squared_hinge", "categorical_hinge"
)

slope <- function(f, x, h = 1e-6) {
  out <- x
  for (j in seq_along(x)) {
    up <- down <- x
    up[j] <- up[j] + h
    down[j] <- down[j] - h
    out[j] <- (f(up) - f(down)) / (2 * h)
  }
  out
}

test_that("a loss that nothing weighs is that of weights of 1", {
  set.seed(2)
  p0 <- array(rnorm(2 * 3 * 4), c(2, 3, 4))
  t0 <- array(rnorm(2 * 3 * 4), c(2, 3, 4))
  for (maker in list(loss_mean_squared_error, loss_mean_absolute_error)) {
    for (reduction in c("auto", "sum_over_batch_size", "sum")) {
      loss <- maker(reduction = reduction)
      p <- as_tensor(p0)
      plain <- gradient_tape(loss(t0, p))
      weighed <- gradient_tape(loss(t0, p, matrix(1, 2, 3)))
      expect_equal(plain$value, weighed$value, tolerance = 1e-15)
      expect_equal(plain$gradient(p), weighed$gradient(p), tolerance = 1e-15)
    }
    column <- as_tensor(matrix(p0[, 1, 1]))
    expect_equal(as.array(maker()(t0[, 1, 1], column)),
                 as.array(maker()(t0[, 1, 1], column, c(1, 1))))
    expect_identical(as.array(maker()(matrix(0, 2, 0), matrix(0, 2, 0))), NaN)
    # Of a vector the loss is one number.
    expect_error(maker()(c(1, 2), c(3, 4), c(1, 1)), class = "ValueError")
  }
})

test_that("gradients of labels and predictions are central differences", {
  set.seed(1)
  t0 <- array(runif(2 * 3 * 4, 0.1, 0.9), c(2, 3, 4))
  p0 <- array(runif(2 * 3 * 4, 0.1, 0.9), c(2, 3, 4))
  w <- matrix(runif(6), 2)
  for (name in all_losses) {
    loss <- loss_maker(name)()
    t <- as_tensor(t0)
    p <- as_tensor(p0)
    grads <- gradient_tape(loss(t, p, w))$gradient(list(t, p))
    value <- function(t, p) as.array(loss(t, p, w))
    expect_equal(grads[[1]], slope(function(t) value(t, p0), t0),
                 tolerance = 1e-6, info = name)
    expect_equal(grads[[2]], slope(function(p) value(t0, p), p0),
                 tolerance = 1e-6, info = name)
  }
})

test_that("the axis counts from 1, or from the end", {
  set.seed(2)
  p <- array(runif(24), c(2, 3, 4))
  t <- array(runif(24), c(2, 3, 4))
  turned <- function(x) aperm(x, c(1, 3, 2))
  for (f in list(loss_cosine_similarity, loss_categorical_crossentropy)) {
    want <- as.array(f(turned(t), turned(p)))
    expect_equal(as.array(f(t, p, axis = 2)), want)
    expect_equal(as.array(f(t, p, axis = -2)), want)
  }
  x <- as_tensor(p)
  g <- gradient_tape(op_sum(loss_cosine_similarity(t, x, axis = 2)))
  y <- as_tensor(turned(p))
  h <- gradient_tape(op_sum(loss_cosine_similarity(turned(t), y)))
  expect_equal(turned(g$gradient(x)), h$gradient(y))
})

test_that("class numbers come in three shapes, and per time step", {
  p <- matrix(c(0.2, 0.5, 0.3, 0.1, 0.1, 0.8), 2, byrow = TRUE)
  want <- -log(c(0.5, 0.8))
  for (t in list(c(1, 2), matrix(c(1, 2), 2), c(1L, 2L))) {
    expect_equal(c(as.array(loss_sparse_categorical_crossentropy(t, p))), want)
  }
  p <- aperm(array(p, c(2, 3, 2)), c(1, 3, 2))
  t <- matrix(c(1, 2, 0, 0), 2)
  y <- as.array(loss_sparse_categorical_crossentropy(t, p))
  expect_equal(y, -log(matrix(c(0.5, 0.8, 0.2, 0.1), 2)))
})

test_that("an ignored class counts for nothing", {
  p <- matrix(c(0.2, 0.5, 0.3, 0.1, 0.1, 0.8), 2, byrow = TRUE)
  loss <- loss_sparse_categorical_crossentropy(ignore_class = 2)
  expect_equal(as.array(loss(c(1, 2), p)), -log(0.5))
  x <- as_tensor(p)
  expect_equal(gradient_tape(loss(c(1, 2), x))$gradient(x)[2, ], c(0, 0, 0))
})

test_that("losses work inside a model's graph", {
  a <- new_symbolic(list(NULL, 4))
  expect_equal(as.integer(loss_mean_squared_error(a, a * 2)$shape),
               NA_integer_)
})

test_that("bad labels and arguments are refused", {
  p <- matrix(0.5, 2, 3)
  expect_snapshot(error = TRUE, {
    loss_mean_squared_error(matrix(0, 3, 3), p)
    loss_mean_squared_error(c(1, 2), p)
    loss_sparse_categorical_crossentropy(c(1, 3), p)
    loss_sparse_categorical_crossentropy(p, p)
    loss_mean_squared_error(y_pred = p)
    loss_huber(delta = "a")
    loss_binary_crossentropy(label_smoothing = 2)
    loss_mean_squared_error(reduction = "average")
    loss_hinge(margin = 2)
  })
})

test_that("cross-entropies are taken from the logits of their kind", {
  z <- matrix(c(50, -3, -50, 2, 0, 1), 2)
  t <- diag(3)[c(2, 1), ]
  with <- function(activation, f) {
    layer <- layer_dense(
      units = 3, activation = activation, use_bias = FALSE,
      kernel_initializer = function(shape, dtype = NULL) diag(3)
    )
    x <- as_tensor(z)
    tape <- gradient_tape(op_sum(f(t, layer(x))))
    list(tape$value, tape$gradient(x))
  }
  of_logits <- function(f) {
    x <- as_tensor(z)
    tape <- gradient_tape(op_sum(f(t, x, from_logits = TRUE)))
    list(tape$value, tape$gradient(x))
  }
  expect_equal(with("softmax", loss_categorical_crossentropy),
               of_logits(loss_categorical_crossentropy))
  expect_equal(with("sigmoid", loss_binary_crossentropy),
               of_logits(loss_binary_crossentropy))
  sparse <- function(t, p, ...) {
    loss_sparse_categorical_crossentropy(c(1, 0), p, ...)
  }
  expect_equal(with("softmax", sparse), of_logits(sparse))
  # A binary cross-entropy of a softmax is that of its probabilities.
  p <- as.array(op_softmax(z))
  expect_equal(with("softmax", loss_binary_crossentropy)[[1]],
               sum(as.array(loss_binary_crossentropy(t, p))))
})

test_that("C finds classes as R would", {
  z <- matrix(rnorm(35), 7)
  z[1, ] <- z[1, 2]
  z[2, 4] <- Inf
  z[3, 3] <- -Inf
  expect_identical(.Call(ffi_top, z), max.col(z, "first"))
  top <- apply(z, 1, max)
  want <- top + log(rowSums(exp(z - top)))
  expect_identical(log_sum_exp(z), want)
  label <- c(1L, 5L, NA, 2L, 3L, 4L, 1L)
  g <- c(1, 2, 0, 0.5, -1, 0, 3)
  d <- exp(z - want)
  hit <- cbind(seq_len(7), label)[!is.na(label), ]
  d[hit] <- d[hit] - 1
  expect_identical(.Call(ffi_label_gradient, z, label, g), d * g)
  z[4, 2:3] <- NaN
  expect_identical(.Call(ffi_top, z)[[4]], 2L)
  expect_identical(which(is.nan(log_sum_exp(z))), c(2L, 4L))
  z[6, 1] <- NaN
  expect_identical(.Call(ffi_label_gradient, z, label, g)[6, ], rep(0, 5))
})
