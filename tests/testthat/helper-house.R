# The floors of the house, lowest first; a file's prefix names its floor, and
# calls go to the same floor or down. Files of floor 0 stand outside.
house_floors <- c(
  recurrent = 0, zzz = 0, base = 1, tensor = 2, op = 2, parts = 3, cell = 4,
  layer = 5, model = 6, train = 7, data = 8, file = 9
)

# The package's sources, from tests/testthat of the tree or of R CMD check,
# which unpacks them beside; NULL when only the installed package is there.
house_root <- function() {
  roots <- test_path(c("../..", "../../00_pkg_src/recurrent"))
  found <- roots[dir.exists(file.path(roots, "src"))]
  if (length(found)) found[[1]]
}

house_files <- function(root, folder, pattern) {
  list.files(file.path(root, folder), pattern, full.names = TRUE)
}

floor_of <- function(file) {
  unname(house_floors[sub("[-.].*", "", basename(file))])
}

# Names given a value at the top level of a file.
names_defined <- function(exprs) {
  assigns <- Filter(function(e) {
    is.call(e) && as.character(e[[1]])[1] %in% c("<-", "=") &&
      (is.name(e[[2]]) || is.character(e[[2]]))
  }, as.list(exprs))
  vapply(assigns, function(e) as.character(e[[2]]), "")
}

# Names that a file takes from outside its functions: called, or passed on.
names_used <- function(exprs) {
  unique(unlist(lapply(as.list(exprs), function(e) {
    codetools::findGlobals(as.function(list(e)))
  })))
}

# One line per call to a floor above, and per file that has no floor.
calls_upward <- function(root) {
  files <- house_files(root, "R", "[.][Rr]$")
  floors <- floor_of(files)
  parsed <- lapply(files, parse, keep.source = FALSE, encoding = "UTF-8")
  defined <- lapply(parsed, names_defined)
  home <- rep(floors, lengths(defined))
  names(home) <- unlist(defined)
  found <- lapply(which(floors > 0), function(i) {
    used <- intersect(names_used(parsed[[i]]), names(home))
    up <- used[home[used] > floors[[i]]]
    sprintf("%s uses %s() of a floor above", basename(files[[i]]), up)
  })
  c(sprintf("%s: its prefix names no floor", basename(files[is.na(floors)])),
    unlist(found))
}

headers_of <- function(file) {
  lines <- readLines(file, warn = FALSE)
  found <- grep("^\\s*#\\s*include", lines, value = TRUE)
  sub(".*[<\"](.*)[>\"].*", "\\1", found)
}

# Of the files, those that neither include a header nor one that includes it.
files_without <- function(files, header) {
  Filter(function(file) {
    own <- headers_of(file)
    beside <- file.path(dirname(file), own)
    further <- unlist(lapply(beside[file.exists(beside)], headers_of))
    !header %in% c(own, further)
  }, files)
}

# Kernels are plain C: of R they know BLAS and LAPACK. The border knows R.
headers_astray <- function(root) {
  kernels <- house_files(root, "src", "^kernel.*[.][ch]$")
  borders <- house_files(root, "src", "^ffi-.*[.]c$")
  of_r <- "^(R|Rinternals|Rmath|Rdefines|Rversion)[.]h$|^R_ext/|^ffi"
  allowed <- c("R_ext/BLAS.h", "R_ext/Lapack.h")
  bad <- lapply(kernels, function(file) {
    sprintf("%s includes %s", basename(file),
      setdiff(grep(of_r, headers_of(file), value = TRUE), allowed))
  })
  bare <- files_without(borders, "ffi.h")
  c(unlist(bad), sprintf("%s does not include ffi.h", basename(bare)))
}

# One line per name that two places give to different things: the file that is
# loaded last would win everywhere.
defined_twice <- function(root) {
  files <- house_files(root, "R", "[.][Rr]$")
  names <- lapply(files, function(file) {
    names_defined(parse(file, keep.source = FALSE, encoding = "UTF-8"))
  })
  home <- rep(basename(files), lengths(names))
  names <- as.character(unlist(names))
  twice <- unique(names[duplicated(names)])
  vapply(twice, function(n) {
    sprintf("%s is defined in %s", n, toString(home[names == n]))
  }, "", USE.NAMES = FALSE)
}
