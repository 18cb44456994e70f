# How each optimizer moves a weight. A rule has
#   slots(self): the start value of each array that it keeps per weight,
#   at(self, rate, step): the numbers of a step, the same for all weights,
#   update(w, g, s, self, at): the new weight and the new slots, from the
#     weight w, its gradient g and its slots s,
#   memory: numbers kept between steps (`at$memory` is what they become),
#   check(args): refuses arguments,
#   native(self, at): the rule's place in C's table and its numbers, or NULL
#     where only R has it. Both give the same.
optimizer_rule <- function(slots, at, update, memory = NULL, check = NULL,
                           native = function(self, at) NULL) {
  list(slots = slots, at = at, update = update, memory = memory,
       check = check, native = native)
}

rate_alone <- function(self, rate, step) list(rate = rate)

rule_sgd <- optimizer_rule(
  slots = function(self) if (self$momentum != 0) list(m = 0) else list(),
  at = rate_alone,
  update = function(w, g, s, self, at) {
    if (self$momentum == 0) return(list(w - at$rate * g))
    m <- self$momentum * s[[1L]] - at$rate * g
    if (self$nesterov) list(w + (self$momentum * m - at$rate * g), m) else
      list(w + m, m)
  },
  check = function(args) {
    check_number(args$momentum, "momentum", 0, 1)
    check_flag(args$nesterov, "nesterov")
  },
  native = function(self, at) {
    if (.subset2(self, "momentum") == 0) return(c(0, at$rate))
    c(1, at$rate, self$momentum, self$nesterov)
  }
)

rule_rmsprop <- optimizer_rule(
  slots = function(self) {
    list(v = 0, average = if (self$centered) 0, m = if (self$momentum > 0) 0)
  },
  at = rate_alone,
  update = function(w, g, s, self, at) {
    rho <- self$rho
    s$v <- rho * s$v + (1 - rho) * g^2
    spread <- s$v
    if (self$centered) {
      s$average <- rho * s$average + (1 - rho) * g
      spread <- spread - s$average^2
    }
    move <- at$rate * g / sqrt(spread + self$epsilon)
    if (self$momentum > 0) {
      s$m <- self$momentum * s$m + move
      move <- s$m
    }
    c(list(w - move), s)
  },
  check = function(args) {
    check_number(args$rho, "rho", 0, 1)
    check_number(args$momentum, "momentum", 0, 1)
    check_flag(args$centered, "centered")
  },
  native = function(self, at) {
    if (!self$centered && self$momentum == 0) {
      c(2, at$rate, self$rho, self$epsilon)
    }
  }
)

check_betas <- function(args) {
  check_number(args$beta_1, "beta_1", 0, 1)
  check_number(args$beta_2, "beta_2", 0, 1)
  check_number(args$epsilon, "epsilon", 0)
}

rule_adam <- optimizer_rule(
  slots = function(self) {
    list(m = 0, v = 0, top = if (isTRUE(self$amsgrad)) 0)
  },
  at = function(self, rate, step) {
    b1 <- .subset2(self, "beta_1")
    b2 <- .subset2(self, "beta_2")
    list(rate = rate * sqrt(1 - b2^step) / (1 - b1^step), b1 = b1, b2 = b2,
         epsilon = .subset2(self, "epsilon"))
  },
  update = function(w, g, s, self, at) {
    m <- s[[1L]] + (g - s[[1L]]) * (1 - at$b1)
    v <- s[[2L]] + (g * g - s[[2L]]) * (1 - at$b2)
    if (length(s) == 2L) {
      return(list(w - m * at$rate / (sqrt(v) + at$epsilon), m, v))
    }
    top <- pmax(s[[3L]], v)
    list(w - m * at$rate / (sqrt(top) + at$epsilon), m, v, top)
  },
  check = check_betas,
  native = function(self, at) {
    if (isTRUE(.subset2(self, "amsgrad"))) return(NULL)
    c(3, at$rate, at$b1, at$b2, at$epsilon)
  }
)

rule_adamax <- optimizer_rule(
  slots = function(self) list(m = 0, u = 0),
  at = function(self, rate, step) list(rate = rate / (1 - self$beta_1^step)),
  update = function(w, g, s, self, at) {
    m <- s[[1L]] + (g - s[[1L]]) * (1 - self$beta_1)
    u <- pmax(self$beta_2 * s[[2L]], abs(g))
    list(w - at$rate * m / (u + self$epsilon), m, u)
  },
  check = check_betas
)

# Nesterov's momentum with a momentum that grows: the product of those of all
# steps so far is the rule's memory.
rule_nadam <- optimizer_rule(
  slots = function(self) list(m = 0, v = 0),
  at = function(self, rate, step) {
    now <- self$beta_1 * (1 - 0.5 * 0.96^step)
    ahead <- self$beta_1 * (1 - 0.5 * 0.96^(step + 1))
    product <- self$.memory$product * now
    list(rate = rate, of_m = ahead / (1 - product * ahead),
         of_g = (1 - now) / (1 - product), of_v = 1 - self$beta_2^step,
         memory = list(product = product))
  },
  update = function(w, g, s, self, at) {
    m <- s[[1L]] + (g - s[[1L]]) * (1 - self$beta_1)
    v <- s[[2L]] + (g * g - s[[2L]]) * (1 - self$beta_2)
    move <- (at$of_m * m + at$of_g * g) * at$rate
    list(w - move / (sqrt(v / at$of_v) + self$epsilon), m, v)
  },
  memory = list(product = 1),
  check = check_betas
)

rule_adagrad <- optimizer_rule(
  slots = function(self) list(sum = self$initial_accumulator_value),
  at = rate_alone,
  update = function(w, g, s, self, at) {
    sum <- s[[1L]] + g^2
    list(w - at$rate * g / sqrt(sum + self$epsilon), sum)
  },
  check = function(args) {
    check_number(args$initial_accumulator_value, "initial_accumulator_value",
                 0)
  }
)

rule_adadelta <- optimizer_rule(
  slots = function(self) list(of_g = 0, of_move = 0),
  at = rate_alone,
  update = function(w, g, s, self, at) {
    rho <- self$rho
    of_g <- rho * s[[1L]] + (1 - rho) * g^2
    move <- -sqrt(s[[2L]] + self$epsilon) * g / sqrt(of_g + self$epsilon)
    of_move <- rho * s[[2L]] + (1 - rho) * move^2
    list(w + at$rate * move, of_g, of_move)
  },
  check = function(args) check_number(args$rho, "rho", 0, 1)
)

# tf.keras rounds the start of this rule's sum to single precision, whatever
# the weights' is.
rule_ftrl <- optimizer_rule(
  slots = function(self) {
    list(sum = round_single(self$initial_accumulator_value + 0), linear = 0)
  },
  at = rate_alone,
  update = function(w, g, s, self, at) {
    power <- -self$learning_rate_power
    l1 <- self$l1_regularization_strength
    l2 <- self$l2_regularization_strength + self$beta / (2 * at$rate)
    shrunk <- g + 2 * self$l2_shrinkage_regularization_strength * w
    sum <- s[[1L]] + g^2
    linear <- s[[2L]] + shrunk - (sum^power - s[[1L]]^power) / at$rate * w
    bounded <- clip_to(linear, -l1, l1)
    list((bounded - linear) / (sum^power / at$rate + 2 * l2), sum, linear)
  },
  check = function(args) {
    check_number(args$initial_accumulator_value, "initial_accumulator_value",
                 0)
    check_number(args$learning_rate_power, "learning_rate_power", max = 0)
    for (a in c("l1_regularization_strength", "l2_regularization_strength",
                "l2_shrinkage_regularization_strength", "beta")) {
      check_number(args[[a]], a, 0)
    }
  }
)

# By class name in configs and files.
optimizer_rules <- list(
  SGD = rule_sgd, RMSprop = rule_rmsprop, Adam = rule_adam, AdamW = rule_adam,
  Adamax = rule_adamax, Nadam = rule_nadam, Adagrad = rule_adagrad,
  Adadelta = rule_adadelta, Ftrl = rule_ftrl
)

maker_name <- function(class) paste0("optimizer_", tolower(class))

optimizer_maker <- function(class) get(maker_name(class), topenv())

# What compile() was given for an optimizer, as an optimizer: a name, an
# optimizer_*() function, an optimizer, or its config.
get_optimizer <- function(x, arg = "optimizer") {
  if (is.null(x) || inherits(x, "recurrent_optimizer")) return(x)
  if (is.character(x) && length(x) == 1L && !is.na(x)) {
    return(optimizer_maker(optimizer_class(x, arg))())
  }
  for (class in names(optimizer_rules)) {
    if (identical(x, optimizer_maker(class))) return(x())
  }
  if (is.list(x) && !is.object(x) && is.character(x$class_name)) {
    class <- optimizer_class(x$class_name, arg)
    return(make_optimizer(class, config_args(x$config)))
  }
  stop_type(
    sprintf("`%s` must be an optimizer, not %s.", arg, describe(x)),
    i = "Give a name like \"adam\", or what an `optimizer_*()` function makes."
  )
}

optimizer_class <- function(x, arg) {
  known <- tolower(names(optimizer_rules))
  at <- match(tolower(x), known)
  if (is.na(at)) check_choice(x, known, arg, "the name of an optimizer")
  names(optimizer_rules)[[at]]
}
