# What a value is, in few words, for messages: "a character vector of length 2".
describe <- function(x) {
  if (is.null(x)) return("NULL")
  if (is.function(x) && !inherits(x, "recurrent_layer")) return("a function")
  if (inherits(x, "recurrent_layer")) {
    kind <- setdiff(class(x), c("recurrent_model", "recurrent_layer"))[[1L]]
    return(sprintf("a %s (%s)", if (inherits(x, "recurrent_model")) "model" else
      "layer", kind))
  }
  if (inherits(x, "recurrent_tensor")) {
    return(paste0("a tensor of shape ", format(shape_of(x))))
  }
  if (is.data.frame(x)) {
    return(sprintf("a data frame with %d rows and %d columns",
                   nrow(x), ncol(x)))
  }
  if (is.factor(x)) {
    n <- nlevels(x)
    return(sprintf("a factor with %d level%s", n, if (n == 1L) "" else "s"))
  }
  if (!is.atomic(x)) return(paste0("an object of class ", class(x)[[1L]]))
  kind <- switch(typeof(x), double = , integer = "numeric",
                 character = "character", logical = "logical", typeof(x))
  if (!is.null(dim(x))) {
    return(sprintf("a %s array of shape %s", kind, format(as_shape(dim(x)))))
  }
  if (length(x) == 1L) return(deparse(unname(x)))
  sprintf("a %s vector of length %d", kind, length(x))
}

# Short vectors number by number.
listed <- function(x) {
  if (is.atomic(x) && !is.null(x)) return(paste0("(", toString(x), ")"))
  describe(if (is.list(x) && length(x) == 1L) x[[1L]] else x)
}

# 1,234, also where options(OutDec = ",") holds.
big_number <- function(n) format(n, big.mark = ",", decimal.mark = ".")

check_flag <- function(x, arg) {
  if (!is.logical(x) || length(x) != 1L || is.na(x)) {
    stop_type(
      sprintf("`%s` must be TRUE or FALSE, not %s.", arg, describe(x))
    )
  }
  x
}

first_index <- function(zero_indexed) {
  if (check_flag(zero_indexed, "zero_indexed")) 0L else 1L
}

# A whole number of at least `min`; 5 works like 5L.
check_count <- function(x, arg, min = 1L, mend = NULL) {
  whole <- is.numeric(x) && length(x) == 1L && is.finite(x) && x == trunc(x)
  if (!whole || x < min || x > .Machine$integer.max) {
    what <- if (min > 0L) "a positive whole number" else
      sprintf("a whole number of at least %d", min)
    fail <- if (is.numeric(x)) stop_value else stop_type
    fail(
      sprintf("`%s` must be %s, not %s.", arg, what, describe(x)),
      i = mend %||% sprintf("For example `%s = %d`.", arg, max(min, 1L) + 3L)
    )
  }
  as.integer(x)
}

# A whole number of any sign.
check_whole <- function(x, arg) {
  if (!is.numeric(x) || length(x) != 1L || !is.finite(x) || x %% 1 != 0 ||
        abs(x) > .Machine$integer.max) {
    stop_type(
      sprintf("`%s` must be a whole number, not %s.", arg, describe(x))
    )
  }
  as.integer(x)
}

check_function <- function(x, arg) {
  if (!is.function(x)) {
    stop_type(sprintf("`%s` must be a function, not %s.", arg, describe(x)))
  }
  x
}

check_number <- function(x, arg, min = -Inf, max = Inf) {
  if (!is.numeric(x) || length(x) != 1L || is.na(x)) {
    stop_type(sprintf("`%s` must be a number, not %s.", arg, describe(x)))
  }
  if (x < min || x > max) {
    stop_value(
      sprintf("`%s` must lie in [%s, %s], not %s.", arg, format(min),
              format(max), format(x))
    )
  }
  as.double(x)
}

# A finite number of at least `min`.
check_finite <- function(x, arg, min = -Inf) {
  if (!is.numeric(x) || length(x) != 1L) {
    stop_type(sprintf("`%s` must be a number, not %s.", arg, describe(x)))
  }
  if (!is.finite(x) || x < min) {
    what <- "a finite number"
    if (min > -Inf) what <- paste(what, "of at least", format(min))
    stop_value(
      sprintf("`%s` must be %s, not %s.", arg, what, format(x)),
      i = sprintf("For example `%s = %s`.", arg, format(max(min, 0.5)))
    )
  }
  as.double(x)
}

check_rate <- function(x, arg) {
  if (!is.numeric(x) || length(x) != 1L || is.na(x)) {
    stop_type(
      sprintf("`%s` must be a number between 0 and 1, not %s.", arg,
              describe(x)),
      i = "It is the fraction that is dropped: 0.2 drops one in five."
    )
  }
  if (x < 0 || x > 1) {
    stop_value(
      sprintf("`%s` must lie between 0 and 1, not %s.", arg, format(x)),
      i = "It is the fraction that is dropped: 0.2 drops one in five."
    )
  }
  as.double(x)
}

check_string <- function(x, arg) {
  if (!is.character(x) || length(x) != 1L || is.na(x)) {
    stop_type(sprintf("`%s` must be a string, not %s.", arg, describe(x)))
  }
  x
}

# One of `choices`; a near miss is named in the message.
check_choice <- function(x, choices, arg, what = "one of the known names") {
  if (is.character(x) && length(x) == 1L && x %in% choices) return(x)
  if (!is.character(x) || length(x) != 1L || is.na(x)) {
    stop_type(
      sprintf("`%s` must be %s, not %s.", arg, what, describe(x)),
      i = paste("Known:", paste0('"', choices, '"', collapse = ", "))
    )
  }
  near <- suggest(x, choices)
  stop_value(
    sprintf('`%s` must be %s, not "%s".', arg, what, x),
    i = if (length(near)) sprintf('Did you mean "%s"?', near),
    i = paste0("Known: ", paste0('"', choices, '"', collapse = ", "), ".")
  )
}

# The known name that is nearest to `x`, or none when nothing is near.
suggest <- function(x, known) {
  if (!length(known)) return(character())
  far <- utils::adist(tolower(x), tolower(known))[1L, ]
  if (min(far) > max(2, nchar(x) / 3)) return(character())
  known[[which.min(far)]]
}

check_unknown_args <- function(given, known, what) {
  known <- unique(known)
  unknown <- setdiff(given, known)
  if (!length(unknown)) return(invisible())
  near <- suggest(unknown[[1L]], known)
  takes <- if (!length(known)) "It takes no further arguments." else
    paste0("Known arguments: ", paste(known, collapse = ", "), ".")
  if (!nzchar(unknown[[1L]])) {
    stop_type(sprintf("%s was given an argument without a name.", what),
              i = takes)
  }
  stop_type(
    sprintf("%s has no argument `%s`.", what, unknown[[1L]]),
    i = if (length(near)) sprintf("Did you mean `%s`?", near),
    i = takes
  )
}

`%||%` <- function(x, y) if (is.null(x)) y else x
