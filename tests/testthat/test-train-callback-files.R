scratch <- function(...) file.path(tempfile("dir"), ...)

test_that("checkpoints fill in names, and hold model or weights", {
  path <- scratch("{epoch:02d}-{loss:.3f}.rds")
  run <- small_fit(callback_model_checkpoint(path))
  loss <- run$history$metrics$loss
  files <- list.files(dirname(path))
  expect_equal(files, sprintf("%02d-%.3f.rds", 1:3, loss))
  model <- readRDS(file.path(dirname(path), files[3]))
  expect_equal(predict(model, run$x), predict(run$model, run$x))
  path <- scratch("w.rds")
  run <- small_fit(callback_model_checkpoint(path, save_weights_only = TRUE))
  expect_equal(readRDS(path), get_weights(run$model))
})

test_that("checkpoints by batches, by periods, and of the best only", {
  path <- scratch("{epoch}-{batch}.rds")
  small_fit(callback_model_checkpoint(path, save_freq = 4))
  expect_equal(list.files(dirname(path)), "2-2.rds")
  path <- scratch("{epoch}.rds")
  small_fit(callback_model_checkpoint(path, period = 2))
  expect_equal(list.files(dirname(path)), "2.rds")
  path <- scratch("{epoch}.rds")
  cb <- callback_model_checkpoint(path, "loss", save_best_only = TRUE,
                                  mode = "max", verbose = 1,
                                  save_weights_only = TRUE)
  expect_snapshot(run <- small_fit(cb), transform = function(x) {
    gsub("saving to .*/", "saving to ", x)
  })
  expect_equal(list.files(dirname(path)),
               paste0(which(run$history$metrics$loss ==
                              cummax(run$history$metrics$loss)), ".rds"))
})

test_that("formats of file names", {
  fill <- function(x) fill_template(x, list(epoch = 3, loss = 0.12345), "f")
  expect_equal(fill("a.rds"), "a.rds")
  expect_equal(fill("{epoch}_{loss}.rds"), "3_0.12345.rds")
  expect_equal(fill("{epoch:03d}-{loss:.2e}.rds"), "003-1.23e-01.rds")
  expect_snapshot(error = TRUE, {
    fill("{val_loss:.2f}")
    fill("{loss:>10}")
  })
})

test_that("logs go to a CSV file, also after those of before", {
  path <- scratch("log.csv")
  run <- small_fit(callback_csv_logger(path))
  log <- utils::read.csv(path)
  expect_equal(log$epoch, 0:2)
  expect_equal(log$loss, run$history$metrics$loss)
  expect_equal(names(log), c("epoch", "loss", "val_loss"))
  small_fit(callback_csv_logger(path, append = TRUE), epochs = 1)
  expect_equal(utils::read.csv(path)$epoch, c(0:2, 0))
  path <- scratch("log.tsv")
  small_fit(callback_csv_logger(path, separator = "\t"),
            validation_split = 0.5)
  expect_equal(names(utils::read.delim(path)), c("epoch", "loss", "val_loss"))
})

test_that("a training that was killed goes on as if it had not been", {
  dir <- scratch()
  whole <- small_fit(NULL, epochs = 4)
  killer <- callback_lambda(on_epoch_begin = function(epoch, logs) {
    if (epoch == 2) stop("killed")
  })
  expect_error(small_fit(list(callback_backup_and_restore(dir), killer),
                         epochs = 4))
  expect_true(file.exists(file.path(dir, "backup.rds")))
  rest <- small_fit(callback_backup_and_restore(dir), epochs = 4)
  expect_equal(rest$history$epoch, 2:3)
  expect_identical(get_weights(rest$model), get_weights(whole$model))
  expect_identical(rest$history$metrics$loss,
                   whole$history$metrics$loss[3:4])
  expect_false(file.exists(file.path(dir, "backup.rds")))
})

test_that("so does that of a stateful model", {
  dir <- scratch()
  train <- function(...) {
    set.seed(2)
    model <- keras_model_sequential() %>%
      layer_simple_rnn(units = 2, batch_input_shape = list(3, 4, 1),
                       stateful = TRUE) %>%
      layer_dense(units = 1)
    model %>% compile(optimizer = "adam", loss = "mse")
    x <- array(rnorm(24), c(6, 4, 1))
    fit(model, x, rowSums(x), epochs = 4, batch_size = 3, verbose = 0,
        shuffle = FALSE, callbacks = list(...))
    get_weights(model)
  }
  killer <- callback_lambda(on_epoch_begin = function(epoch, logs) {
    if (epoch == 2) stop("killed")
  })
  expect_error(train(callback_backup_and_restore(dir), killer))
  expect_identical(train(callback_backup_and_restore(dir)), train())
})

test_that("what is no backup is refused", {
  dir <- scratch()
  dir.create(dir)
  writeLines("x", file.path(dir, "backup.rds"))
  expect_snapshot(
    small_fit(callback_backup_and_restore(dir)), error = TRUE,
    transform = function(x) gsub("\"[^\"]*backup.rds", "\"backup.rds", x)
  )
})
