# Keras' layers in both dialects: see `layer_row()`.
dialect_layers <- list(
  SimpleRNN = layer_row(
    layer_simple_rnn,
    c(keys_rnn_two, keys_cell("units activation use_bias")),
    c(keys_rnn_three, keys_cell("units activation use_bias"))
  ),
  LSTM = layer_row(
    layer_lstm,
    c(keys_rnn_two, keys_cell(keys_gates, "unit_forget_bias"),
      "implementation"),
    c(keys_rnn_three, keys_cell(keys_gates, "unit_forget_bias"), "seed=null")
  ),
  GRU = layer_row(
    layer_gru,
    c(keys_rnn_two, keys_cell(keys_gates), "implementation reset_after"),
    c(keys_rnn_three, keys_cell(keys_gates), "reset_after seed=null")
  ),
  SimpleRNNCell = layer_row(
    layer_simple_rnn_cell,
    keys_cell("units activation use_bias", activity = FALSE),
    c(keys_cell("units activation use_bias", activity = FALSE), "seed=null")
  ),
  LSTMCell = layer_row(
    layer_lstm_cell,
    c(keys_cell(keys_gates, "unit_forget_bias", FALSE), "implementation"),
    c(keys_cell(c(keys_gates, "unit_forget_bias"), activity = FALSE),
      "seed=null")
  ),
  GRUCell = layer_row(
    layer_gru_cell,
    c(keys_cell(keys_gates, activity = FALSE), "implementation reset_after"),
    c(keys_cell(keys_gates, activity = FALSE), "reset_after seed=null")
  ),
  RNN = layer_row(layer_rnn, c(keys_rnn_two, "cell"),
                  c(keys_rnn_three, "cell")),
  StackedRNNCells = layer_row(layer_stacked_rnn_cells, "cells"),
  Bidirectional = layer_row(bidirectional, "layer merge_mode backward_layer?",
                            "merge_mode layer backward_layer"),
  TimeDistributed = layer_row(time_distributed, "layer"),
  Dense = layer_row(
    layer_dense, c("units activation use_bias", keys_dense()),
    c("activity_regularizer? units activation use_bias",
      keys_dense(activity = NULL), "quantization_config=null")
  ),
  Embedding = layer_row(
    layer_embedding,
    "input_dim output_dim embeddings_initializer embeddings_regularizer \
activity_regularizer embeddings_constraint mask_zero input_length",
    "input_dim output_dim embeddings_initializer embeddings_regularizer \
activity_regularizer embeddings_constraint mask_zero quantization_config=null"
  ),
  Activation = layer_row(layer_activation, "activation"),
  ELU = layer_row(layer_activation_elu, "alpha"),
  LeakyReLU = layer_row(layer_activation_leaky_relu, "alpha",
                        "negative_slope<alpha"),
  PReLU = layer_row(
    layer_activation_parametric_relu,
    "alpha_initializer alpha_regularizer alpha_constraint shared_axes[]"
  ),
  ReLU = layer_row(layer_activation_relu, "max_value negative_slope threshold"),
  Softmax = layer_row(layer_activation_softmax, "axis"),
  ThresholdedReLU = layer_row(layer_activation_thresholded_relu, "theta", NA),
  ActivityRegularization = layer_row(layer_activity_regularization, "l1 l2"),
  Add = layer_row(layer_add, ""),
  Average = layer_row(layer_average, ""),
  Maximum = layer_row(layer_maximum, ""),
  Minimum = layer_row(layer_minimum, ""),
  Multiply = layer_row(layer_multiply, ""),
  Subtract = layer_row(layer_subtract, ""),
  Concatenate = layer_row(layer_concatenate, "axis"),
  Dot = layer_row(layer_dot, "axes normalize"),
  Attention = layer_row(layer_attention, "dropout use_scale score_mode",
                        "use_scale score_mode dropout seed=null"),
  AdditiveAttention = layer_row(
    layer_additive_attention, "dropout causal? use_scale",
    "use_scale dropout seed=null"
  ),
  MultiHeadAttention = layer_row(
    layer_multi_head_attention,
    c("num_heads key_dim value_dim dropout use_bias output_shape",
      "attention_axes", keys_dense()),
    c("num_heads key_dim value_dim dropout use_bias output_shape",
      "attention_axes", keys_dense(), "seed=null")
  ),
  Dropout = layer_row(layer_dropout, "rate noise_shape seed",
                      "rate seed noise_shape"),
  AlphaDropout = layer_row(layer_alpha_dropout, "rate seed",
                           "rate seed noise_shape"),
  GaussianDropout = layer_row(layer_gaussian_dropout, "rate seed"),
  GaussianNoise = layer_row(layer_gaussian_noise, "stddev seed"),
  SpatialDropout1D = layer_row(layer_spatial_dropout_1d,
                               "rate noise_shape=null seed=null",
                               "rate seed=null"),
  BatchNormalization = layer_row(
    layer_batch_normalization, c(keys_norm, "synchronized?"),
    c(keys_norm, "synchronized")
  ),
  LayerNormalization = layer_row(
    layer_layer_normalization, setdiff(keys_norm, c(
      "momentum", "moving_mean_initializer", "moving_variance_initializer"
    ))
  ),
  UnitNormalization = layer_row(layer_unit_normalization, "axis"),
  Conv1D = layer_row(layer_conv_1d, keys_conv(
    "filters kernel_size[] strides[] padding data_format dilation_rate[] groups"
  )),
  Conv1DTranspose = layer_row(layer_conv_1d_transpose, keys_conv(
    "filters kernel_size[] strides[] padding data_format dilation_rate[] \
output_padding[]?"
  )),
  DepthwiseConv1D = layer_row(layer_depthwise_conv_1d, keys_conv(
    "kernel_size[] strides[] padding depth_multiplier data_format \
dilation_rate[]", c("depthwise", "bias")
  )),
  SeparableConv1D = layer_row(layer_separable_conv_1d, keys_conv(
    "filters kernel_size[] strides[] padding data_format depth_multiplier \
dilation_rate[]", c("depthwise", "pointwise", "bias")
  )),
  LocallyConnected1D = layer_row(
    layer_locally_connected_1d,
    c(keys_conv("filters kernel_size[] strides[] padding data_format"),
      "implementation"), NA
  ),
  MaxPooling1D = layer_row(layer_max_pooling_1d,
                           "strides[] pool_size[] padding data_format",
                           "pool_size[] padding strides[] data_format"),
  AveragePooling1D = layer_row(layer_average_pooling_1d,
                               "strides[] pool_size[] padding data_format",
                               "pool_size[] padding strides[] data_format"),
  GlobalMaxPooling1D = layer_row(layer_global_max_pooling_1d,
                                 "data_format keepdims"),
  GlobalAveragePooling1D = layer_row(layer_global_average_pooling_1d,
                                     "data_format keepdims"),
  UpSampling1D = layer_row(layer_upsampling_1d, "size"),
  ZeroPadding1D = layer_row(layer_zero_padding_1d, "padding[]"),
  Cropping1D = layer_row(layer_cropping_1d, "cropping[]"),
  Flatten = layer_row(layer_flatten, "data_format"),
  Masking = layer_row(layer_masking, "mask_value"),
  Permute = layer_row(layer_permute, "dims[]"),
  RepeatVector = layer_row(layer_repeat_vector, "n"),
  Reshape = layer_row(layer_reshape, "target_shape[]"),
  Lambda = layer_row(layer_lambda, "f output_shape mask arguments")
)
