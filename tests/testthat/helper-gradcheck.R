# Deterministic numbers without touching the generator: `draw(2, 3)` is a
# matrix, `draw(4)` an array with one axis, `draw()` a scalar.
draw <- function(..., seed = 1, low = -2, high = 2) {
  sizes <- c(...)
  n <- prod(sizes)
  values <- with_seed(seed + 7 * length(sizes), stats::runif(n, low, high))
  if (length(sizes)) array(values, sizes) else values
}

# d sum(f(inputs) * upstream) / d inputs by central differences.
central_differences <- function(f, inputs, upstream, step = 1e-5) {
  total <- function(xs) sum(value_of(do.call(f, xs)) * upstream)
  lapply(seq_along(inputs), function(k) {
    g <- inputs[[k]]
    for (i in seq_along(g)) {
      up <- down <- inputs
      up[[k]][[i]] <- up[[k]][[i]] + step
      down[[k]][[i]] <- down[[k]][[i]] - step
      g[[i]] <- (total(up) - total(down)) / (2 * step)
    }
    g
  })
}

# One line per case: `f` of arrays gives the values of `forward` (plain R, or
# the array itself), its gradient is that of central differences, and on
# symbolic tensors it gives the shape and dtype that it has on arrays.
expect_op <- function(f, ..., forward = NULL, gradient = TRUE,
                      tolerance = 1e-7) {
  inputs <- lapply(list(...), value_of)
  y <- value_of(do.call(f, inputs))
  if (!is.null(forward)) {
    want <- if (is.function(forward)) do.call(forward, inputs) else forward
    testthat::expect_equal(y, value_of(want), tolerance = 1e-12)
  }
  sources <- lapply(inputs, as_tensor)
  upstream <- draw(dims(y), seed = 3)
  if (gradient) {
    tape <- gradient_tape(op_sum(do.call(f, sources) * upstream))
    testthat::expect_equal(
      tape$gradient(unname(sources)),
      unname(central_differences(f, inputs, upstream)),
      tolerance = tolerance
    )
  }
  expect_symbolic_shape(f, inputs, y)
}

expect_symbolic_shape <- function(f, inputs, y) {
  symbols <- lapply(inputs, function(x) new_symbolic(dims(x), dtype_of(x)))
  s <- do.call(f, symbols)
  testthat::expect_equal(as.integer(s$shape), as.integer(dims(y)))
  testthat::expect_equal(s$dtype, dtype_of(y))
}

# R's operator on tensors, whatever is given.
op_of <- function(operator) {
  function(a, b) operator(as_tensor(a), b)
}
