# A user's function that a model keeps must work in a process where the user's
# script never ran. Saving writes a function with its environment, but of the
# global environment only the name. `carry()` gives a copy that brings along
# the global variables that it uses, and those that these use, and knows the
# functions of this package where it is not attached.
#
# The copy's environment is an overlay: a new environment between the function
# and its own, that holds nothing but what came from the global environment and
# from this package.
# So everything else (variables of an enclosing function, `<<-` into them)
# stays shared with the original. Functions of packages stay as they are.

# x: a function, an R6 object or generator, an environment, or lists of these;
# anything else comes back as it is, as does what needs nothing.
# R6 objects and environments stay the same objects: the enclosure of their
# methods, or the functions in them, are exchanged in place.
carry <- function(x) {
  box <- new.env(parent = emptyenv())
  box$homes <- list()
  box$overlays <- list()
  box$seen <- list()
  box$later <- list()
  box$used <- FALSE
  out <- carry_value(x, box)
  if (!box$used) return(x)
  for (exchange in box$later) exchange()
  out
}

carry_value <- function(x, box) {
  if (is.function(x)) return(carry_function(x, box))
  if (is.environment(x)) {
    if (inherits(x, "R6ClassGenerator")) return(carry_generator(x, box))
    if (inherits(x, "R6")) return(carry_r6(x, box))
    if (!is.object(x)) return(carry_environment(x, box))
  }
  if (is.list(x) && !is.data.frame(x)) return(carry_list(x, box))
  x
}

carry_function <- function(f, box) {
  home <- environment(f)
  if (!reaches_global(home)) return(f)
  self <- get0("self", home, inherits = FALSE)
  if (inherits(self, "R6") && !identical(home, globalenv())) {
    carry_r6(self, box)
    return(f)
  }
  overlay <- overlay_of(home, box)
  carry_names(free_names(f), home, overlay, box)
  if (length(overlay)) environment(f) <- overlay
  f
}

carry_list <- function(x, box) {
  holds <- vapply(unclass(x), function(e) {
    is.function(e) || is.environment(e) || is.list(e)
  }, NA)
  if (!any(holds)) return(x)
  kept <- attributes(x)
  s4 <- isS4(x)
  x <- unclass(x)
  x[holds] <- lapply(x[holds], carry_value, box)
  attributes(x) <- kept
  if (s4) asS4(x) else x
}

carry_environment <- function(env, box) {
  if (identical(env, globalenv()) || is_package_env(env)) return(env)
  if (is_seen(env, box)) return(env)
  carry_members(env, members_of(env), box)
}

# Exchanges what is not as it was; what is locked stays.
carry_members <- function(env, members, box) {
  for (n in names(members)) {
    new <- carry_value(members[[n]], box)
    if (identical(members[[n]], new) || bindingIsLocked(n, env)) next
    box$later <- c(box$later, list(exchange_member(n, new, env)))
  }
  env
}

exchange_member <- function(name, value, env) {
  force(name)
  force(value)
  force(env)
  function() assign(name, value, envir = env)
}

# The methods of an R6 object share an enclosure of its own (one more for each
# class it inherits from): the overlay becomes the parent of that.
carry_r6 <- function(obj, box) {
  if (is_seen(obj, box)) return(obj)
  own <- obj$.__enclos_env__
  enclosures <- list()
  while (is.environment(own)) {
    enclosures <- c(enclosures, list(own))
    own <- own$super$.__enclos_env__
  }
  places <- Filter(is.environment, c(
    list(obj, enclosures[[1L]]$private), lapply(enclosures, `[[`, "super")
  ))
  functions <- do.call(c, lapply(places, functions_of))
  for (e in enclosures) carry_enclosure(e, functions, box)
  for (place in places) {
    fields <- Filter(function(v) !is_enclosed(v, enclosures), members_of(place))
    carry_members(place, fields, box)
  }
  obj
}

carry_enclosure <- function(enclosure, functions, box) {
  home <- parent.env(enclosure)
  if (!reaches_global(home)) return()
  overlay <- overlay_of(home, box)
  for (f in functions) {
    if (!identical(environment(f), enclosure)) next
    carry_names(free_names(f), home, overlay, box)
  }
  if (!length(overlay)) return()
  exchange <- function() parent.env(enclosure) <- overlay
  box$later <- c(box$later, list(exchange))
}

# Methods, and the environments that R6 keeps in the object.
is_enclosed <- function(v, enclosures) {
  home <- if (is.function(v)) environment(v) else v
  any(vapply(enclosures, identical, NA, home))
}

# The values of an environment by name, without active bindings.
members_of <- function(env) {
  names <- ls(env, all.names = TRUE, sorted = TRUE)
  names <- names[!vapply(names, bindingIsActive, NA, env = env)]
  sapply(names, value_in, env = env, simplify = FALSE)
}

functions_of <- function(env) {
  names <- ls(env, all.names = TRUE)
  active <- names[vapply(names, bindingIsActive, NA, env = env)]
  c(Filter(is.function, unname(members_of(env))),
    lapply(active, activeBindingFunction, env = env))
}

# A class is copied: the user's own goes on seeing what the user changes.
carry_generator <- function(gen, box) {
  home <- gen$parent_env
  if (!reaches_global(home)) return(gen)
  overlay <- overlay_of(home, box)
  methods <- c(gen$public_methods, gen$private_methods, gen$active)
  for (f in methods) carry_names(free_names(f), home, overlay, box)
  # R6 keeps an expression; new_layer_class() the class itself.
  above <- gen$inherit
  if (is.environment(above)) {
    above <- carry_generator(above, box)
  } else if (!is.null(above)) {
    carry_names(free_names(as.function(list(above))), home, overlay, box)
  }
  if (!length(overlay) && identical(above, gen$inherit)) return(gen)
  copy <- list2env(as.list.environment(gen, all.names = TRUE),
                   parent = parent.env(gen))
  for (n in ls(copy)) {
    f <- copy[[n]]
    if (is.function(f) && identical(environment(f), gen)) {
      environment(f) <- copy
      assign(n, f, envir = copy)
    }
  }
  if (is.environment(copy$self)) copy$self <- copy
  copy$inherit <- above
  copy$parent_env <- overlay
  attributes(copy) <- attributes(gen)
  copy
}

# Puts what the names mean in `home` into `overlay`, when the global
# environment gives it, or when it is a function that may use more of it.
carry_names <- function(names, home, overlay, box) {
  for (n in setdiff(names$values, names$assigned)) {
    carry_name(n, "any", home, overlay, box)
  }
  for (n in setdiff(names$calls, names$assigned)) {
    carry_name(n, "function", home, overlay, box)
  }
  for (n in names$assigned) share_global(n, home, overlay, box)
}

carry_name <- function(name, mode, home, overlay, box) {
  if (exists(name, overlay, inherits = FALSE)) return()
  place <- holder_of(name, home, mode)
  if (is.null(place)) return(share_export(name, overlay, box))
  value <- value_in(name, place)
  global <- identical(place, globalenv())
  if (global) box$used <- TRUE
  # Stands there before its own names do, so that functions may call each other.
  assign(name, value, envir = overlay)
  new <- carry_value(value, box)
  if (global || !identical(value, new)) {
    assign(name, new, envir = overlay)
  } else {
    rm(list = name, envir = overlay)
  }
}

# A global variable that the function sets with `<<-` stays the global one
# while there is one; elsewhere it starts from the value that travelled.
share_global <- function(name, home, overlay, box) {
  if (exists(name, overlay, inherits = FALSE)) return()
  if (!identical(holder_of(name, home, "any"), globalenv())) return()
  value <- value_in(name, globalenv())
  own <- list(name = name, home = globalenv(), value = value)
  binding <- function(new) {
    if (!missing(new)) home[[name]] <- new
    get0(name, home, inherits = FALSE, ifnotfound = value)
  }
  environment(binding) <- list2env(own, parent = baseenv())
  makeActiveBinding(name, binding, overlay)
  box$used <- TRUE
}

# What the package exports travels by name, so that a process that loads a model
# need not attach the package.
share_export <- function(name, overlay, box) {
  home <- topenv()
  if (!name %in% getNamespaceExports(home)) return()
  seen <- get0(name, globalenv(), ifnotfound = NULL)
  if (!identical(seen, get(name, home))) return()
  binding <- function() get(name, home)
  environment(binding) <- list2env(list(name = name, home = home),
                                   parent = baseenv())
  makeActiveBinding(name, binding, overlay)
  box$used <- TRUE
}

overlay_of <- function(home, box) {
  for (k in seq_along(box$homes)) {
    if (identical(box$homes[[k]], home)) return(box$overlays[[k]])
  }
  overlay <- new.env(parent = home)
  box$homes <- c(box$homes, list(home))
  box$overlays <- c(box$overlays, list(overlay))
  overlay
}

is_seen <- function(env, box) {
  for (e in box$seen) if (identical(e, env)) return(TRUE)
  box$seen <- c(box$seen, list(env))
  FALSE
}

is_package_env <- function(env) {
  isNamespace(env) || identical(env, baseenv()) ||
    identical(env, emptyenv()) || !is.null(attr(env, "name"))
}

reaches_global <- function(env) {
  if (is.null(env)) return(FALSE)
  while (!identical(env, globalenv())) {
    if (is_package_env(env)) return(FALSE)
    env <- parent.env(env)
  }
  TRUE
}

# The environment from `home` up to the global one, or up to a package, that
# has `name`, or NULL.
holder_of <- function(name, home, mode) {
  repeat {
    if (is_package_env(home)) return(NULL)
    if (exists(name, home, mode = mode, inherits = FALSE)) return(home)
    if (identical(home, globalenv())) return(NULL)
    home <- parent.env(home)
  }
}

# NULL for an argument that was not given, or that cannot be computed.
value_in <- function(name, env) {
  tryCatch(get(name, env, inherits = FALSE), error = function(e) NULL)
}
