# An optimizer's state as the list of variables that Keras keeps it in: the
# number of steps, in Keras 3 the learning rate, averages of the weights, and
# per weight what the rule remembers. Rules list their slots in runs: the slots
# of a run stand side by side, weight by weight.

# slot = c(name in tf.keras, name in Keras 3)
optimizer_runs <- list(
  SGD = list(list(m = c("m", "momentum"))),
  RMSprop = list(list(v = c("velocity", "velocity")),
                 list(m = c("momentum", "momentum")),
                 list(average = c("average_gradient", "average_gradient"))),
  Adam = list(list(m = c("m", "momentum"), v = c("v", "velocity")),
              list(top = c("vhat", "velocity_hat"))),
  Adamax = list(list(m = c("m", "momentum"), u = c("u", "norm"))),
  Nadam = list(list(m = c("m", "momentum"), v = c("v", "velocity"))),
  Adagrad = list(list(sum = c("accumulator", "accumulator"))),
  Adadelta = list(list(
    of_g = c("accumulated_grad", "accumulated_grad"),
    of_move = c("accumulated_delta_var", "accumulated_delta_var")
  )),
  Ftrl = list(list(sum = c("accumulator", "accumulator"),
                   linear = c("linear", "linear")))
)

runs_of <- function(optimizer) {
  class <- optimizer$.class
  optimizer_runs[[if (class == "AdamW") "Adam" else class]]
}

# The slots that an optimizer has with its arguments, in the order of its runs.
slots_in_use <- function(optimizer) {
  start <- optimizer_rules[[optimizer$.class]]$slots(optimizer)
  names(Filter(Negate(is.null), start))
}

# list(slot, weight (its place), name) for each variable that belongs to a
# weight; slot "" is its average.
slot_places <- function(optimizer, dialect, n, slots) {
  column <- if (dialect == "tf") 1L else 2L
  run <- function(names) {
    do.call(c, lapply(seq_len(n), function(k) {
      lapply(names(names), function(s) list(slot = s, weight = k,
                                            name = names[[s]]))
    }))
  }
  runs <- lapply(runs_of(optimizer), function(r) {
    lapply(r[names(r) %in% slots], `[[`, column)
  })
  average <- if (optimizer$use_ema) list(list(`_` = "average"))
  do.call(c, c(list(list()), lapply(c(average, runs), run)))
}

# tf.keras' SGD keeps what it does not use.
file_slots <- function(optimizer, dialect) {
  if (dialect == "tf" && optimizer$.class == "SGD") "m" else
    slots_in_use(optimizer)
}

# Variables as list(name, value, dtype), in Keras' order. `labels`: those of the
# weights that the optimizer knows.
optimizer_variables <- function(optimizer, labels, dialect) {
  steps <- list(
    name = "iteration", value = .subset2(optimizer$.iterations, "value"),
    dtype = if (dialect == "tf") "int64" else "int32"
  )
  rate <- if (dialect == "keras3" && is.null(optimizer$.schedule)) {
    list(list(name = "learning_rate",
              value = .subset2(optimizer$.rate, "value"), dtype = "float32"))
  }
  places <- if (length(optimizer$.slots) == length(labels)) {
    slot_places(optimizer, dialect, length(labels),
                file_slots(optimizer, dialect))
  }
  more <- lapply(places, function(p) {
    label <- labels[[p$weight]]
    list(name = slot_name(optimizer, p$name, label$name, dialect),
         value = slot_value(optimizer, p, label$weight), dtype = label$dtype)
  })
  c(list(steps), rate, more)
}

slot_value <- function(optimizer, place, weight) {
  k <- place$weight
  if (place$slot == "_") return(optimizer$.averages[[k]])
  optimizer$.slots[[k]][[place$slot]] %||% zeros_like(value_of(weight))
}

slot_name <- function(optimizer, slot, weight, dialect) {
  if (dialect == "keras3") return(paste0(gsub("/", "_", weight), "_", slot))
  paste(optimizer_name(optimizer, dialect), slot, weight, sep = "/")
}

# An optimizer that has its name from its class is called "Adam" in tf.keras,
# "adam" or "adam_1" in Keras 3.
optimizer_name <- function(optimizer, dialect) {
  name <- optimizer$name
  class <- optimizer$.class
  if (dialect == "keras3") return(if (name == class) tolower(class) else name)
  if (sub("_[0-9]+$", "", name) == tolower(class)) class else name
}

# The state that variables of a file stand for, or NULL where they are those of
# another optimizer or of other weights. The first is the number of steps.
optimizer_state_of <- function(optimizer, values, weights) {
  state <- optimizer$get_state()
  state$iterations <- as.vector(values[[1L]])
  values <- values[-1L]
  scalar <- function(x) is.null(dim(x)) && length(x) == 1L
  if (length(values) && scalar(values[[1L]]) &&
        (length(values) == 1L || !scalar(value_of(weights[[1L]])))) {
    state$learning_rate <- near_rate(state$learning_rate, values[[1L]])
    values <- values[-1L]
  }
  state$memory <- memory_after(optimizer, state$iterations)
  if (!length(values)) {
    state$slots <- list()
    state["averages"] <- list(NULL)
    return(state)
  }
  slots_of_values(optimizer, state, values, weights)
}

# A rate that was stored in single precision is the one that was meant.
near_rate <- function(own, stored) {
  if (isTRUE(all.equal(as_single(own), as.vector(stored),
                       tolerance = 1e-12))) own else as.vector(stored)
}

slots_of_values <- function(optimizer, state, values, weights) {
  n <- length(weights)
  used <- slots_in_use(optimizer)
  for (dialect in c("keras3", "tf")) {
    places <- slot_places(optimizer, dialect, n, file_slots(optimizer, dialect))
    if (!slots_have_shapes(values, places, weights)) next
    state$slots <- rep(list(list()), n)
    averages <- vector("list", n)
    for (i in seq_along(places)) {
      p <- places[[i]]
      if (p$slot == "_") averages[[p$weight]] <- values[[i]] else
        state$slots[[p$weight]][[p$slot]] <- values[[i]]
    }
    state$slots <- lapply(state$slots, function(s) s[used])
    state["averages"] <- list(if (optimizer$use_ema) averages)
    return(state)
  }
  NULL
}

# Keras 3 may have one number more behind them: Nadam's product.
slots_have_shapes <- function(values, places, weights) {
  if (!(length(values) - length(places)) %in% 0:1) return(FALSE)
  all(vapply(seq_along(places), function(i) {
    identical(as.integer(dims(values[[i]])),
              as.integer(dims(value_of(weights[[places[[i]]$weight]]))))
  }, NA))
}

# Nadam's product follows from the number of steps.
memory_after <- function(optimizer, steps) {
  if (optimizer$.class != "Nadam") return(optimizer$.memory)
  k <- seq_len(min(steps, 1e5))
  list(product = prod(optimizer$beta_1 * (1 - 0.5 * 0.96^k)))
}
