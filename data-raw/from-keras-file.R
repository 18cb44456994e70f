# Makes inst/extdata/from-keras.keras: the model of from-keras.rds (two
# SimpleRNN, a Dense layer) as tf.keras 2.15 trained and saved it, with Adam's
# state. Inputs and the outputs that tf.keras computes stand in from-keras.rds.
#   Rscript data-raw/from-keras-file.R
# The members of the archive are Keras' own, byte by byte; they are packed here,
# which Keras does not do, and reads all the same.

from <- "tests/testthat/data/keras-files/tf-keras-2.15/simple.keras"
to <- file.path(normalizePath("inst/extdata"), "from-keras.keras")
dir <- tempfile()
members <- utils::unzip(from, exdir = dir)
unlink(to)
zip::zip(to, basename(members), root = dir, compression_level = 9,
         mode = "cherry-pick")
