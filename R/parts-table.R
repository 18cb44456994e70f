# The parts that Keras names, by class name. `other`: first the name that
# messages show, then what else tf.keras 2.15 and R keras understand.
initializer_table <- list(
  GlorotUniform = part_row("glorot_uniform", initializer_glorot_uniform),
  GlorotNormal = part_row("glorot_normal", initializer_glorot_normal),
  HeUniform = part_row("he_uniform", initializer_he_uniform),
  HeNormal = part_row("he_normal", initializer_he_normal),
  LecunUniform = part_row("lecun_uniform", initializer_lecun_uniform),
  LecunNormal = part_row("lecun_normal", initializer_lecun_normal),
  VarianceScaling = part_row("variance_scaling", initializer_variance_scaling),
  RandomUniform = part_row(c("random_uniform", "uniform"),
                           initializer_random_uniform),
  RandomNormal = part_row(c("random_normal", "normal"),
                          initializer_random_normal),
  TruncatedNormal = part_row("truncated_normal", initializer_truncated_normal),
  Orthogonal = part_row("orthogonal", initializer_orthogonal),
  Identity = part_row("identity", initializer_identity),
  Zeros = part_row(c("zeros", "zero"), initializer_zeros),
  Ones = part_row(c("ones", "one"), initializer_ones),
  Constant = part_row("constant", initializer_constant)
)

# function(shape) -> plain array of doubles. NULL stays NULL.
get_initializer <- function(x, arg = "initializer") {
  get_part(x, "initializer", initializer_table, own_initializer, arg)
}

regularizer_table <- list(
  L1 = part_row("l1", function(l1 = 0.01) regularizer_l1(l1), regularizer_l1),
  L2 = part_row("l2", function(l2 = 0.01) regularizer_l2(l2), regularizer_l2),
  L1L2 = part_row("l1_l2", regularizer_l1_l2),
  OrthogonalRegularizer = part_row(
    c("orthogonal", "orthogonal_regularizer"),
    function(factor = 0.01, mode = "rows") regularizer_orthogonal(factor, mode),
    regularizer_orthogonal
  )
)

# function(w) -> tensor of shape (). NULL stays NULL.
get_regularizer <- function(x, arg = "regularizer") {
  get_part(x, "regularizer", regularizer_table, own_regularizer, arg)
}

constraint_table <- list(
  MaxNorm = part_row(c("max_norm", "maxnorm"), constraint_maxnorm),
  MinMaxNorm = part_row(c("min_max_norm", "minmaxnorm"),
                        constraint_minmaxnorm),
  NonNeg = part_row(c("non_neg", "nonneg"), constraint_nonneg),
  UnitNorm = part_row(c("unit_norm", "unitnorm"), constraint_unitnorm)
)

# function(w) -> tensor of the shape of w. NULL stays NULL.
get_constraint <- function(x, arg = "constraint") {
  get_part(x, "constraint", constraint_table, own_constraint, arg)
}

activation_row <- function(name, f, native = NULL, other = name) {
  part_row(other, function() named_activation(name, f, native), f)
}

activation_table <- list(
  tanh = activation_row("tanh", activation_tanh, 1L),
  linear = activation_row("linear", activation_linear, 0L),
  sigmoid = activation_row("sigmoid", activation_sigmoid, 2L),
  relu = activation_row("relu", activation_relu, 3L),
  elu = activation_row("elu", activation_elu, 4L),
  selu = activation_row("selu", activation_selu, 5L),
  softplus = activation_row("softplus", activation_softplus, 6L),
  softsign = activation_row("softsign", activation_softsign, 7L),
  swish = activation_row("swish", activation_swish, 8L, c("swish", "silu")),
  gelu = activation_row("gelu", activation_gelu, 9L),
  exponential = activation_row("exponential", activation_exponential, 10L),
  hard_sigmoid = activation_row("hard_sigmoid", activation_hard_sigmoid, 11L),
  softmax = activation_row("softmax", activation_softmax, 12L),
  leaky_relu = activation_row("leaky_relu", leaky_relu),
  mish = activation_row("mish", mish)
)

# function(x) -> tensor of the shape of x, with the attribute `native`, its
# number in the kernels (NULL: none). NULL is "linear".
get_activation <- function(x, arg = "activation") {
  # Keras 3 writes a function as list(class_name = "function", config = name).
  if (is.list(x) && identical(x$class_name, "function")) x <- x$config
  if (identical(x, "hard_sigmoid_3")) {
    return(named_activation(x, hard_sigmoid_three))
  }
  get_part(x %||% "linear", "activation", activation_table, own_activation, arg)
}
