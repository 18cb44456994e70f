# Settings of the session that k_set_floatx() and k_set_epsilon() change.
settings <- new.env(parent = emptyenv())
settings$floatx <- "float64"
settings$epsilon <- 1e-7
