# The package rnn of CRAN as a peer: the lines of peer-torch.py.
#   Rscript bench/peer-rnn.R LIBRARY ANSWERS
# It learns in one call, here one epoch on all rows at once; an output layer,
# here of one unit, belongs to it. Numbers are doubles.

args <- commandArgs(TRUE)
.libPaths(c(args[[1]], .libPaths()))
invisible(loadNamespace("rnn"))
source("bench/common.R")
cases <- list()

create <- function(cell, size) {
  x <- few(size[1:3])
  y <- array(0.5, c(size[1:2], 1))
  type <- if (cell == "simple") "rnn" else cell
  train <- function() {
    rnn::trainr(Y = y, X = x, learningrate = 0.01, hidden_dim = size[[4]],
                network_type = type, batch_size = size[[1]],
                epoch_function = c(rnn::epoch_annealing))
  }
  model <- train()
  list(forward = function() rnn::predictr(model, x), both = train)
}

answer <- function(words) {
  if (words[[1]] == "hello") {
    return(paste("rnn", getNamespaceVersion("rnn")))
  }
  if (words[[1]] == "new") {
    cases[[words[[2]]]] <<- create(words[[3]], as.integer(words[4:7]))
    return("ok")
  }
  format(seconds(cases[[words[[2]]]][[words[[3]]]], as.integer(words[[4]])),
         digits = 8)
}

answers <- fifo(args[[2]], "w", blocking = TRUE)
lines <- file("stdin", "r")
repeat {
  line <- readLines(lines, 1)
  if (!length(line) || startsWith(line, "stop")) break
  writeLines(answer(strsplit(line, " ")[[1]]), answers)
  flush(answers)
}
