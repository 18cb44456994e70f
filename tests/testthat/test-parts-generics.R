small_model <- function() {
  keras_model_sequential(input_shape = c(4, 3), name = "m") |>
    layer_lstm(units = 2, name = "a") |>
    layer_dense(units = 1, name = "b")
}

test_that("members are taken by name, as R takes them", {
  layer <- layer_lstm(units = 2)
  expect_identical(getElement(layer, "units"), 2L)
  expect_identical(layer[["units", exact = TRUE]], 2L)
  expect_snapshot(error = TRUE, {
    small_model()[[1]]
    layer[[c("units", "cell")]]
  })
})

test_that("all.equal() compares class, config and weights", {
  model <- small_model()
  same <- unserialize_model(serialize_model(model))
  expect_true(all.equal(model, same))
  weights <- get_weights(same)
  weights[[1]][2, 1] <- 7
  set_weights(same, weights)
  expect_match(all.equal(model, same), "weights", all = FALSE)
  expect_match(all.equal(model, layer_dense(units = 1)), "class", all = FALSE)
  expect_match(all.equal(layer_dense(units = 1, name = "d"),
                         layer_dense(units = 2, name = "d")),
               "units", all = FALSE)
  expect_match(all.equal(model, 1), "current is 1")
})

test_that("str(), format() and summary() say what a layer is", {
  layer <- layer_lstm(units = 2, name = "a")
  expect_snapshot({
    str(layer)
    str(list(small_model(), layer_input(3, name = "i")))
    format(layer)
    summary(layer)
  })
})
