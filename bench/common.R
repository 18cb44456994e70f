# What the benchmarks share: cases, turns, peers, and where numbers are kept.
# By itself it prints the machine and the peers that it finds:
#   Rscript bench/common.R

shapes <- list(doc = c(32, 10, 8, 4), mid = c(32, 100, 32, 64),
               irnn = c(32, 784, 1, 100), large = c(64, 100, 128, 256),
               xl = c(128, 50, 512, 1024), stream = c(1, 1, 8, 32))
gates <- c(simple = 1, lstm = 4, gru = 3)

# Arguments of a script, each a list with commas; "" or none: the default.
arguments <- function(...) {
  defaults <- list(...)
  given <- strsplit(commandArgs(TRUE), ",")
  for (i in seq_along(given)) {
    if (length(given[[i]])) defaults[[i]] <- given[[i]]
  }
  defaults
}

# What Linux tells of the first processor; nothing elsewhere.
cpu_info <- function(field) {
  info <- tryCatch(readLines("/proc/cpuinfo"), error = function(e) "",
                   warning = function(w) "")
  utils::head(sub("^[^:]*: *", "", grep(field, info, value = TRUE)), 1)
}

processor <- function() {
  c(cpu_info("^model name"), Sys.info()[["machine"]])[[1]]
}

# What this processor runs, the widest kernel last.
kernels_here <- function() {
  names(.Call(utils::getFromNamespace("ffi_kernels", "recurrent")))
}

widest <- function() utils::tail(kernels_here(), 1)

machine <- function() {
  list(date = format(Sys.Date()), processor = processor(),
       cores = parallel::detectCores(), r = R.version.string,
       blas = basename(extSoftVersion()[["BLAS"]]), commit = commit())
}

commit <- function() {
  out <- suppressWarnings(tryCatch(
    system2("git", c("describe", "--always", "--dirty"), stdout = TRUE,
            stderr = FALSE), error = function(e) ""
  ))
  c(out, "unknown")[[1]]
}

# One measurement is kept under its own name; bench/results.R reads them all.
keep <- function(name, value) {
  folder <- file.path(".build", "bench")
  dir.create(folder, FALSE, TRUE)
  value$machine <- machine()
  saveRDS(value, file.path(folder, paste0(name, ".rds")))
}

kept <- function(pattern) {
  files <- list.files(file.path(".build", "bench"), pattern, full.names = TRUE)
  structure(lapply(files, readRDS), names = sub(".rds$", "", basename(files)))
}

# The share of all processors that others use now, where Linux tells; 0
# elsewhere.
busy <- function() {
  counts <- function() {
    line <- tryCatch(readLines("/proc/stat", 1), error = function(e) NULL,
                     warning = function(w) NULL)
    if (is.null(line)) return(c(0, 1))
    n <- as.numeric(strsplit(line, " +")[[1]][-1])
    c(sum(n[c(4, 5)]), sum(n))
  }
  before <- counts()
  Sys.sleep(0.5)
  idle <- counts() - before
  if (idle[[2]] > 0) max(0, 1 - idle[[1]] / idle[[2]]) else 0
}

# As many processors as threads, for this process and those that it starts: each
# may share its core with somebody else, and contenders must share alike.
stay <- function(threads) {
  n <- parallel::detectCores()
  if (.Platform$OS.type != "unix" || is.null(parallel::mcaffinity())) return()
  parallel::mcaffinity(seq(max(1, n - threads + 1), n))
}

few <- function(...) array(stats::rnorm(prod(...)), c(...))

# ---- Turns -------------------------------------------------------------------

seconds <- function(f, times) {
  start <- Sys.time()
  for (i in seq_len(times)) f()
  as.numeric(Sys.time() - start, units = "secs") / times
}

# A contender is a function of how many calls to make, and gives seconds per
# call. Here is one of a plain function.
contender <- function(f) {
  force(f)
  function(times) seconds(f, times)
}

# Rounds in which all contenders take their turn, so that a change of clock hits
# all. How many calls make one measurement, and how many rounds fit the budget
# (seconds), follow from a first try. A short sleep lets the threads of the one
# before come to rest; calls that are not measured wake the processor, and
# collect the garbage of others.
# The value: seconds per call, (rounds, contenders), with what others used of
# the machine before or after as an attribute; a warning from a tenth on.
turns <- function(contenders, budget = 8, rest = 0.03, least = 0.02) {
  others <- busy()
  one <- vapply(contenders, function(f) f(1), 0)
  quick <- one < 0.5
  one[quick] <- vapply(contenders[quick], function(f) min(f(2), f(2)), 0)
  times <- pmax(1, ceiling(least / one))
  warm <- one < 2
  a_round <- sum(one * times * (1 + warm) + rest)
  fewest <- if (a_round < 10) 5 else 3
  rounds <- min(41, max(fewest, floor(budget / a_round)))
  out <- matrix(0, rounds, length(contenders),
                dimnames = list(NULL, names(contenders)))
  for (i in seq_len(rounds)) {
    for (j in seq_along(contenders)) {
      Sys.sleep(rest)
      if (warm[[j]]) contenders[[j]](times[[j]])
      out[i, j] <- contenders[[j]](times[[j]])
    }
  }
  others <- max(others, busy())
  if (others > 0.1) {
    cat(sprintf("other work takes %.0f %% of the machine\n", 100 * others))
  }
  structure(out, busy = others)
}

# ---- Peers -------------------------------------------------------------------

peer_home <- function(...) {
  file.path(normalizePath(file.path(".build", "peers"), mustWork = FALSE), ...)
}

# A process that answers a line for each line written to it; NULL when it does
# not start. `ask` gives its answer.
start_peer <- function(command) {
  if (.Platform$OS.type == "windows" || is.null(command)) return(NULL)
  answers <- tempfile("answers")
  if (system2("mkfifo", answers) != 0) return(NULL)
  # If it ends before it opens its side, the shell opens it, so that R goes on.
  line <- sprintf("(%s %s || : >%s) 2>/dev/null", command, answers, answers)
  to <- pipe(line, "w")
  from <- fifo(answers, "r", blocking = TRUE)
  unlink(answers)
  ask <- function(...) {
    cat(..., "\n", file = to)
    flush(to)
    got <- readLines(from, 1)
    if (!length(got)) stop("a peer died: ", command, call. = FALSE)
    got
  }
  name <- tryCatch(ask("hello"), error = function(e) NULL)
  if (is.null(name)) return(NULL)
  stop_it <- function() {
    cat("stop\n", file = to)
    close(to)
    close(from)
  }
  list(name = name, ask = ask, stop = stop_it)
}

with_torch <- function(python) {
  nzchar(python) && suppressWarnings(
    system2(python, c("-c", "'import torch'"), stdout = FALSE, stderr = FALSE)
  ) == 0
}

# OpenBLAS takes a processor that is newer than itself for the oldest: PyTorch
# gets the core that serves it best, of its own choice and those that run here.
openblas_cores <- function() {
  c("", "OPENBLAS_CORETYPE=Haswell"["avx2" %in% kernels_here()],
    "OPENBLAS_CORETYPE=SkylakeX"["avx512" %in% kernels_here()])
}

torch_seconds <- function(command) {
  peer <- start_peer(paste(command, "bench/peer-torch.py 1"))
  if (is.null(peer)) return(Inf)
  on.exit(peer$stop())
  run <- peer_contender(peer, "simple", shapes$large, "float32", "forward")
  min(vapply(c(1, 3, 3, 3, 3), run, 0))
}

# OpenBLAS is for the Python process alone.
torch_command <- function(threads, script = "bench/peer-torch.py") {
  for (python in c(Sys.which("python3"), "/usr/bin/python3")) {
    if (!with_torch(python)) next
    blas <- dirname(Sys.glob(peer_home(
      "openblas", "usr", "lib", "*", "openblas*", "libblas.so.3"
    )))
    path <- if (length(blas)) paste0("LD_LIBRARY_PATH=", shQuote(blas[[1]]))
    calls <- paste(path, openblas_cores(), sprintf("OPENBLAS_NUM_THREADS=%s %s",
                                                   threads, python))
    best <- which.min(vapply(calls, torch_seconds, 0))
    return(paste(calls[[best]], script, threads))
  }
  NULL
}

onnx_command <- function(threads) {
  node <- Sys.which("node")
  home <- peer_home("onnx")
  if (!nzchar(node) || !dir.exists(home)) return(NULL)
  paste(node, "bench/peer-onnx.js", shQuote(home), threads)
}

# One contender of a peer: its case is made now.
peer_contender <- function(peer, cell, size, dtype, mode) {
  id <- paste(c(cell, size, dtype), collapse = "-")
  peer$ask("new", id, cell, size, dtype)
  function(times) as.numeric(peer$ask("run", id, mode, times))
}

rnn_command <- function() {
  home <- peer_home("rnn")
  if (!dir.exists(file.path(home, "rnn"))) return(NULL)
  paste("Rscript bench/peer-rnn.R", shQuote(home))
}

if (sys.nframe() == 0) {
  here <- machine()
  cat(sprintf("%-10s %s\n", names(here), unlist(here)), sep = "")
  for (command in list(torch_command(1), onnx_command(1), rnn_command())) {
    peer <- start_peer(command)
    if (is.null(peer)) next
    cat("peer      ", peer$name, "\n")
    peer$stop()
  }
}
