test_that("names of classes become names of layers as in tf.keras", {
  expect_identical(
    snake_case(c("SimpleRNNCell", "Conv1D", "ReLU", "PReLU", "LSTM",
                 "GlobalAveragePooling1D", "MultiHeadAttention", "Dense")),
    c("simple_rnn_cell", "conv1d", "re_lu", "p_re_lu", "lstm",
      "global_average_pooling1d", "multi_head_attention", "dense")
  )
})
