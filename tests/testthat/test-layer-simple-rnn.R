test_that("every case of tf.keras' SimpleRNN passes on the C road", {
  expect_reference_calls("simple_rnn")
})

test_that("every case of tf.keras' SimpleRNN passes on the R road", {
  withr_native(FALSE)
  expect_reference_calls("simple_rnn")
})

test_that("layers print what differs from the defaults", {
  head <- function(...) format_layer(unwrap_layer(layer_simple_rnn(...)))[[1L]]
  expect_equal(head(units = 4, name = "r"),
               "<SimpleRNN> \"r\": units = 4, activation = \"tanh\"")
  expect_equal(
    head(units = 4, activation = "relu", use_bias = FALSE, stateful = TRUE,
         dropout = 0, name = "r"),
    paste("<SimpleRNN> \"r\": units = 4, activation = \"relu\",",
          "use_bias = FALSE, stateful = TRUE")
  )
})
