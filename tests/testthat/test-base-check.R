test_that("checks let through what fits", {
  expect_identical(check_count(5, "units"), 5L)
  expect_identical(check_count(0, "n", min = 0L), 0L)
  expect_identical(check_number(1L, "x"), 1)
  expect_identical(check_rate(0.5, "dropout"), 0.5)
  expect_true(check_flag(TRUE, "x"))
  expect_identical(check_string("a", "x"), "a")
  expect_identical(check_choice("a", c("a", "b"), "x"), "a")
  expect_silent(check_unknown_args("a", "a", "f()"))
})

test_that("checks say what is wrong, what is right, and how to mend it", {
  expect_snapshot(error = TRUE, {
    check_count(1.5, "units")
    check_count(-2, "units")
    check_count("a", "units")
    check_number("a", "x")
    check_number(3, "x", 0, 1)
    check_rate(2, "dropout")
    check_rate(NULL, "dropout")
    check_flag(NA, "x")
    check_string(1, "x")
    check_choice("tahn", c("tanh", "relu"), "activation")
    check_choice(1, c("tanh", "relu"), "activation")
    check_unknown_args("unit", c("units", "name"), "layer_x()")
    check_unknown_args("", c("units", "name"), "layer_x()")
  })
})

test_that("values are described in few words", {
  expect_snapshot({
    writeLines(c(
      describe(NULL), describe(mean), describe(as_tensor(1:3)),
      describe(data.frame(a = 1)), describe(list(1)), describe(matrix(0, 2, 3)),
      describe("a"), describe(c(1, 2)), describe(letters),
      describe(factor(letters))
    ))
  })
})

test_that("numbers print where the comma is the decimal mark", {
  old <- options(OutDec = ",", warn = 2)
  on.exit(options(old))
  expect_identical(big_number(1234567), "1,234,567")
  expect_identical(format_number(0.25, ""), "0.25")
  layer <- layer_dense(units = 40)
  layer(matrix(0, 1, 50))
  expect_output(print(layer), "2,040")
})
