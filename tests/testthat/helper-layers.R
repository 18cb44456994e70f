# What every plain layer must do, and how its reference cases are run.

random_array <- function(sizes) {
  n <- prod(sizes)
  array(round(stats::rnorm(n), 3) + seq_len(n) * 1e-5, sizes)
}

# One shape or a list of them -> one array or a list.
random_inputs <- function(shape) {
  if (is.list(shape)) lapply(shape, random_inputs) else random_array(shape)
}

map_inputs <- function(x, f) {
  if (is.list(x) && !is_tensor(x)) lapply(x, map_inputs, f) else f(x)
}

without_batch <- function(shape) lapply(as.list(shape)[-1L], as.integer)

# The sum of outputs times `upstream`, as a plain number.
weighted_sum <- function(layer, x, upstream, ...) {
  out <- flatten_places(layer(x, ...))
  sum(mapply(function(y, u) sum(as.array(y) * u), out, upstream))
}

central_difference <- function(f, x, h = 1e-5) {
  d <- x
  for (k in seq_along(x)) {
    up <- down <- x
    up[k] <- x[k] + h
    down[k] <- x[k] - h
    d[k] <- (f(up) - f(down)) / (2 * h)
  }
  d
}

# layer_fn: a layer_*() function; shape: of the inputs, batch first, or a list
# of shapes. mask: "passes", "stops" or NA (not looked at). inputs: values
# instead of random ones. gradient: "all", "weights" or "none".
expect_layer_works <- function(layer_fn, args, shape, mask = "passes",
                               inputs = NULL, gradient = "all") {
  set.seed(3)
  layer <- do.call(layer_fn, args)
  x <- if (is.null(inputs)) random_inputs(shape) else inputs
  y <- layer(x)
  expect_true(is.array(y) && !is_tensor(y))
  expect_identical(layer$count_params(), sum(lengths(get_weights(layer))))
  expect_shapes(layer, layer_fn, args, shape, y)
  expect_in_graph(layer, shape, x, y)
  expect_copies(layer, x, y)
  expect_mask_way(layer, x, mask)
  expect_empty_batch(layer, x, y)
  if (gradient != "none") expect_layer_gradients(layer, x, y, gradient)
  invisible(layer)
}

batch_null <- function(shape) {
  if (is.list(shape)) return(lapply(shape, batch_null))
  c(list(NULL), without_batch(shape))
}

expect_shapes <- function(layer, layer_fn, args, shape, y) {
  fresh <- do.call(layer_fn, args)
  got <- fresh$compute_output_shape(batch_null(shape))
  expect_identical(format(got), format(shape(NULL, dim(y)[-1L])))
  built <- do.call(layer_fn, args)
  built$build(batch_null(shape))
  expect_true(built$built)
  expect_identical(lapply(get_weights(built), dim),
                   lapply(get_weights(layer), dim))
}

expect_in_graph <- function(layer, shape, x, y) {
  symbolic <- map_shape(shape, function(s) layer_input(without_batch(s)))
  out <- layer(symbolic)
  expect_identical(format(out$shape), format(shape(NULL, dim(y)[-1L])))
  model <- keras_model(symbolic, out)
  expect_equal(model(x), y)
}

map_shape <- function(shape, f) {
  if (is.list(shape)) lapply(shape, f) else f(shape)
}

expect_copies <- function(layer, x, y) {
  config <- get_config(layer)
  again <- from_config(config)
  again(x)
  again$set_weights(get_weights(layer))
  expect_equal(again(x), y)
  expect_equal(get_config(again), config, ignore_function_env = TRUE)
  file <- tempfile(fileext = ".rds")
  saveRDS(layer, file)
  expect_identical(readRDS(file)(x), layer(x))
  unlink(file)
}


expect_mask_way <- function(layer, x, way) {
  if (is.na(way)) return(invisible())
  mask <- NULL
  masked <- map_inputs(x, function(v) {
    mask <<- array(rep_len(c(TRUE, FALSE, TRUE), prod(dim(v)[1:2])),
                   dim(v)[1:2])
    with_mask(as_tensor(v), mask)
  })
  got <- mask_of(layer(masked))
  if (way == "stops") mask <- NULL
  expect_identical(got, mask)
}

expect_empty_batch <- function(layer, x, y) {
  none <- map_inputs(x, function(v) {
    array(v[0], c(0L, dim(v)[-1L]))
  })
  expect_identical(dim(layer(none)), c(0L, dim(y)[-1L]))
}

expect_layer_gradients <- function(layer, x, y, which, tolerance = 1e-6) {
  upstream <- list(random_array(dim(y)))
  tensors <- map_inputs(x, as_tensor)
  tape <- gradient_tape(op_sum(layer(tensors) * upstream[[1]]))
  got <- tape$gradient(list(x = tensors, weights = layer$trainable_weights))
  if (which == "all") {
    want <- input_differences(layer, x, upstream)
    expect_close(got$x, want, tolerance, "gradient of the inputs")
  }
  want <- lapply(layer$trainable_weights, function(w) {
    start <- w$value
    on.exit(w$assign(start))
    central_difference(function(v) {
      w$assign(v)
      weighted_sum(layer, x, upstream)
    }, start)
  })
  expect_close(got$weights, want, tolerance, "gradient of the weights")
}

input_differences <- function(layer, x, upstream) {
  if (!is.list(x)) {
    return(central_difference(function(v) {
      weighted_sum(layer, v, upstream)
    }, x))
  }
  lapply(seq_along(x), function(k) {
    central_difference(function(v) {
      x[[k]] <- v
      weighted_sum(layer, x, upstream)
    }, x[[k]])
  })
}

# Every case of the reference numbers for one layer function.
expect_layer_cases <- function(name) {
  cases <- Filter(function(case) case$layer == name, reference_cases("layers"))
  expect_gt(length(cases), 0)
  for (case in cases) expect_layer_case(case)
}

expect_layer_case <- function(case) {
  config <- lapply(case$config, function(a) {
    if (is.list(a)) unlist(a) else a
  })
  config$about <- NULL
  layer <- do.call(case$layer, config)
  tolerance <- if (is.null(case$tolerance)) 1e-10 else case$tolerance
  for (call in case$calls) {
    x <- lapply(as_reference_array(call$inputs), as_tensor)
    inputs <- if (length(x) == 1) x[[1]] else x
    layer(inputs)
    if (length(case$weights)) {
      layer$set_weights(as_reference_array(case$weights))
    }
    upstream <- as_reference_array(call$grads$upstream)
    out <- NULL
    tape <- gradient_tape({
      out <- layer(inputs, training = call$training)
      op_sum(out * upstream[[1]])
    })
    expect_close(list(out), as_reference_array(call$outputs), tolerance,
                 case$id)
    got <- tape$gradient(list(x, layer$trainable_weights))
    expect_close(got[[1]], as_reference_array(call$grads$inputs), tolerance,
                 paste(case$id, "inputs"))
    expect_close(got[[2]], as_reference_array(call$grads$weights), tolerance,
                 paste(case$id, "weights"))
  }
  expect_identical(vapply(layer$weights, function(w) w$trainable, NA),
                   as.logical(unlist(case$trainable)))
  expect_close(get_weights(layer), as_reference_array(case$weights_after),
               tolerance, paste(case$id, "weights after"))
}
