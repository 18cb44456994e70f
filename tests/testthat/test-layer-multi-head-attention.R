test_that("layer_multi_head_attention() keeps the contract of layers", {
  works <- function(...) {
    expect_layer_works(layer_multi_head_attention, ..., mask = NA)
  }
  works(list(num_heads = 2, key_dim = 3), list(c(2, 5, 4), c(2, 3, 2)))
  works(list(num_heads = 2, key_dim = 3, value_dim = 2, output_shape = 5,
             bias_initializer = "ones"),
        list(c(2, 3, 4), c(2, 2, 2), c(2, 2, 3)))
  works(list(num_heads = 1, key_dim = 2, use_bias = FALSE,
             kernel_regularizer = "l2"), list(c(2, 3, 2), c(2, 3, 2)))
  works(list(num_heads = 2, key_dim = 2, attention_axes = 2),
        list(c(2, 3, 2, 2), c(2, 3, 3, 2)))
  works(list(num_heads = 2, key_dim = 2), list(c(2, 2, 2, 3), c(2, 2, 2, 3)))
})

# The formula, sample by sample and head by head.
heads_by_hand <- function(w, q, k, v, seen) {
  out <- array(0, c(dim(q)[1:2], dim(w[[7]])[3]))
  one <- function(x, kernel, bias, h) {
    sweep(x %*% kernel[, h, ], 2, bias[h, ], `+`)
  }
  for (b in seq_len(dim(q)[1])) {
    for (h in seq_len(dim(w[[1]])[2])) {
      qh <- one(q[b, , ], w[[1]], w[[2]], h)
      kh <- one(k[b, , ], w[[3]], w[[4]], h)
      vh <- one(v[b, , ], w[[5]], w[[6]], h)
      score <- qh %*% t(kh) / sqrt(ncol(qh))
      score[!seen[b, , ]] <- -Inf
      weight <- exp(score) / rowSums(exp(score))
      out[b, , ] <- out[b, , ] + weight %*% vh %*% w[[7]][h, , ]
    }
  }
  sweep(out, 3, w[[8]], `+`)
}

test_that("heads attend as the formula says, masks and all", {
  set.seed(1)
  q <- random_array(c(2, 4, 3))
  v <- random_array(c(2, 5, 2))
  k <- random_array(c(2, 5, 4))
  layer <- layer_multi_head_attention(num_heads = 2, key_dim = 3,
                                      value_dim = 2,
                                      bias_initializer = "normal")
  y <- layer(q, v, k)
  w <- get_weights(layer)
  expect_identical(lapply(w, dim), list(
    c(3L, 2L, 3L), c(2L, 3L), c(4L, 2L, 3L), c(2L, 3L), c(2L, 2L, 2L),
    c(2L, 2L), c(2L, 2L, 3L), 3L
  ))
  seen <- array(TRUE, c(2, 4, 5))
  expect_equal(y, heads_by_hand(w, q, k, v, seen))
  expect_equal(layer(list(q, v, k)), y)

  some <- array(runif(40) > 0.4, c(2, 4, 5))
  some[, , 1] <- TRUE
  expect_equal(layer(q, v, k, attention_mask = some),
               heads_by_hand(w, q, k, v, some))
  causal <- slice.index(seen, 2) >= slice.index(seen, 3)
  expect_equal(layer(q, v, k, use_causal_mask = TRUE),
               heads_by_hand(w, q, k, v, causal))
  mask <- rbind(c(TRUE, TRUE, FALSE, TRUE, FALSE), c(TRUE, FALSE, TRUE, TRUE,
                                                     TRUE))
  got <- layer(as_tensor(q), with_mask(as_tensor(v), mask), as_tensor(k))
  seen <- aperm(array(mask, c(2, 5, 4)), c(1, 3, 2))
  expect_equal(as.array(got), heads_by_hand(w, q, k, v, seen))
})

test_that("the query's mask goes on", {
  mask <- rbind(c(TRUE, FALSE))
  x <- with_mask(as_tensor(random_array(c(1, 2, 3))), mask)
  layer <- layer_multi_head_attention(num_heads = 2, key_dim = 3)
  expect_identical(mask_of(layer(x, x)), mask)
})

test_that("weights can be seen; a graph takes query and value", {
  layer <- layer_multi_head_attention(num_heads = 2, key_dim = 3)
  x <- random_array(c(2, 4, 3))
  out <- layer(x, x, return_attention_scores = TRUE)
  expect_identical(dim(out[[2]]), c(2L, 2L, 4L, 4L))
  expect_equal(apply(out[[2]], 1:3, sum), array(1, c(2, 2, 4)))
  input <- layer_input(list(NULL, 3))
  model <- keras_model(input, layer(input, input))
  expect_equal(model(x), out[[1]])
})

test_that("starting weights are taken when the weights are made", {
  first <- layer_multi_head_attention(num_heads = 1, key_dim = 2)
  x <- random_array(c(1, 2, 3))
  y <- first(x, x)
  layer <- layer_multi_head_attention(num_heads = 1, key_dim = 2,
                                      weights = get_weights(first))
  expect_equal(layer(x, x), y)
  layer <- layer_multi_head_attention(num_heads = 1, key_dim = 2,
                                      weights = get_weights(first))
  expect_equal(layer(list(x, x)), y)
})

test_that("layer_multi_head_attention() refuses what does not fit", {
  x <- array(0, c(2, 4, 3))
  layer <- layer_multi_head_attention(num_heads = 2, key_dim = 3, name = "m")
  layer(x, x)
  expect_snapshot(error = TRUE, {
    layer(x)
    layer(x, array(0, c(2, 4, 2)))
    layer(x, array(0, c(1, 4, 3)))
    layer(x, array(0, c(2, 3, 3)), x)
    layer(x, matrix(0, 2, 3))
    layer(x, x, attention_mask = matrix(TRUE, 3, 3))
    layer_multi_head_attention(num_heads = 0, key_dim = 3)
    layer_multi_head_attention(num_heads = 2)
  })
})
