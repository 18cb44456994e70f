# Name -> arguments in order with their defaults as R code, "" for none.
signatures_wanted <- function() {
  file <- gzfile(test_path("data", "signatures.json.gz"))
  groups <- jsonlite::fromJSON(file, simplifyVector = FALSE)$functions
  flat <- do.call(c, unname(groups))
  lapply(flat, function(args) {
    vapply(args, function(code) {
      if (nzchar(code)) deparse1(str2lang(code)) else ""
    }, "")
  })
}

signature_of <- function(fun) {
  vapply(as.list(formals(args(fun))), deparse1, "")
}

signature_text <- function(signature) {
  given <- nzchar(signature)
  toString(paste0(names(signature), ifelse(given, " = ", ""), signature))
}
