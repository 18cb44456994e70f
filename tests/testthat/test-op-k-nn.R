test_that("backend activations", {
  x <- draw(2, 3, low = -4, high = 8)
  expect_op(k_relu, x, forward = function(x) pmax(x, 0))
  expect_op(function(x) k_relu(x, 0.1, 6), x,
            forward = function(x) pmin(ifelse(x > 0, x, 0.1 * x), 6))
  expect_op(k_elu, x, forward = function(x) ifelse(x > 0, x, exp(x) - 1),
            tolerance = 1e-6)
  expect_op(k_sigmoid, x, forward = plogis)
  expect_op(k_hard_sigmoid, x,
            forward = function(x) pmin(pmax(0.2 * x + 0.5, 0), 1))
  expect_op(k_softplus, x, forward = function(x) log(1 + exp(x)))
  expect_op(k_softsign, x, forward = function(x) x / (1 + abs(x)))
  expect_op(k_softmax, x, forward = function(x) exp(x) / rowSums(exp(x)))
  expect_op(function(x) k_l2_normalize(x, 2), x,
            forward = function(x) x / sqrt(rowSums(x^2)))
  expect_op(k_l2_normalize, x, forward = function(x) x / sqrt(sum(x^2)))
})

test_that("products of batches, sample by sample", {
  x <- draw(2, 3, 4)
  y <- draw(2, 5, 4)
  by_hand <- array(0, c(2, 3, 5))
  for (b in 1:2) by_hand[b, , ] <- x[b, , ] %*% t(y[b, , ])
  expect_op(function(x, y) k_batch_dot(x, y, c(3, 3)), x, y,
            forward = by_hand)
  expect_op(function(x, y) k_batch_dot(x, y, list(3, 2)), x,
            aperm(y, c(1, 3, 2)), forward = by_hand)
  expect_op(function(x, y) k_batch_dot(x, y, 2), draw(2, 3),
            draw(2, 3, seed = 2),
            forward = function(x, y) matrix(rowSums(x * y)))
  expect_op(function(x, y) k_batch_dot(x, y, c(2, 2)), draw(2, 3), x,
            forward = function(x, y) {
              rbind(x[1, ] %*% y[1, , ], x[2, ] %*% y[2, , ])
            })
  expect_op(function(x, y) k_batch_dot(x, y, c(3, 2)), draw(2, 3, 4, 2),
            draw(2, 4, 5))
  s <- k_batch_dot(new_symbolic(list(NULL, NULL, 4)),
                   new_symbolic(list(NULL, 5, 4)), c(3, 3))
  expect_equal(s$shape, shape(NULL, NULL, 5))
  expect_op(k_dot, draw(2, 3), draw(3, 4), forward = `%*%`)
  expect_equal(dim(k_dot(draw(2, 3, 4), draw(5, 4, 2))),
               c(2L, 3L, 5L, 2L))
  expect_snapshot(error = TRUE, {
    k_batch_dot(x, y, c(3, 2))
    k_batch_dot(x, y, c(1, 1))
  })
})

test_that("bias and normalization", {
  x <- draw(2, 3, 4)
  expect_op(k_bias_add, x, draw(4), forward = function(x, b) {
    x + rep(b, each = 6)
  })
  expect_op(function(x, b) k_bias_add(x, b, "channels_first"), x, draw(3),
            forward = function(x, b) x + rep(rep(b, each = 2), 4))
  expect_error(k_bias_add(x, 1:4, "channels"), class = "ValueError")

  m <- draw(4)
  v <- draw(4, low = 0.5)
  expect_op(function(x, m, v, b, g) k_batch_normalization(x, m, v, b, g), x, m,
            v, draw(4, seed = 3), draw(4, seed = 4), tolerance = 1e-6,
            forward = function(x, m, v, b, g) {
              spread <- function(a) rep(a, each = 6)
              (x - spread(m)) / sqrt(spread(v) + 0.001) * spread(g) + spread(b)
            })
  expect_op(function(x, m, v) {
    k_batch_normalization(x, m, v, NULL, NULL, axis = 2)
  }, x, draw(3), draw(3, low = 0.5), tolerance = 1e-6)

  out <- k_normalize_batch_in_training(x, NULL, NULL, c(1, 2))
  mean <- apply(x, 3, mean)
  var <- apply(x, 3, function(v) mean((v - mean(v))^2))
  expect_equal(as.array(out[[2L]]), array(mean))
  expect_equal(as.array(out[[3L]]), array(var))
  expect_equal(as.array(out[[1L]]),
               (x - rep(mean, each = 6)) / sqrt(rep(var, each = 6) + 0.001))
  expect_op(function(x, g, b) {
    k_normalize_batch_in_training(x, g, b, c(1, 3))[[1L]]
  }, x, draw(3), draw(3, seed = 2), tolerance = 1e-6)
})

test_that("targets among the k largest", {
  p <- rbind(c(0.1, 0.6, 0.3), c(0.5, 0.2, 0.3), c(0.2, 0.2, 0.6))
  expect_equal(as.array(k_in_top_k(p, c(2, 1, 0), 1)),
               array(c(FALSE, FALSE, FALSE)))
  expect_equal(as.array(k_in_top_k(p, c(2, 1, 0), 2)),
               array(c(TRUE, FALSE, TRUE)))
  expect_equal(as.array(k_in_top_k(rbind(c(NaN, 1)), 0, 2)), array(FALSE))
  expect_error(k_in_top_k(p, c(3, 0, 0), 1), class = "ValueError")
})
