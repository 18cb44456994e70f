# Parsed JSON with objects sorted by key, numbers as doubles.
tidy_json <- function(x) {
  if (!is.list(x)) return(if (is.numeric(x)) as.double(x) else x)
  x <- lapply(x, tidy_json)
  if (is.null(names(x))) unname(x) else x[order(names(x))]
}

# What tf.keras wrote, made again from its own JSON and written by the package.
test_that("JSON of models is that of tf.keras, read and written", {
  skip_if_not_installed("jsonlite")
  cases <- reference_cases("configs")
  cases <- cases[grepl("^model_json", names(cases))]
  expect_length(cases, 2)
  for (case in cases) {
    model <- model_from_json(case$json)
    expect_identical(lapply(get_weights(model), function(w) as.list(dim(w))),
                     case$shapes)
    parse <- function(json) {
      tidy_json(jsonlite::fromJSON(json, simplifyVector = FALSE))
    }
    expect_identical(parse(model_to_json(model)), parse(case$json))
  }
})

test_that("a model made here is written as tf.keras writes it", {
  skip_if_not_installed("jsonlite")
  case <- reference_cases("configs")[["model_json/seq2seq"]]
  x <- layer_input(list(4, 2), name = "x")
  y <- layer_input(list(3, 2), name = "y")
  coded <- layer_simple_rnn(units = 3, return_state = TRUE,
                            name = "encoder")(x)
  decoded <- layer_simple_rnn(units = 3, return_sequences = TRUE,
                              name = "decoder")(y, initial_state = coded[[2]])
  model <- keras_model(list(x, y), layer_dense(decoded, 1, name = "head"),
                       name = "seq2seq")
  got <- jsonlite::fromJSON(model_to_json(model), simplifyVector = FALSE)
  want <- jsonlite::fromJSON(case$json, simplifyVector = FALSE)
  expect_identical(tidy_json(got), tidy_json(want))
})

test_that("graphs come back from config and JSON, with their ops", {
  set.seed(1)
  model <- small_graph()
  x <- small_graph_data()
  want <- predict(model, x)
  copy <- with_weights_of(from_config(get_config(model)), model)
  expect_identical(predict(copy, x), want)
  expect_identical(get_config(copy), get_config(model))
  expect_identical(vapply(copy$layers, function(l) l$name, ""),
                   vapply(model$layers, function(l) l$name, ""))
  skip_if_not_installed("jsonlite")
  json <- model_to_json(model)
  read <- with_weights_of(model_from_json(json), model)
  expect_identical(predict(read, x), want)
  expect_identical(model_to_json(read), json)
})

test_that("indexing, joining and constants travel in configs", {
  set.seed(2)
  x <- layer_input(list(4, 3))
  h <- layer_simple_rnn(x, units = 2, return_sequences = TRUE)
  y <- op_concatenate(list(h[, 2:3, ], x[, -1, 1:2][, 1:2, ]), axis = -1)
  z <- op_where(y > 0.1, y, op_exp(y) * c(0.5, 0.25, 0.125, 1 / 3))
  model <- keras_model(x, z)
  data <- random_array(2, 4, 3)
  skip_if_not_installed("jsonlite")
  read <- with_weights_of(model_from_json(model_to_json(model)), model)
  expect_identical(predict(read, data), predict(model, data))
})

test_that("every op is found by its name", {
  root <- house_root()
  skip_if(is.null(root), "the package's sources are not beside its tests")
  code <- unlist(lapply(house_files(root, "R", "^op-.*[.]R$"), readLines))
  rows <- grep("^row_[a-z0-9_]+ <- op_row", code, value = TRUE)
  rows <- sub(" .*", "", rows)
  expect_gt(length(rows), 60)
  for (n in rows) {
    expect_identical(paste0("row_", get(n, asNamespace("recurrent"))$name), n)
  }
})

test_that("values of ops are written and read exactly", {
  for (value in list(NULL, 3L, pi, 1e-300, TRUE, "a", c(a = 1, b = NA, 3),
                     list(1L, NULL, list(2.5)), matrix(c(1 / 3, 2, 3, 4), 2),
                     integer(), list(), c(Inf, -Inf, NaN))) {
    expect_identical(decode_value(encode_value(value)), value)
  }
})

test_that("classes of users travel in configs, and are asked for by JSON", {
  set.seed(3)
  Scaled <- new_layer_class(
    "Scaled",
    initialize = function(by = 1, ...) {
      super$initialize(...)
      self$by <- by
    },
    call = function(inputs) inputs * self$by
  )
  model <- keras_model_sequential(input_shape = 3) %>%
    layer_dense(units = 2) %>% Scaled(by = 4)
  x <- random_array(2, 3)
  copy <- with_weights_of(from_config(get_config(model)), model)
  expect_identical(predict(copy, x), predict(model, x))
  skip_if_not_installed("jsonlite")
  json <- model_to_json(model)
  read <- model_from_json(json, custom_objects = list(Scaled = Scaled))
  expect_identical(predict(with_weights_of(read, model), x), predict(model, x))
  read <- with_custom_object_scope(list(Scaled = Scaled), model_from_json(json))
  expect_identical(predict(with_weights_of(read, model), x), predict(model, x))
  expect_snapshot(error = TRUE, {
    model_from_json(json)
    with_custom_object_scope(Scaled, 1)
  })
})

test_that("what has no JSON, or is none, is refused", {
  skip_if_not_installed("jsonlite")
  model <- keras_model_sequential(input_shape = 3) %>%
    layer_dense(units = 2, activation = function(x) x * 2, name = "own")
  expect_snapshot(error = TRUE, {
    model_to_json(model)
    model_from_json("{")
    model_from_json("[1, 2]")
    model_from_json("{\"class_name\": \"Nothing\", \"config\": {}}")
  })
  spec <- get_config(small_graph())
  spec$layers[[3]]$inbound_nodes[[1]][[1]][[1]] <- "nobody"
  expect_snapshot(error = TRUE, from_config(spec))
})

test_that("frozen layers and models come back frozen", {
  model <- small_sequential()
  freeze_weights(model, which = "rnn")
  copy <- from_config(get_config(model))
  expect_length(copy$trainable_weights, 2)
  graph <- small_graph()
  graph$trainable <- FALSE
  expect_length(from_config(get_config(graph))$trainable_weights, 0)
})

test_that("serialize_model() keeps everything, or leaves out compile()", {
  set.seed(4)
  model <- small_sequential()
  model %>% compile("adam", "mse")
  x <- random_array(4, 5, 3)
  y <- random_array(4, 2)
  model %>% fit(x, y, epochs = 1, verbose = 0)
  bytes <- serialize_model(model)
  copy <- unserialize_model(bytes)
  expect_identical(predict(copy, x), predict(model, x))
  for (m in list(model, copy)) {
    m %>% fit(x, y, epochs = 2, shuffle = FALSE, verbose = 0)
  }
  expect_identical(get_weights(copy), get_weights(model))
  expect_null(unserialize_model(bytes, compile = FALSE)$optimizer)
  bare <- serialize_model(model, include_optimizer = FALSE)
  expect_null(unserialize_model(bare)$optimizer)
  expect_false(is.null(model$optimizer))
  expect_snapshot(error = TRUE, {
    unserialize_model("bytes")
    unserialize_model(bytes[1:100])
    unserialize_model(raw(10))
    serialize_model(1)
  })
})
