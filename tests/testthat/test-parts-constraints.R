test_that("values are those of tf.keras", {
  cases <- reference_cases("parts")
  cases <- cases[startsWith(names(cases), "constraint/")]
  for (case in cases) {
    name <- sub("_axis1$", "", basename(case$id))
    f <- get_constraint(list(class_name = name, config = case$config))
    w <- as_reference_array(case$w)
    expect_close(f(w), as_reference_array(case$value), info = case$id)
    expect_close(f(as_tensor(w)), as_reference_array(case$value),
                 info = case$id)
  }
})

w <- array(c(0.7, -1.2, 0.4, 0.9, -0.3, 1.6, 2.1, -0.8, 0.2, 1.3, -0.6, 0.5),
           c(2, 3, 2))

test_that("axes count from 0, negative from the end, several at once", {
  norms <- function(w, axis) {
    sqrt(tapply(c(w^2), c(slice.index(w, setdiff(1:3, axis + 1))), sum))
  }
  for (axis in list(0, 1, 2, c(0, 1), c(0, 2))) {
    unit <- as.array(constraint_unitnorm(axis)(w))
    expect_equal(range(norms(unit, axis)), c(1, 1), tolerance = 1e-6)
    back <- constraint_unitnorm(as.list(axis - 3))(w)
    expect_identical(as.array(back), unit)
  }
  capped <- as.array(constraint_maxnorm(1, axis = c(0, 1))(w))
  expect_lte(max(norms(capped, c(0, 1))), 1)
})

test_that("norms go to their bounds, as far as rate says", {
  m <- matrix(c(3, 4, 0.3, 0.4, 0, 0), 2)
  whole <- as.array(constraint_minmaxnorm(1, 2)(m))
  expect_equal(sqrt(colSums(whole^2)), c(2, 1, 0), tolerance = 1e-6)
  half <- as.array(constraint_minmaxnorm(1, 2, rate = 0.5)(m))
  expect_equal(sqrt(colSums(half^2)), c(3.5, 0.75, 0), tolerance = 1e-6)
  capped <- as.array(constraint_maxnorm(2)(m))
  expect_equal(sqrt(colSums(capped^2)), c(2, 0.5, 0), tolerance = 1e-6)
  expect_identical(as.array(constraint_nonneg()(matrix(c(-1, 2), 1))),
                   matrix(c(0, 2), 1))
})

test_that("gradients flow through constraints", {
  upstream <- array(cos(1:12), dim(w))
  for (f in list(constraint_maxnorm(1), constraint_unitnorm(),
                 constraint_nonneg(), constraint_minmaxnorm(0.5, 1, 0.7))) {
    expect_lt(gradient_gap(f, w, upstream), 1e-7)
  }
})

test_that("constraints are found by name, function and config", {
  known <- c("MaxNorm", "max_norm", "maxnorm", "NonNeg", "non_neg", "nonneg",
             "UnitNorm", "unit_norm", "unitnorm", "MinMaxNorm",
             "min_max_norm", "minmaxnorm")
  for (name in known) {
    expect_s3_class(get_constraint(name), "recurrent_constraint")
  }
  expect_identical(attr(get_constraint(constraint_nonneg), "name"), "NonNeg")
  expect_null(get_constraint(NULL))
  expect_identical(serialize_part(constraint_maxnorm()), list(
    module = "keras.constraints", class_name = "MaxNorm",
    config = list(max_value = 2, axis = 0L), registered_name = NULL
  ))
  expect_identical(serialize_part(constraint_unitnorm(c(0, 1)))$config,
                   list(axis = list(0L, 1L)))
  several <- serialize_part(constraint_unitnorm(c(0, 1)))
  expect_identical(serialize_part(get_constraint(several)), several)
  for (row in constraint_table) {
    written <- serialize_part(row$make())
    expect_identical(serialize_part(get_constraint(written)), written)
  }
})

test_that("a user's function or object is held to the shape", {
  own <- function(w) op_clip(w, -1, 1)
  f <- get_constraint(own)
  expect_identical(as.array(f(w)), pmax(pmin(w, 1), -1))
  expect_identical(serialize_part(f), own)
  object <- R6::R6Class("Positive", public = list(
    call = function(w) w * (w >= 0)
  ))$new()
  expect_identical(as.array(get_constraint(object)(w)), w * (w >= 0))
})

test_that("constraints print in one line", {
  expect_snapshot({
    constraint_maxnorm(3, axis = c(0, 1))
    constraint_nonneg()
    constraint_minmaxnorm(rate = 0.5)
    get_constraint(function(w) w)
  })
})

test_that("bad constraints are refused", {
  expect_snapshot(error = TRUE, {
    get_constraint("nonnegative")
    get_constraint("maxnrm")
    get_constraint(TRUE)
    get_constraint(regularizer_l1())
    get_constraint(function(w) op_sum(w))(w)
    constraint_maxnorm(-1)
    constraint_maxnorm("a")
    constraint_maxnorm(axis = 0.5)
    constraint_maxnorm(axis = "a")
    constraint_maxnorm(axis = NULL)
    constraint_unitnorm(axis = 3)(w)
    constraint_unitnorm(axis = -4)(w)
    constraint_minmaxnorm(2, 1)
    constraint_minmaxnorm(rate = 2)
  })
})

test_that("R6 classes below KerasConstraint are constraints", {
  Positive <- R6::R6Class("Positive", inherit = KerasConstraint,
    public = list(call = function(w) w * k_cast(k_greater_equal(w, 0), "int32"))
  )
  f <- get_constraint(Positive$new())
  expect_identical(as.array(f(w)), w * (w >= 0))
  set.seed(2)
  layer <- layer_dense(units = 3, kernel_constraint = Positive$new())
  model <- keras_model_sequential(list(layer), input_shape = 4)
  model %>% compile(optimizer_sgd(1), "mse")
  x <- random_array(6, 4)
  train_on_batch(model, x, random_array(6, 3))
  expect_true(min(get_weights(model)[[1]]) == 0)
  copy <- unserialize(serialize(model, NULL))
  expect_identical(predict(copy, x), predict(model, x))
  Empty <- R6::R6Class("Empty", inherit = KerasConstraint)
  expect_error(get_constraint(Empty$new())(w), class = "RuntimeError")
})
