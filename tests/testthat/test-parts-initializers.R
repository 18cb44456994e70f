shape_in <- function(...) as.integer(c(...))

test_that("every initializer gives a plain array of doubles of the shape", {
  for (row in initializer_table) {
    init <- row$make()
    value <- init(c(3, 4))
    expect_true(is.double(value))
    expect_identical(attributes(value), list(dim = shape_in(3, 4)))
    expect_identical(dim(init(list(4L, 3L))), shape_in(4, 3))
    expect_identical(dim(init(shape(0, 3))), shape_in(0, 3))
  }
  any_rank <- setdiff(names(initializer_table), c("Identity", "Orthogonal"))
  for (row in initializer_table[any_rank]) {
    init <- row$make()
    expect_identical(dim(init(5)), 5L)
    expect_identical(dim(init(c(2, 3, 4))), shape_in(2, 3, 4))
    expect_null(dim(init(list())))
    expect_length(init(list()), 1L)
  }
})

test_that("constants are constant", {
  expect_identical(initializer_zeros()(c(2, 3)), array(0, c(2, 3)))
  expect_identical(initializer_ones()(3), array(1, 3))
  expect_identical(initializer_constant(2L)(c(2, 2)), array(2, c(2, 2)))
  values <- matrix(c(1, 2, 3, 4, 5, 6), 2)
  expect_identical(initializer_constant(values)(c(2, 3)), values)
  expect_identical(initializer_constant(c(1, 2))(2), array(c(1, 2), 2))
  expect_identical(initializer_identity(2)(c(3, 2)), 2 * diag(1, 3, 2))
  expect_identical(initializer_identity()(c(2, 3)), diag(1, 2, 3))
})

test_that("uniform families keep their bounds and their spread", {
  fans <- c(fan_in = 40, fan_out = 60, fan_avg = 50)
  limits <- list(
    list(initializer_glorot_uniform(1), sqrt(3 / 50)),
    list(initializer_he_uniform(1), sqrt(6 / 40)),
    list(initializer_lecun_uniform(1), sqrt(3 / 40)),
    list(initializer_random_uniform(-0.3, 0.3, seed = 1), 0.3),
    list(initializer_variance_scaling(0.7, "fan_out", "uniform", 1),
         sqrt(3 * 0.7 / 60))
  )
  for (case in limits) {
    value <- case[[1L]](c(40, 60))
    expect_lte(max(abs(value)), case[[2L]])
    expect_gt(max(abs(value)), 0.99 * case[[2L]])
    expect_lt(abs(mean(value)), 0.05 * case[[2L]])
    expect_equal(sd(value), case[[2L]] / sqrt(3), tolerance = 0.05)
  }
})

test_that("normal families have their standard deviation, cut at two", {
  cuts <- 0.87962566103423978
  limits <- list(
    list(initializer_glorot_normal(2), sqrt(1 / 50), 2 / cuts),
    list(initializer_he_normal(2), sqrt(2 / 40), 2 / cuts),
    list(initializer_lecun_normal(2), sqrt(1 / 40), 2 / cuts),
    list(initializer_variance_scaling(seed = 2), sqrt(1 / 40), 2 / cuts),
    list(initializer_truncated_normal(stddev = 0.5, seed = 2), 0.5 * cuts,
         2 / cuts),
    list(initializer_random_normal(stddev = 0.5, seed = 2), 0.5, 5),
    list(initializer_variance_scaling(2, "fan_avg", "untruncated_normal", 2),
         sqrt(2 / 50), 5)
  )
  for (case in limits) {
    value <- case[[1L]](c(40, 60))
    expect_equal(sd(value), case[[2L]], tolerance = 0.05)
    expect_lte(max(abs(value)), case[[3L]] * case[[2L]] * 1.001)
  }
  moved <- initializer_random_normal(mean = 3, stddev = 0.1, seed = 1)(500)
  expect_equal(mean(moved), 3, tolerance = 0.01)
  moved <- initializer_truncated_normal(mean = 3, stddev = 0.1, seed = 1)(500)
  expect_equal(mean(moved), 3, tolerance = 0.01)
})

test_that("fans follow the number of axes", {
  expect_identical(unlist(fans(c(3, 5))), c(fan_in = 3, fan_out = 5,
                                            fan_avg = 4))
  expect_identical(unname(unlist(fans(7))), c(7, 7, 7))
  expect_identical(unname(unlist(fans(integer()))), c(1, 1, 1))
  expect_identical(unname(unlist(fans(c(2, 3, 4, 5)))), c(24, 30, 27))
})

test_that("orthogonal weights are orthogonal, whatever is the longer side", {
  init <- initializer_orthogonal(gain = 1.5, seed = 4)
  expect_lt(max(abs(crossprod(init(c(7, 4))) - 2.25 * diag(4))), 1e-12)
  expect_lt(max(abs(tcrossprod(init(c(4, 7))) - 2.25 * diag(4))), 1e-12)
  flat <- matrix(init(c(2, 5, 3)), 10)
  expect_lt(max(abs(crossprod(flat) - 2.25 * diag(3))), 1e-12)
  expect_identical(abs(initializer_orthogonal()(c(1, 1))), matrix(1))
  # As likely one way as the other: rotations and reflections both come up.
  signs <- vapply(1:40, function(seed) {
    sign(det(initializer_orthogonal(seed = seed)(c(3, 3))))
  }, 0)
  expect_setequal(signs, c(-1, 1))
})

test_that("a seed gives the same values on each call, none gives others", {
  for (name in c("GlorotUniform", "HeNormal", "RandomNormal", "Orthogonal",
                 "VarianceScaling", "TruncatedNormal", "RandomUniform")) {
    make <- initializer_table[[name]]$make
    set.seed(1)
    want <- runif(1)
    set.seed(1)
    init <- make(seed = 9)
    expect_identical(init(c(3, 4)), init(c(3, 4)))
    expect_identical(init(c(3, 4)), make(seed = 9)(c(3, 4)))
    expect_identical(runif(1), want)
    free <- make()
    a <- free(c(3, 4))
    expect_false(identical(free(c(3, 4)), a))
    set.seed(1)
    a <- free(c(3, 4))
    set.seed(1)
    expect_identical(free(c(3, 4)), a)
  }
})

test_that("initializers are found by name, function and config", {
  known <- c("uniform", "normal", "zero", "one", names(initializer_table))
  for (row in initializer_table) known <- c(known, row$other)
  for (name in known) {
    expect_s3_class(get_initializer(name), "recurrent_initializer")
  }
  expect_identical(attr(get_initializer("glorot_uniform"), "name"),
                   "GlorotUniform")
  expect_identical(attr(get_initializer(initializer_zeros), "name"), "Zeros")
  init <- initializer_he_normal(3)
  expect_identical(get_initializer(init), init)
  expect_null(get_initializer(NULL))
})

test_that("configs are those of tf.keras 2.15 and read back", {
  expect_identical(
    serialize_part(initializer_glorot_uniform()),
    list(module = "keras.initializers", class_name = "GlorotUniform",
         config = list(seed = NULL), registered_name = NULL)
  )
  expect_identical(serialize_part(initializer_variance_scaling())$config,
                   list(scale = 1, mode = "fan_in",
                        distribution = "truncated_normal", seed = NULL))
  expect_identical(serialize_part(initializer_orthogonal(0.5))$config,
                   list(gain = 0.5, seed = NULL))
  expect_identical(
    serialize_part(initializer_random_uniform(seed = 1))$config,
    list(minval = -0.05, maxval = 0.05, seed = 1L)
  )
  for (row in initializer_table) {
    written <- serialize_part(row$make())
    expect_identical(serialize_part(get_initializer(written)), written)
  }
  old <- list(class_name = "HeNormal",
              config = list(seed = 3L, dtype = "float32"))
  expect_identical(get_initializer(old)(c(2, 2)),
                   initializer_he_normal(3)(c(2, 2)))
})

test_that("a user's function or object is called with what it takes", {
  plain <- function(shape) array(seq_len(prod(shape)), shape)
  init <- get_initializer(plain)
  expect_identical(init(c(2, 3)), matrix(as.double(1:6), 2))
  expect_identical(serialize_part(init), plain)
  expect_identical(get_initializer(serialize_part(init))(4), init(4))
  typed <- function(shape, dtype = NULL) {
    expect_identical(dtype, "float64")
    as_tensor(array(2, shape))
  }
  expect_identical(get_initializer(typed)(3), array(2, 3))
  expect_identical(get_initializer(list(call = plain))(2), array(c(1, 2), 2))
  object <- R6::R6Class("Init", public = list(
    gain = 3, call = function(shape, ...) array(self$gain, shape)
  ))$new()
  expect_identical(get_initializer(object)(2), array(3, 2))
  expect_identical(serialize_part(get_initializer(object)), object)
  python <- list("__call__" = plain)
  expect_identical(get_initializer(python)(2), array(c(1, 2), 2))
})

test_that("initializers print in one line", {
  expect_snapshot({
    initializer_glorot_uniform()
    initializer_random_normal(stddev = 0.1, seed = 1)
    initializer_variance_scaling(2, "fan_out")
    initializer_constant(matrix(1:20, 4))
    get_initializer(function(shape, dtype = NULL) array(0, shape))
    get_initializer(list(call = function(shape) array(0, shape)))
  })
})

test_that("bad initializers are refused", {
  expect_snapshot(error = TRUE, {
    get_initializer("glorot_unifrom", arg = "kernel_initializer")
    get_initializer("xyz")
    get_initializer(3)
    get_initializer(c("zeros", "ones"))
    get_initializer(list(class_name = "Zeroes", config = list()))
    get_initializer(list(class_name = "HeNormal", config = list(sead = 1)))
    get_initializer(list(a = 1))
    initializer_random_normal(stddev = -1)
    initializer_random_normal(mean = NA_real_)
    initializer_random_uniform(1, 0)
    initializer_truncated_normal(stddev = "a")
    initializer_orthogonal(gain = -1)
    initializer_identity(gain = Inf)
    initializer_variance_scaling(-1)
    initializer_variance_scaling(mode = "fan_inn")
    initializer_variance_scaling(distribution = 3)
    initializer_glorot_uniform(seed = 1.5)
    initializer_constant("a")
  })
})

test_that("shapes that an initializer cannot make are refused", {
  expect_snapshot(error = TRUE, {
    initializer_zeros()(list(NULL, 3))
    initializer_zeros()("a")
    initializer_orthogonal()(3)
    initializer_identity()(c(2, 2, 2))
    initializer_constant(c(1, 2))(3)
    get_initializer(function(shape) rep(0, prod(shape)))(c(2, 3))
    get_initializer(function(shape) "a")(2)
  })
})
