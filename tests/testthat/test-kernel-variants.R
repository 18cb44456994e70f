on_kernels <- function(code) {
  for (variant in .Call(ffi_kernels)) code(variant)
}

as_float <- function(case) {
  case$spec[5] <- 1L
  case
}

# Every kernel gives the outputs and gradients of the portable one.
expect_portable <- function(case) {
  want <- ffi_forward(case, run = c(1L, 1L))[1:2]
  slopes <- ffi_backward(case, run = c(1L, 1L))
  on_kernels(function(variant) {
    run <- c(1L, variant)
    expect_equal(ffi_forward(case, run = run)[1:2], want, tolerance = 1e-13)
    expect_equal(ffi_backward(case, run = run), slopes, tolerance = 1e-12)
  })
}

test_that("the portable kernel runs everywhere, and the best is among all", {
  kernels <- .Call(ffi_kernels)
  expect_identical(kernels[["portable"]], 1L)
  case <- ffi_case(3, 4, 2, 5)
  best <- ffi_forward(case, run = c(1L, max(kernels)))
  expect_identical(ffi_forward(case, run = c(1L, 0L))[1:2], best[1:2])
})

test_that("every kernel computes what the portable one computes", {
  set.seed(11)
  for (batch in c(1, 4, 7, 8, 9, 16, 17, 31, 33)) {
    case <- ffi_case(batch, 5, 3, sample(c(3, 8, 13, 17), 2),
                     activation = sample(c(0:9, 11, 12), 2),
                     kind = sample(0:2, 2), flags = sample(0:3, 1),
                     mask = batch %% 2 == 0, dropout = batch %% 3 == 0)
    expect_portable(case)
  }
})

test_that("gradients are taken by the kernel that saved what they need", {
  set.seed(15)
  case <- ffi_case(16, 5, 3, c(9, 4, 13), kind = c(1, 2, 1))
  for (precise in list(case, as_float(case))) on_kernels(function(variant) {
    want <- ffi_backward(precise, run = c(1L, variant))
    saved <- function() ffi_forward(precise, run = c(1L, variant))$saved
    on_kernels(function(other) {
      got <- ffi_backward(precise, saved(), run = c(1L, other))
      expect_identical(got, want)
    })
  })
  saved <- ffi_forward(case)$saved
  for (variant in list(9L, NA_integer_, 1)) {
    saved[[5]] <- variant
    expect_error(ffi_backward(case, saved), "saved")
  }
})

test_that("single precision is within 1e-5 of double", {
  set.seed(12)
  for (batch in c(1, 5, 16, 33)) {
    case <- ffi_case(batch, 6, 3, c(9, 4, 4), kind = 0:2, mask = batch > 5,
                     dropout = batch == 33)
    want <- ffi_forward(case)
    slopes <- ffi_backward(case)
    on_kernels(function(variant) {
      run <- c(1L, variant)
      got <- ffi_forward(as_float(case), run = run)
      expect_equal(got[1:2], want[1:2], tolerance = 1e-5)
      expect_equal(ffi_backward(as_float(case), run = run), slopes,
                   tolerance = 1e-5)
    })
  }
})

test_that("the number of threads changes no bit", {
  set.seed(13)
  for (batch in c(1, 16, 37, 130)) {
    # Enough work for threads to be used at all.
    case <- ffi_case(batch, 7, 5, c(60, 40, 50), mask = TRUE, dropout = TRUE,
                     kind = 0:2, flags = 1)
    on_kernels(function(variant) {
      for (case in list(case, as_float(case))) {
        one <- ffi_forward(case, run = c(1L, variant))
        slopes <- ffi_backward(case, one$saved, run = c(1L, variant))
        for (threads in 2:3) {
          run <- c(threads, variant)
          expect_identical(ffi_forward(case, run = run)[1:2], one[1:2])
          expect_identical(ffi_backward(case, one$saved, run = run), slopes)
        }
      }
    })
  }
})

test_that("a product longer than one block is summed right", {
  set.seed(14)
  case <- ffi_case(9, 2, 300, 270, activation = 0)
  case$weights <- lapply(case$weights, function(w) w / 10)
  want <- ffi_reference(case)
  on_kernels(function(variant) {
    got <- ffi_forward(case, run = c(2L, variant))
    expect_equal(got$output, want$output, tolerance = 1e-12)
  })
})

# Rows and features that end in one, two, four, five or seven vectors.
test_that("tiles of every height compute what the portable kernel does", {
  set.seed(15)
  for (batch in c(25, 40, 50, 52, 100, 110)) {
    case <- ffi_case(batch, 3, batch + 3, sample(c(9, 40, 70), 2),
                     kind = sample(0:2, 2), flags = 1, mask = batch > 50)
    case$weights <- lapply(case$weights, function(w) w / 4)
    expect_portable(case)
    want <- ffi_forward(case, run = c(1L, 1L))[1:2]
    slopes <- ffi_backward(case, run = c(1L, 1L))
    on_kernels(function(variant) {
      run <- c(1L, variant)
      expect_equal(ffi_forward(as_float(case), run = run)[1:2], want,
                   tolerance = 1e-5)
      expect_equal(ffi_backward(as_float(case), run = run), slopes,
                   tolerance = 1e-4)
    })
  }
})

test_that("gates wider than one block share their input, or have their own", {
  set.seed(16)
  for (kind in 1:2) for (flags in 0:3) {
    case <- ffi_case(7, 2, 140, 270, kind = kind, flags = flags, mask = TRUE,
                     dropout = TRUE)
    case$weights <- lapply(case$weights, function(w) w / 10)
    want <- ffi_reference(case)
    slopes <- ffi_backward(case, run = c(1L, 1L))
    on_kernels(function(variant) {
      run <- c(1L, variant)
      got <- ffi_forward(case, run = run)
      expect_equal(got[1:2], want, tolerance = 1e-12)
      expect_equal(ffi_backward(case, run = run), slopes, tolerance = 1e-11)
    })
  }
})

test_that("a forked child computes, whatever its parent has started", {
  skip_on_os("windows")
  case <- ffi_case(64, 4, 40, 90)
  want <- ffi_forward(case, run = c(2L, 0L))[1:2]
  job <- parallel::mcparallel(ffi_forward(case, run = c(2L, 0L))[1:2])
  expect_identical(parallel::mccollect(job)[[1]], want)
})

test_that("time_major changes where numbers lie, and none of them", {
  set.seed(24)
  turn <- function(x) if (length(dim(x)) == 3) aperm(x, c(2, 1, 3)) else x
  turned <- function(case) {
    case$spec[1] <- 1L
    case$x <- turn(case$x)
    case$d_output <- turn(case$d_output)
    if (!is.null(case$mask)) case$mask <- t(case$mask)
    case
  }
  flag <- function() runif(1) < 0.5
  sizes <- list(c(3, 2), c(9, 1), c(2, 7), c(5, 16), c(33, 21), c(17, 70),
                c(1, 19), c(65, 37), c(150, 18))
  for (size in sizes) {
    case <- ffi_case(size[[1]], size[[2]], sample(c(2, 7, 19), 1),
                     sample(c(4, 13), sample(2, 1)), kind = sample(0:2, 1),
                     backwards = flag(), sequences = flag(),
                     zero_output = flag(), mask = flag(), dropout = flag())
    for (plain in list(case, as_float(case))) on_kernels(function(variant) {
      for (threads in 1:2) {
        run <- c(threads, variant)
        want <- ffi_forward(plain, run = run)
        got <- ffi_forward(turned(plain), run = run)
        expect_identical(turn(got$output), want$output)
        expect_identical(got$states, want$states)
        want <- ffi_backward(plain, run = run)
        got <- ffi_backward(turned(plain), run = run)
        got[[1]] <- turn(got[[1]])
        expect_identical(got, want)
      }
    })
  }
})
