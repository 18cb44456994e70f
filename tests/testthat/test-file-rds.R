# An installed copy for fresh processes: the one that is tested, or built once.
fresh_lib <- local({
  lib <- NULL
  function() {
    if (!is.null(lib)) return(lib)
    root <- house_root()
    here <- dirname(getNamespaceInfo("recurrent", "path"))
    if (!file.exists(file.path(here, "recurrent", "Meta", "package.rds"))) {
      here <- tempfile("lib")
      dir.create(here)
      utils::install.packages(root, here, repos = NULL, type = "source",
                              quiet = TRUE,
                              INSTALL_opts = c("--no-docs", "--no-test-load"))
    }
    lib <<- here
  }
})

in_fresh_process <- function(f, args = list()) {
  skip_if_not_installed("callr")
  skip_on_cran()
  lib <- fresh_lib()
  callr::r(f, args, libpath = c(lib, .libPaths()))
}

custom_cell <- function() {
  gain <- 0.5
  Layer(
    "Gained",
    initialize = function(units, ...) {
      super$initialize(...)
      self$state_size <- units
    },
    build = function(input_shape) {
      self$w <- self$add_weight("w", list(input_shape[[2]], self$state_size))
    },
    call = function(inputs, states) {
      h <- inputs %*% self$w + states[[1]] * gain
      list(h, list(h))
    }
  )
}

saved_models <- function() {
  custom <- keras_model_sequential() %>%
    layer_rnn(cell = custom_cell()(units = 2), input_shape = list(NULL, 3)) %>%
    layer_lambda(function(x) x * 2) %>%
    layer_dense(units = 2)
  outer <- keras_model_sequential()
  outer$add(small_sequential())
  outer %>% layer_dense(units = 2)
  list(sequential = small_sequential(), custom = custom, nested = outer)
}

test_that("models go on in a fresh process as they would have here", {
  set.seed(1)
  x <- random_array(6, 5, 3)
  y <- random_array(6, 2)
  models <- saved_models()
  graph <- small_graph()
  data <- small_graph_data(6)
  target <- list(random_array(6, 5, 1), random_array(6, 3))
  for (m in c(models, graph)) m %>% compile("adam", "mse")
  for (m in models) m %>% fit(x, y, epochs = 1, verbose = 0)
  graph %>% fit(data, target, epochs = 1, verbose = 0)
  file <- tempfile(fileext = ".rds")
  saveRDS(list(models, graph), file)
  got <- in_fresh_process(function(file, x, y, data, target) {
    saved <- readRDS(file)
    before <- lapply(saved[[1]], stats::predict, x)
    fit <- getExportedValue("recurrent", "fit")
    for (m in saved[[1]]) {
      fit(m, x, y, epochs = 2, shuffle = FALSE, verbose = 0)
    }
    fit(saved[[2]], data, target, epochs = 2, shuffle = FALSE, verbose = 0)
    list(before, lapply(saved[[1]], stats::predict, x),
         stats::predict(saved[[2]], data))
  }, list(file, x, y, data, target))
  expect_identical(got[[1]], lapply(models, predict, x))
  for (m in models) {
    m %>% fit(x, y, epochs = 2, shuffle = FALSE, verbose = 0)
  }
  graph %>% fit(data, target, epochs = 2, shuffle = FALSE, verbose = 0)
  expect_identical(got[[2]], lapply(models, predict, x))
  expect_identical(got[[3]], predict(graph, data))
})

test_that("recorded states of stateful layers are in the file", {
  set.seed(2)
  model <- keras_model_sequential() %>%
    layer_simple_rnn(units = 4, stateful = TRUE,
                     batch_input_shape = list(2, 3, 1))
  x <- random_array(2, 3, 1)
  predict(model, x)
  file <- tempfile(fileext = ".rds")
  save_model(model, file)
  want <- predict(model, x)
  expect_identical(predict(load_model(file), x), want)
  reset_states(model)
  expect_false(identical(predict(model, x), want))
})

test_that("two copies of one model are two models", {
  set.seed(3)
  file <- tempfile(fileext = ".rds")
  model <- keras_model_sequential() %>%
    layer_simple_rnn(units = 2, input_shape = list(NULL, 3)) %>%
    layer_dense(units = 2)
  save_model(model, file)
  a <- load_model(file)
  b <- load_model(file)
  input <- layer_input(list(NULL, 3))
  assign("name", "other", envir = unwrap_layer(b))
  both <- keras_model(input, a(input) - 2 * b(input))
  expect_length(both$weights, 10)
  x <- random_array(2, 4, 3)
  tape <- gradient_tape(op_sum(both(as_tensor(x))))
  d <- tape$gradient(list(a$weights, b$weights))
  expect_equal(d[[2]], lapply(d[[1]], function(g) -2 * g))
  # One graph from tensors inside both.
  joined <- keras_model(list(a$input, b$input), a$output + b$output)
  expect_equal(predict(joined, list(x, x)), 2 * predict(a, x))
})

test_that("a worker predicts with a model", {
  skip_on_cran()
  set.seed(4)
  lib <- fresh_lib()
  model <- saved_models()$custom
  x <- random_array(2, 4, 3)
  cluster <- parallel::makeCluster(1)
  on.exit(parallel::stopCluster(cluster))
  parallel::clusterCall(cluster, function(l) .libPaths(c(l, .libPaths())), lib)
  got <- parallel::clusterCall(cluster, function(m, x) stats::predict(m, x),
                               model, x)
  expect_identical(got[[1]], predict(model, x))
})

test_that("files are small, and the model alone is there without compile", {
  set.seed(5)
  model <- small_sequential()
  model %>% compile("adam", "mse")
  x <- random_array(4, 5, 3)
  model %>% fit(x, random_array(4, 2), epochs = 1, verbose = 0)
  file <- tempfile(fileext = ".rds")
  expect_identical(save_model(model, file), model)
  expect_null(load_model(file, compile = FALSE)$optimizer)
  expect_identical(predict(readRDS(file), x), predict(model, x))
  save_model(model, file, include_optimizer = FALSE)
  expect_null(load_model(file)$optimizer)
  expect_false(is.null(model$optimizer))
  size <- in_fresh_process(function() {
    f <- tempfile()
    saveRDS(recurrent::layer_simple_rnn(units = 3), f)
    file.size(f)
  })
  expect_lt(size, 20000)
})

test_that("damaged files and other ones are refused, never read", {
  set.seed(6)
  file <- file.path(tempdir(), "damaged.rds")
  model <- small_sequential()
  save_model(model, file)
  bytes <- readBin(file, "raw", file.size(file))
  refused <- function(bytes) {
    writeBin(bytes, file)
    expect_error(load_model(file), class = "ValueError")
  }
  refused(bytes[seq_len(length(bytes) %/% 2)])
  refused(bytes[-length(bytes)])
  refused(raw())
  for (k in round(seq(50, length(bytes) - 20, length.out = 12))) {
    changed <- bytes
    changed[[k]] <- xor(changed[[k]], as.raw(255))
    refused(changed)
  }
  writeBin(charToRaw("text"), file)
  hide <- function(lines) gsub("\"[^\"]*/", "\"", lines)
  expect_snapshot(error = TRUE, transform = hide, {
    load_model(file)
    saveRDS(1:3, file)
    load_model(file)
    load_model_weights(model, file)
    save_model_weights(model, file)
    load_model(file)
  })
})

test_that("names of files: endings, folders, overwrite", {
  model <- small_sequential()
  file <- tempfile(fileext = ".rds")
  save_model(model, file)
  hide <- function(lines) gsub("\"[^\"]*[/\\\\][^\"]*\"", "\"<path>\"", lines)
  expect_snapshot(error = TRUE, transform = hide, {
    save_model(model, "model.txt")
    save_model(model, "model")
    load_model(1)
    save_model(model, file, overwrite = FALSE)
    save_model(model, file.path(tempdir(), "nowhere", "model.rds"))
    load_model(file.path(tempdir(), "nothing.rds"))
    save_model(1, file)
  })
  before <- list.files(dirname(file))
  expect_error(write_whole(file, function(to) {
    writeLines("half", to)
    stop("full")
  }), "full")
  expect_identical(list.files(dirname(file)), before)
  expect_s3_class(load_model(file), "Sequential")
})

test_that("weights are saved and loaded, in order and by name", {
  set.seed(7)
  model <- small_sequential()
  want <- get_weights(model)
  file <- tempfile(fileext = ".rds")
  save_model_weights(model, file)
  other <- load_model_weights(small_sequential(), file)
  expect_identical(get_weights(other), want)
  wide <- keras_model_sequential() %>%
    layer_simple_rnn(units = 4, input_shape = list(NULL, 3), name = "rnn") %>%
    layer_dense(units = 5, name = "head") %>%
    layer_dense(units = 2, name = "more")
  before <- get_weights(wide)
  expect_error(load_model_weights(wide, file), class = "ValueError")
  expect_error(load_model_weights(wide, file, by_name = TRUE),
               class = "ValueError")
  expect_identical(get_weights(wide), before)
  load_model_weights(wide, file, by_name = TRUE, skip_mismatch = TRUE)
  expect_identical(get_weights(wide), c(want[1:3], before[4:7]))
  save_model(model, file)
  expect_identical(get_weights(load_model_weights(small_sequential(), file)),
                   want)
  saveRDS(want, file)
  expect_identical(get_weights(load_model_weights(small_sequential(), file)),
                   want)
  expect_error(load_model_weights(model, file, by_name = TRUE),
               class = "ValueError")
})
