test_that("backend functions that move elements", {
  x <- draw(2, 3)
  expect_op(function(x) k_reshape(x, c(3, 2)), x,
            forward = function(x) matrix(t(x), 3, byrow = TRUE))
  expect_op(k_flatten, x, forward = function(x) array(t(x)))
  expect_op(k_batch_flatten, draw(2, 3, 2), forward = function(x) {
    t(apply(x, 1, function(m) as.vector(t(m))))
  })
  expect_op(function(x) k_permute_dimensions(x, c(2, 1)), x, forward = t)
  expect_op(k_transpose, x, forward = t)
  expect_op(k_expand_dims, x, forward = function(x) array(x, c(2, 3, 1)))
  expect_op(k_squeeze, draw(2, 1), forward = function(x) array(x))
  expect_op(function(x) k_reverse(x, 2), x, forward = function(x) x[, 3:1])
  expect_op(function(x) k_concatenate(list(x, x)), x,
            forward = function(x) cbind(x, x))
  expect_op(function(x) k_stack(list(x, x)), x, forward = function(x) {
    aperm(array(c(x, x), c(2, 3, 2)), c(3, 1, 2))
  })
  expect_op(function(x) k_unstack(x, 2)[[3]], x,
            forward = function(x) array(x[, 3]))
  expect_op(function(x) k_tile(x, c(1, 2)), x,
            forward = function(x) cbind(x, x))
  expect_op(function(x) k_repeat(x, 4), x, forward = function(x) {
    aperm(array(x, c(2, 3, 4)), c(1, 3, 2))
  })
  expect_op(function(x) k_repeat_elements(x, 2, 1), x,
            forward = function(x) x[c(1, 1, 2, 2), ])
  expect_op(function(x) k_temporal_padding(x, c(1, 2)), draw(1, 2, 3),
            forward = function(x) {
              array(rbind(0, matrix(x, 2), 0, 0), c(1, 5, 3))
            })
  expect_op(function(x) k_gather(x, c(1, 0, 1)), x,
            forward = function(x) x[c(2, 1, 2), ])
  expect_equal(as.array(k_one_hot(c(0, 2), 3)), rbind(c(1, 0, 0), c(0, 0, 1)))
  expect_error(k_repeat(draw(2, 3, 4), 2), class = "ValueError")
})

test_that("open axes stay open", {
  s <- new_symbolic(list(NULL, 3, 4))
  expect_equal(k_batch_flatten(s)$shape, shape(NULL, 12))
  expect_equal(k_repeat(new_symbolic(list(NULL, 3)), 5)$shape,
               shape(NULL, 5, 3))
  expect_equal(k_temporal_padding(s)$shape, shape(NULL, 5, 4))
})

test_that("shapes and dtypes are told", {
  x <- matrix(0, 2, 3)
  expect_identical(as.array(k_shape(x)), array(2:3))
  expect_equal(k_int_shape(new_symbolic(list(NULL, 3))), shape(NULL, 3))
  expect_equal(k_get_variable_shape(k_variable(x)), shape(2, 3))
  expect_identical(k_ndim(x), 2L)
  expect_identical(k_count_params(x), 6L)
  expect_identical(k_dtype(1:2), "int32")
  expect_equal(dim(k_zeros(c(k_shape(x)[1], 5))), c(2L, 5L))
  expect_equal(dim(k_zeros(list(k_shape(x)[[1]], 5))), c(2L, 5L))
})

test_that("functions run over slices of the first axis", {
  x <- draw(3, 2)
  expect_op(function(x) k_map_fn(function(row) row^2, x), x,
            forward = function(x) x^2)
  expect_op(function(x) k_map_fn(k_sum, x), x,
            forward = function(x) array(rowSums(x)))
  expect_op(function(x) k_map_fn(function(p) p[[1]] * p[[2]], list(x, x)), x,
            forward = function(x) x^2)
  expect_op(function(x) k_foldl(function(acc, row) 2 * acc + row, x), x,
            forward = function(x) array(4 * x[1, ] + 2 * x[2, ] + x[3, ]))
  expect_op(function(x) k_foldr(function(acc, row) 2 * acc + row, x), x,
            forward = function(x) array(4 * x[3, ] + 2 * x[2, ] + x[1, ]))
  expect_op(function(x) k_foldl(function(acc, row) acc + row, x, 10), x,
            forward = function(x) array(10 + colSums(x)))
  s <- k_map_fn(k_sum, new_symbolic(list(NULL, 4)))
  expect_equal(s$shape, shape(NULL))
  expect_identical(k_map_fn(k_sum, x, dtype = "int32")$dtype, "int32")
  expect_error(k_map_fn(k_sum, list(x, t(x))), class = "ValueError")
})
