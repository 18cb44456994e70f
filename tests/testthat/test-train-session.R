test_that("scripts that set up Keras find it", {
  expect_true(is_keras_available())
  expect_true(is_keras_available("2.4.1"))
  expect_true(is_keras_available("2.15"))
  expect_false(is_keras_available("3.0"))
  expect_snapshot(is_keras_available("new"), error = TRUE)
  expect_snapshot(expect_null(install_keras(method = "conda")))
})

test_that("a session's seed is R's", {
  use_session_with_seed(7, quiet = TRUE)
  first <- k_random_normal(c(2, 3))
  set.seed(7)
  expect_equal(as.array(k_random_normal(c(2, 3))), as.array(first))
  expect_snapshot(use_session_with_seed(42))
  expect_equal(layer_dense(units = 1)$name, "dense")
  expect_snapshot(use_session_with_seed("a"), error = TRUE)
  before <- .Random.seed
  expect_error(use_session_with_seed(7, quiet = "no"), class = "TypeError")
  expect_identical(.Random.seed, before)
  expect_error(is_keras_available(mean), class = "TypeError")
})
