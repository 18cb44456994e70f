test_that("a single condition chooses a whole, and computes only that", {
  no <- function() stop("not to be computed")
  expect_equal(as.array(k_switch(TRUE, function() 1, no)), 1)
  expect_equal(as.array(k_switch(as_tensor(0), no, c(1, 2))), array(c(1, 2)))
})

test_that("conditions choose elements, or slices", {
  a <- draw(2, 3)
  b <- draw(2, 3, seed = 2)
  expect_op(function(x, y) k_switch(a > 0, x, y), a, b,
            forward = function(x, y) ifelse(a > 0, x, y))
  expect_op(function(x, y) k_switch(c(TRUE, FALSE), x, y), a, b,
            forward = function(x, y) rbind(x[1, ], y[2, ]))
  s <- new_symbolic(list(NULL, 3))
  expect_equal(k_switch(s > 0, s, 0)$shape, shape(NULL, 3))
  expect_error(k_switch(a > 0, 1:3, 1:3), class = "ValueError")
})

test_that("training chooses, given or of the running model", {
  old <- context$training
  on.exit(context$training <- old)
  expect_equal(as.array(k_in_train_phase(1, 2, training = TRUE)), 1)
  expect_equal(as.array(k_in_test_phase(1, function() 2, training = TRUE)), 2)
  context$training <- NULL
  expect_equal(as.array(k_in_train_phase(1, 2)), 2)
  context$training <- TRUE
  expect_equal(as.array(k_in_train_phase(1, 2)), 1)
  s <- new_symbolic(list(NULL, 3))
  expect_equal(k_in_train_phase(s, s * 2)$shape, shape(NULL, 3))
})
