# Settings of the session: `k_set_floatx()` and `k_set_epsilon()` change them.
settings <- new.env(parent = emptyenv())
settings$floatx <- "float64"
settings$epsilon <- 1e-7
