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

# What a function of p, v, x with this body reads from outside.
outside <- function(body) {
  f <- as.function(c(alist(p = , v = , x = ), str2lang(body)))
  setdiff(free_names(f)$values, c("TRUE", "FALSE"))
}

test_that("what is sure to be assigned first is the function's own", {
  expect_identical(outside("{ a <- 1; a }"), character())
  expect_identical(outside("{ a <- a + 1; a }"), "a")
  expect_identical(outside("{ if (p) a <- 1; a }"), "a")
  expect_identical(outside("{ if (p) a <- 1 else a <- 2; a }"), character())
  expect_identical(outside("{ for (i in p) a <- i; a }"), "a")
  expect_identical(outside("{ while (p) a <- 1; b <- 1; a + b }"), "a")
  expect_identical(outside("{ c(a, b) %<-% v; a + b }"), character())
  expect_identical(outside("{ a[v] <- 1; a }"), "a")
  expect_identical(outside("{ a <- b <- 1; (d <- 2); a + b + d }"),
                   character())
})

test_that("members, namespaces, quotes and inner functions are understood", {
  expect_identical(outside("x$units + model$units"), "model")
  expect_identical(outside("stats::sd(other::data)"), character())
  expect_identical(outside("quote(a + b)"), character())
  expect_identical(outside("function(z) z + w"), "w")
  expect_identical(outside("\\(z, q = u) z + q"), "u")
  expect_identical(outside("do.call(\"helper\", list(1))"), "helper")
  expect_identical(outside("x[, 1]"), character())
  expect_identical(free_names(function(x) dims(x) <- 1)$calls,
                   c("dims<-", "dims"))
  expect_identical(free_names(function(x) (x$f)(make()(2)))$calls, "make")
  expect_identical(free_names(sum)$calls, character())
})
