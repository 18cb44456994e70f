# A part (initializer, regularizer, constraint, activation) is an R function
# with attributes: `name`, its Keras name, NULL for a user's own; `config`, the
# arguments it was made with, or what the user gave. Layers resolve what they
# are given once, when they are made, by `get_initializer()` and its sisters,
# and write it with `serialize_part()`, which these read back.
new_part <- function(kind, f, name, config) {
  structure(f, class = c(paste0("recurrent_", kind), "recurrent_part"),
            name = name, config = config)
}

# A row of a table of parts: `make` takes what a config holds, `other` are
# further names, `maker` is the exported function.
part_row <- function(other, make, maker = make) {
  list(other = other, make = make, maker = maker)
}

# x as a part of `table` (rows by Keras class name). `own(f, x)` makes one from
# the function f of what a user gave, x. NULL stays NULL.
get_part <- function(x, kind, table, own, arg) {
  if (is.null(x) || inherits(x, paste0("recurrent_", kind))) return(x)
  if (is.character(x) && length(x) == 1L && !is.na(x)) {
    return(table[[part_name(x, kind, table, arg)]]$make())
  }
  if (is.list(x) && !is.object(x) && is.character(x$class_name)) {
    return(part_from_config(x, kind, table, arg))
  }
  for (row in table) if (identical(x, row$maker)) return(row$make())
  if (inherits(x, "recurrent_part")) stop_not_part(x, kind, table, arg)
  x <- carry(x)
  f <- callable_of(x)
  if (is.null(f)) stop_not_part(x, kind, table, arg)
  own(f, x)
}

part_name <- function(x, kind, table, arg) {
  if (x %in% names(table)) return(x)
  other <- lapply(table, `[[`, "other")
  at <- match(x, unlist(other))
  if (!is.na(at)) return(rep(names(table), lengths(other))[[at]])
  known <- vapply(other, `[[`, "", 1L, USE.NAMES = FALSE)
  check_choice(x, known, arg, paste("the name of", article(kind)))
}

part_from_config <- function(x, kind, table, arg) {
  name <- part_name(x$class_name, kind, table, arg)
  make <- table[[name]]$make
  config <- as.list(x$config)
  # Older files name the type of the numbers; here all are doubles.
  config$dtype <- NULL
  check_unknown_args(names(config), names(formals(make)),
                     sprintf("The config of %s `%s`", kind, name))
  do.call(make, config)
}

# What computes: a function, or the `call` of an object, list or environment.
callable_of <- function(x) {
  if (is.function(x)) return(x)
  if (!is.list(x) && !is.environment(x)) return(NULL)
  for (member in c("call", "__call__")) {
    if (is.function(x[[member]])) return(x[[member]])
  }
}

stop_not_part <- function(x, kind, table, arg) {
  given <- if (inherits(x, "recurrent_part")) article(part_kind(x)) else
    describe(x)
  made <- if (kind == "activation") "an `activation_*()` function" else
    sprintf("what the `%s_*()` functions make", kind)
  stop_type(
    sprintf("`%s` must be %s, not %s.", arg, article(kind), given),
    i = sprintf('Give a name like "%s", %s, a function, an object with a \
`call` method, or what `get_config()` wrote.', table[[1L]]$other[[1L]], made)
  )
}

article <- function(kind) {
  paste(if (grepl("^[aeiou]", kind)) "an" else "a", kind)
}

part_kind <- function(x) sub("^recurrent_", "", class(x)[[1L]])

#' @export
format.recurrent_part <- function(x, ...) {
  name <- attr(x, "name")
  config <- attr(x, "config")
  if (is.null(name)) {
    what <- if (is.function(config)) deparse(args(config))[[1L]]
    return(paste0("<", part_kind(x), "> ", trimws(what %||% describe(config))))
  }
  if (!is.list(config)) return(paste0("<", part_kind(x), "> ", name))
  given <- Filter(Negate(is.null), config)
  values <- vapply(given, function(v) {
    text <- deparse(if (is.array(v)) v else unname(unlist(v)), nlines = 1L)
    if (length(v) > 8L) describe(v) else sub("^([0-9.e+-]+)L$", "\\1", text)
  }, "")
  paste0("<", part_kind(x), "> ", name,
         "(", paste(names(given), values, sep = " = ", collapse = ", "), ")")
}

#' @export
print.recurrent_part <- function(x, ...) {
  cat(format(x), "\n", sep = "")
  invisible(x)
}

# As tf.keras 2.15 writes it: names of activations, module, class and config of
# the others. What a user made stays as it was given. NULL stays NULL.
serialize_part <- function(x) {
  if (!inherits(x, "recurrent_part")) return(x)
  if (is.null(attr(x, "name"))) return(attr(x, "config"))
  if (inherits(x, "recurrent_activation")) return(attr(x, "name"))
  list(module = paste0("keras.", part_kind(x), "s"),
       class_name = attr(x, "name"), config = attr(x, "config"),
       registered_name = NULL)
}
