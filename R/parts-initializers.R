#' Initializers
#'
#' @description
#' An initializer makes the first values of a weight. Layers take one by name
#' (`kernel_initializer = "glorot_uniform"`, or `"GlorotUniform"`), as what a
#' function of this page makes, as your own function `function(shape)` or
#' `function(shape, dtype)` that gives an array or a tensor of that shape, or
#' as an object with such a `call` method.
#'
#' With `fan_in` and `fan_out` the number of inputs and outputs of a unit (of a
#' weight of shape `(a, b)` these are a and b; of more axes, the last two times
#' the sizes of all before; of one axis, both its size) and `n` one of them or
#' their mean:
#'
#' | initializer | distribution | scale | n |
#' | --- | --- | --- | --- |
#' | `glorot_uniform`, `glorot_normal` | uniform, truncated normal | 1 | mean |
#' | `he_uniform`, `he_normal` | uniform, truncated normal | 2 | `fan_in` |
#' | `lecun_uniform`, `lecun_normal` | the same two | 1 | `fan_in` |
#' | `variance_scaling` | `distribution` | `scale` | `mode` |
#'
#' The variance is `scale / n`: uniform values lie within
#' `sqrt(3 * scale / n)`; truncated normal values lie within two standard
#' deviations of a normal distribution that is wider by 1 / 0.8796, so that
#' their own standard deviation is `sqrt(scale / n)`.
#'
#' `initializer_orthogonal()` gives a matrix whose rows or columns (the fewer)
#' are orthogonal and have length `gain`: the Q of the QR decomposition of
#' normal numbers, with the signs that make the diagonal of R positive, so that
#' every orthogonal matrix is as likely as any other. More than two axes are
#' taken as a matrix whose columns are the last axis.
#'
#' @section Randomness: Numbers come from R's generator, so [set.seed()] fixes
#'   them. They fill the weight in R's order, the first axis fastest, one draw
#'   per element (`initializer_orthogonal()`: of the taller of the matrix and
#'   its transpose). With `seed`, an initializer gives the same values on every
#'   call, whatever the kind of generator chosen by [RNGkind()], and leaves the
#'   session's generator as it was.
#' @param value The value of every element, or an array of the weight's shape.
#' @param seed NULL, or a whole number that fixes the values.
#' @param mean,stddev Mean and standard deviation; of
#'   `initializer_truncated_normal()` before values further than two standard
#'   deviations away are drawn anew.
#' @param minval,maxval The range of the values.
#' @param gain What the matrix is multiplied by.
#' @param scale,mode,distribution See the table; `"normal"` is
#'   `"truncated_normal"`.
#' @return A function of class `recurrent_initializer`: called with a shape
#'   (`c(3, 4)` or `list(3, 4)`) it gives a plain array of doubles.
#' @section Errors: `ValueError` for a negative `stddev`, `gain` or `scale`, a
#'   shape with sizes not known, a shape of the wrong number of axes, and when
#'   a function of your own gives another shape; `TypeError` for what is not a
#'   number.
#' @source Glorot and Bengio (2010), *Understanding the difficulty of training
#'   deep feedforward neural networks*, AISTATS. He et al. (2015), *Delving
#'   deep into rectifiers*, ICCV. LeCun et al. (1998), *Efficient BackProp*.
#'   Saxe et al. (2013), *Exact solutions to the nonlinear dynamics of learning
#'   in deep linear neural networks*. Mezzadri (2007), *How to generate random
#'   matrices from the classical compact groups*, Notices of the AMS 54 (signs).
#' @name initializers
#' @examples
#' initializer_glorot_uniform(seed = 1)(c(3, 4))
#' q <- initializer_orthogonal(seed = 1)(c(4, 2))
#' crossprod(q)
#' layer_simple_rnn(units = 3, kernel_initializer = "he_normal",
#'                  recurrent_initializer = function(shape) diag(shape[[1]]))
NULL

# `values(sizes)` gives the numbers; `seed` is in `config` where there is one.
new_initializer <- function(name, config, values) {
  seed <- config$seed
  force(values)
  f <- function(shape, dtype = NULL, ...) {
    sizes <- weight_sizes(shape)
    as_weight(with_seed(seed, values(sizes)), sizes)
  }
  new_part("initializer", f, name, config)
}

weight_sizes <- function(shape) {
  sizes <- as.integer(as_shape(shape))
  if (anyNA(sizes)) {
    stop_value(
      sprintf("A weight cannot have the shape %s: not all sizes are known.",
              format(as_shape(shape))),
      i = "Give whole numbers, for example `c(3, 4)`."
    )
  }
  sizes
}

as_weight <- function(values, sizes) {
  if (length(sizes)) array(as.double(values), sizes) else as.double(values)
}

#' @rdname initializers
#' @export
initializer_zeros <- function() {
  new_initializer("Zeros", list(), function(sizes) numeric(prod(sizes)))
}

#' @rdname initializers
#' @export
initializer_ones <- function() {
  new_initializer("Ones", list(), function(sizes) rep(1, prod(sizes)))
}

#' @rdname initializers
#' @export
initializer_constant <- function(value = 0) {
  value <- value_of(value)
  if (length(value) == 1L) value <- as.double(value)
  new_initializer("Constant", list(value = value), function(sizes) {
    if (length(value) == 1L) return(rep(value, prod(sizes)))
    if (!identical(dim(value), sizes)) {
      stop_value(
        sprintf("`value` has shape %s, the weight has shape %s.",
                format(as_shape(dim(value))), format(as_shape(sizes))),
        i = "Give one number, or an array of the weight's shape."
      )
    }
    value
  })
}

#' @rdname initializers
#' @export
initializer_random_normal <- function(mean = 0, stddev = 0.05, seed = NULL) {
  config <- normal_config(mean, stddev, seed)
  new_initializer("RandomNormal", config, function(sizes) {
    stats::rnorm(prod(sizes), config$mean, config$stddev)
  })
}

#' @rdname initializers
#' @export
initializer_random_uniform <- function(minval = -0.05, maxval = 0.05,
                                       seed = NULL) {
  config <- list(minval = check_finite(minval, "minval"),
                 maxval = check_finite(maxval, "maxval"))
  config["seed"] <- list(check_seed(seed))
  if (config$minval > config$maxval) {
    stop_value(
      sprintf("`minval` = %s lies above `maxval` = %s.", format(minval),
              format(maxval)),
      i = "For example `minval = -0.05, maxval = 0.05`."
    )
  }
  new_initializer("RandomUniform", config, function(sizes) {
    stats::runif(prod(sizes), config$minval, config$maxval)
  })
}

#' @rdname initializers
#' @export
initializer_truncated_normal <- function(mean = 0, stddev = 0.05, seed = NULL) {
  config <- normal_config(mean, stddev, seed)
  new_initializer("TruncatedNormal", config, function(sizes) {
    truncated_normal(prod(sizes), config$mean, config$stddev)
  })
}

normal_config <- function(mean, stddev, seed) {
  list(mean = check_finite(mean, "mean"),
       stddev = check_finite(stddev, "stddev", min = 0),
       seed = check_seed(seed))
}

#' @rdname initializers
#' @export
initializer_variance_scaling <- function(
  scale = 1, mode = c("fan_in", "fan_out", "fan_avg"),
  distribution = c("normal", "uniform", "truncated_normal",
                   "untruncated_normal"),
  seed = NULL
) {
  modes <- c("fan_in", "fan_out", "fan_avg")
  kinds <- c("normal", "uniform", "truncated_normal", "untruncated_normal")
  if (identical(mode, modes)) mode <- modes[[1L]]
  if (identical(distribution, kinds)) distribution <- kinds[[1L]]
  scale <- check_finite(scale, "scale", min = 0)
  check_choice(mode, modes, "mode")
  check_choice(distribution, kinds, "distribution")
  if (distribution == "normal") distribution <- "truncated_normal"
  config <- list(scale = scale, mode = mode, distribution = distribution,
                 seed = check_seed(seed))
  scaling_initializer("VarianceScaling", config, scale, mode, distribution)
}

scaling_initializer <- function(name, config, scale, mode, distribution) {
  new_initializer(name, config, function(sizes) {
    n <- prod(sizes)
    variance <- scale / max(1, fans(sizes)[[mode]])
    switch(distribution,
      uniform = stats::runif(n, -1, 1) * sqrt(3 * variance),
      untruncated_normal = stats::rnorm(n) * sqrt(variance),
      # The standard deviation of a normal distribution cut at two of its own.
      truncated_normal(n) * sqrt(variance) / 0.87962566103423978
    )
  })
}

fans <- function(sizes) {
  rank <- length(sizes)
  if (rank == 0L) sizes <- c(1, 1)
  if (rank == 1L) sizes <- c(sizes, sizes)
  last <- length(sizes)
  before <- prod(sizes[seq_len(last - 2L)])
  fan_in <- before * sizes[[last - 1L]]
  fan_out <- before * sizes[[last]]
  list(fan_in = fan_in, fan_out = fan_out, fan_avg = (fan_in + fan_out) / 2)
}

# One of the named members of the family, told apart by scale and n.
named_scaling <- function(name, seed, scale, mode, distribution) {
  config <- list(seed = check_seed(seed))
  scaling_initializer(name, config, scale, mode, distribution)
}

#' @rdname initializers
#' @export
initializer_glorot_uniform <- function(seed = NULL) {
  named_scaling("GlorotUniform", seed, 1, "fan_avg", "uniform")
}

#' @rdname initializers
#' @export
initializer_glorot_normal <- function(seed = NULL) {
  named_scaling("GlorotNormal", seed, 1, "fan_avg", "truncated_normal")
}

#' @rdname initializers
#' @export
initializer_he_uniform <- function(seed = NULL) {
  named_scaling("HeUniform", seed, 2, "fan_in", "uniform")
}

#' @rdname initializers
#' @export
initializer_he_normal <- function(seed = NULL) {
  named_scaling("HeNormal", seed, 2, "fan_in", "truncated_normal")
}

#' @rdname initializers
#' @export
initializer_lecun_uniform <- function(seed = NULL) {
  named_scaling("LecunUniform", seed, 1, "fan_in", "uniform")
}

#' @rdname initializers
#' @export
initializer_lecun_normal <- function(seed = NULL) {
  named_scaling("LecunNormal", seed, 1, "fan_in", "truncated_normal")
}

#' @rdname initializers
#' @export
initializer_identity <- function(gain = 1) {
  gain <- check_finite(gain, "gain", min = 0)
  new_initializer("Identity", list(gain = gain), function(sizes) {
    if (length(sizes) != 2L) stop_rank("identity", "two axes", sizes)
    gain * (row(array(0, sizes)) == col(array(0, sizes)))
  })
}

#' @rdname initializers
#' @export
initializer_orthogonal <- function(gain = 1, seed = NULL) {
  config <- list(gain = check_finite(gain, "gain", min = 0),
                 seed = check_seed(seed))
  new_initializer("Orthogonal", config, function(sizes) {
    if (length(sizes) < 2L) stop_rank("orthogonal", "at least two axes", sizes)
    columns <- sizes[[length(sizes)]]
    rows <- prod(sizes[-length(sizes)])
    config$gain * random_orthogonal(rows, columns)
  })
}

random_orthogonal <- function(rows, columns) {
  if (rows < columns) return(t(random_orthogonal(columns, rows)))
  x <- matrix(stats::rnorm(rows * columns), rows, columns)
  if (!length(x)) return(x)
  qr <- qr(x, LAPACK = TRUE)
  signs <- ifelse(diag(qr$qr)[seq_len(columns)] < 0, -1, 1)
  sweep(qr.Q(qr), 2L, signs, `*`)
}

stop_rank <- function(name, needs, sizes) {
  stop_value(
    sprintf("The %s initializer makes weights with %s, not of shape %s.", name,
            needs, format(as_shape(sizes))),
    i = 'Another initializer, for example "glorot_uniform", makes any shape.'
  )
}

# What a user gave (x) as an initializer: its function f is called with what it
# can take, and what it gives is held to the shape.
own_initializer <- function(f, x) {
  takes <- names(formals(args(f)))
  own <- function(shape, dtype = NULL, ...) {
    sizes <- weight_sizes(shape)
    value <- if ("dtype" %in% takes) f(sizes, dtype = dtype %||% "float64") else
      f(sizes)
    value <- value_of(value)
    if (!identical(as.integer(dims(value)), sizes)) {
      stop_value(
        sprintf("The initializer gave values of shape %s for a weight of \
shape %s.", format(as_shape(dims(value))), format(as_shape(sizes))),
        i = "It is called with the shape, an integer vector: \
`function(shape) array(values, shape)`."
      )
    }
    as_weight(value, sizes)
  }
  new_part("initializer", own, NULL, x)
}
