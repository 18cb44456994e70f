test_that("a plan says which steps a window reads", {
  plan <- window_plan(5L, 2L, 2L, "valid")
  expect_identical(plan$index, rbind(1:2, 3:4))
  plan <- window_plan(5L, 2L, 2L, "same")
  expect_equal(plan$index, rbind(c(1, 2), c(3, 4), c(5, 6)))
  expect_true(plan$padded)
  plan <- window_plan(3L, 2L, 1L, "causal", dilation = 2L)
  expect_equal(plan$index, rbind(c(4, 1), c(4, 2), c(1, 3)))
})

test_that("taking windows and adding them up are twins", {
  set.seed(1)
  for (padding in c("valid", "same", "causal")) {
    plan <- window_plan(6L, 3L, 2L, padding)
    x <- random_array(c(2, 6, 2))
    rows <- gather_windows(x, plan)
    g <- random_array(dim(rows))
    expect_equal(sum(rows * g), sum(x * scatter_windows(g, plan)))
  }
})
