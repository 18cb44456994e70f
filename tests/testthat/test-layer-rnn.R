test_that("every case of tf.keras' RNN passes on the C road", {
  expect_reference_calls("rnn")
})

test_that("every case of tf.keras' RNN passes on the R road", {
  withr_native(FALSE)
  expect_reference_calls("rnn")
})
