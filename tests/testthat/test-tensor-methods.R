test_that("tensors tell their shape", {
  x <- as_tensor(draw(2, 3))
  expect_identical(dim(x), c(2L, 3L))
  expect_identical(nrow(x), 2L)
  expect_identical(ncol(x), 3L)
  expect_identical(length(x), 6L)
  expect_null(dim(as_tensor(1)))
  expect_identical(length(as_tensor(1)), 1L)
  expect_equal(x$shape, shape(2, 3))
  expect_identical(x$dtype, "float64")
  expect_identical(x$ndim, 2L)
  s <- new_symbolic(list(NULL, 3))
  expect_identical(dim(s), c(NA, 3L))
  expect_identical(s$shape[[2]], 3L)
  expect_null(s$shape[[1]])
})

test_that("tensors give back their values", {
  a <- draw(2, 3)
  x <- as_tensor(a)
  expect_identical(as.array(x), a)
  expect_identical(as.matrix(x), a)
  expect_identical(as.vector(x), as.vector(a))
  expect_identical(as.numeric(x), as.vector(a))
  expect_identical(as.double(x), as.vector(a))
  expect_identical(as.integer(x), as.integer(a))
  expect_identical(as.logical(x > 0), as.vector(a > 0))
  expect_identical(lapply(as.list(x), as.array),
                   list(array(a[1, ]), array(a[2, ])))
  expect_identical(x$numpy(), a)
})

test_that("R's functions that move elements work", {
  a <- draw(2, 3)
  expect_op(function(x) t(as_tensor(x)), a, forward = t)
  expect_op(function(x) t(as_tensor(x)), draw(3), forward = t)
  expect_op(function(x) rev(as_tensor(x)), draw(3),
            forward = function(x) array(rev(x)))
  expect_op(function(x) aperm(as_tensor(x), c(3, 1, 2)), draw(2, 3, 4),
            forward = function(x) aperm(x, c(3, 1, 2)))
  expect_op(function(x) aperm(as_tensor(x)), draw(2, 3, 4), forward = aperm)
  expect_op(function(x) c(as_tensor(x), 1:2), draw(3),
            forward = function(x) array(c(x, 1, 2)))
  expect_op(function(x) rep(as_tensor(x), 2), draw(3),
            forward = function(x) array(rep(x, 2)))
  expect_equal(as.array(is.na(as_tensor(c(1, NA, NaN)))),
               array(c(FALSE, TRUE, TRUE)))
  expect_equal(as.array(is.finite(as_tensor(c(1, Inf)))),
               array(c(TRUE, FALSE)))
  expect_equal(as.array(is.infinite(as_tensor(c(1, Inf)))),
               array(c(FALSE, TRUE)))
})

test_that("what does not work on tensors says what to use instead", {
  x <- as_tensor(matrix(1:6, 2))
  expect_snapshot(error = TRUE, {
    x[1, 1] <- 0
    x[[1]] <- 0
    dim(x) <- c(3, 2)
    x$shape <- 3
    sort(x)
    rbind(x, x)
    cbind(x, 1)
    median(x)
    rev(x)
    t(as_tensor(array(1:8, c(2, 2, 2))))
    as.array(new_symbolic(list(NULL, 2)))
    if (as_tensor(TRUE)) 1
  })
})

test_that("tensors, variables and symbolic tensors are shown", {
  expect_snapshot({
    as_tensor(matrix(1:6 / 2, 2))
    as_tensor(1:3)
    as_tensor(TRUE)
    print(new_variable(matrix(0.5, 1, 2), "kernel"))
    new_symbolic(list(NULL, 8), name = "dense_1")
    new_symbolic(list(NULL, 8), "int32")
    as_tensor(array(0, c(0, 2)))
  })
})

test_that("a large tensor prints its first values only", {
  expect_snapshot({
    as_tensor(array(seq_len(4000) / 8, c(20, 10, 20)))
    as_tensor(seq_len(100))
  })
})

test_that("c() of symbolic tensors and of batches is a list", {
  a <- layer_input(list(NULL, 3), name = "a")
  h <- layer_input(4, name = "h")
  b <- layer_input(5)
  names <- function(x) lapply(x, function(t) t$shape)
  expect_identical(names(c(h, b)), list(h$shape, b$shape))
  expect_identical(names(c(a, list(h, b))), list(a$shape, h$shape, b$shape))
  expect_identical(names(c(list(a), h)), list(a$shape, h$shape))
  x <- as_tensor(matrix(1:6, 2))
  expect_identical(lapply(c(x, x * 2), as.array),
                   list(matrix(1:6, 2), matrix(1:6 * 2, 2)))
  states <- layer_lstm(units = 4, return_state = TRUE)(a)[2:3]
  lstm <- layer_lstm(units = 4, return_state = TRUE)
  c(out, new_h, new_c) %<-% lstm(a, initial_state = c(h, states[[2]]))
  model <- keras_model(c(a, h), c(out, list(new_h, new_c)))
  y <- predict(model, list(array(1, c(2, 5, 3)), matrix(0, 2, 4)))
  expect_identical(lapply(y, dim), rep(list(c(2L, 4L)), 3))
})

test_that("R's own functions show a tensor, or say what to do instead", {
  x <- as_tensor(matrix(c(1, 1, 2, 5), 2))
  expect_identical(summary(x), summary(c(1, 1, 2, 5)))
  expect_snapshot({
    str(x)
    str(list(a = x, b = k_variable(1:3, name = "v")))
  })
  expect_snapshot(error = TRUE, {
    unique(x)
    duplicated(x)
    summary(layer_input(3))
  })
})
