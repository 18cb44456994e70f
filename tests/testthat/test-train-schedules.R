for (case in Filter(function(case) startsWith(case$id, "schedule/"),
                    reference_cases("optimizers"))) {
  test_that(case$id, {
    id <- sub("_staircase$", "", sub("^schedule/", "", case$id))
    maker <- getExportedValue("recurrent",
                              paste0("learning_rate_schedule_", id))
    schedule <- do.call(maker, lapply(case$config, unlist))
    expect_close(schedule(unlist(case$steps)), unlist(case$values), 1e-12)
    again <- schedule_from_spec(schedule_spec(schedule))
    expect_equal(again(3), schedule(3))
  })
}

test_that("cosine decay may warm up first", {
  schedule <- learning_rate_schedule_cosine_decay(
    0, 10, warmup_target = 1, warmup_steps = 4
  )
  expect_equal(schedule(c(0, 1, 4, 9, 14, 99)), c(0, 0.25, 1, 0.5, 0, 0))
})

test_that("polynomial decay may cycle, restarts may keep their length", {
  schedule <- learning_rate_schedule_polynomial_decay(
    1, 10, 0, cycle = TRUE
  )
  expect_equal(schedule(c(0, 5, 10, 15, 20)), c(1, 0.5, 0, 0.25, 0))
  schedule <- learning_rate_schedule_cosine_decay_restarts(
    1, 4, t_mul = 1, m_mul = 0.5
  )
  expect_equal(schedule(c(0, 2, 4, 6, 8)), c(1, 0.5, 0.5, 0.25, 0.25))
})

test_that("schedules print, and refuse what does not fit", {
  schedule <- learning_rate_schedule_exponential_decay(0.1, 3, 0.5)
  expect_equal(schedule$decay_steps, 3)
  expect_snapshot({
    schedule
    as_schedule(function(step) 0.1)
    learning_rate_schedule_piecewise_constant_decay(c(2, 4), c(1, 2, 3))
  })
  expect_snapshot(error = TRUE, {
    learning_rate_schedule_exponential_decay(0.1, 0, 0.5)
    learning_rate_schedule_exponential_decay(0.1, 3, 0.5, alpha = 1)
    learning_rate_schedule_piecewise_constant_decay(c(2, 4), c(1, 2))
    learning_rate_schedule_cosine_decay("a", 3)
    as_schedule("cosine")
  })
})
