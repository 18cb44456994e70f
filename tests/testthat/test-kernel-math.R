# fixture-math.csv: arguments and the exact values of the functions, rounded to
# the nearest double, as hexadecimal numbers.

activate <- function(x, name, precision = 0L, variant = 0L) {
  which <- match(name, names(ffi_activations)) - 1L
  .Call(ffi_activate, as.double(x), which, precision, c(1L, variant))
}

# The distance between neighbouring numbers at x.
ulp <- function(x, digits = 53, least = -1074) {
  2^pmax(floor(log2(abs(x))) + 1 - digits, least)
}

fixture <- function() {
  text <- utils::read.csv(test_path("fixture-math.csv"),
                          colClasses = "character")
  lapply(text, as.numeric)
}

test_that("exp, tanh and sigmoid are within 2 ulp over the whole range", {
  exact <- fixture()
  for (variant in .Call(ffi_kernels)) {
    for (name in c("tanh", "sigmoid", "exponential")) {
      got <- activate(exact$x, name, variant = variant)
      want <- exact[[name]]
      off <- ifelse(got == want, 0, abs(got - want) / ulp(want))
      expect_lte(max(off), 2)
    }
  }
})

test_that("single precision is within 2 ulp too", {
  x <- c(seq(-20, 20, length.out = 1001), seq(0.2, 0.35, length.out = 1001),
         2^-(1:120), -2^-(1:120), -100, -87)
  # As the kernel rounds them.
  x <- activate(x, "linear", 1L)
  exact <- list(tanh = tanh(x), sigmoid = 1 / (1 + exp(-x)),
                exponential = exp(x))
  for (variant in .Call(ffi_kernels)) {
    for (name in names(exact)) {
      got <- activate(x, name, 1L, variant)
      want <- exact[[name]]
      expect_lte(max(abs(got - want) / ulp(want, 24, -149)), 2)
    }
  }
})

test_that("the odd values come out as they should", {
  for (variant in .Call(ffi_kernels)) for (precision in 0:1) {
    f <- function(x, name) activate(x, name, precision, variant)
    expect_identical(f(c(Inf, -Inf), "tanh"), c(1, -1))
    expect_identical(f(c(Inf, -Inf), "sigmoid"), c(1, 0))
    expect_identical(f(c(Inf, -Inf), "exponential"), c(Inf, 0))
    expect_identical(1 / f(c(0, -0), "tanh"), c(Inf, -Inf))
    expect_identical(f(c(0, -0), "sigmoid"), c(0.5, 0.5))
    expect_identical(f(c(0, -0), "exponential"), c(1, 1))
    for (name in names(ffi_activations)[1:12]) {
      expect_true(is.nan(f(NaN, name)))
    }
  }
})

test_that("all activations agree with their formulas in every variant", {
  x <- c(-8.25, -2.5, -1, -0.3, 0, 0.2, 0.9, 2.6, 7)
  for (variant in .Call(ffi_kernels)) {
    for (name in names(ffi_activations)[1:12]) {
      expect_equal(activate(x, name, variant = variant),
                   ffi_activations[[name]](x), tolerance = 1e-14)
    }
  }
})
