# What an optimizer remembers: slots per weight, moving averages, the number of
# steps, and a rule's own memory.

optimizer_build <- function(self, var_list) {
  self$.slots <- aligned_slots(self, var_list)
  invisible(self)
}

# The slots in the order of `weights`. A weight seen before keeps its slots;
# weights of a model that was loaded are known by their place.
aligned_slots <- function(self, weights) {
  ids <- unlist(lapply(weights, .subset2, "id"))
  if (identical(ids, .subset2(self, ".ids"))) return(.subset2(self, ".slots"))
  same_place <- length(self$.slots) == length(weights) &&
    !any(ids %in% self$.ids) &&
    all(mapply(slots_fit, self$.slots, weights))
  from <- if (same_place) seq_along(ids) else match(ids, self$.ids)
  slots <- Map(function(w, k) {
    if (is.na(k)) fresh_slots(self, w) else self$.slots[[k]]
  }, weights, from)
  if (self$use_ema) {
    self$.averages <- Map(function(w, k) {
      if (is.na(k)) value_of(w) else self$.averages[[k]]
    }, weights, from)
  }
  self$.ids <- ids
  self$.slots <- unname(slots)
  self$.slots
}

slots_fit <- function(slots, weight) {
  all(lengths(slots) == length(value_of(weight)))
}

fresh_slots <- function(self, weight) {
  start <- optimizer_rules[[self$.class]]$slots(self)
  start <- Filter(Negate(is.null), start)
  lapply(start, function(s) {
    value <- zeros_like(value_of(weight))
    value + s
  })
}

average_weights <- function(self, values, used) {
  averages <- self$.averages
  m <- self$ema_momentum
  for (i in used) {
    averages[[i]] <- m * averages[[i]] + (1 - m) * values[[i]]
  }
  averages
}

overwrites <- function(self) {
  every <- self$ema_overwrite_frequency
  !is.null(every) && (value_of(self$.iterations) + 1) %% every == 0
}

# At the end of training with moving averages the model gets these.
optimizer_finalize <- function(self, var_list) {
  if (!self$use_ema || is.null(self$.averages)) return(invisible(self))
  aligned_slots(self, var_list)
  for (i in seq_along(var_list)) {
    assign("value", self$.averages[[i]], envir = var_list[[i]])
  }
  invisible(self)
}

# Plain data, from which training goes on as if it had not stopped.
optimizer_state <- function(self) {
  list(
    class = self$.class,
    iterations = .subset2(self$.iterations, "value"),
    learning_rate = .subset2(self$.rate, "value"),
    slots = self$.slots, averages = self$.averages, memory = self$.memory
  )
}

optimizer_set_state <- function(self, state) {
  if (!identical(state$class, self$.class)) {
    stop_value(
      sprintf("The state is that of the optimizer %s, this one is %s.",
              state$class %||% "?", self$.class),
      i = "Compile the model with the optimizer that the state was saved with."
    )
  }
  assign("value", state$iterations, envir = self$.iterations)
  assign("value", state$learning_rate, envir = self$.rate)
  self$.slots <- state$slots
  self$.averages <- state$averages
  self$.memory <- state$memory
  # The weights may be those of another process: they are known by place.
  self$.ids <- NULL
  invisible(self)
}

optimizer_arrays <- function(self) {
  c(list(.subset2(self$.iterations, "value")),
    unlist(self$.slots, recursive = FALSE))
}

optimizer_config <- function(self) {
  own <- setdiff(names(formals(optimizer_maker(self$.class))),
                 c(standard_optimizer_args, "..."))
  first <- c("name", "weight_decay", "clipnorm", "global_clipnorm",
             "clipvalue", "use_ema", "ema_momentum", "ema_overwrite_frequency",
             "jit_compile")
  rate <- self$.schedule
  rate <- if (is.null(rate)) .subset2(self$.rate, "value") else
    schedule_spec(rate)
  members <- function(names) sapply(names, function(n) self[[n]],
                                    simplify = FALSE)
  c(members(first), list(is_legacy_optimizer = FALSE, learning_rate = rate),
    members(own))
}

# What a config holds, as arguments.
config_args <- function(config) {
  config$is_legacy_optimizer <- NULL
  if (is.list(config$learning_rate)) {
    config$learning_rate <- schedule_from_spec(config$learning_rate)
  }
  config
}

print_optimizer <- function(self) {
  config <- optimizer_config(self)
  rate <- if (is.null(self$.schedule)) format(config$learning_rate) else
    format(self$.schedule)
  shown <- config[setdiff(names(config), c("name", "learning_rate",
                                           "jit_compile", "use_ema",
                                           "ema_momentum",
                                           "ema_overwrite_frequency",
                                           "is_legacy_optimizer"))]
  shown <- Filter(Negate(is.null), shown)
  steps <- .subset2(self$.iterations, "value")
  cat("<optimizer> ", config$name, " (",
      toString(c(paste("learning_rate =", rate),
                 sprintf("%s = %s", names(shown), vapply(shown, format, "")))),
      "), ", format(steps), if (steps == 1) " step\n" else " steps\n", sep = "")
  invisible(self)
}

zeros_like <- function(v) {
  v[] <- 0
  storage.mode(v) <- "double"
  v
}
