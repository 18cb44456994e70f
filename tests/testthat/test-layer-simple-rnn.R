test_that("every case of tf.keras' SimpleRNN passes on the C road", {
  expect_reference_calls("simple_rnn")
})

test_that("every case of tf.keras' SimpleRNN passes on the R road", {
  withr_native(FALSE)
  expect_reference_calls("simple_rnn")
})
