two_outputs <- function() {
  x <- layer_input(3)
  a <- x %>% layer_dense(1, name = "a")
  keras_model(x, list(a, x %>% layer_dense(1, name = "b")))
}

test_that("each output has metrics of its own", {
  set.seed(1)
  model <- two_outputs()
  model %>% compile("sgd", "mse", metrics = list(
    metric_mean_absolute_error(name = "error")
  ))
  x <- matrix(rnorm(12), 4)
  y <- list(rnorm(4), rnorm(4) + 5)
  got <- evaluate(model, x, y)
  want <- mapply(function(t, p) mean(abs(t - p)), y, predict(model, x))
  expect_equal(unname(got[c("a_error", "b_error")]), want)
})

test_that("metrics of one output have different names", {
  set.seed(2)
  model <- two_outputs()
  high <- function(y_true, y_pred) k_max(y_pred)
  low <- function(y_true, y_pred) k_min(y_pred)
  model %>% compile("sgd", "mse", metrics = list("mae", high, lowest = low,
                                                 low),
                    weighted_metrics = "mae")
  x <- matrix(rnorm(12), 4)
  w <- c(1, 0, 2, 5)
  got <- evaluate(model, x, list(1:4, 1:4), sample_weight = w)
  p <- predict(model, x)[[1]]
  expect_equal(unname(got[grepl("^a_", names(got))])[-1L],
               c(mean(abs(p - 1:4)), max(p), min(p), min(p),
                 sum(abs(p - 1:4) * w) / sum(w)))
  expect_named(got, c(
    "loss", "a_loss", "b_loss", "a_mae", "a_metric", "a_lowest", "a_metric_1",
    "a_weighted_mae", "b_mae", "b_metric", "b_lowest", "b_metric_1",
    "b_weighted_mae"
  ))
})

test_that("compile() refuses what is no metric and changes nothing then", {
  model <- keras_model_sequential() %>%
    layer_dense(units = 2, input_shape = 3)
  compile(model, "sgd", "mse", metrics = "mae")
  for (given in list("acuracy", list("mae", list("acuracy")), NA_character_)) {
    expect_error(compile(model, "adam", "mse", metrics = given),
                 class = "recurrent_error")
    expect_error(compile(model, "adam", "mse", weighted_metrics = given),
                 class = "recurrent_error")
  }
  expect_identical(model$optimizer$get_config()$name, "SGD")
  own <- list(name = "own", update_state = function(...) NULL,
              result = function() 1)
  expect_no_error(compile(model, "sgd", "mse", metrics = list(own)))
})
