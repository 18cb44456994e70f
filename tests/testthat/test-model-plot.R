test_that("graphs are laid out by depth; long arrows have places between", {
  x <- layer_input(list(3), name = "x")
  a <- layer_dense(x, units = 2, name = "a")
  b <- layer_dense(a, units = 2, name = "b")
  model <- keras_model(x, layer_concatenate(list(x, b), name = "joined"))
  graph <- place_layers(drawn_graph(unwrap_layer(model)))
  names <- vapply(graph$layers, function(l) l$name, "")
  expect_identical(graph$level[match(c("x", "a", "b", "joined"), names)],
                   c(1L, 2L, 3L, 4L))
  # x -> joined passes levels 2 and 3 beside a and b.
  expect_length(graph$level, 6)
  expect_false(anyDuplicated(paste(graph$level, graph$x)) > 0)
})

test_that("models are drawn", {
  file <- tempfile(fileext = ".png")
  grDevices::png(file, 300, 300)
  expect_identical(plot(small_graph(), show_shapes = FALSE)$name, "graph")
  plot(small_sequential(), cex = 0.5)
  grDevices::dev.off()
  expect_gt(file.size(file), 1000)
})

test_that("a model without graph is refused", {
  model <- keras_model_sequential(list(layer_dense(units = 1)), name = "waits")
  grDevices::pdf(NULL)
  expect_error(plot(model), class = "ValueError")
  grDevices::dev.off()
  expect_snapshot(error = TRUE, drawn_graph(unwrap_layer(model)))
})
