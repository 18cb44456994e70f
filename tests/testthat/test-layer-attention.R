test_that("attention layers give tf.keras' numbers", {
  expect_layer_cases("layer_attention")
  expect_layer_cases("layer_additive_attention")
})

test_that("attention layers keep the contract of layers", {
  pair <- list(c(2, 5, 3), c(2, 4, 3))
  expect_layer_works(layer_attention, list(), pair, mask = NA)
  expect_layer_works(layer_attention, list(
    use_scale = TRUE, score_mode = "concat"
  ), c(pair, list(c(2, 4, 3))), mask = NA)
  expect_layer_works(layer_attention, list(), rep(pair[1], 2))
  expect_layer_works(layer_additive_attention, list(), pair, mask = NA)
  expect_layer_works(layer_additive_attention, list(
    use_scale = FALSE, causal = TRUE
  ), pair, mask = NA)
})

attend <- function(layer, query, value, seen) {
  out <- query
  for (b in seq_len(dim(query)[1])) {
    score <- query[b, , ] %*% t(value[b, , ])
    score[!seen[b, , ]] <- -Inf
    weight <- exp(score) / rowSums(exp(score))
    out[b, , ] <- weight %*% value[b, , ]
  }
  out
}

test_that("masked values and those after the query are not looked at", {
  set.seed(1)
  query <- random_array(c(2, 3, 2))
  value <- random_array(c(2, 4, 2))
  mask <- rbind(c(TRUE, FALSE, TRUE, TRUE), c(TRUE, TRUE, FALSE, FALSE))
  layer <- layer_attention()

  seen <- aperm(array(mask, c(2, 4, 3)), c(1, 3, 2))
  expect_equal(layer(list(query, value), mask = list(NULL, mask)),
               attend(layer, query, value, seen))
  masked <- list(as_tensor(query), with_mask(as_tensor(value), mask))
  expect_equal(as.array(layer(masked)), attend(layer, query, value, seen))

  causal <- seen & slice.index(seen, 2) >= slice.index(seen, 3)
  expect_equal(
    layer(list(query, value), mask = list(NULL, mask),
          use_causal_mask = TRUE),
    attend(layer, query, value, causal)
  )
  all_causal <- slice.index(seen, 2) >= slice.index(seen, 3)
  expect_equal(layer(list(query, value), use_causal_mask = TRUE),
               attend(layer, query, value, all_causal))
})

test_that("the result at masked queries is zero and keeps their mask", {
  query <- random_array(c(1, 3, 2))
  mask <- matrix(c(TRUE, FALSE, TRUE), 1)
  layer <- layer_attention()
  y <- layer(list(with_mask(as_tensor(query), mask), as_tensor(query)))
  expect_identical(as.array(y)[1, 2, ], c(0, 0))
  expect_identical(mask_of(y), mask)
})

test_that("attention weights can be seen, and dropped in training", {
  set.seed(2)
  x <- random_array(c(2, 6, 3))
  out <- layer_attention()(list(x, x), return_attention_scores = TRUE)
  expect_equal(apply(out[[2]], 1:2, sum), matrix(1, 2, 6))
  layer <- layer_attention(dropout = 0.5)
  dropped <- layer(list(x, x), return_attention_scores = TRUE,
                   training = TRUE)[[2]]
  kept <- dropped != 0
  expect_equal(dropped[kept], 2 * out[[2]][kept])
  expect_true(any(!kept))
  expect_identical(layer(list(x, x)), out[[1]])
})

test_that("attention layers refuse what does not fit", {
  x <- array(0, c(2, 4, 3))
  layer <- layer_attention(name = "a")
  expect_snapshot(error = TRUE, {
    layer(x)
    layer(list(x))
    layer(list(x, array(0, c(2, 4, 2))))
    layer(list(x, matrix(0, 2, 3)))
    layer(list(x, x), mask = matrix(TRUE, 2, 4))
    layer(list(x, x), mask = list(NULL, matrix(TRUE, 2, 3)))
    layer(list(x, x), mask = list(NULL, matrix(NA, 2, 4)))
    layer_attention(score_mode = "dott")
    layer_attention(dropout = 2)
  })
})
