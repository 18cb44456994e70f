test_that("shapes of ops follow from those of their inputs", {
  x <- new_symbolic(list(NULL, 4))
  y <- new_symbolic(list(NULL, 1))
  shapes <- list(
    list(x + y, shape(NULL, 4)), list(x * 2, shape(NULL, 4)),
    list(tanh(x), shape(NULL, 4)), list(op_sum(x), shape()),
    list(op_sum(x, 2), shape(NULL)), list(op_mean(x, 1), shape(4)),
    list(op_expand_dims(x, 2), shape(NULL, 1, 4)),
    list(x %*% matrix(0, 4, 3), shape(NULL, 3)),
    list(t(x), shape(4, NULL)), list(x > 0, shape(NULL, 4)),
    list(op_softmax(x), shape(NULL, 4)),
    list(op_one_hot(y, 5), shape(NULL, 1, 5)),
    list(op_where(x > 0, x, y), shape(NULL, 4)),
    list(op_argmax(x, 2), shape(NULL)), list(mean(x), shape())
  )
  for (s in shapes) expect_equal(s[[1L]]$shape, s[[2L]])
  expect_identical((x > 0)$dtype, "bool")
  expect_identical(op_argmax(x, 2)$dtype, "int32")
})

test_that("several open axes stay open", {
  x <- new_symbolic(list(NULL, NULL, 4))
  expect_equal((x + x)$shape, shape(NULL, NULL, 4))
  expect_equal(op_transpose(x, c(2, 1, 3))$shape, shape(NULL, NULL, 4))
  expect_equal(op_max(x, 2)$shape, shape(NULL, 4))
})

test_that("working out shapes warns of nothing and draws no random numbers", {
  x <- new_symbolic(list(NULL, 4))
  expect_silent(acosh(x))
  expect_silent(log(x) / x)
})

test_that("a graph knows its ops by name only where the name is theirs", {
  row <- op_row("tanh", function(x, k) x[, seq_len(k), drop = FALSE])
  y <- symbolic_op(row, list(new_symbolic(list(NULL, 4))), list(3L))
  expect_equal(y$shape, shape(NULL, 3))
})
