# Evaluates `code` in the global environment, as a user's script would, tests
# on it, and removes what it left there.
at_top <- function(code, test) {
  top <- globalenv()
  known <- ls(top, all.names = TRUE)
  on.exit(rm(list = setdiff(ls(top, all.names = TRUE), known), envir = top))
  eval(code, top)
  test(top)
}

# What `use` gives of `x`, saved and loaded in a process without the script.
elsewhere <- function(x, use) {
  skip_if_not_installed("callr")
  file <- tempfile(fileext = ".rds")
  on.exit(unlink(file))
  saveRDS(x, file)
  environment(use) <- globalenv()
  callr::r(function(file, use) use(readRDS(file)), list(file, use))
}

test_that("a function takes global helpers and constants along", {
  at_top(quote({
    half <- 0.5
    unused <- 1:10
    shrink <- function(x, n = 2) if (n > 0) again(x * half, n) else x
    again <- function(x, n) shrink(x, n - 1)
    act <- function(x) tanh(shrink(x)) + stats::sd(1:3)
  }), function(top) {
    taken <- carry(top$act)
    expect_identical(taken(3), top$act(3))
    expect_setequal(ls(environment(taken)), c("half", "shrink", "again"))
    expect_identical(environment(top$act), top)
    got <- elsewhere(taken, function(f) c(f(3), exists("half", globalenv())))
    expect_identical(got, c(top$act(3), 0))
    expect_identical(carry(taken), taken)
  })
})

test_that("what needs nothing of the global environment comes back as it is", {
  own <- function(x) x + half
  at_top(quote({
    plain <- function(x) x + 1
    made <- (function(k) function(x) x * k)(2)
  }), function(top) {
    for (f in list(top$plain, top$made, own, sum, stats::sd, op_row)) {
      expect_identical(carry(f), f)
    }
    expect_identical(carry(list(1, "a", NULL)), list(1, "a", NULL))
  })
})

test_that("a closure keeps its own variables shared with the original", {
  at_top(quote({
    offset <- 10
    helper <- function(x) x + offset
    make <- function(k) {
      calls <- 0
      twice <- function(x) helper(2 * x)
      list(f = function(x) {
        calls <<- calls + 1
        twice(x) * k
      }, calls = function() calls)
    }
    pair <- make(3)
  }), function(top) {
    taken <- carry(top$pair$f)
    expect_identical(taken(1), 36)
    expect_identical(top$pair$calls(), 1)
    expect_identical(elsewhere(taken, function(f) f(1)), 36)
  })
})

test_that("a global variable that is set with <<- stays the global one", {
  at_top(quote({
    count <- 0
    counting <- function(x) {
      count <<- count + 1
      x
    }
  }), function(top) {
    taken <- carry(top$counting)
    taken(1)
    taken(1)
    expect_identical(top$count, 2)
    got <- elsewhere(taken, function(f) {
      f(1)
      f(1)
      get("count", globalenv())
    })
    expect_identical(got, 2)
  })
})

test_that("R6 objects, with what they inherit, work elsewhere", {
  at_top(quote({
    gain <- 2
    up <- function(x) x * gain
    Base <- R6::R6Class("Base", public = list(
      units = 3, call = function(x) up(x) + private$bias(self$units)
    ), private = list(bias = function(n) n * gain))
    Cell <- R6::R6Class("Cell", inherit = Base, public = list(
      act = NULL, initialize = function(act) self$act <- act,
      call = function(x) super$call(x) + self$act(x)
    ), active = list(double = function() up(self$units)))
    cell <- Cell$new(function(x) up(x) / 10)
    make <- function() Cell$new(up)
  }), function(top) {
    want <- c(top$cell$call(1), top$cell$double)
    expect_identical(carry(top$cell), top$cell)
    expect_identical(c(top$cell$call(1), top$cell$double), want)
    got <- elsewhere(top$cell, function(cell) c(cell$call(1), cell$double))
    expect_identical(got, want)
    expect_identical(
      elsewhere(carry(top$cell$call), function(call) call(1)), want[[1L]]
    )
    expect_identical(
      elsewhere(carry(top$make), function(make) make()$call(1)),
      top$make()$call(1)
    )
    expect_identical(top$Cell$parent_env, top)
  })
})

test_that("lists and environments of functions work elsewhere", {
  at_top(quote({
    gain <- 2
    up <- function(x) x * gain
    as_list <- list(call = function(x) up(x), more = list(up, 1), size = 4)
    as_env <- new.env()
    as_env$call <- function(x) up(x) + as_env$w
    as_env$w <- 5
  }), function(top) {
    taken <- carry(top$as_list)
    expect_identical(taken$size, 4)
    got <- elsewhere(taken, function(x) c(x$call(1), x$more[[1]](2)))
    expect_identical(got, c(2, 4))
    expect_identical(carry(top$as_env), top$as_env)
    expect_identical(top$as_env$call(1), 7)
    expect_identical(elsewhere(top$as_env, function(x) x$call(1)), 7)
  })
})

test_that("functions of this package are found where it is not attached", {
  at_top(quote({
    use_ops <- function(x) as.array(k_sum(op_tanh(x) %>% k_abs()))
    use_own <- function(x) k_abs(x)
    k_abs <- function(x) "mine"
  }), function(top) {
    expect_identical(carry(top$use_own)(1), "mine")
    rm("k_abs", envir = top)
    taken <- carry(top$use_ops)
    expect_setequal(ls(environment(taken)),
                    c("k_sum", "op_tanh", "%>%", "k_abs"))
    size <- function(f) length(serialize(utils::removeSource(f), NULL))
    expect_lt(size(taken) - size(top$use_ops), 10000)
    got <- elsewhere(taken, function(f) {
      c(f(c(-1, 2)), "package:recurrent" %in% search())
    })
    expect_identical(got, c(top$use_ops(c(-1, 2)), 0))
    expect_identical(carry(taken), taken)
  })
})
