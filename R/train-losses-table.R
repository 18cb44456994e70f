# Every loss is one entry: its names as tf.keras knows them, the class in its
# config, and `plan(t, p, args)`: which row computes it, on what. A plan fits
# labels to predictions; `args` are the loss' own arguments. `whole`: the row of
# its mean over all predictions, where there is one.
loss_kind <- function(class, names, plan, whole = NULL) {
  list(class = class, names = names, plan = plan, whole = whole)
}

loss_kinds <- list(
  mean_squared_error = loss_kind(
    "MeanSquaredError", c("mse", "MSE"), pair_plan(row_squared_error),
    whole = row_squared_loss
  ),
  mean_absolute_error = loss_kind(
    "MeanAbsoluteError", c("mae", "MAE"), pair_plan(row_absolute_error),
    whole = row_absolute_loss
  ),
  mean_absolute_percentage_error = loss_kind(
    "MeanAbsolutePercentageError", c("mape", "MAPE"),
    pair_plan(row_percentage_error)
  ),
  mean_squared_logarithmic_error = loss_kind(
    "MeanSquaredLogarithmicError", c("msle", "MSLE"),
    pair_plan(row_logarithmic_error)
  ),
  huber = loss_kind(
    "Huber", "huber_loss", pair_plan(row_huber, "delta")
  ),
  logcosh = loss_kind(
    "LogCosh", c("log_cosh", "logcosh_error"), pair_plan(row_logcosh)
  ),
  cosine_similarity = loss_kind(
    "CosineSimilarity", c("cosine_proximity", "cosine"), axis_plan(row_cosine)
  ),
  binary_crossentropy = loss_kind(
    "BinaryCrossentropy", c("bce", "BCE"), plan_binary
  ),
  categorical_crossentropy = loss_kind(
    "CategoricalCrossentropy", character(), plan_categorical
  ),
  sparse_categorical_crossentropy = loss_kind(
    "SparseCategoricalCrossentropy", character(), plan_sparse
  ),
  poisson = loss_kind("Poisson", character(), pair_plan(row_poisson)),
  kullback_leibler_divergence = loss_kind(
    "KLDivergence", c("kl_divergence", "kld", "KLD"), pair_plan(row_divergence)
  ),
  hinge = loss_kind("Hinge", character(), hinge_plan(row_hinge)),
  squared_hinge = loss_kind(
    "SquaredHinge", character(), hinge_plan(row_squared_hinge)
  ),
  categorical_hinge = loss_kind(
    "CategoricalHinge", character(), pair_plan(row_categorical_hinge)
  )
)

# The loss of each sample, a tensor; symbolic in, symbolic out.
loss_values <- function(kind, y_true, y_pred, args) {
  if (is_symbolic(y_true) || is_symbolic(y_pred)) {
    run <- function(y) loss_values(kind, y[[1L]], y[[2L]], args)
    return(symbolic_node(run, list(y_true, y_pred), name = kind))
  }
  plan <- loss_kinds[[kind]]$plan(y_true, y_pred, args)
  apply_op(plan$row, plan$inputs, plan$attrs)
}

# The same for plain arrays, without a tensor or a tape: what metrics take.
loss_arrays <- function(kind, y_true, y_pred, args) {
  plan <- loss_kinds[[kind]]$plan(y_true, y_pred, args)
  do.call(plan$row$forward, c(plan$inputs, plan$attrs))
}
