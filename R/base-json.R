# JSON text as Python's json module writes it, so that what Keras would write
# can be written byte by byte. Lists with names are objects, others arrays;
# vectors of one value are scalars. Doubles have a point or an exponent.
json_text <- function(x) {
  if (is.null(x)) return("null")
  if (is.list(x)) return(json_list(x))
  if (length(x) != 1L) return(json_list(as.list(unname(x))))
  if (is.character(x)) return(if (is.na(x)) "null" else json_string(x))
  if (is.logical(x)) return(if (is.na(x)) "null" else if (x) "true" else
    "false")
  if (is.integer(x)) return(if (is.na(x)) "null" else sprintf("%d", x))
  if (is.double(x)) return(json_double(as.vector(x)))
  stop_type(
    sprintf("%s has no JSON.", describe(x)),
    i = "JSON holds lists, strings, numbers, TRUE and FALSE."
  )
}

json_list <- function(x) {
  items <- vapply(x, json_text, "", USE.NAMES = FALSE)
  if (is.null(names(x))) return(paste0("[", paste(items, collapse = ", "), "]"))
  keys <- vapply(names(x), json_string, "", USE.NAMES = FALSE)
  paste0("{", paste0(keys, ": ", items, recycle0 = TRUE, collapse = ", "), "}")
}

# An object without members; a plain empty list is an array.
empty_object <- function() stats::setNames(list(), character())

json_string <- function(x) {
  x <- enc2utf8(x)
  if (grepl("[^ -~]|[\"\\\\]", x, perl = TRUE)) {
    x <- paste(vapply(utf8ToInt(x), json_character, ""), collapse = "")
  }
  paste0("\"", x, "\"")
}

json_character <- function(code) {
  at <- match(code, c(8, 9, 10, 12, 13, 34, 92))
  if (!is.na(at)) {
    return(c("\\b", "\\t", "\\n", "\\f", "\\r", "\\\"", "\\\\")[[at]])
  }
  if (code >= 32 && code < 127) return(intToUtf8(code))
  if (code < 65536) return(sprintf("\\u%04x", code))
  code <- code - 65536
  sprintf("\\u%04x\\u%04x", 55296L + code %/% 1024L, 56320L + code %% 1024L)
}

# The shortest digits that give the number back.
json_double <- function(x) {
  if (is.na(x)) return("NaN")
  if (is.infinite(x)) return(if (x > 0) "Infinity" else "-Infinity")
  for (digits in 15:17) {
    text <- sprintf("%.*g", digits, x)
    if (as.numeric(text) == x) break
  }
  if (grepl("e+15", text, fixed = TRUE)) text <- sprintf("%.0f", x)
  if (grepl("[.e]", text)) text else paste0(text, ".0")
}

# Text as plain lists: objects are lists with names, arrays lists without.
# `fail(why)` raises the error for what is no JSON.
read_json <- function(text, fail) {
  if (!is.character(text) || length(text) != 1L || is.na(text)) {
    fail("It is no string.")
  }
  if (!validUTF8(text)) fail("It is no text.")
  if (json_depth(text) > 200) fail("Its lists are nested too deeply.")
  tryCatch(
    jsonlite::parse_json(text, simplifyVector = FALSE),
    error = function(e) fail(conditionMessage(e))
  )
}

json_depth <- function(text) {
  bytes <- as.integer(charToRaw(text))
  opened <- bytes == 91L | bytes == 123L
  closed <- bytes == 93L | bytes == 125L
  max(0, cumsum(opened - closed))
}

needs_package <- function(name, what, instead = NULL) {
  if (has_package(name)) return(invisible())
  stop_runtime(
    sprintf("%s needs the package %s, which is not installed.", what, name),
    i = sprintf("Run `install.packages(\"%s\")`.", name),
    i = instead
  )
}

has_package <- function(name) requireNamespace(name, quietly = TRUE)
