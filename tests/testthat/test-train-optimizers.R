optimizer_case <- function(case) {
  id <- sub("^optimizer/", "", case$id)
  maker <- optimizer_maker(optimizer_class(sub("_.*", "", id), "id"))
  do.call(maker, case$config)
}

for (case in Filter(function(case) startsWith(case$id, "optimizer/"),
                    reference_cases("optimizers"))) {
  test_that(case$id, {
    optimizer <- optimizer_case(case)
    weights <- lapply(as_reference_array(case$weights), new_variable)
    for (k in seq_along(case$gradients)) {
      optimizer$apply_gradients(as_reference_array(case$gradients[[k]]),
                                weights)
      expect_close(lapply(weights, value_of),
                   as_reference_array(case$after[[k]]))
    }
  })
}

step_of <- function(optimizer, w = c(1, -2), g = c(3, 4), steps = 1) {
  weight <- new_variable(array(w))
  for (k in seq_len(steps)) optimizer$apply_gradients(list(array(g)),
                                                      list(weight))
  as.vector(value_of(weight))
}

test_that("compile() takes names, functions, objects and configs", {
  for (class in names(optimizer_rules)) {
    maker <- optimizer_maker(class)
    for (x in list(class, tolower(class), maker, maker(),
                   list(class_name = class, config = maker()$get_config()))) {
      expect_s3_class(get_optimizer(x), "recurrent_optimizer")
      expect_identical(get_optimizer(x)$.class, class)
    }
  }
  own <- optimizer_adam()
  expect_identical(get_optimizer(own), own)
  expect_null(get_optimizer(NULL))
})

test_that("a config makes the same optimizer again", {
  o <- optimizer_rmsprop(0.02, rho = 0.7, momentum = 0.5, centered = TRUE,
                         clipnorm = 1, weight_decay = 0.1, name = "mine")
  again <- o$from_config(o$get_config())
  expect_equal(again$get_config(), o$get_config())
  expect_equal(step_of(again), step_of(o))
  expect_snapshot({
    o
    optimizer_sgd(learning_rate_schedule_cosine_decay(0.1, 100))
    str(optimizer_adam()$get_config())
  })
})

test_that("AdamW is Adam with weight decay", {
  expect_equal(step_of(optimizer_adamw(0.1, 0.02), steps = 3),
               step_of(optimizer_adam(0.1, weight_decay = 0.02), steps = 3))
  expect_identical(optimizer_adam_w, optimizer_adamw)
})

test_that("older arguments are understood", {
  expect_equal(step_of(optimizer_sgd(lr = 0.3)),
               step_of(optimizer_sgd(learning_rate = 0.3)))
  expect_equal(step_of(optimizer_sgd(0.1, decay = 0.5), steps = 2),
               c(1, -2) - c(3, 4) * (0.1 + 0.1 / 1.5))
})

test_that("bad optimizers are refused", {
  expect_snapshot(error = TRUE, {
    optimizer_adam(momentum = 0.9)
    optimizer_adam(beta_1 = 2)
    optimizer_sgd(learning_rate = -1)
    optimizer_sgd(learning_rate = "fast")
    optimizer_sgd(clipnorm = 1, global_clipnorm = 1)
    get_optimizer("adm")
    get_optimizer(3)
  })
})
