test_that("every case of tf.keras' Bidirectional passes on both roads", {
  for (native in c(FALSE, TRUE)) {
    withr_native(native)
    expect_reference_calls(wrapper_cases("bidirectional"))
  }
})
