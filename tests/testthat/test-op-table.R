# C runs some rows itself. The same rows, done by their functions in R:
in_r <- function(row) {
  row$native <- 0L
  row
}

two_roads <- function(name, ...) {
  row <- find_row(name)
  run <- if (...length() == 1L) apply_unary else apply_binary
  list(c = value_of(run(row, ...)), r = value_of(run(in_r(row), ...)))
}

binary_rows <- c("add", "subtract", "multiply", "divide")
unary_rows <- c("negative", "tanh", "sigmoid", "relu")

test_that("every row that C runs is a row, and C has no other", {
  rows <- lapply(rows_in_c, find_row)
  expect_false(any(vapply(rows, is.null, NA)))
  expect_identical(vapply(rows, `[[`, 1L, "native"), seq_along(rows_in_c))
  expect_identical(row_exp$native, 0L)
})

test_that("C and R give the same for arrays of all fitting shapes", {
  set.seed(1)
  shapes <- list(c(3, 4), c(3, 1), 4, 1, c(1, 4), c(2, 3, 4), c(1, 1, 1))
  arrays <- c(list(1.5), lapply(shapes, function(d) array(rnorm(prod(d)), d)))
  for (name in binary_rows) {
    for (a in arrays) {
      for (b in arrays) {
        both <- two_roads(name, as_tensor(a), as_tensor(b))
        expect_identical(both$c, both$r)
      }
    }
    both <- two_roads(name, as_tensor(arrays[[2]]), 3L)
    expect_identical(both$c, both$r)
    both <- two_roads(name, TRUE, as_tensor(arrays[[2]]))
    expect_identical(both$c, both$r)
  }
})

test_that("C and R give the same for numbers at the edges", {
  x <- as_tensor(c(NaN, NA, Inf, -Inf, -0, 0, 1e-310, 700, -700, 0.3))
  for (name in unary_rows) {
    both <- two_roads(name, x)
    expect_equal(both$c, both$r, tolerance = 1e-15)
  }
  empty <- as_tensor(array(0, c(0, 3)))
  for (name in unary_rows) {
    expect_identical(two_roads(name, empty)$c, array(0, c(0, 3)))
  }
  expect_identical(
    two_roads("matmul", empty, as_tensor(diag(3)))$c, array(0, c(0, 3))
  )
})

test_that("products in C agree with R's", {
  set.seed(2)
  for (d in list(c(3, 4, 5), c(1, 1, 1), c(33, 7, 70), c(2, 0, 3))) {
    a <- as_tensor(matrix(rnorm(d[1] * d[2]), d[1]))
    b <- as_tensor(matrix(rnorm(d[2] * d[3]), d[2]))
    both <- two_roads("matmul", a, b)
    expect_equal(both$c, both$r, tolerance = 1e-14)
  }
  x <- as_tensor(matrix(rnorm(6), 2))
  w <- as_tensor(matrix(rnorm(12), 3))
  b <- as_tensor(rnorm(4))
  expect_equal(value_of(.Call(ffi_affine, row_affine, x, w, b, tapes, session)),
               row_affine$forward(value_of(x), value_of(w), value_of(b)))
  expect_null(.Call(ffi_affine, row_affine, x, w, w, tapes, session))
})

test_that("losses of whole batches in C agree with R's, and their gradients", {
  set.seed(4)
  for (name in c("squared_loss", "absolute_loss")) {
    for (d in list(c(5, 1), c(2, 3, 4), 7, c(0, 3))) {
      arrays <- list(array(rnorm(prod(d)), d), array(rnorm(prod(d)), d))
      both <- lapply(list(identity, in_r), function(change) {
        leaves <- lapply(arrays, as_tensor)
        tape <- gradient_tape(
          apply_binary(change(find_row(name)), leaves[[1]], leaves[[2]]) * 3
        )
        list(tape$value, tape$gradient(leaves))
      })
      expect_equal(both[[1]], both[[2]], tolerance = 1e-15)
    }
    at <- as_tensor(c(1, NaN, Inf, 2, 2))
    of <- as_tensor(c(NaN, 1, -Inf, 2, 2.5))
    both <- two_roads(name, at, of)
    expect_identical(both$c, both$r)
    slopes <- lapply(list(identity, in_r), function(change) {
      gradient_tape(apply_binary(change(find_row(name)), at, of))$gradient(of)
    })
    expect_identical(slopes[[1]], slopes[[2]])
    # Whole numbers and other shapes are R's.
    expect_equal(two_roads(name, as_tensor(1:3), as_tensor(c(1, 2, 5)))$c,
                 4 / 3 / if (name == "squared_loss") 1 else 2)
  }
})

test_that("whole numbers take R's road and stay whole", {
  x <- as_tensor(matrix(1:4, 2))
  expect_identical(value_of(x + 1L), matrix(2:5, 2))
  expect_identical(value_of(-x), matrix(-(1:4), 2))
  expect_equal(value_of(x %*% x), matrix(1:4, 2) %*% matrix(1:4, 2))
})

# Random programs, run by C and by R: each step takes two of the tensors so
# far, so that gradients meet, pass on unchanged, and are asked for midway.
random_program <- function(steps) {
  lapply(seq_len(steps), function(k) {
    list(name = sample(c("add", "add", "subtract", "multiply", "divide",
                         "matmul", "negative", "tanh", "sigmoid", "relu"), 1),
         from = sample.int(k + 2L, 2L, replace = TRUE))
  })
}

run_program <- function(program, leaves, change = identity) {
  tensors <- leaves
  for (step in program) {
    row <- change(find_row(step$name))
    x <- tensors[[step$from[[1]]]]
    y <- tensors[[step$from[[2]]]]
    if (step$name == "divide") y <- apply_binary(change(row_add), y, 3)
    new <- if (step$name %in% unary_rows) apply_unary(row, x) else
      apply_binary(row, x, y)
    # Kept small, but for the rows that hand gradients on as they are.
    if (!step$name %in% c("add", "subtract", "negative")) {
      new <- apply_unary(change(row_tanh), new)
    }
    tensors <- c(tensors, list(new))
  }
  tensors
}

gradients_of_program <- function(program, arrays, kept, change) {
  leaves <- lapply(arrays, as_tensor)
  tensors <- NULL
  tape <- gradient_tape({
    tensors <- run_program(program, leaves, change)
    op_sum(op_stack(lapply(tensors[-(1:3)], op_sum)))
  })
  tape$gradient(c(leaves, tensors[kept]))
}

test_that("gradients of random programs are those of R's rules", {
  set.seed(3)
  for (k in 1:60) {
    arrays <- list(matrix(rnorm(16), 4), matrix(rnorm(16), 4),
                   matrix(rnorm(16), 4))
    program <- random_program(12L)
    kept <- sample(4:15, 2)
    expect_equal(gradients_of_program(program, arrays, kept, identity),
                 gradients_of_program(program, arrays, kept, in_r),
                 tolerance = 1e-12)
  }
})

test_that("gradients return to the shapes that were stretched", {
  set.seed(4)
  x <- as_tensor(matrix(rnorm(12), 3))
  by <- list(rnorm(4), matrix(rnorm(3), 3), 2.5, array(rnorm(24), c(2, 3, 4)))
  for (name in binary_rows) {
    for (b in lapply(by, as_tensor)) {
      of <- function(row) {
        gradient_tape(op_sum(op_exp(apply_binary(row, x, b))))$gradient(
          list(x, b)
        )
      }
      row <- find_row(name)
      expect_equal(of(row), of(in_r(row)), tolerance = 1e-13)
    }
  }
})

test_that("a weight's gradient is gathered over any number of steps", {
  set.seed(5)
  for (steps in c(1, 2, 9, 40)) {
    w <- as_tensor(matrix(rnorm(6), 2))
    xs <- lapply(seq_len(steps), function(k) matrix(rnorm(60), 30))
    tape <- gradient_tape({
      sums <- lapply(xs, function(x) op_sum(tanh(as_tensor(x) %*% w)))
      op_sum(op_stack(sums))
    })
    want <- Reduce(`+`, lapply(xs, function(x) {
      crossprod(x, 1 - tanh(x %*% value_of(w))^2)
    }))
    expect_equal(tape$gradient(w), want, tolerance = 1e-13)
  }
})

test_that("a factor whose rows differ from step to step is gathered too", {
  set.seed(6)
  w <- as_tensor(diag(2))
  sizes <- c(3, 200, 1, 300, 256, 257, 5)
  xs <- lapply(sizes, function(n) matrix(rnorm(2 * n), n))
  tape <- gradient_tape({
    op_sum(op_stack(lapply(xs, function(x) op_sum((as_tensor(x) %*% w)^2))))
  })
  want <- Reduce(`+`, lapply(xs, function(x) 2 * crossprod(x)))
  expect_equal(tape$gradient(w), want, tolerance = 1e-12)
})

test_that("asking for a gradient twice gives it twice, and changes no input", {
  x <- matrix(c(1, -2, 3, 0.5), 2)
  t <- as_tensor(x)
  tape <- gradient_tape(op_sum(tanh(t + t) %*% t))
  first <- tape$gradient(t)
  expect_identical(tape$gradient(t), first)
  expect_identical(as.array(t), matrix(c(1, -2, 3, 0.5), 2))
})

test_that("what the walk is given wrongly is refused", {
  tape <- new_tape()
  tape$last <- list(1)
  tape$n <- 1L
  x <- as_tensor(1)
  expect_error(.Call(ffi_gradients, tape, x, list(x), session, op_backward,
                     c(1L, 0L)), "internal error")
  expect_error(.Call(ffi_gradients, 1, x, list(x), session, op_backward,
                     c(1L, 0L)), "internal error")
  expect_error(.Call(ffi_pack, list(1, 2), list(1)), "internal error")
  expect_error(.Call(ffi_unary, row_tanh, as_tensor(1), 1, session),
               "internal error")
  expect_error(
    .Call(ffi_record, row_exp, 1, list(), list(), 1, NULL,
          local({
            e <- new.env()
            e$top <- new_tape()
            e
          }), session),
    "internal error"
  )
})
