test_that("JSON text is that of Python's json module", {
  x <- list(a = NULL, b = list(1L, 2.5, TRUE, "x"), c = list(),
            d = empty_object(), e = list(list(NULL, 3L)), f = c(1L, 2L))
  expect_identical(json_text(x), paste0(
    "{\"a\": null, \"b\": [1, 2.5, true, \"x\"], \"c\": [], \"d\": {}, ",
    "\"e\": [[null, 3]], \"f\": [1, 2]}"
  ))
  expect_identical(
    vapply(c(0, 1, -2, 0.1, 1e-7, 1e15, 123456789012345680, 1e22, 1e-300,
             1 / 3, 0.0010000000474974513), json_text, ""),
    c("0.0", "1.0", "-2.0", "0.1", "1e-07", "1000000000000000.0",
      "1.2345678901234568e+17", "1e+22", "1e-300",
      "0.3333333333333333", "0.0010000000474974513")
  )
  expect_identical(json_text(c(Inf, -Inf, NaN)), "[Infinity, -Infinity, NaN]")
  expect_identical(json_text(NA), "null")
  expect_identical(json_text("a\"b\\c\n\t\u00e4\u20ac\U1F600\u0001"),
                   paste0("\"a\\\"b\\\\c\\n\\t\\u00e4\\u20ac\\ud83d\\ude00",
                          "\\u0001\""))
  expect_snapshot(json_text(quote(x)), error = TRUE)
})

test_that("what was written is read again, types and all", {
  skip_if_not_installed("jsonlite")
  fail <- function(why) stop(why)
  set.seed(1)
  numbers <- c(rnorm(50), 10^runif(50, -300, 300), 2^(-5:60))
  expect_identical(unlist(read_json(json_text(numbers), fail)), numbers)
  x <- list(n = NULL, i = 3L, d = 3, s = "\u00e4\"\\\n", l = list(TRUE),
            o = list(a = 1L))
  expect_identical(read_json(json_text(x), fail), x)
})

test_that("text that is no JSON is told", {
  skip_if_not_installed("jsonlite")
  fail <- function(why) stop_value(sub("\n.*", "", why))
  deep <- strrep("[", 1e5)
  expect_snapshot(error = TRUE, {
    read_json("{\"a\": ", fail)
    read_json("\xff\xfe", fail)
    read_json(deep, fail)
    read_json(NULL, fail)
    needs_package("surely.not.there", "Reading")
  })
})
