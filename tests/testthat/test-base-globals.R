test_that("reads, calls and outside assignments are told apart", {
  f <- function(x, k = start) {
    y <- helper(x) * scale
    total <<- total + y
    vapply(x, worker, 0)
  }
  expect_identical(free_names(f), list(
    values = c("start", "scale", "total", "worker"),
    calls = c("*", "helper", "+", "vapply"),
    assigned = "total"
  ))
})

outside <- function(f) setdiff(free_names(f)$values, c("TRUE", "FALSE"))

test_that("what is sure to be assigned first is the function's own", {
  expect_identical(outside(function() { a <- 1; a }), character())
  expect_identical(outside(function() { a <- a + 1; a }), "a")
  expect_identical(outside(function(p) { if (p) a <- 1; a }), "a")
  expect_identical(outside(function(p) { if (p) a <- 1 else a <- 2; a }),
                   character())
  expect_identical(outside(function(p) { for (i in p) a <- i; a }), "a")
  expect_identical(outside(function(p) { while (p) a <- 1; b <- 1; a + b }),
                   "a")
  expect_identical(outside(function(v) { c(a, b) %<-% v; a + b }), character())
  expect_identical(outside(function(v) { a[v] <- 1; a }), "a")
  expect_identical(outside(function() { a <- b <- 1; (d <- 2); a + b + d }),
                   character())
})

test_that("members, namespaces, quotes and inner functions are understood", {
  expect_identical(outside(function(x) x$units + model$units), "model")
  expect_identical(outside(function() stats::sd(other::data)), character())
  expect_identical(outside(function() quote(a + b)), character())
  expect_identical(outside(function() function(z) z + w), "w")
  expect_identical(outside(function() \(z, q = u) z + q), "u")
  expect_identical(outside(function() do.call("helper", list(1))), "helper")
  expect_identical(free_names(function(x) dims(x) <- 1)$calls,
                   c("dims<-", "dims"))
  expect_identical(free_names(function(x) (x$f)(make()(2)))$calls, "make")
  expect_identical(free_names(sum)$calls, character())
  expect_identical(outside(function(x) x[, 1]), character())
})
