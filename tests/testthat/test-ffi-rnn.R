random_case <- function() {
  flag <- function(p = 0.5) runif(1) < p
  depth <- sample(4, 1)
  ffi_case(
    batch = sample(c(1, 2, 5, 9, 17), 1), steps = sample(c(1, 2, 6), 1),
    features = sample(5, 1), units = sample(9, depth, replace = TRUE),
    activation = sample(c(0:9, 11, 12), depth, replace = TRUE), bias = flag(),
    kind = sample(0:2, depth, replace = TRUE), flags = sample(0:3, 1),
    recurrent = sample(c(2, 2, 8, 9, 11, 12), depth, replace = TRUE),
    time_major = flag(), backwards = flag(), sequences = flag(),
    zero_output = flag(), mask = flag(), states = flag(), dropout = flag()
  )
}

test_that("the driver computes what the plain loop computes", {
  set.seed(1)
  for (i in 1:150) {
    case <- random_case()
    if (case$spec[3] == 0) case$spec[4] <- 0L
    got <- ffi_forward(case, keep = i %% 2 == 0)
    want <- ffi_reference(case)
    expect_equal(got$output, want$output, tolerance = 1e-12)
    expect_equal(got$states, want$states, tolerance = 1e-12)
  }
})

test_that("gradients agree with central differences", {
  set.seed(2)
  expect_ffi_gradients(ffi_case(5, 3, 2, 3))
  expect_ffi_gradients(ffi_case(5, 3, 2, 3, sequences = FALSE, bias = FALSE))
  expect_ffi_gradients(ffi_case(3, 4, 2, c(3, 2), mask = TRUE))
  expect_ffi_gradients(ffi_case(3, 4, 2, c(3, 2), mask = TRUE,
                                sequences = FALSE))
  expect_ffi_gradients(ffi_case(3, 4, 2, c(2, 3, 2), mask = TRUE,
                                zero_output = TRUE, backwards = TRUE,
                                dropout = TRUE))
  expect_ffi_gradients(ffi_case(4, 3, 2, c(3, 2), time_major = TRUE,
                                mask = TRUE, backwards = TRUE))
  expect_ffi_gradients(ffi_case(2, 1, 3, 2, dropout = TRUE))
})

test_that("gradients of LSTM and GRU agree with central differences", {
  set.seed(8)
  for (flags in 0:3) for (kind in 1:2) {
    expect_ffi_gradients(ffi_case(3, 3, 2, 3, kind = kind, flags = flags))
    expect_ffi_gradients(ffi_case(3, 3, 2, 3, kind = kind, flags = flags,
                                  dropout = TRUE, mask = TRUE, activation = 8,
                                  recurrent = 9, sequences = flags > 1))
  }
  expect_ffi_gradients(ffi_case(2, 3, 2, c(3, 2, 2), kind = c(1, 0, 2),
                                flags = 1, mask = TRUE, backwards = TRUE,
                                time_major = TRUE))
})

test_that("every activation has its slope", {
  set.seed(3)
  for (a in setdiff(0:12, 10)) {
    expect_ffi_gradients(ffi_case(3, 3, 2, 3, activation = a), 1e-6)
  }
  case <- ffi_case(3, 2, 2, 3, activation = 10)
  case$weights <- lapply(case$weights, function(w) w * 0.2)
  expect_ffi_gradients(case, 1e-6)
})

test_that("gradients are the same whatever else is asked for", {
  set.seed(4)
  case <- ffi_case(4, 3, 2, c(3, 2), mask = TRUE)
  all <- ffi_backward(case)
  for (i in 1:3) {
    need <- seq_len(3) == i
    got <- ffi_backward(case, need = need)
    expect_identical(got[[i]], all[[i]])
    expect_null(got[[setdiff(1:3, i)[1]]])
  }
  case[c("d_states", "d_output")] <- list(NULL)
  zero <- ffi_backward(case)
  expect_true(all(unlist(zero) == 0))
})

test_that("long batches of LSTM and GRU are sums of short ones", {
  set.seed(9)
  for (kind in 1:2) {
    case <- ffi_case(40, 20, 18, 11, kind = kind, flags = 1, mask = TRUE)
    expect_equal(ffi_forward(case)[1:2], ffi_reference(case),
                 tolerance = 1e-12)
    whole <- ffi_backward(case)
    parts <- lapply(list(1:13, 14:40), function(rows) {
      part <- case
      part$x <- part$x[rows, , ]
      part$mask <- part$mask[rows, ]
      part$states <- lapply(part$states, function(s) s[rows, ])
      part$d_output <- part$d_output[rows, , ]
      part$d_states <- lapply(part$d_states, function(s) s[rows, ])
      ffi_backward(part)
    })
    for (i in 1:3) {
      sum <- parts[[1]]$d_weights[[i]] + parts[[2]]$d_weights[[i]]
      expect_equal(whole$d_weights[[i]], sum, tolerance = 1e-12)
    }
  }
})

test_that("long batches and sums go through in pieces", {
  set.seed(5)
  case <- ffi_case(300, 3, 2, 3, mask = TRUE)
  want <- ffi_reference(case)
  expect_equal(ffi_forward(case)$output, want$output, tolerance = 1e-12)
  whole <- ffi_backward(case)
  parts <- lapply(list(1:120, 121:300), function(rows) {
    part <- case
    part$x <- part$x[rows, , ]
    part$mask <- part$mask[rows, ]
    part$states <- list(part$states[[1]][rows, ])
    part$d_output <- part$d_output[rows, , ]
    part$d_states <- list(part$d_states[[1]][rows, ])
    ffi_backward(part)
  })
  for (i in 1:3) {
    sum <- parts[[1]]$d_weights[[i]] + parts[[2]]$d_weights[[i]]
    expect_equal(whole$d_weights[[i]], sum, tolerance = 1e-12)
  }
  expect_equal(whole$d_x[121:300, , ], parts[[2]]$d_x, tolerance = 1e-12)
})

test_that("what a masked step holds reaches nothing", {
  set.seed(6)
  for (backwards in c(FALSE, TRUE)) {
    case <- ffi_case(4, 5, 2, c(3, 2, 2), mask = TRUE, backwards = backwards,
                     dropout = TRUE, kind = 0:2, flags = backwards)
    case$mask[1, ] <- FALSE
    case$mask[2, ] <- c(FALSE, TRUE, TRUE, FALSE, TRUE)
    clean <- ffi_forward(case)
    slopes <- ffi_backward(case)
    for (bad in c(NaN, Inf, NA)) {
      dirty <- case
      dirty$x[rep(!case$mask, 2)] <- bad
      expect_identical(ffi_forward(dirty)[1:2], clean[1:2])
      expect_identical(ffi_backward(dirty), slopes)
    }
    expect_true(all(slopes$d_x[rep(!case$mask, 2)] == 0))
  }
})

test_that("NaN and Inf elsewhere go through", {
  case <- ffi_case(2, 2, 2, 3)
  case$x[1, 1, 1] <- NaN
  out <- ffi_forward(case)$output
  expect_true(all(is.nan(out[1, , ])))
  expect_false(anyNA(out[2, , ]))
})

test_that("an empty batch gives empty results", {
  case <- ffi_case(0, 3, 2, c(3, 2), mask = TRUE)
  got <- ffi_forward(case)
  expect_identical(dim(got$output), c(0L, 3L, 2L))
  expect_identical(lapply(got$states, dim), list(c(0L, 3L), c(0L, 2L)))
  back <- ffi_backward(case)
  expect_identical(dim(back$d_x), c(0L, 3L, 2L))
  expect_true(all(unlist(back$d_weights) == 0))
})

test_that("nothing that the caller holds is changed", {
  set.seed(7)
  case <- ffi_case(3, 4, 2, c(3, 2), mask = TRUE, dropout = TRUE)
  before <- unserialize(serialize(case, NULL))
  ffi_backward(case)
  expect_identical(case, before)
})

test_that("wrong arguments are errors", {
  case <- ffi_case(3, 4, 2, 5, mask = TRUE, dropout = TRUE)
  saved <- ffi_forward(case)$saved
  wrong <- function(name, value) {
    bad <- case
    bad[name] <- list(value)
    expect_error(ffi_forward(bad), name)
    expect_error(ffi_backward(bad, saved), name)
  }
  wrong("x", "a")
  wrong("x", case$x[, , 1])
  wrong("x", case$x > 0)
  wrong("x", case$x[, 0, ])
  wrong("weights", case$weights[1:2])
  wrong("weights", c(case$weights, 1))
  wrong("weights", NULL)
  wrong("states", list())
  wrong("states", 1)
  wrong("mask", 1)
  wrong("mask", case$mask[, 1:2])
  wrong("mask", case$mask & NA)
  wrong("dropout", list())
  for (spec in list(1L, c(case$spec, 1L), case$spec + 0.5, NULL)) {
    wrong("spec", spec)
  }
  for (i in seq_along(case$spec)) {
    wrong("spec", replace(case$spec, i, -1L))
    wrong("spec", replace(case$spec, i, NA))
  }
  bad <- case
  bad$weights[[1]] <- t(bad$weights[[1]])
  expect_error(ffi_forward(bad), "kernel")
  bad <- case
  bad$states <- list(t(case$states[[1]]))
  expect_error(ffi_forward(bad), "state")
  bad <- case
  bad$dropout[[2]] <- bad$dropout[[1]]
  expect_error(ffi_forward(bad), "dropout")
  for (run in list(NULL, 1, 1L, c(0L, 0L), c(1L, 99L), c(NA, 0L))) {
    expect_error(ffi_forward(case, run = run), "run")
  }
  for (keep in list(NULL, NA, 1, logical())) {
    expect_error(ffi_forward(case, keep), "keep")
  }
})

test_that("wrong arguments of the backward call are errors", {
  case <- ffi_case(3, 4, 2, 5)
  for (saved in list(NULL, list(), list(1), list(NULL), 1)) {
    expect_error(ffi_backward(case, saved), "saved")
  }
  for (need in list(NULL, TRUE, c(1, 1, 1))) {
    expect_error(ffi_backward(case, need = need), "need")
  }
  saved <- ffi_forward(case)$saved
  for (d in list(c(1, 2), case$d_output[, 1, ], case$d_output > 0)) {
    bad <- case
    bad$d_output <- d
    expect_error(ffi_backward(bad, saved), "d_output")
  }
  case$d_states <- list()
  expect_error(ffi_backward(case, saved), "d_states")
})

test_that("one number stands for a gradient of all outputs", {
  set.seed(11)
  for (i in 1:24) {
    case <- ffi_case(5, 7, 3, c(6, 2), kind = i %% 3, mask = i %% 2 == 0,
                     sequences = i %% 4 < 2, zero_output = i %% 8 < 4)
    saved <- ffi_forward(case)$saved
    one <- case
    case$d_output[] <- 1.5
    one$d_output <- 1.5
    expect_equal(ffi_backward(one, saved), ffi_backward(case, saved),
                 tolerance = 1e-14)
  }
})
