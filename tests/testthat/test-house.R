sources <- function() {
  root <- house_root()
  skip_if(is.null(root), "the package's sources are not beside its tests")
  root
}

house_of <- function(...) {
  root <- tempfile("house")
  files <- list(...)
  dir.create(root)
  dir.create(file.path(root, "R"))
  dir.create(file.path(root, "src"))
  for (name in names(files)) writeLines(files[[name]], file.path(root, name))
  root
}

test_that("no file of R/ calls a floor above its own", {
  expect_identical(calls_upward(sources()), character())
})

test_that("kernels know no R, and the border files know ffi.h", {
  expect_identical(headers_astray(sources()), character())
})

test_that("no name is defined twice", {
  expect_identical(defined_twice(sources()), character())
  root <- house_of(
    "R/base-a.R" = c("f <- function() 1", "g <- 1"),
    "R/op-b.R" = c("f <- function() 2", "h <- 1", "h <- 2")
  )
  expect_identical(defined_twice(root), c(
    "f is defined in base-a.R, op-b.R", "h is defined in op-b.R, op-b.R"
  ))
})

test_that("a call upward is found, also when the name is only passed on", {
  root <- house_of(
    "R/base-a.R" = c("low <- function(x) x", "bad <- function(x) high(x)"),
    "R/op-b.R" = "same <- function(x) lapply(x, high); tensor_b <- 1",
    "R/tensor-b.R" = "fine <- function(high) high(low(same(1)))",
    "R/layer-c.R" = "high <- function(x) low(x)",
    "R/zzz.R" = "hook <- function() high(1)",
    "R/odd.R" = "odd <- 1"
  )
  expect_identical(calls_upward(root), c(
    "odd.R: its prefix names no floor",
    "base-a.R uses high() of a floor above",
    "op-b.R uses high() of a floor above"
  ))
})

test_that("R's headers in a kernel are found, and a border without its own", {
  root <- house_of(
    "src/kernel-a.c" = c("#include <math.h>", "#include <R_ext/BLAS.h>"),
    "src/kernel-b.c" = c("#include \"kernel.h\"", "# include <Rinternals.h>"),
    "src/ffi-a.c" = "#include \"kernel.h\"",
    "src/ffi-b.c" = "#include \"ffi.h\"",
    "src/ffi-c.c" = "#include \"ffi-c.h\"",
    "src/ffi-c.h" = "#include \"ffi.h\""
  )
  expect_identical(headers_astray(root), c(
    "kernel-b.c includes Rinternals.h",
    "ffi-a.c does not include ffi.h"
  ))
})
