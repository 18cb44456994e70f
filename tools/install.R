# Install what targets need and is missing: Rscript tools/install.R TARGET...
# TARGET: run (the package's Imports), test, check, document, lint. With
# "missing" as one of them, only print the names of what is missing.

extra <- list(
  run = NULL,
  test = c("testthat", "callr", "jsonlite", "codetools"),
  check = "Suggests",
  document = c("roxygen2", "pkgbuild"), # which compiles for load_all()
  lint = "lintr"
)

field <- function(name) {
  text <- read.dcf("DESCRIPTION", name)[[1]]
  if (is.na(text)) character() else trimws(strsplit(text, ",")[[1]])
}

# The entries of DESCRIPTION, "testthat (>= 3.0.0)", that the targets need.
entries_of <- function(targets) {
  unknown <- setdiff(targets, names(extra))
  if (length(unknown) || !length(targets)) {
    stop("Targets are ", toString(names(extra)), ", not '",
      toString(unknown), "'.", call. = FALSE)
  }
  suggests <- field("Suggests")
  wanted <- unlist(extra[targets])
  named <- suggests[sub(" .*", "", suggests) %in% wanted]
  if ("Suggests" %in% wanted) named <- suggests
  others <- setdiff(wanted, c("Suggests", sub(" .*", "", named)))
  unique(c(field("Imports"), named, others))
}

is_here <- function(entry) {
  name <- sub(" .*", "", entry)
  least <- if (grepl(">=", entry)) gsub(".*>=\\s*|\\)", "", entry) else "0.0"
  tryCatch(
    utils::packageVersion(name) >= least,
    error = function(e) FALSE
  )
}

writable_library <- function() {
  ours <- .libPaths()[file.access(.libPaths(), 2) == 0]
  if (length(ours)) return(ours[[1]])
  own <- path.expand(strsplit(Sys.getenv("R_LIBS_USER"), ":")[[1]][1])
  if (is.na(own) || !dir.create(own, FALSE, TRUE) && !dir.exists(own)) {
    stop("No library can be written to: set R_LIBS_USER to a folder of yours.",
      call. = FALSE)
  }
  .libPaths(c(own, .libPaths()))
  own
}

# What R says while it installs; nothing of it matters when all went well.
try_install <- function(package, lib, ...) {
  utils::capture.output(type = "message", utils::install.packages(
    package, lib, ..., quiet = TRUE,
    Ncpus = max(1L, parallel::detectCores(), na.rm = TRUE)
  ))
}

# testthat needs fs, and fs needs libuv or cmake since its version 2: without
# them the version before, which brings what it needs, serves as well.
install_older_fs <- function(lib) {
  cat("installing fs 1.6.6, which needs no libuv, into", lib, "\n")
  root <- utils::contrib.url(getOption("repos")[[1]], "source")
  log <- NULL
  for (folder in c("/Archive/fs", "")) { # mirrors differ in where it lies
    if (is_here("fs")) next
    url <- paste0(root, folder, "/fs_1.6.6.tar.gz")
    log <- c(log, tryCatch(
      try_install(url, lib, repos = NULL, type = "source"),
      error = conditionMessage, warning = conditionMessage
    ))
  }
  log
}

install <- function(missing) {
  repos <- getOption("repos")
  if (!length(repos) || "@CRAN@" %in% repos) {
    utils::chooseCRANmirror(graphics = FALSE, ind = 1)
  }
  lib <- writable_library()
  for (entry in missing) {
    name <- sub(" .*", "", entry)
    if (is_here(entry)) next # came with one before it
    cat("installing", name, "into", lib, "\n")
    log <- try_install(name, lib)
    if (!is_here(entry) && !is_here("fs")) {
      log <- c(install_older_fs(lib), try_install(name, lib))
    }
    if (!is_here(entry)) {
      writeLines(log)
      stop("'", entry, "' could not be installed. What R says is above; ",
        "with it in any library of .libPaths() this step is not needed.",
        call. = FALSE)
    }
  }
}

args <- commandArgs(TRUE)
entries <- entries_of(setdiff(args, "missing"))
here <- vapply(entries, is_here, NA)
if ("missing" %in% args) {
  writeLines(sub(" .*", "", entries[!here]))
} else {
  install(entries[!here])
  cat("here:", toString(sub(" .*", "", entries)), "\n")
}
