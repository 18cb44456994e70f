test_that("every case of tf.keras' RNN passes on the C road", {
  expect_reference_calls("rnn")
})

test_that("every case of tf.keras' RNN passes on the R road", {
  withr_native(FALSE)
  expect_reference_calls("rnn")
})

test_that("a layer over the last output of another asks for the sequence", {
  set.seed(1)
  expect_snapshot(error = TRUE, {
    layer_input(list(7, 3), name = "x") %>%
      layer_simple_rnn(units = 4, name = "a") %>%
      layer_simple_rnn(units = 2, name = "b")
    layer_simple_rnn(matrix(1, 7, 3), units = 2, name = "c")
  })
})
