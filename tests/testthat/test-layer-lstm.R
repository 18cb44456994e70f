test_that("every case of tf.keras' LSTM passes on the R road", {
  withr_native(FALSE)
  expect_reference_calls("lstm")
})
