test_that("activations agree with their formulas", {
  x <- draw(2, 3, low = -4, high = 4)
  logistic <- function(x) 1 / (1 + exp(-x))
  cases <- list(
    list(op_sigmoid, logistic), list(op_silu, function(x) x * logistic(x)),
    list(op_swish, function(x) x * logistic(x)),
    list(op_log_sigmoid, function(x) log(logistic(x))),
    list(op_relu, function(x) ifelse(x > 0, x, 0)),
    list(op_relu6, function(x) pmin(pmax(x, 0), 6)),
    list(op_leaky_relu, function(x) ifelse(x > 0, x, 0.2 * x)),
    list(op_elu, function(x) ifelse(x > 0, x, exp(x) - 1)),
    list(function(x) op_elu(x, 0.5),
         function(x) ifelse(x > 0, x, 0.5 * (exp(x) - 1))),
    list(op_selu, function(x) {
      1.0507009873554805 * ifelse(x > 0, x, 1.6732632423543772 * (exp(x) - 1))
    }),
    list(function(x) op_gelu(x, FALSE), function(x) x * pnorm(x)),
    list(op_gelu, function(x) {
      0.5 * x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3)))
    }),
    list(op_softplus, function(x) log(1 + exp(x))),
    list(op_softsign, function(x) x / (1 + abs(x))),
    list(op_hard_sigmoid, function(x) pmin(pmax(0.2 * x + 0.5, 0), 1))
  )
  for (case in cases) {
    expect_op(case[[1L]], x, forward = case[[2L]], tolerance = 1e-6)
    expect_op(case[[1L]], 0.7, forward = case[[2L]], tolerance = 1e-6)
  }
})

test_that("large arguments neither overflow nor lose their gradient", {
  big <- c(-800, -40, 40, 800)
  expect_equal(as.array(op_sigmoid(big)), array(c(0, exp(-40), 1, 1)))
  expect_equal(as.array(op_softplus(big)), array(c(0, exp(-40), 40, 800)))
  expect_equal(as.array(op_log_sigmoid(big)),
               array(c(-800, -40, -exp(-40), 0)))
  expect_equal(as.array(op_elu(big)), array(c(-1, -1, 40, 800)))
  expect_equal(as.array(op_softmax(big)), array(c(0, 0, 0, 1)))
  expect_equal(as.array(op_log_softmax(c(0, 1000))), array(c(-1000, 0)))
  expect_equal(as.array(op_relu(c(-Inf, Inf, NaN))), array(c(0, Inf, NaN)))
  for (op in list(op_elu, op_selu, op_softplus, op_log_sigmoid, op_sigmoid)) {
    tape <- gradient_tape(op_sum(op(x <- as_tensor(big))))
    expect_true(all(is.finite(tape$gradient(x))))
  }
})

test_that("lines become probabilities along any axis", {
  x <- draw(2, 3, 4)
  along <- function(x, axis, f) {
    rest <- setdiff(1:3, axis)
    aperm(array(apply(x, rest, f), dim(x)[c(axis, rest)]),
          order(c(axis, rest)))
  }
  soft <- function(v) exp(v) / sum(exp(v))
  for (axis in 1:3) {
    expect_op(function(x) op_softmax(x, axis), x,
              forward = function(x) along(x, axis, soft))
    expect_op(function(x) op_log_softmax(x, axis), x,
              forward = function(x) log(along(x, axis, soft)))
    expect_op(function(x) op_normalize(x, axis), x,
              forward = function(x) {
                along(x, axis, function(v) v / sqrt(sum(v^2)))
              })
    expect_op(function(x) op_normalize(x, axis, order = 3), x,
              tolerance = 1e-6, forward = function(x) {
                along(x, axis, function(v) v / sum(abs(v)^3)^(1 / 3))
              })
  }
  expect_op(op_softmax, draw(4), forward = function(x) array(soft(x)))
  expect_equal(as.array(op_normalize(c(0, 0))), array(c(0, 0)))
})
