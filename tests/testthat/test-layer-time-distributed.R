test_that("every case of tf.keras' TimeDistributed passes", {
  expect_reference_calls(wrapper_cases("time_distributed"))
})
