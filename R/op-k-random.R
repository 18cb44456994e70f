#' Backend functions: random numbers
#'
#' @description
#' All numbers come from R's generator: `set.seed()` fixes them. A `seed` fixes
#' one call, and leaves the generator as it was.
#'
#' `k_truncated_normal()` keeps within two standard deviations of the mean.
#' `k_random_bernoulli()` (and `k_random_binomial()`, its old name) gives 1 with
#' probability `p`, else 0. `k_dropout()` sets the fraction `level` of elements
#' to 0 and scales the others by 1 / (1 - level), always; dropout that depends
#' on training is [k_in_train_phase()]'s or a layer's.
#'
#' @param shape A shape: whole numbers.
#' @param mean,stddev,scale Mean and standard deviation.
#' @param minval,maxval,low,high Bounds.
#' @param p The probability of 1.
#' @param x A tensor or array.
#' @param level The fraction to drop, between 0 and 1.
#' @param noise_shape NULL, or the shape of the mask that is drawn: axes of 1
#'   are dropped together, NULL in a list takes the size of `x`.
#' @param dtype NULL ("float64"), or a dtype.
#' @param name NULL, or a name.
#' @param seed NULL, or a whole number.
#' @return A tensor; `k_random_normal_variable()` and
#'   `k_random_uniform_variable()`: a variable.
#' @section Errors: `ValueError` for a shape that is not known or a rate
#'   outside \[0, 1\].
#' @source R keras 2.15, `k_*()`; tf.keras 2.15's backend.
#' @name k_random
#' @examples
#' k_random_normal(c(2, 3), seed = 1)
#' k_dropout(matrix(1, 2, 4), level = 0.5)
NULL

# `draw(n)` in a shape.
random_values <- function(draw, shape, dtype, seed) {
  zero <- value_of(op_zeros(numeric_shape(shape)))
  zero[] <- with_seed(check_seed(seed), draw(length(zero)))
  cast_values(zero, dtype)
}

#' @rdname k_random
#' @export
k_random_normal <- function(shape, mean = 0, stddev = 1, dtype = NULL,
                            seed = NULL) {
  check_number(mean, "mean")
  check_number(stddev, "stddev", 0)
  draw <- function(n) stats::rnorm(n, mean, stddev)
  new_tensor(random_values(draw, shape, dtype, seed))
}

#' @rdname k_random
#' @export
k_random_uniform <- function(shape, minval = 0, maxval = 1, dtype = NULL,
                             seed = NULL) {
  check_number(minval, "minval")
  check_number(maxval, "maxval", minval)
  draw <- function(n) stats::runif(n, minval, maxval)
  new_tensor(random_values(draw, shape, dtype, seed))
}

#' @rdname k_random
#' @export
k_truncated_normal <- function(shape, mean = 0, stddev = 1, dtype = NULL,
                               seed = NULL) {
  check_number(mean, "mean")
  check_number(stddev, "stddev", 0)
  draw <- function(n) truncated_normal(n, mean, stddev)
  new_tensor(random_values(draw, shape, dtype, seed))
}

#' @rdname k_random
#' @export
k_random_bernoulli <- function(shape, p = 0, dtype = NULL, seed = NULL) {
  p <- check_number(p, "p", 0, 1)
  draw <- function(n) as.double(stats::runif(n) < p)
  new_tensor(random_values(draw, shape, dtype, seed))
}

#' @rdname k_random
#' @export
k_random_binomial <- function(shape, p = 0, dtype = NULL, seed = NULL) {
  k_random_bernoulli(shape, p, dtype, seed)
}

#' @rdname k_random
#' @export
k_random_normal_variable <- function(shape, mean, scale, dtype = NULL,
                                     name = NULL, seed = NULL) {
  k_variable(k_random_normal(shape, mean, scale, dtype, seed), dtype, name)
}

#' @rdname k_random
#' @export
k_random_uniform_variable <- function(shape, low, high, dtype = NULL,
                                      name = NULL, seed = NULL) {
  k_variable(k_random_uniform(shape, low, high, dtype, seed), dtype, name)
}

#' @rdname k_random
#' @export
k_dropout <- function(x, level, noise_shape = NULL, seed = NULL) {
  level <- check_rate(level, "level")
  seed <- check_seed(seed)
  now_or_later(function(x) {
    sizes <- as.integer(shape_of(x))
    if (!is.null(noise_shape)) {
      asked <- as.integer(as_shape(numeric_shape(noise_shape)))
      sizes <- ifelse(is.na(asked), sizes, asked)
    }
    if (level == 0 || probing()) return(op_multiply(x, 1))
    keep <- k_random_bernoulli(sizes, 1 - level, seed = seed)
    op_multiply(x, value_of(keep) * if (level < 1) 1 / (1 - level) else 0)
  }, x, "dropout")
}
