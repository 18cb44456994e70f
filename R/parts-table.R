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
