# Makes inst/extdata/: a model as tf.keras 2.15 wrote it, from-keras.keras, and
# what tf.keras computes with it, from-keras.rds: list(inputs, outputs).
#   Rscript data-raw/from-keras.R
# Both are among the test data; arrays in cases.json.gz are
# {"dim": [...], "data": [...]}, column-major.

folder <- "tests/testthat/data/keras-files/tf-keras-2.15"
file <- gzfile(file.path(folder, "cases.json.gz"))
cases <- jsonlite::fromJSON(file, simplifyVector = FALSE)$cases
case <- Find(function(case) case$name == "simple", cases)

as_array <- function(x) array(as.numeric(unlist(x$data)), unlist(x$dim))
dir.create("inst/extdata", FALSE)
saveRDS(
  list(inputs = as_array(case$inputs[[1]]),
       outputs = as_array(case$outputs[[1]])),
  "inst/extdata/from-keras.rds", version = 2
)

# The archive's members are Keras' own, byte by byte; they are packed here, which
# Keras does not do, and reads all the same.
dir <- tempfile()
members <- utils::unzip(file.path(folder, "simple.keras"), exdir = dir)
to <- file.path(normalizePath("inst/extdata"), "from-keras.keras")
unlink(to)
zip::zip(to, basename(members), root = dir, compression_level = 9,
         mode = "cherry-pick")
