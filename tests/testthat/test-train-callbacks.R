callback_of <- function(spec) {
  if (is.null(spec)) return(NULL)
  if (spec$callback == "callback_learning_rate_scheduler") {
    return(callback_learning_rate_scheduler(function(epoch, lr) {
      if (epoch < 2) lr else lr * 0.8
    }))
  }
  maker <- getExportedValue("recurrent", spec$callback)
  do.call(maker, spec[setdiff(names(spec), c("callback", "about"))])
}

wanted_hooks <- function(hooks) {
  lapply(hooks, function(h) list(h[[1]], h[[2]], h[[3]]))
}

for (case in reference_cases("callbacks")) {
  test_that(case$id, {
    recorder <- hook_recorder()
    run <- callback_run(case, Filter(
      Negate(is.null), list(callback_of(case$spec), recorder$callback)
    ))
    expect_equal(recorder$record$hooks, wanted_hooks(case$hooks))
    want <- lapply(case$history, unlist)
    expect_setequal(names(run$history$metrics), names(want))
    expect_close(run$history$metrics[names(want)], want, 1e-8)
    expect_close(get_weights(run$model), as_reference_array(case$after), 1e-8)
    expect_close(value_of(run$model$optimizer$learning_rate),
                 case$learning_rate_after, 1e-8)
    if (is.null(case$evaluate_hooks)) return()
    recorder$record$hooks <- list()
    size <- case$fit$batch_size
    evaluate(run$model, run$x, run$y, batch_size = size, verbose = 0,
             callbacks = list(recorder$callback))
    expect_equal(recorder$record$hooks, wanted_hooks(case$evaluate_hooks))
    recorder$record$hooks <- list()
    predict(run$model, run$x, batch_size = size, verbose = 0,
            callbacks = list(recorder$callback))
    expect_equal(recorder$record$hooks, wanted_hooks(case$predict_hooks))
  })
}

test_that("bad arguments are refused", {
  expect_snapshot(error = TRUE, {
    callback_model_checkpoint("model.txt")
    callback_model_checkpoint("model.rds", save_freq = "batch")
    callback_reduce_lr_on_plateau(factor = 1)
    callback_learning_rate_scheduler(0.1)
    callback_lambda(on_epoch_end = 3)
    callback_early_stopping(monitor = 3)
    callback_backup_and_restore(tempdir(), save_freq = 10)
  })
})
