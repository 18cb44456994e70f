test_that("values and gradients are those of tf.keras", {
  cases <- reference_cases("parts")
  cases <- cases[startsWith(names(cases), "regularizer/")]
  for (case in cases) {
    name <- sub("_(rows|columns)$", "", basename(case$id))
    config <- list(class_name = name, config = case$config)
    f <- get_regularizer(config)
    w <- as_tensor(as_reference_array(case$w))
    tape <- gradient_tape(f(w))
    expect_close(f(w), case$value, info = case$id)
    expect_length(f(w)$shape, 0L)
    expect_close(tape$gradient(w), as_reference_array(case$grad),
                 info = case$id)
  }
})

w <- matrix(c(0.7, -1.2, 0.4, 0.9, -0.3, 1.6), 3)

test_that("gradients agree with central differences", {
  for (f in list(regularizer_l1(0.3), regularizer_l2(0.2),
                 regularizer_l1_l2(0.1, 0.2), regularizer_orthogonal(0.5),
                 regularizer_orthogonal(0.5, "columns"),
                 get_regularizer(function(w) op_sum(w^4)))) {
    expect_lt(gradient_gap(f, w, 1), 1e-7)
  }
})

test_that("weights of any shape have a penalty, orthogonal only matrices", {
  values <- array(c(1, -2, 3), 3)
  expect_equal(as.array(regularizer_l1(0.1)(values)), 0.6)
  expect_equal(as.array(regularizer_l2(0.1)(array(2, c(2, 1, 2)))), 1.6)
  expect_identical(as.array(regularizer_orthogonal()(matrix(c(1, 2), 1))), 0)
  expect_identical(as.array(regularizer_orthogonal()(diag(3))), 0)
  zero <- regularizer_orthogonal()(matrix(0, 2, 2))
  expect_identical(as.array(zero), 0)
})

test_that("regularizers are found by name, function and config", {
  for (name in c("l1", "l2", "l1_l2", "L1", "L2", "L1L2", "orthogonal",
                 "OrthogonalRegularizer", "orthogonal_regularizer")) {
    expect_s3_class(get_regularizer(name), "recurrent_regularizer")
  }
  expect_identical(attr(get_regularizer("l2"), "config"), list(l2 = 0.01))
  expect_identical(attr(get_regularizer(regularizer_l1), "name"), "L1")
  expect_null(get_regularizer(NULL))
  expect_identical(serialize_part(regularizer_l1(0.1)), list(
    module = "keras.regularizers", class_name = "L1",
    config = list(l1 = 0.1), registered_name = NULL
  ))
  for (row in regularizer_table) {
    written <- serialize_part(row$make())
    expect_identical(serialize_part(get_regularizer(written)), written)
  }
})

test_that("a user's function or object gives one number", {
  own <- function(w) 0.5 * op_sum(w)
  f <- get_regularizer(own)
  expect_equal(as.array(f(w)), 0.5 * sum(w))
  expect_identical(serialize_part(f), own)
  object <- R6::R6Class("Reg", public = list(
    l = 2, call = function(w) self$l * op_sum(w)
  ))$new()
  expect_equal(as.array(get_regularizer(object)(w)), 2 * sum(w))
  kept <- get_regularizer(function(w) op_sum(w, keepdims = TRUE))
  expect_length(kept(w)$shape, 0L)
  expect_identical(as.array(get_regularizer(function(w) 3)(w)), 3)
})

test_that("regularizers print in one line", {
  expect_snapshot({
    regularizer_l1_l2()
    regularizer_orthogonal(0.1, "columns")
    get_regularizer(function(w) op_sum(w))
  })
})

test_that("bad regularizers are refused", {
  expect_snapshot(error = TRUE, {
    get_regularizer("l3")
    get_regularizer(0.01)
    get_regularizer(function(w) w)(w)
    regularizer_l1("a")
    regularizer_l2(NaN)
    regularizer_l1_l2(l2 = Inf)
    regularizer_orthogonal(mode = "row")
    regularizer_orthogonal(0.1, "rows", 3)
    regularizer_orthogonal(0.1, factr = 3)
    regularizer_orthogonal()(array(1, c(2, 2, 2)))
  })
})
