# An optimizer: what it was made with stands in its fields, how it moves a
# weight in its rule (see train-optimizer-rules.R), and what it remembers in
# plain lists: `.slots`, one list of arrays per weight, in the weights' order.
Optimizer <- R6Class( # nolint: object_name_linter.
  "recurrent_optimizer",
  lock_objects = FALSE, cloneable = FALSE,
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
  check_optimizer_args(args)
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

check_optimizer_args <- function(args) {
  for (a in c("clipnorm", "clipvalue", "global_clipnorm", "weight_decay",
              "decay")) {
    if (!is.null(args[[a]])) check_number(args[[a]], a, 0)
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
  if (!is.null(self$.schedule)) {
    variable_assign(self$.rate, self$.schedule(value_of(self$.iterations)))
  }
  self$.rate
}

# The learning rate of the next step, a number.
current_rate <- function(self) {
  rate <- .subset2(optimizer_rate_variable(self), "value")
  if (is.null(self$decay)) return(rate)
  rate / (1 + self$decay * .subset2(self$.iterations, "value"))
}

# One step: clip, decay, move, average, constrain. Weights change only after
# all new values are known, so that a step that fails changes nothing.
optimizer_apply <- function(self, grads, weights = NULL) {
  if (is.null(weights)) {
    pairs <- grads
    grads <- lapply(pairs, `[[`, 1L)
    weights <- lapply(pairs, `[[`, 2L)
  }
  slots <- aligned_slots(self, weights)
  used <- which_used(grads, weights)
  grads <- clip_gradients(self, grads, used)
  rule <- optimizer_rules[[self$.class]]
  rate <- current_rate(self)
  step <- .subset2(self$.iterations, "value") + 1
  at <- rule$at(self, rate, step)
  decays <- decays_of(self, weights, rate)
  values <- vector("list", length(weights))
  for (i in used) {
    w <- .subset2(weights[[i]], "value")
    if (decays[[i]] != 0) w <- w - w * decays[[i]]
    moved <- rule$update(w, grads[[i]], slots[[i]], self, at)
    values[[i]] <- moved[[1L]]
    slots[[i]] <- moved[-1L]
  }
  averages <- if (self$use_ema) average_weights(self, values, used)
  if (self$use_ema && overwrites(self, step)) values[used] <- averages[used]
  for (i in used) values[[i]] <- constrained(weights[[i]], values[[i]])
  for (i in used) assign("value", values[[i]], envir = weights[[i]])
  self$.slots <- slots
  self$.averages <- averages
  if (!is.null(at$memory)) self$.memory <- at$memory
  assign("value", step, envir = self$.iterations)
  invisible(self$.iterations)
}

# Which weights have a gradient; each of its weight's size.
which_used <- function(grads, weights) {
  if (length(grads) != length(weights)) {
    stop_value(
      sprintf("%d gradients were given for %d weights.", length(grads),
              length(weights)),
      i = "Give one gradient per weight, NULL where there is none."
    )
  }
  used <- which(!vapply(grads, is.null, NA))
  if (!length(used) && length(weights)) {
    stop_value(
      "No weight has a gradient.",
      i = "The loss must depend on the weights: check that it is computed from \
the model's output with tensors."
    )
  }
  for (i in used) {
    if (length(value_of(grads[[i]])) != length(value_of(weights[[i]]))) {
      stop_value(
        sprintf("The gradient of weight `%s` has shape %s; the weight has \
shape %s.", weights[[i]]$name, format(shape_of(grads[[i]])),
                format(shape_of(weights[[i]])))
      )
    }
  }
  used
}

constrained <- function(weight, value) {
  constraint <- .subset2(weight, "constraint")
  if (is.null(constraint)) return(value)
  new <- value_of(constraint(value))
  dim(new) <- dim(value)
  new
}

clip_gradients <- function(self, grads, used) {
  for (i in used) if (is.object(grads[[i]])) grads[[i]] <- value_of(grads[[i]])
  if (is_positive(self$clipnorm)) {
    grads[used] <- lapply(grads[used], clip_norm, self$clipnorm)
  } else if (is_positive(self$global_clipnorm)) {
    norm <- sqrt(sum(vapply(grads[used], function(g) sum(g^2), 0)))
    scale <- self$global_clipnorm / max(norm, self$global_clipnorm)
    if (scale != 1 || is.na(scale)) {
      grads[used] <- lapply(grads[used], function(g) g * scale)
    }
  } else if (is_positive(self$clipvalue)) {
    grads[used] <- lapply(grads[used], clip_to, -self$clipvalue,
                          self$clipvalue)
  }
  grads
}

is_positive <- function(x) !is.null(x) && x > 0

clip_norm <- function(g, bound) g * (bound / max(sqrt(sum(g^2)), bound))

# By how much each weight shrinks in a step, a fraction.
decays_of <- function(self, weights, rate) {
  if (is.null(self$weight_decay)) return(numeric(length(weights)))
  free <- vapply(weights, function(w) {
    any(vapply(self$.excluded$names, grepl, NA, x = w$name)) ||
      tensor_id(w) %in% self$.excluded$ids
  }, NA)
  ifelse(free, 0, rate * self$weight_decay)
}

optimizer_exclude <- function(self, var_list, var_names) {
  self$.excluded <- list(ids = vapply(var_list %||% list(), tensor_id, 0),
                         names = as.character(var_names))
}
