activation_cases <- function() {
  cases <- reference_cases("parts")
  cases[startsWith(names(cases), "activation/")]
}

test_that("values and gradients are those of tf.keras, by name", {
  for (case in activation_cases()) {
    f <- get_activation(sub("_0.2$", "", basename(case$id)))
    x <- as_tensor(as_reference_array(case$x))
    upstream <- as_reference_array(case$upstream)
    tape <- gradient_tape(op_sum(f(x) * upstream))
    tolerance <- case$tolerance
    expect_close(f(x), as_reference_array(case$y), tolerance, case$id)
    expect_close(tape$gradient(x), as_reference_array(case$grad), tolerance,
                 case$id)
  }
})

test_that("functions and names are the same", {
  x <- matrix(c(-3, -1, -0.4, 0.2, 1.1, 2.9), 2)
  for (name in setdiff(names(activation_table), c("leaky_relu", "mish"))) {
    f <- get(paste0("activation_", name), asNamespace("recurrent"))
    expect_identical(as.array(get_activation(name)(x)), as.array(f(x)))
    part <- get_activation(f)
    expect_identical(attr(part, "name"), name)
    expect_true(is_tensor(f(x)))
  }
  expect_identical(attr(get_activation("silu"), "name"), "swish")
  expect_identical(attr(get_activation(NULL), "name"), "linear")
})

test_that("the kernels' numbers are theirs", {
  native <- vapply(names(activation_table), function(name) {
    attr(get_activation(name), "native") %||% NA_integer_
  }, 1L)
  expect_identical(native, c(
    tanh = 1L, linear = 0L, sigmoid = 2L, relu = 3L, elu = 4L, selu = 5L,
    softplus = 6L, softsign = 7L, swish = 8L, gelu = 9L, exponential = 10L,
    hard_sigmoid = 11L, softmax = 12L, leaky_relu = NA, mish = NA
  ))
  expect_null(attr(get_activation(function(x) tanh(x)), "native"))
})

test_that("arguments change what they say", {
  x <- matrix(c(-3, -1, -0.4, 0.2, 1.1, 2.9), 2)
  expect_equal(as.array(activation_elu(x, 0.5)),
               ifelse(x > 0, x, 0.5 * (exp(x) - 1)))
  relu <- function(x, alpha, top, threshold) {
    ifelse(x <= threshold, alpha * (x - threshold), pmin(x, top))
  }
  expect_equal(as.array(activation_relu(x, 0.1, 2, 0.3)),
               relu(x, 0.1, 2, 0.3))
  expect_equal(as.array(activation_relu(x, alpha = 0.1)), relu(x, 0.1, Inf, 0))
  expect_equal(as.array(activation_relu(x, max_value = 1)), relu(x, 0, 1, 0))
  expect_equal(as.array(activation_relu(x, threshold = 1)), relu(x, 0, Inf, 1))
  expect_equal(as.array(activation_gelu(x)), x * pnorm(x))
  inner <- sqrt(2 / pi) * (x + 0.044715 * x^3)
  expect_equal(as.array(activation_gelu(x, approximate = TRUE)),
               0.5 * x * (1 + tanh(inner)))
  expect_equal(as.array(get_activation("mish")(x)), x * tanh(log1p(exp(x))))
  first <- as.array(activation_softmax(x, axis = 0))
  expect_equal(first, sweep(exp(x), 2, colSums(exp(x)), `/`))
  expect_identical(as.array(activation_softmax(x, axis = -2)), first)
  expect_identical(activation_softmax(x, axis = 1)$value,
                   activation_softmax(x)$value)
})

test_that("gradients agree with central differences", {
  x <- array(c(-3.1, -1.2, -0.4, 0.25, 0.6, 1.1, 2.9, 0.05, -0.3, 4, -5, 1.9),
             c(2, 3, 2))
  upstream <- array(sin(1:12), dim(x))
  for (name in names(activation_table)) {
    expect_lt(gradient_gap(get_activation(name), x, upstream), 1e-7)
  }
  cases <- list(
    function(x) activation_relu(x, 0.1, 2, 0.3),
    function(x) activation_elu(x, 0.5),
    function(x) activation_gelu(x, approximate = TRUE),
    function(x) activation_softmax(x, axis = 1),
    get_activation(function(x) tanh(x) * x)
  )
  for (f in cases) expect_lt(gradient_gap(f, x, upstream), 1e-7)
})

test_that("large and missing values do no harm", {
  x <- c(-800, -40, 0, 40, 800)
  at <- function(f) as.vector(as.array(f(x)))
  expect_equal(at(activation_softplus), c(0, 0, log(2), 40, 800))
  expect_equal(at(activation_sigmoid), c(0, 0, 0.5, 1, 1))
  expect_equal(at(activation_swish), c(0, 0, 0, 40, 800))
  expect_equal(at(activation_elu), c(-1, -1, 0, 40, 800))
  expect_equal(sum(as.array(activation_softmax(matrix(x, 1)))), 1)
  odd <- as.array(activation_relu(c(NaN, 1, -1), alpha = 0.5))
  expect_identical(as.vector(odd), c(NaN, 1, -0.5))
  for (name in names(activation_table)) {
    empty <- get_activation(name)(array(0, c(0, 3)))
    expect_identical(dim(as.array(empty)), c(0L, 3L))
  }
})

test_that("activations are written as names and read back", {
  for (name in names(activation_table)) {
    expect_identical(serialize_part(get_activation(name)), name)
  }
  keras3 <- list(module = "builtins", class_name = "function",
                 config = "relu", registered_name = "function")
  expect_identical(attr(get_activation(keras3), "name"), "relu")
  own <- function(x) tanh(x) / 2
  part <- get_activation(own)
  expect_identical(serialize_part(part), own)
  expect_identical(get_activation(part), part)
})

test_that("a user's function, object or base function computes", {
  x <- matrix(c(-1, 0.5, 2, 3), 2)
  on_tensor <- as.array(tanh(as_tensor(x)))
  expect_identical(as.array(get_activation(tanh)(x)), on_tensor)
  expect_equal(on_tensor, tanh(x), tolerance = 1e-15)
  expect_identical(as.array(get_activation(function(x) x * 2)(x)), x * 2)
  expect_identical(as.array(get_activation(list(call = exp))(x)), exp(x))
})

test_that("activations print in one line", {
  expect_snapshot({
    get_activation("tanh")
    get_activation(function(x) x * 2)
    get_activation(tanh)
  })
})

test_that("bad activations are refused", {
  x <- matrix(c(1, 2, 3, 4), 2)
  expect_snapshot(error = TRUE, {
    get_activation("than")
    get_activation(1)
    get_activation(initializer_zeros())
    get_activation(list(class_name = "relu6"))
    get_activation(function(x) op_sum(x))(x)
    get_activation(function(x) "a")(x)
    activation_elu(x, alpha = "a")
    activation_relu(x, max_value = -1)
    activation_relu(x, threshold = c(1, 2))
    activation_gelu(x, approximate = 1)
    activation_softmax(x, axis = 2)
    activation_softmax(x, axis = c(0, 1))
    activation_tanh("a")
  })
})
