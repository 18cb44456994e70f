inputs_of <- function(case) {
  if (length(case$inputs) == 1L) case$inputs[[1L]] else case$inputs
}

outputs_of <- function(model, case) {
  y <- model(inputs_of(case))
  if (is.list(y)) unname(y) else list(y)
}

test_that("the weights of every file are read, and give Keras' outputs", {
  skip_if_not_installed("jsonlite")
  for (dialect in names(keras_dialects)) {
    cases <- keras_cases(dialect)
    for (name in keras_file_models) for (end in c(".h5", ".weights.h5")) {
      model <- keras_model_like(name)
      info <- paste0(dialect, " ", name, end)
      load_model_weights_hdf5(model, keras_file(dialect, paste0(name, end)))
      expect_close(get_weights(model), cases[[name]]$weights, 1e-9, info)
      expect_close(outputs_of(model, cases[[name]]), cases[[name]]$outputs,
                   1e-5, info)
    }
  }
})

test_that("weights are written as Keras writes them", {
  path <- tempfile(fileext = ".weights.h5")
  for (dialect in names(keras_dialects)) for (name in keras_file_models) {
    model <- keras_model_like(name)
    given <- keras_file(dialect, paste0(name, ".weights.h5"))
    load_model_weights_hdf5(model, given)
    save_weights_h5(unwrap_layer(model), path, dialect)
    expect_identical(h5_listing(path), h5_listing(given), info = name)
    values <- function(file) {
      file <- read_h5(file)
      lapply(store_groups(file$root), function(group) {
        lapply(group$members, function(m) if (!is_h5_group(m)) {
          h5_array(file, m)
        })
      })
    }
    expect_identical(values(path), values(given), info = name)
  }
})

test_that("float64 layers keep all digits, in both layouts", {
  set.seed(2)
  model <- keras_model_sequential() %>%
    layer_lstm(3, input_shape = list(NULL, 2)) %>%
    layer_dense(1)
  for (end in c(".h5", ".weights.h5")) {
    path <- tempfile(fileext = end)
    save_model_weights_hdf5(model, path)
    copy <- clone_model(model)
    load_model_weights_hdf5(copy, path)
    expect_identical(get_weights(copy), get_weights(model))
    expect_match(h5_listing(path), "float64", all = FALSE)
  }
})

test_that("a model without weights has a file all the same", {
  model <- keras_model_sequential() %>% layer_flatten(input_shape = list(2, 3))
  for (end in c(".h5", ".weights.h5")) {
    path <- tempfile(fileext = end)
    save_model_weights_hdf5(model, path)
    load_model_weights_hdf5(model, path)
    expect_length(get_weights(model), 0)
  }
})

test_that("a layer alone has its weights in a file", {
  layer <- layer_dense(units = 2, input_shape = 3)
  layer(matrix(0, 1, 3))
  path <- tempfile(fileext = ".h5")
  save_model_weights_hdf5(layer, path)
  other <- layer_dense(units = 2)
  other(matrix(0, 1, 3))
  load_model_weights_hdf5(other, path)
  expect_identical(get_weights(other), get_weights(layer))
})

two_layers <- function(units = 2, names = c("one", "two")) {
  keras_model_sequential(name = "model") %>%
    layer_dense(3, input_shape = 4, name = names[[1]]) %>%
    layer_dense(units, name = names[[2]])
}

test_that("by_name takes layers of the same name alone", {
  path <- tempfile(fileext = ".h5")
  model <- two_layers()
  save_model_weights_hdf5(model, path)
  other <- two_layers(names = c("none", "two"))
  before <- get_weights(other)
  load_model_weights_hdf5(other, path, by_name = TRUE)
  expect_identical(get_weights(other)[1:2], before[1:2])
  expect_identical(get_weights(other)[3:4], get_weights(model)[3:4])
  store <- tempfile(fileext = ".weights.h5")
  save_model_weights_hdf5(model, store)
  expect_error(load_model_weights_hdf5(other, store, by_name = TRUE),
               "does not hold the names", class = "ValueError")
})

test_that("weights that do not fit are told, and nothing is set", {
  other <- two_layers(units = 5)
  before <- get_weights(other)
  for (end in c(".h5", ".weights.h5")) {
    path <- file.path(tempdir(), paste0("two", end))
    save_model_weights_hdf5(two_layers(), path)
    expect_snapshot(error = TRUE, load_model_weights_hdf5(other, path))
    expect_identical(get_weights(other), before)
    load_model_weights_hdf5(other, path, skip_mismatch = TRUE)
    expect_identical(get_weights(other)[3:4], before[3:4])
    expect_false(identical(get_weights(other)[1:2], before[1:2]))
    set_weights(other, before)
  }
})

test_that("a file of another model is refused", {
  three <- two_layers() %>% layer_dense(1, name = "three")
  one <- keras_model_sequential(name = "one") %>%
    layer_dense(3, input_shape = 4)
  unbuilt <- keras_model_sequential(name = "unbuilt") %>% layer_dense(3)
  for (end in c(".h5", ".weights.h5")) {
    path <- file.path(tempdir(), paste0("two", end))
    save_model_weights_hdf5(two_layers(), path)
    expect_snapshot(error = TRUE, load_model_weights_hdf5(three, path))
    expect_snapshot(error = TRUE, load_model_weights_hdf5(one, path))
    expect_snapshot(error = TRUE, load_model_weights_hdf5(unbuilt, path))
  }
  write_h5(h5_group(list(a = h5_dataset(1))), path)
  expect_snapshot(error = TRUE, load_model_weights_hdf5(one, path))
})

test_that("reshape takes the values in NumPy's order", {
  path <- tempfile(fileext = ".h5")
  kernel <- matrix(1:6 + 0, 2, 3)
  model <- keras_model_sequential() %>%
    layer_dense(3, input_shape = 2, use_bias = FALSE)
  set_weights(model, list(kernel))
  save_model_weights_hdf5(model, path)
  other <- keras_model_sequential() %>%
    layer_dense(2, input_shape = 3, use_bias = FALSE)
  expect_error(load_model_weights_hdf5(other, path), class = "ValueError")
  load_model_weights_hdf5(other, path, reshape = TRUE)
  expect_identical(get_weights(other)[[1]], matrix(t(kernel), 3, 2,
                                                   byrow = TRUE))
})

test_that("the names of tf.keras 2.13 are known", {
  path <- tempfile(fileext = ".weights.h5")
  model <- two_layers()
  tree <- store_tree(unwrap_layer(model))
  at <- names(tree$members) == "layers"
  names(tree$members)[at] <- "_layer_checkpoint_dependencies"
  write_h5(tree, path)
  other <- two_layers()
  load_model_weights_hdf5(other, path)
  expect_identical(get_weights(other), get_weights(model))
})

test_that("parts of attention are found by both their names", {
  inputs <- layer_input(list(3, 4))
  heads <- layer_multi_head_attention(num_heads = 2, key_dim = 3)
  model <- keras_model(inputs, heads(inputs, inputs))
  for (dialect in c("tf", "keras3")) {
    path <- tempfile(fileext = ".weights.h5")
    save_weights_h5(unwrap_layer(model), path, dialect)
    other <- clone_model(model)
    load_model_weights_hdf5(other, path)
    expect_identical(get_weights(other), get_weights(model))
  }
})

test_that("generators of random numbers in Keras 3's files are passed by", {
  path <- tempfile(fileext = ".weights.h5")
  model <- two_layers()
  tree <- h5_put(store_tree(unwrap_layer(model), "keras3"),
                 "layers/dropout/seed_generator/vars/0", h5_dataset(1, "int32"))
  write_h5(tree, path)
  other <- two_layers()
  load_model_weights_hdf5(other, path)
  expect_identical(get_weights(other), get_weights(model))
})

test_that("an older file stays when writing fails, and may be protected", {
  path <- tempfile(fileext = ".h5")
  save_model_weights_hdf5(two_layers(), path)
  bytes <- readBin(path, "raw", 1e6)
  expect_error(save_model_weights_hdf5(two_layers(), path, overwrite = FALSE),
               class = "ValueError")
  long <- h5_group(attrs = list(names = h5_strings(rep("a", 5000))))
  expect_error(write_whole(path, function(to) write_h5(long, to)),
               class = "ValueError")
  expect_identical(readBin(path, "raw", 1e6), bytes)
  expect_length(list.files(dirname(path), basename(path)), 1)
})
