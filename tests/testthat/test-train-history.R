a_history <- function(...) {
  metrics <- list(...)
  n <- length(metrics[[1]])
  structure(list(params = list(samples = 1234), epoch = seq_len(n) - 1,
                 metrics = metrics), class = "recurrent_history")
}

test_that("a history prints the best epoch of each of its logs", {
  expect_snapshot({
    a_history(loss = c(0.9, 0.31, 0.42), accuracy = c(0.5, 0.91, 0.8),
              val_loss = c(NaN, 1.5, 1.25))
    a_history(loss = 2)
    a_history(loss = c(NaN, NaN))
    a_history(loss = double())
  })
})

test_that("a history is a data frame of epochs", {
  h <- a_history(loss = c(3, 1), val_loss = c(4, 2))
  expect_equal(as.data.frame(h), data.frame(
    epoch = c(1, 2, 1, 2), value = c(3, 1, 4, 2),
    metric = factor("loss"), data = factor(rep(c("training", "validation"),
                                               each = 2))
  ))
})

test_that("an axis of epochs has whole numbers", {
  expect_true(1 %in% whole_epochs(c(1, 1)))
  expect_identical(whole_epochs(c(1, 3)), c(1, 2, 3))
  expect_identical(whole_epochs(c(1, 40)), c(0, 10, 20, 30, 40))
})

test_that("both kinds of plots draw long and short histories in silence", {
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  for (h in list(a_history(loss = c(3, 1, 2), val_loss = c(4, 2, 1)),
                 a_history(loss = 3, accuracy = 0.5))) {
    expect_silent(expect_invisible(plot(h, method = "base")))
    if (requireNamespace("ggplot2", quietly = TRUE)) {
      expect_silent(print(plot(h, method = "ggplot2")))
    }
  }
  expect_error(plot(a_history(loss = 1), metrics = "los"), class = "ValueError")
})

test_that("the summary of a history has a row for each metric", {
  h <- a_history(loss = c(3, 1, 2), accuracy = c(0.5, 0.7, 0.4))
  expect_equal(summary(h), data.frame(
    first = c(3, 0.5), last = c(2, 0.4), best = c(1, 0.7), at_epoch = 2L,
    row.names = c("loss", "accuracy")
  ))
  expect_identical(summary(a_history(loss = NaN))$at_epoch, NA_integer_)
})
