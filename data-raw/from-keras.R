# Makes inst/extdata/from-keras.rds, a model of tf.keras 2.15 as one would carry
# it over by hand: its JSON, its weights in the order of get_weights(), inputs,
# and the outputs that tf.keras computes from them.
#   Rscript data-raw/from-keras.R cases.json.gz
# The argument is a file of cases written by tf.keras 2.15; arrays in it are
# {"dim": [...], "data": [...]}, column-major.

file <- commandArgs(trailingOnly = TRUE)[[1]]
cases <- jsonlite::fromJSON(gzfile(file), simplifyVector = FALSE)$cases
case <- Find(function(case) case$name == "simple", cases)

as_array <- function(x) array(as.numeric(unlist(x$data)), unlist(x$dim))
saveRDS(
  list(json = case$json, weights = lapply(case$weights, as_array),
       inputs = as_array(case$inputs[[1]]),
       outputs = as_array(case$outputs[[1]])),
  "inst/extdata/from-keras.rds", version = 2
)
