# Instances of classes of layers, and what they keep to be saved and copied.

# Instances of a user's class keep the class, and what its methods use of the
# global environment travels with them.
new_layer <- function(class, args = list()) {
  apart <- args_apart(class, args)
  args <- args[setdiff(seq_along(args), apart$at)]
  self <- do.call(class$new, args, quote = TRUE)
  if (is.null(self$name) || length(apart$args)) {
    layer_initialize(self, apart$args)
  }
  if (!identical(known_layer_class(class$classname), class)) {
    assign(".generator", class, envir = self)
    assign(".given", named_args(self$initialize, args), envir = self)
    carry(self)
  }
  callable(self)
}

# Arguments of all layers (`name`, `input_shape`, ...) that a class' own
# `initialize` does not take.
args_apart <- function(class, args) {
  taken <- names(formals(class_initialize(class)))
  if ("..." %in% taken) return(NULL)
  at <- which(names_of(args) %in% setdiff(standard_layer_args, taken))
  list(at = at, args = Filter(Negate(is.null), args[at]))
}

class_initialize <- function(class) {
  while (!is.null(class)) {
    if (!is.null(class$public_methods$initialize)) {
      return(class$public_methods$initialize)
    }
    class <- class$get_inherit()
  }
}

# The names that arguments have, or get by their place.
named_args <- function(f, args) {
  free <- !nzchar(names_of(args))
  left <- setdiff(names(formals(f)), c(names(args), "..."))
  names(args) <- names_of(args)
  names(args)[free] <- left[seq_len(sum(free))]
  args
}

# An instance that `$new()` made, so that new_layer() has not seen it.
adopt_layer <- function(self) {
  if (is.null(self$name)) layer_initialize(self, list())
  home <- parent.env(self$.__enclos_env__)
  if (!is.null(self$.generator) || identical(home, topenv())) return(self)
  assign(".generator", generator_near(class(self)[[1L]], home), envir = self)
  carry(self)
}

# The generator of a class among the variables where it was defined, or NULL.
generator_near <- function(classname, home) {
  while (!identical(home, emptyenv())) {
    for (name in c(classname, if (!is_package_env(home)) ls(home))) {
      found <- get0(name, home, inherits = FALSE)
      if (inherits(found, "R6ClassGenerator") &&
            identical(found$classname, classname)) {
        return(found)
      }
    }
    home <- parent.env(home)
  }
}
