# The rules of the project, one function each, then clang-format and lintr where
# they are installed. Lengths are printed and never fail. Rscript tools/lint.R

test_path <- function(...) file.path("tests/testthat", ...)
source(test_path("helper-house.R"))

files <- list.files(
  c("R", "src", "tests", "tools", "inst", "vignettes", "bench", ".ci"),
  "[.](R|c|h|Rmd|sh)$|^run$", recursive = TRUE, full.names = TRUE
)
files <- c(files, list.files(".", "[.]md$"), "Makefile", "DESCRIPTION")
files <- files[file.exists(files)]
text <- lapply(files, readLines, warn = FALSE, encoding = "UTF-8")
names(text) <- files
in_c <- grepl("^src/.*[.][ch]$", files)
in_r <- grepl("[.]R$", files)
in_package <- in_r & grepl("^R/", files)
tokens <- lapply(files[in_r], function(file) {
  parsed <- utils::getParseData(parse(file, keep.source = TRUE))
  if (is.null(parsed)) parsed <- data.frame(token = NULL, text = NULL)
  parsed
})
names(tokens) <- files[in_r]

# "file:line: why" for each line of the files that match.
lines_like <- function(pattern, why, of = TRUE, perl = TRUE) {
  found <- lapply(text[of], grep, pattern = pattern, perl = perl)
  at(rep(names(found), lengths(found)), unlist(found), why)
}

tokens_like <- function(of, why, test) {
  found <- lapply(tokens[of], function(parsed) parsed$line1[test(parsed)])
  at(rep(names(found), lengths(found)), unlist(found), why)
}

at <- function(file, line, why) {
  if (length(line)) sprintf("%s:%d: %s", file, line, why)
}

rules <- list(
  # A promise in the code is read by nobody: issues are where work waits.
  unfinished = function() {
    words <- paste0("\\b(TO", "DO|FIX", "ME|X", "XX)\\b")
    lines_like(words, "unfinished work belongs in an issue")
  },
  # An R error jumps over free(): all memory is R's, R_alloc() or vectors.
  heap = function() {
    words <- "\\b(malloc|(R_)?[cC]alloc|(R_)?[rR]ealloc|free|(R_)?Free)\\s*\\("
    lines_like(words, "memory must be R's (R_alloc, vectors)", in_c)
  },
  # What a kernel remembers between calls, a call from a user's cell corrupts.
  globals = function() {
    lines_like("^static (?!const\\b|inline\\b)[^(]*[;=]",
      "a kernel keeps no state of its own",
      in_c & grepl("/kernel", files))
  },
  # What works on one machine only.
  paths = function() {
    words <- paste0("(?<![\\w./])(/ho", "me|/wo", "rk|/Us", "ers|/tm", "p|/mn",
      "t|C:[\\\\/])/?\\w")
    lines_like(words, "a path of one machine")
  },
  # They are variables: somebody's T may be 0.
  truth = function() {
    tokens_like(TRUE, "write TRUE or FALSE", function(parsed) {
      nth <- pmax(1, cumsum(parsed$terminal))
      before <- c("", parsed$token[parsed$terminal])[nth]
      member <- before %in% c("'$'", "'@'")
      parsed$token == "SYMBOL" & parsed$text %in% c("T", "F") & !member
    })
  },
  # A package changes nobody's search path: use :: or @importFrom.
  attach = function() {
    words <- c("library", "require", "attach", "attachNamespace")
    tokens_like(names(tokens) %in% files[in_package], "attaches a package",
      function(parsed) {
        parsed$token == "SYMBOL_FUNCTION_CALL" & parsed$text %in% words
      })
  },
  # One way to write names: snake_case, R6 classes CamelCase, methods of S3
  # generic.class, and operators.
  names = function() {
    good <- paste0("^[.]?[a-z][a-z0-9_]*$|^[A-Z][A-Za-z0-9]*$|",
      "^[^[:alnum:]_]+$|^%.*%$|.[.](recurrent|tensor|default|list|character|",
      "numeric|logical|integer|array|function|[A-Z])\\w*$|^[.]on[A-Z]\\w+$")
    found <- lapply(files[in_package], function(file) {
      bad <- grep(good, names_defined(parse(file, keep.source = FALSE)),
        value = TRUE, invert = TRUE, perl = TRUE)
      if (length(bad)) sprintf("%s: %s is not snake_case", file, bad)
    })
    unlist(found)
  },
  # Two files fit beside each other on a screen; lintr looks at those in R.
  columns = function() {
    found <- lapply(text[in_c], function(lines) which(nchar(lines) > 80))
    at(rep(names(found), lengths(found)), unlist(found), "over 80 columns")
  },
  # The house: what is below knows nothing of what is above.
  floors = function() calls_upward("."),
  headers = function() headers_astray(".")
)

# First and last lines of the functions of one file.
functions_of <- function(file) {
  lines <- text[[file]]
  if (file %in% names(tokens)) {
    parsed <- tokens[[file]]
    starts <- parsed$parent[parsed$token == "FUNCTION"]
    places <- parsed[parsed$id %in% starts, ]
    return(data.frame(from = places$line1, to = places$line2))
  }
  to <- grep("^}$", lines)
  heads <- grep("^[A-Za-z].*\\(", lines)
  from <- vapply(to, function(end) {
    opens <- grep("^[^ /#].*\\{$|^[^#].*\\) \\{$", lines)
    max(0, heads[heads <= max(0, opens[opens < end])])
  }, 0)
  data.frame(from = from, to = to)[from > 0, ]
}

budgets <- function() {
  for (file in files[in_c | in_package]) {
    limit <- if (grepl("[.]R$", file)) 350 else 300
    size <- length(text[[file]])
    if (size > limit) cat(sprintf("  %s: %d lines (%d)\n", file, size, limit))
    places <- functions_of(file)
    long <- places[places$to - places$from + 1 > 40, ]
    cat(sprintf("  %s:%d: a function of %d lines (40)\n", file, long$from,
      long$to - long$from + 1), sep = "")
  }
}

count <- function(what, of) {
  cat(sprintf("  %-7s%3d files %6d lines\n", what, sum(of),
    sum(lengths(text[of]))))
}

# Other versions lay out other lines.
clang_format <- function() {
  version <- if (nzchar(Sys.which("clang-format"))) {
    system2("clang-format", "--version", stdout = TRUE)
  }
  if (!any(grepl("version 14[.]", version))) {
    cat("clang-format 14 is not installed: its part is left out\n")
    return(NULL)
  }
  unlist(lapply(files[in_c], function(file) {
    wanted <- system2("clang-format", shQuote(file), stdout = TRUE)
    if (!identical(wanted, text[[file]])) paste0(file, ": run `make format`")
  }))
}

run_lintr <- function() {
  if (!requireNamespace("lintr", quietly = TRUE)) {
    cat("lintr is not installed: its part is left out\n")
    return(NULL)
  }
  found <- lapply(files[in_r], lintr::lint)
  unlist(lapply(found, function(one) vapply(one, function(lint) {
    sprintf("%s:%d: %s", lint$filename, lint$line_number, lint$message)
  }, "")))
}

cat("lengths:\n")
count("R", in_package)
count("C", in_c)
count("tests", grepl("^tests/", files) & in_r)
budgets()
problems <- unlist(lapply(c(rules, clang_format, run_lintr), function(f) f()))
writeLines(as.character(problems))
cat(if (length(problems)) length(problems) else "no", "problems found\n")
quit("no", status = as.integer(length(problems) > 0))
