#' Optimizers
#'
#' @description
#' How training moves the weights. [compile()] takes an optimizer, its name
#' (`"adam"`, `"rmsprop"`, `"sgd"`, ...) or its function.
#'
#' With gradient \eqn{g}, learning rate \eqn{\eta}, and all products and roots
#' elementwise, a step changes the weight \eqn{w} so:
#'
#' * `optimizer_sgd()`: \eqn{w - \eta g}; with momentum \eqn{\mu},
#'   \eqn{m = \mu m - \eta g} and \eqn{w + m}, or \eqn{w + \mu m - \eta g} if
#'   `nesterov`.
#' * `optimizer_rmsprop()`: \eqn{v = \rho v + (1 - \rho) g^2},
#'   \eqn{w - \eta g / \sqrt{v + \epsilon}}; `centered` subtracts the square of
#'   the gradients' moving average from \eqn{v}.
#' * `optimizer_adam()`: \eqn{m = \beta_1 m + (1 - \beta_1) g},
#'   \eqn{v = \beta_2 v + (1 - \beta_2) g^2}, and in step \eqn{k}
#'   \eqn{w - \eta \sqrt{1 - \beta_2^k} / (1 - \beta_1^k) \cdot m / (\sqrt{v} +
#'   \epsilon)}; `amsgrad` takes the largest \eqn{v} so far.
#' * `optimizer_adamw()`: Adam with weight decay.
#' * `optimizer_adamax()`: \eqn{u = \max(\beta_2 u, |g|)} in place of
#'   \eqn{\sqrt{v}}.
#' * `optimizer_nadam()`: Adam with Nesterov's momentum.
#' * `optimizer_adagrad()`: \eqn{s = s + g^2},
#'   \eqn{w - \eta g / \sqrt{s + \epsilon}}.
#' * `optimizer_adadelta()`: Adagrad with a moving average for the sum, and
#'   steps scaled by those before.
#' * `optimizer_ftrl()`: follow the regularized leader.
#'
#' @details
#' A step first clips the gradients, then shrinks the weights (`weight_decay`),
#' moves them, averages them (`use_ema`), and applies the constraints of the
#' layers. If several bounds are given, `clipnorm` goes before
#' `global_clipnorm` and this before `clipvalue`.
#'
#' An optimizer `o` has `o$learning_rate`, a variable: `k_get_value()` reads
#' it, `o$learning_rate <- 0.01` or `k_set_value()` sets it during training;
#' `o$iterations`, the number of steps; `o$apply_gradients(grads, weights)`, one
#' step, for training loops of your own; `o$get_state()` and
#' `o$set_state(state)`, all it remembers as plain data; `o$get_config()`.
#'
#' @param learning_rate A number, or a schedule: what a
#'   [`learning_rate_schedule_*()`][learning_rate_schedule] function makes, or
#'   a function of the number of steps taken.
#' @param momentum Number in `[0, 1]`.
#' @param nesterov `TRUE` for Nesterov's momentum.
#' @param amsgrad `TRUE` for the variant of Adam that never forgets a large
#'   gradient (no effect in `optimizer_sgd()`).
#' @param rho How slowly moving averages forget, in `[0, 1]`.
#' @param centered `TRUE` to divide by the standard deviation of gradients.
#' @param beta_1,beta_2 How slowly the moving averages of the gradient and of
#'   its square forget, in `[0, 1]`.
#' @param epsilon Small number that keeps the divisor away from 0.
#' @param initial_accumulator_value Start of the sum of squares.
#' @param learning_rate_power Power of the sum of squares, at most 0.
#' @param l1_regularization_strength,l2_regularization_strength Penalties of
#'   absolute values and squares of the weights.
#' @param l2_shrinkage_regularization_strength Penalty of squares that acts
#'   through the gradient.
#' @param beta The beta of the paper on FTRL.
#' @param weight_decay `NULL`, or the fraction (times the learning rate) by
#'   which each step shrinks the weights.
#' @param clipnorm `NULL`, or the largest length of one weight's gradient.
#' @param clipvalue `NULL`, or the largest absolute value in a gradient.
#' @param global_clipnorm `NULL`, or the largest length of all gradients
#'   together.
#' @param use_ema `TRUE` to keep a moving average of the weights, which
#'   become those of the model at the end of training.
#' @param ema_momentum How slowly that average forgets.
#' @param ema_overwrite_frequency `NULL`, or after how many steps the average
#'   overwrites the weights.
#' @param jit_compile Accepted, no effect.
#' @param name Name of the optimizer.
#' @param ... `lr`, the older name of `learning_rate`; `decay`: the learning
#'   rate is divided by 1 + `decay` times the number of steps.
#' @return An optimizer, an R6 object of class `recurrent_optimizer`.
#' @section Errors: `ValueError` for values out of range, `TypeError` for
#'   unknown arguments, and for setting a learning rate that a schedule gives.
#' @source tf.keras 2.15, `tf.keras.optimizers`; the names of R keras 2.15.
#'   Kingma and Ba (2015), *Adam: a method for stochastic optimization*;
#'   Loshchilov and Hutter (2019), *Decoupled weight decay regularization*;
#'   Dozat (2016), *Incorporating Nesterov momentum into Adam*; Duchi, Hazan and
#'   Singer (2011), *Adaptive subgradient methods*; Zeiler (2012), *ADADELTA*;
#'   McMahan et al. (2013), *Ad click prediction*.
#' @name optimizer
#' @examples
#' optimizer <- optimizer_adam(learning_rate = 0.01, clipnorm = 1)
#' layer <- layer_dense(units = 1)
#' tape <- gradient_tape(op_sum(layer(matrix(1:4, 2))^2))
#' optimizer$apply_gradients(tape$gradient(layer$weights), layer$weights)
#' optimizer$iterations
#' optimizer$learning_rate <- 0.001
#' optimizer
NULL

#' @rdname optimizer
#' @export
optimizer_sgd <- function(learning_rate = 0.01, momentum = 0, nesterov = FALSE,
                          amsgrad = FALSE, weight_decay = NULL, clipnorm = NULL,
                          clipvalue = NULL, global_clipnorm = NULL,
                          use_ema = FALSE, ema_momentum = 0.99,
                          ema_overwrite_frequency = NULL, jit_compile = TRUE,
                          name = "SGD", ...) {
  make_optimizer("SGD", call_args(NULL))
}

#' @rdname optimizer
#' @export
optimizer_rmsprop <- function(learning_rate = 0.001, rho = 0.9, momentum = 0,
                              epsilon = 1e-07, centered = FALSE,
                              weight_decay = NULL, clipnorm = NULL,
                              clipvalue = NULL, global_clipnorm = NULL,
                              use_ema = FALSE, ema_momentum = 0.99,
                              ema_overwrite_frequency = 100L,
                              jit_compile = TRUE, name = "RMSprop", ...) {
  make_optimizer("RMSprop", call_args(NULL))
}

#' @rdname optimizer
#' @export
optimizer_adam <- function(learning_rate = 0.001, beta_1 = 0.9, beta_2 = 0.999,
                           epsilon = 1e-07, amsgrad = FALSE,
                           weight_decay = NULL, clipnorm = NULL,
                           clipvalue = NULL, global_clipnorm = NULL,
                           use_ema = FALSE, ema_momentum = 0.99,
                           ema_overwrite_frequency = NULL, jit_compile = TRUE,
                           name = "Adam", ...) {
  make_optimizer("Adam", call_args(NULL))
}

#' @rdname optimizer
#' @export
optimizer_adamw <- function(learning_rate = 0.001, weight_decay = 0.004,
                            beta_1 = 0.9, beta_2 = 0.999, epsilon = 1e-07,
                            amsgrad = FALSE, clipnorm = NULL, clipvalue = NULL,
                            global_clipnorm = NULL, use_ema = FALSE,
                            ema_momentum = 0.99, ema_overwrite_frequency = NULL,
                            jit_compile = TRUE, name = "AdamW", ...) {
  make_optimizer("AdamW", call_args(NULL))
}

#' @rdname optimizer
#' @export
optimizer_adam_w <- optimizer_adamw

#' @rdname optimizer
#' @export
optimizer_adamax <- function(learning_rate = 0.001, beta_1 = 0.9,
                             beta_2 = 0.999, epsilon = 1e-07,
                             weight_decay = NULL, clipnorm = NULL,
                             clipvalue = NULL, global_clipnorm = NULL,
                             use_ema = FALSE, ema_momentum = 0.99,
                             ema_overwrite_frequency = NULL, jit_compile = TRUE,
                             name = "Adamax", ...) {
  make_optimizer("Adamax", call_args(NULL))
}

#' @rdname optimizer
#' @export
optimizer_nadam <- function(learning_rate = 0.001, beta_1 = 0.9, beta_2 = 0.999,
                            epsilon = 1e-07, weight_decay = NULL,
                            clipnorm = NULL, clipvalue = NULL,
                            global_clipnorm = NULL, use_ema = FALSE,
                            ema_momentum = 0.99, ema_overwrite_frequency = NULL,
                            jit_compile = TRUE, name = "Nadam", ...) {
  make_optimizer("Nadam", call_args(NULL))
}

#' @rdname optimizer
#' @export
optimizer_adagrad <- function(learning_rate = 0.001,
                              initial_accumulator_value = 0.1, epsilon = 1e-07,
                              weight_decay = NULL, clipnorm = NULL,
                              clipvalue = NULL, global_clipnorm = NULL,
                              use_ema = FALSE, ema_momentum = 0.99,
                              ema_overwrite_frequency = NULL,
                              jit_compile = TRUE, name = "Adagrad", ...) {
  make_optimizer("Adagrad", call_args(NULL))
}

#' @rdname optimizer
#' @export
optimizer_adadelta <- function(learning_rate = 0.001, rho = 0.95,
                               epsilon = 1e-07, weight_decay = NULL,
                               clipnorm = NULL, clipvalue = NULL,
                               global_clipnorm = NULL, use_ema = FALSE,
                               ema_momentum = 0.99,
                               ema_overwrite_frequency = NULL,
                               jit_compile = TRUE, name = "Adadelta", ...) {
  make_optimizer("Adadelta", call_args(NULL))
}

#' @rdname optimizer
#' @export
optimizer_ftrl <- function(learning_rate = 0.001, learning_rate_power = -0.5,
                           initial_accumulator_value = 0.1,
                           l1_regularization_strength = 0,
                           l2_regularization_strength = 0,
                           l2_shrinkage_regularization_strength = 0, beta = 0,
                           weight_decay = NULL, clipnorm = NULL,
                           clipvalue = NULL, global_clipnorm = NULL,
                           use_ema = FALSE, ema_momentum = 0.99,
                           ema_overwrite_frequency = NULL, jit_compile = TRUE,
                           name = "Ftrl", ...) {
  make_optimizer("Ftrl", call_args(NULL))
}
