# Names that a function takes from outside: `values` (read), `calls` (called),
# `assigned` (set with `<<-`). A name counts as the function's own from where
# it is sure to have been assigned, so `x <- x + 1` still takes x from outside.
free_names <- function(f) {
  found <- new.env(parent = emptyenv())
  found$values <- found$calls <- found$assigned <- character()
  if (!is.primitive(f)) walk_function(formals(f), body(f), character(), found)
  lapply(list(values = found$values, calls = found$calls,
              assigned = found$assigned), unique)
}

walk_function <- function(formals, body, bound, found) {
  bound <- c(bound, names(formals))
  for (default in given_parts(formals)) walk(default, bound, found)
  walk(body, bound, found)
}

# Notes the names in `e` that are not `bound`; gives what is bound after it.
walk <- function(e, bound, found) {
  if (is.name(e)) {
    note("values", as.character(e), bound, found)
  } else if (is.call(e)) {
    return(walk_call(e, bound, found))
  }
  bound
}

# Without the empty ones of `x[, 1]` and of arguments without default.
given_parts <- function(e) {
  parts <- as.list(e)
  empty <- vapply(seq_along(parts), function(k) {
    identical(parts[[k]], quote(expr = ))
  }, NA)
  parts[!empty]
}

note <- function(kind, name, bound, found) {
  if (nzchar(name) && !name %in% bound) {
    assign(kind, c(found[[kind]], name), envir = found)
  }
}

walk_call <- function(e, bound, found) {
  head <- e[[1L]]
  if (!is.name(head) && !is.character(head)) {
    for (part in given_parts(e)) walk(part, bound, found)
    return(bound)
  }
  name <- as.character(head)
  rule <- walk_rules[[name]]
  if (!is.null(rule)) return(rule(e, bound, found))
  note("calls", name, bound, found)
  if (name %in% calls_by_name && length(e) > 1L && is.character(e[[2L]])) {
    note("values", e[[2L]][[1L]], bound, found)
  }
  for (part in given_parts(e)[-1L]) walk(part, bound, found)
  bound
}

# Functions whose first argument may name what they use.
calls_by_name <- c("do.call", "match.fun", "get", "get0")

walk_in_order <- function(e, bound, found) {
  for (part in given_parts(e)[-1L]) bound <- walk(part, bound, found)
  bound
}

walk_nothing <- function(e, bound, found) bound

walk_member <- function(e, bound, found) {
  walk(e[[2L]], bound, found)
  bound
}

walk_assign <- function(e, bound, found) {
  bound <- walk(e[[3L]], bound, found)
  c(walk_target(e[[2L]], bound, found), base_name(e[[2L]]))
}

walk_assign_outside <- function(e, bound, found) {
  bound <- walk(e[[3L]], bound, found)
  note("assigned", base_name(e[[2L]]), character(), found)
  walk_target(e[[2L]], bound, found)
}

# `dim(x[i]) <- v` reads x and i, and calls `dim<-`.
walk_target <- function(target, bound, found) {
  if (!is.call(target)) return(bound)
  if (is.name(target[[1L]])) {
    note("calls", paste0(target[[1L]], "<-"), bound, found)
  }
  walk(target, bound, found)
}

base_name <- function(target) {
  while (is.call(target)) target <- target[[2L]]
  as.character(target)
}

# `c(a, b) %<-% v` binds a and b.
walk_unpack <- function(e, bound, found) {
  note("calls", as.character(e[[1L]]), bound, found)
  walk(e[[3L]], bound, found)
  c(bound, setdiff(all.names(e[[2L]]), c("c", "{")))
}

walk_if <- function(e, bound, found) {
  bound <- walk(e[[2L]], bound, found)
  yes <- walk(e[[3L]], bound, found)
  if (length(e) < 4L) return(bound)
  intersect(yes, walk(e[[4L]], bound, found))
}

walk_for <- function(e, bound, found) {
  bound <- c(walk(e[[3L]], bound, found), as.character(e[[2L]]))
  walk(e[[4L]], bound, found)
  bound
}

walk_while <- function(e, bound, found) {
  bound <- walk(e[[2L]], bound, found)
  walk(e[[3L]], bound, found)
  bound
}

walk_lambda <- function(e, bound, found) {
  walk_function(e[[2L]], e[[3L]], bound, found)
  bound
}

walk_rules <- list(
  "{" = walk_in_order, "(" = walk_in_order, "<-" = walk_assign,
  "=" = walk_assign, "<<-" = walk_assign_outside, "%<-%" = walk_unpack,
  "function" = walk_lambda, "$" = walk_member, "@" = walk_member,
  "::" = walk_nothing, ":::" = walk_nothing, "quote" = walk_nothing,
  "if" = walk_if, "for" = walk_for, "while" = walk_while
)
