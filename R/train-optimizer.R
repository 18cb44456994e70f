# An optimizer: what it was made with stands in its fields, how it moves a
# weight in its rule (see train-optimizer-rules.R), and what it remembers in
# plain lists: `.slots`, one list of arrays per weight, in the weights' order.
Optimizer <- keras_class(
  "recurrent_optimizer",
  public = list(
    name = NULL,
    .class = NULL,
    .rate = NULL,
    .schedule = NULL,
    .iterations = NULL,
    .slots = list(),
    .averages = NULL,
    .memory = list(),
    .ids = NULL,
    .excluded = NULL,
    initialize = function(class, args) optimizer_initialize(self, class, args),
    build = function(var_list) optimizer_build(self, var_list),
    apply_gradients = function(grads, weights = NULL, ...) {
      optimizer_apply(self, grads, weights)
    },
    exclude_from_weight_decay = function(var_list = NULL, var_names = NULL) {
      optimizer_exclude(self, var_list, var_names)
    },
    finalize_variable_values = function(var_list) {
      optimizer_finalize(self, var_list)
    },
    get_state = function() optimizer_state(self),
    set_state = function(state) optimizer_set_state(self, state),
    get_weights = function() optimizer_arrays(self),
    get_config = function() optimizer_config(self),
    from_config = function(config, ...) {
      make_optimizer(self$.class, config_args(config))
    },
    print = function(...) print_optimizer(self)
  ),
  active = list(
    learning_rate = function(value) {
      if (missing(value)) return(optimizer_rate_variable(self))
      optimizer_set_rate(self, value)
    },
    lr = function(value) {
      if (missing(value)) self$learning_rate else self$learning_rate <- value
    },
    iterations = function(value) {
      if (!missing(value)) variable_assign(self$.iterations, value)
      self$.iterations
    }
  )
)

make_optimizer <- function(class, args) Optimizer$new(class, args)

# Arguments that all optimizers take; the others are the rule's own.
standard_optimizer_args <- c(
  "learning_rate", "weight_decay", "clipnorm", "clipvalue", "global_clipnorm",
  "use_ema", "ema_momentum", "ema_overwrite_frequency", "jit_compile", "name"
)

# `args`: all arguments of the optimizer_*() function, resolved defaults and
# what came in `...`.
optimizer_initialize <- function(self, class, args) {
  rule <- optimizer_rules[[class]]
  maker <- optimizer_maker(class)
  args <- renamed_rate(args)
  defaults <- lapply(as.list(formals(maker))[names(formals(maker)) != "..."],
                     eval, baseenv())
  check_unknown_args(names_given(args), c(names(defaults), "decay"),
                     paste0(maker_name(class), "()"))
  defaults[names(args)] <- args
  args <- defaults
  self$.class <- class
  self$.iterations <- new_variable(0, "iterations", trainable = FALSE)
  args <- check_optimizer_args(args)
  for (a in setdiff(names(args), "learning_rate")) self[[a]] <- args[[a]]
  self$.rate <- new_variable(0, "learning_rate", trainable = FALSE)
  take_rate(self, args$learning_rate)
  if (!is.null(rule$check)) rule$check(args)
  self$.memory <- rule$memory
}

# Scripts for older versions say `lr`.
renamed_rate <- function(args) {
  if (!is.null(args$lr)) {
    args$learning_rate <- args$lr
    args$lr <- NULL
  }
  args
}

# Numbers of the rules: a vector in place of one would change a weight's shape.
rule_numbers <- c(
  "momentum", "rho", "beta_1", "beta_2", "epsilon", "beta",
  "initial_accumulator_value", "learning_rate_power",
  "l1_regularization_strength", "l2_regularization_strength",
  "l2_shrinkage_regularization_strength"
)

check_optimizer_args <- function(args) {
  for (a in intersect(names(args), rule_numbers)) {
    if (!is.null(args[[a]])) args[[a]] <- check_number(args[[a]], a)
  }
  for (a in c("clipnorm", "clipvalue", "global_clipnorm", "weight_decay",
              "decay")) {
    if (!is.null(args[[a]])) args[[a]] <- check_number(args[[a]], a, 0)
  }
  if (!is.null(args$clipnorm) && !is.null(args$global_clipnorm)) {
    stop_value(
      "`clipnorm` and `global_clipnorm` were both given.",
      i = "Give `clipnorm` to bound the gradient of each weight, or \
`global_clipnorm` to bound all of them together."
    )
  }
  check_flag(args$use_ema, "use_ema")
  check_number(args$ema_momentum, "ema_momentum", 0, 1)
  every <- args$ema_overwrite_frequency
  if (!is.null(every)) check_count(every, "ema_overwrite_frequency")
  args
}

take_rate <- function(self, rate) {
  if (is.numeric(rate) || is_tensor(rate)) {
    self$.schedule <- NULL
    variable_assign(self$.rate, check_number(as.vector(value_of(rate)),
                                             "learning_rate", 0))
  } else {
    self$.schedule <- as_schedule(rate)
    variable_assign(self$.rate, self$.schedule(0))
  }
}

optimizer_set_rate <- function(self, value) {
  if (!is.null(self$.schedule)) {
    stop_type(
      "The learning rate of this optimizer follows a schedule: it cannot be \
set.",
      i = "Make the optimizer with a number as `learning_rate` to set it \
during training."
    )
  }
  take_rate(self, value)
}

optimizer_rate_variable <- function(self) {
  rate <- .subset2(self, ".rate")
  schedule <- .subset2(self, ".schedule")
  if (!is.null(schedule)) {
    variable_assign(rate, schedule(.subset2(self$.iterations, "value")))
  }
  rate
}

# The learning rate of the next step, a number.
current_rate <- function(self) {
  rate <- .subset2(optimizer_rate_variable(self), "value")
  decay <- .subset2(self, "decay")
  if (is.null(decay)) return(rate)
  rate / (1 + decay * .subset2(self$.iterations, "value"))
}

# One step: clip, decay, move, average, constrain. Weights change only after
# all new values are known, and slots come back, so that a step that fails
# changes nothing.
optimizer_apply <- function(self, grads, weights = NULL) {
  if (is.null(weights)) {
    pairs <- grads
    grads <- lapply(pairs, `[[`, 1L)
    weights <- lapply(pairs, `[[`, 2L)
  }
  if (step_in_c(self, grads, weights)) return(count_step(self))
  aligned_slots(self, weights)
  used <- which_used(grads, weights)
  grads <- clip_gradients(self, lapply(grads, plain_value), used)
  constraints <- lapply(weights[used], .subset2, "constraint")
  if (any(lengths(constraints))) {
    # Slots that are held here are not changed in place.
    before <- mget(c(".slots", ".memory"), envir = self)
    on.exit(list2env(before, envir = self))
  }
  values <- move_weights(self, weights, grads, used)
  if (.subset2(self, "use_ema")) {
    self$.averages <- average_weights(self, values, used)
    if (overwrites(self)) values[used] <- self$.averages[used]
  }
  for (k in which(lengths(constraints) > 0L)) {
    i <- used[[k]]
    values[[i]] <- constrained(constraints[[k]], values[[i]])
  }
  on.exit()
  for (i in used) assign("value", values[[i]], envir = weights[[i]])
  count_step(self)
}

# The short road: C's rule on gradients of doubles for all weights, as they are,
# and nothing to do with the new values but to set them.
step_in_c <- function(self, grads, weights) {
  if (.subset2(self, "use_ema") || clips(self)) return(FALSE)
  s <- next_step(self)
  decays <- if (is.null(.subset2(self, "weight_decay"))) 0 else
    decays_of(self, weights, s$rate)
  numbers <- s$rule$native(self, s$at)
  !is.null(numbers) &&
    !is.null(.Call(ffi_move, weights, grads, self, numbers, decays, TRUE))
}

# The rule, and its numbers for the step that comes.
next_step <- function(self) {
  rule <- optimizer_rules[[.subset2(self, ".class")]]
  rate <- current_rate(self)
  step <- .subset2(.subset2(self, ".iterations"), "value") + 1
  list(rule = rule, rate = rate, at = rule$at(self, rate, step))
}

count_step <- function(self) {
  iterations <- .subset2(self, ".iterations")
  assign("value", .subset2(iterations, "value") + 1, envir = iterations)
  invisible(iterations)
}

# The new values; slots and what else the rule remembers are those of the next
# step then. In C where it has the rule, and all weights have a gradient of
# doubles.
move_weights <- function(self, weights, grads, used) {
  s <- next_step(self)
  at <- s$at
  decays <- decays_of(self, weights, s$rate)
  numbers <- s$rule$native(self, at)
  if (!is.null(numbers) && length(used) == length(weights)) {
    moved <- .Call(ffi_move, weights, grads, self, numbers, decays, FALSE)
    if (!is.null(moved)) return(moved)
  }
  values <- lapply(weights, .subset2, "value")
  slots <- .subset2(self, ".slots")
  for (i in used) {
    w <- values[[i]]
    if (decays[[i]] != 0) w <- w - w * decays[[i]]
    moved <- s$rule$update(w, grads[[i]], slots[[i]], self, at)
    values[[i]] <- moved[[1L]]
    slots[[i]] <- stats::setNames(moved[-1L], names(slots[[i]]))
  }
  assign(".slots", slots, envir = self)
  if (!is.null(at$memory)) self$.memory <- at$memory
  values
}

# Which weights have a gradient; each must be of its weight's size.
which_used <- function(grads, weights) {
  if (length(grads) != length(weights)) {
    stop_value(
      sprintf("%d gradients were given for %d weights.", length(grads),
              length(weights)),
      i = "Give one gradient per weight, NULL where there is none."
    )
  }
  sizes <- lengths(lapply(weights, .subset2, "value"))
  given <- lengths(grads)
  if (identical(sizes, given)) return(seq_along(weights))
  used <- which(!vapply(grads, is.null, NA))
  if (!length(used)) {
    stop_value(
      "No weight has a gradient.",
      i = "The loss must depend on the weights: check that it is computed from \
the model's output with tensors."
    )
  }
  for (i in used) {
    if (length(value_of(grads[[i]])) == sizes[[i]]) next
    stop_value(
      sprintf("The gradient of weight `%s` has shape %s; the weight has \
shape %s.", weights[[i]]$name, format(shape_of(grads[[i]])),
              format(shape_of(weights[[i]])))
    )
  }
  used
}

constrained <- function(constraint, value) {
  new <- value_of(constraint(value))
  dim(new) <- dim(value)
  new
}

clip_gradients <- function(self, grads, used) {
  if (is_positive(norm <- .subset2(self, "clipnorm"))) {
    grads[used] <- lapply(grads[used], clip_norm, norm)
  } else if (is_positive(norm <- .subset2(self, "global_clipnorm"))) {
    whole <- sqrt(sum(vapply(grads[used], sum_of_squares, 0)))
    if (is.na(whole) || whole > norm) {
      grads[used] <- lapply(grads[used], `*`, norm / whole)
    }
  } else if (is_positive(bound <- .subset2(self, "clipvalue"))) {
    grads[used] <- lapply(grads[used], clip_to, -bound, bound)
  }
  grads
}

clips <- function(self) {
  !is.null(.subset2(self, "clipnorm")) ||
    !is.null(.subset2(self, "clipvalue")) ||
    !is.null(.subset2(self, "global_clipnorm"))
}

is_positive <- function(x) !is.null(x) && x > 0

sum_of_squares <- function(g) sum(g * g)

clip_norm <- function(g, bound) g * (bound / max(sqrt(sum(g * g)), bound))

# By how much each weight shrinks in a step, a fraction.
decays_of <- function(self, weights, rate) {
  decay <- .subset2(self, "weight_decay")
  if (is.null(decay)) return(numeric(length(weights)))
  free <- vapply(weights, function(w) {
    any(vapply(self$.excluded$names, grepl, NA, x = w$name)) ||
      tensor_id(w) %in% self$.excluded$ids
  }, NA)
  ifelse(free, 0, rate * decay)
}

optimizer_exclude <- function(self, var_list, var_names) {
  self$.excluded <- list(ids = vapply(var_list %||% list(), tensor_id, 0),
                         names = as.character(var_names))
}
