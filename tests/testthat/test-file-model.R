plain_names <- function(x) gsub("\"[^\" ]*/([^/\" ]+)\"", "\"\\1\"", x)

test_that("endings say what is written, and read", {
  skip_if_not_installed("jsonlite")
  set.seed(1)
  model <- small_sequential()
  x <- random_array(2, 5, 3)
  for (ending in c(".rds", ".keras", ".h5", ".hdf5", ".KERAS")) {
    path <- tempfile(fileext = ending)
    save_model(model, path)
    expect_identical(predict(load_model(path), x), predict(model, x))
  }
  for (ending in c(".rds", ".weights.h5", ".h5", ".hdf5")) {
    path <- tempfile(fileext = ending)
    save_model_weights(model, path)
    other <- small_sequential()
    expect_identical(load_model_weights(other, path), other)
    expect_identical(get_weights(other), get_weights(model))
  }
})

test_that("weights are found in files of whole models, by place and name", {
  skip_if_not_installed("jsonlite")
  set.seed(1)
  model <- small_sequential()
  for (ending in c(".rds", ".keras", ".h5")) {
    path <- tempfile(fileext = ending)
    save_model(model, path)
    other <- small_sequential()
    load_model_weights(other, path)
    expect_identical(get_weights(other), get_weights(model))
  }
})

test_that("a file whose content is of another kind is told", {
  set.seed(1)
  model <- small_sequential()
  dir <- tempfile()
  dir.create(dir)
  named <- function(name) file.path(dir, name)
  save_model(model, named("a.keras"))
  save_model(model, named("a.h5"))
  save_model(model, named("a.rds"))
  file.copy(named("a.keras"), named("zip.h5"))
  file.copy(named("a.h5"), named("h5.keras"))
  file.copy(named("a.h5"), named("h5.rds"))
  file.copy(named("a.rds"), named("rds.keras"))
  writeBin(as.raw(c(0x80, 4, 0x95, 0)), named("pickle.h5"))
  writeLines("{\"class_name\": 3}", named("json.keras"))
  file.create(named("empty.keras"))
  writeLines("<html>", named("page.h5"))
  saveRDS(model, named("plain.keras"), compress = FALSE)
  dir.create(named("saved"))
  dir.create(named("folder"))
  file.create(named("saved/saved_model.pb"))
  expect_snapshot(error = TRUE, transform = plain_names, {
    load_model(named("zip.h5"))
    load_model(named("h5.keras"))
    load_model(named("h5.rds"))
    load_model(named("rds.keras"))
    load_model(named("pickle.h5"))
    load_model(named("json.keras"))
    load_model(named("empty.keras"))
    load_model(named("page.h5"))
    load_model(named("plain.keras"))
    load_model(named("saved"))
    load_model(named("folder"))
    load_model_weights(model, named("zip.h5"))
  })
})

test_that("names that fit nothing are refused", {
  model <- small_sequential()
  expect_snapshot(error = TRUE, {
    save_model(model, "model.weights.h5")
    save_model_weights(model, "model.keras")
    save_model_weights(model, "model.txt")
    load_model("model.pkl")
    load_model(3)
    save_model(model, tempfile(fileext = ".keras"), dialect = "keras")
  })
})

test_that("checkpoints follow the ending, whole or weights alone", {
  skip_if_not_installed("jsonlite")
  for (ending in c("keras", "h5", "rds")) {
    dir <- tempfile()
    run <- small_fit(callback_model_checkpoint(
      file.path(dir, paste0("m-{epoch:02d}.", ending))
    ))
    expect_identical(list.files(dir), sprintf("m-%02d.%s", 1:3, ending))
    model <- load_model(file.path(dir, paste0("m-03.", ending)))
    expect_identical(predict(model, run$x), predict(run$model, run$x))
    expect_identical(value_of(model$optimizer$iterations),
                     value_of(run$model$optimizer$iterations))
  }
  for (ending in c("weights.h5", "h5", "rds")) {
    dir <- tempfile()
    run <- small_fit(callback_model_checkpoint(
      file.path(dir, paste0("w.", ending)), save_weights_only = TRUE
    ))
    before <- get_weights(run$model)
    set_weights(run$model, lapply(before, function(w) w * 0))
    load_model_weights(run$model, file.path(dir, paste0("w.", ending)))
    expect_identical(get_weights(run$model), before)
  }
})

test_that("checkpoints are written in the dialect of the option", {
  skip_if_not_installed("jsonlite")
  old <- options(recurrent.dialect = "keras 3")
  on.exit(options(old))
  path <- tempfile(fileext = ".keras")
  small_fit(callback_model_checkpoint(path))
  expect_match(keras_text(open_keras(path), "metadata.json"), "3.15")
  expect_snapshot(error = TRUE, {
    callback_model_checkpoint("m.weights.h5")
    callback_model_checkpoint("m.keras", save_weights_only = TRUE)
    callback_model_checkpoint("m.txt")
  })
})
