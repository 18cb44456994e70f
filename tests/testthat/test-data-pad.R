test_that("sequences are padded and cut as in tf.keras", {
  cases <- reference_cases("data")
  for (case in cases[startsWith(names(cases), "pad_sequences")]) {
    sequences <- lapply(case$sequences, unlist)
    got <- do.call(pad_sequences, c(list(sequences), case$args))
    expect_close(got, as_reference_array(case$value), info = case$id)
    expect_type(got, "integer")
  }
})

test_that("sequences may be empty, lists, rows of a matrix, or have features", {
  expect_identical(pad_sequences(list(3, integer(), NULL, list(1, 2))),
                   rbind(c(0L, 3L), 0L, 0L, 1:2))
  expect_identical(pad_sequences(list()), matrix(0L, 0, 0))
  expect_identical(pad_sequences(list(NULL, 1:2), maxlen = 0),
                   matrix(0L, 2, 0))
  expect_identical(pad_sequences(matrix(1:6, 2), maxlen = 2),
                   matrix(3:6, 2))
  x <- list(matrix(1:6 + 0.5, 3, 2), matrix(7:8, 1), matrix(0, 0, 2))
  got <- pad_sequences(x, maxlen = 2, dtype = "float32", value = -1)
  expect_identical(got[1, , ], x[[1]][2:3, ])
  expect_identical(got[2, , ], rbind(-1, c(7, 8)))
  expect_identical(got[3, , ], matrix(-1, 2, 2))
})

test_that("dtype says what the result holds", {
  expect_identical(pad_sequences(list(c(1.9, -1.9))), matrix(c(1L, -1L), 1))
  expect_identical(pad_sequences(list(c(1.9, NA)), dtype = "float32"),
                   matrix(c(1.9, NA), 1))
  expect_identical(pad_sequences(list(TRUE, c(FALSE, TRUE)), dtype = "bool"),
                   matrix(c(FALSE, FALSE, TRUE, TRUE), 2))
  expect_identical(
    pad_sequences(list("a", c("b", "\u00e9")), dtype = "object", value = ""),
    matrix(c("", "b", "a", "\u00e9"), 2)
  )
})

test_that("what cannot be padded is refused", {
  expect_snapshot(error = TRUE, {
    pad_sequences(1:3)
    pad_sequences(list(mean))
    pad_sequences(list(c("a", "b")))
    pad_sequences(list(1:2), dtype = "object", value = "")
    pad_sequences(list(1:2), value = "a")
    pad_sequences(list(c(1, NA)))
    pad_sequences(list(matrix(1, 2, 3), matrix(1, 2, 2)))
    pad_sequences(list(1:3), maxlen = 1.5)
    pad_sequences(list(1:3), padding = "left")
    pad_sequences(list(1:3), dtype = "int3x")
  })
})
