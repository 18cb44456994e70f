decay <- function(input, states) {
  output <- 0.5 * states[[1]] + input
  list(output, list(output))
}

test_that("k_rnn() is the loop of layer_rnn()", {
  set.seed(1)
  x <- array(rnorm(2 * 4 * 3), c(2, 4, 3))
  mask <- rbind(c(FALSE, TRUE, TRUE, FALSE), TRUE)
  for (backwards in c(FALSE, TRUE)) {
    got <- k_rnn(decay, x, list(matrix(0, 2, 3)), mask = mask,
                 go_backwards = backwards)
    h <- last <- matrix(0, 2, 3)
    steps <- if (backwards) 4:1 else 1:4
    for (k in 1:4) {
      on <- mask[, steps[k]]
      new <- 0.5 * h + x[, steps[k], ]
      h[on, ] <- new[on, ]
      last[on, ] <- new[on, ]
      expect_equal(as.array(got[[2]])[, k, ], last)
    }
    expect_equal(as.array(got[[1]]), last)
    expect_equal(as.array(got[[3]][[1]]), h)
  }
})

test_that("k_rnn() passes constants after the states, and gradients flow", {
  x <- as_tensor(array(1:6 / 10, c(1, 3, 2)))
  const <- as_tensor(matrix(c(2, 3), 1))
  step <- function(input, states) {
    output <- states[[1]] * states[[2]] + input
    list(output, list(output))
  }
  tape <- gradient_tape(
    op_sum(k_rnn(step, x, matrix(0, 1, 2), constants = list(const))[[1]])
  )
  v <- value_of(x)
  c1 <- c(2, 3)
  expect_equal(tape$value, sum(v[1, 1, ] * c1^2 + v[1, 2, ] * c1 + v[1, 3, ]))
  expect_equal(tape$gradient(const),
               matrix(2 * c1 * v[1, 1, ] + v[1, 2, ], 1))
})

test_that("k_rnn() refuses zero time steps and masks that do not fit", {
  expect_snapshot(error = TRUE, {
    k_rnn(decay, array(0, c(2, 0, 3)), list(matrix(0, 2, 3)))
    k_rnn(decay, array(0, c(2, 4, 3)), list(matrix(0, 2, 3)),
          mask = matrix(TRUE, 4, 2))
  })
})
