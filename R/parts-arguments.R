# Arguments of a layer_*() call, by name: those given, and defaults.
call_args <- function(drop = "object") {
  frame <- parent.frame()
  fn <- sys.function(sys.parent())
  names <- setdiff(names(formals(fn)), c(drop, "..."))
  values <- mget(names, envir = frame)
  given <- !vapply(values, function(v) identical(v, quote(expr = )), NA)
  dots <- if ("..." %in% names(formals(fn))) eval(quote(list(...)), frame)
  c(values[given], dots)
}

# One argument list serves constructor, config and print: the formals of the
# layer_*() function. Sets each argument on `self`, resolved by what its name
# says (`resolve_argument()`); `extra` adds arguments that come in `...`.
take_arguments <- function(self, constructor, args, extra = list()) {
  own <- own_arguments(constructor)
  defaults <- c(as.list(formals(constructor))[own], extra)
  label <- class(self)[[1L]]
  check_unknown_args(names_of(args), c(names(defaults), standard_layer_args),
                     label)
  usual <- character()
  for (a in names(defaults)) {
    given <- a %in% names(args)
    value <- if (given) args[[a]] else argument_default(defaults[[a]], a, label)
    if (!given || is_usual(value, defaults[[a]])) usual <- c(usual, a)
    set_argument(self, a, resolve_argument(a, value))
  }
  assign(".args", names(defaults), envir = self)
  assign(".usual", usual, envir = self)
  standard <- setdiff(standard_layer_args, names(defaults))
  layer_initialize(self, args[names_of(args) %in% standard])
}

# 2 is as usual as 2L. Only numbers are compared by value: all.equal() on a
# user's function would walk through all that its environment holds.
is_usual <- function(value, default) {
  if (identical(default, quote(expr = ))) return(FALSE)
  usual <- eval(default, baseenv())
  if (!is.numeric(value) || !is.numeric(usual)) return(identical(value, usual))
  isTRUE(all.equal(as.vector(value), as.vector(usual)))
}

own_arguments <- function(constructor) {
  setdiff(names(formals(constructor)),
          c("object", "inputs", "...",
            setdiff(standard_layer_args, "activity_regularizer")))
}

set_argument <- function(self, name, value) {
  if (is_trackable(value)) `$<-.KerasLayer`(self, name, value) else
    assign(name, value, envir = self)
}

argument_default <- function(default, name, label) {
  if (identical(default, quote(expr = ))) {
    stop_type(
      sprintf("%s needs the argument `%s`.", label, name),
      i = sprintf("Give it by name, e.g. `%s = 4`.", name)
    )
  }
  eval(default, baseenv())
}

flag_arguments <- c(
  "use_bias", "unit_forget_bias", "reset_after", "return_sequences",
  "return_state", "go_backwards", "stateful", "unroll", "time_major",
  "zero_output_for_mask", "mask_zero", "center", "scale", "use_scale"
)

# An argument's name says what kind of value it takes.
resolve_argument <- function(name, value) {
  if (name %in% flag_arguments) return(check_flag(value, name))
  if (name == "dilation_rate") return(value)
  switch(sub(".*_", "", name),
    activation = get_activation(value, name),
    initializer = get_initializer(value, name),
    regularizer = get_regularizer(value, name),
    constraint = get_constraint(value, name),
    units = , filters = check_count(value, name),
    dropout = , rate = if (!is.null(value)) check_rate(value, name),
    value
  )
}
