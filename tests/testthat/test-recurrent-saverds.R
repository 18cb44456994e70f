# What is saved with saveRDS() works in a process that has only the package.

# The package as a fresh process finds it: as installed for R CMD check, else
# installed once from its sources.
installed_library <- local({
  found <- NULL
  function() {
    if (is.null(found)) found <<- find_library()
    found
  }
})

find_library <- function() {
  home <- getNamespaceInfo("recurrent", "path")
  if (file.exists(file.path(home, "Meta", "package.rds"))) {
    return(dirname(home))
  }
  root <- house_root()
  skip_if(is.null(root), "the package is neither installed nor in sources")
  library <- tempfile("library")
  dir.create(library)
  callr::rcmd("INSTALL", c("--no-docs", "--no-test-load", "-l", library,
                           normalizePath(root)))
  library
}

# A script of a user's in a fresh process, at its top level: what it defines
# is global there.
run_script <- function(lines, env = character()) {
  script <- tempfile(fileext = ".R")
  writeLines(c("library(recurrent)", lines), script)
  callr::rscript(script, show = FALSE,
                 libpath = c(installed_library(), .libPaths()))
}

definitions <- '
gain <- 0.7
squash <- function(x) tanh(x) * gain
kept <- matrix(sin(1:12), 3, 4)

OwnCell <- new_layer_class("OwnCell",
  initialize = function(units, ...) {
    super$initialize(...)
    self$units <- units
    self$state_size <- units
  },
  build = function(input_shape) {
    self$W <- self$add_weight("W", list(input_shape[[2]], self$units))
  },
  call = function(inputs, states) {
    h <- squash(inputs %*% self$W + states[[1]])
    list(h, list(h))
  }
)
OldCell <- R6::R6Class("OldCell", inherit = KerasLayer, public = list(
  units = NULL, state_size = NULL, W = NULL,
  initialize = function(units, ...) {
    super$initialize(...)
    self$units <- self$state_size <- units
  },
  build = function(input_shape) {
    self$W <- self$add_weight("W", list(input_shape[[2]], self$units))
  },
  call = function(inputs, states) {
    h <- squash(inputs %*% self$W + states[[1]])
    list(h, list(h))
  }
))
FreeCell <- R6::R6Class("FreeCell", public = list(
  state_size = 4,
  call = function(inputs, states) {
    h <- squash(inputs %*% kept + states[[1]])
    list(h, list(h))
  }
))
list_cell <- list(state_size = 4, call = function(inputs, states) {
  h <- squash(inputs %*% kept + states[[1]])
  list(h, list(h))
})
x <- array(cos(1:30), c(2, 5, 3))
'

test_that("layers with cells of the user's give the same in a fresh process", {
  skip_on_cran()
  skip_if_not_installed("callr")
  file <- tempfile(fileext = ".rds")
  run_script(c(definitions, sprintf('
cells <- list(
  own = OwnCell(units = 4), old = OldCell$new(4), free = FreeCell$new(),
  list = list_cell,
  activation = layer_simple_rnn_cell(4, activation = function(x) squash(x)),
  stack = list(OwnCell(units = 4), layer_simple_rnn_cell(3), OldCell$new(2))
)
layers <- lapply(cells, function(cell) layer_rnn(cell = cell))
outputs <- lapply(layers, function(layer) layer(x))
later <- function(x) squash(x) + 1
layers$late <- layer_rnn(cell = list(state_size = 3, call =
  function(inputs, states) list(later(inputs) + states[[1]], states)))
outputs$late <- layers$late(x)
saveRDS(list(layers = layers, outputs = outputs, x = x), "%s")
', file)))
  got <- run_script(sprintf('
saved <- readRDS("%s")
for (name in names(saved$layers)) {
  layer <- saved$layers[[name]]
  again <- from_config(get_config(layer))
  again(saved$x)
  set_weights(again, get_weights(layer))
  cat(name, identical(layer(saved$x), saved$outputs[[name]]),
      identical(again(saved$x), saved$outputs[[name]]), "\\n")
}', file))
  said <- strsplit(trimws(got$stdout), " *\n")[[1]]
  expect_identical(said, paste(
    c("own", "old", "free", "list", "activation", "stack", "late"), "TRUE TRUE"
  ))
  expect_lt(file.size(file), 2e5)
})

test_that("a model with a user's cell predicts the same in a fresh process", {
  skip_on_cran()
  skip_if_not_installed("callr")
  file <- tempfile(fileext = ".rds")
  run_script(c(definitions, sprintf('
model <- keras_model_sequential() %%>%%
  layer_rnn(cell = OwnCell(units = 4), return_sequences = TRUE, stateful = TRUE,
            batch_input_shape = list(2, NULL, 3)) %%>%%
  layer_simple_rnn(2) %%>%%
  layer_dense(1)
model %%>%% compile(optimizer = "adam", loss = "mse")
model %%>%% fit(x, matrix(1, 2, 1), epochs = 2, verbose = 0)
saveRDS(list(model = model, x = x), "%s")
saveRDS(model$predict(x), "%s.out")
', file, file)))
  got <- run_script(sprintf('
saved <- readRDS("%s")
want <- readRDS("%s.out")
cat(identical(predict(saved$model, saved$x), want), "\\n")
fit(saved$model, saved$x, matrix(1, 2, 1), verbose = 0)
', file, file))
  expect_identical(trimws(got$stdout), "TRUE")
  expect_lt(file.size(file), 2e5)
})
