# Write a page of results, bench/results/KERNEL.md, with its picture, .png, and
# .csv (layers and peers, which the README shows), from what the benchmarks kept
# in .build/bench: Rscript bench/results.R. KERNEL is the widest that this
# processor runs: machines of one kind share a page. Measures nothing.

source("bench/common.R")
source("bench/goals.R")
source("bench/growth.R")

# A Markdown table of a data frame of strings.
markdown <- function(table) {
  row <- function(cells) paste0("| ", paste(cells, collapse = " | "), " |")
  c(row(names(table)), row(ifelse(seq_along(table) == 1, "---", "---:")),
    apply(as.matrix(table), 1, row), "")
}

number <- function(x, digits = 3) {
  out <- vapply(x, function(v) {
    format(signif(v, digits), scientific = FALSE, trim = TRUE, digits = digits)
  }, "")
  ifelse(is.na(x), "", out)
}

# "3.1 >= 2" or "1.2 < 1.5": a ratio beside its goal. `least` FALSE: a limit.
beside <- function(ratio, goal, least = TRUE) {
  met <- met_goal(ratio, goal, least)
  sign <- if (least) c("**<**", ">=") else c("**>**", "<=")
  out <- paste(sprintf("%.2f", ratio), sign[met + 1], format(goal, trim = TRUE))
  out <- ifelse(is.na(goal), sprintf("%.2f", ratio), out)
  ifelse(is.na(ratio), "", out)
}

# ---- Layers and peers --------------------------------------------------------

suite_table <- function(rows, mode) {
  rows <- rows[rows$mode == mode, ]
  pick <- function(ours, peer, column) {
    at <- rows$ours == ours & rows$peer == peer
    rows[at, column][match(names(shapes), rows$shape[at])]
  }
  versus <- function(ours, peer) {
    beside(pick(ours, peer, "ratio"), pick(ours, peer, "goal"))
  }
  out <- data.frame(
    shape = names(shapes),
    double = number(pick("double", "torch64", "ours_ms")),
    single = number(pick("single", "torch32", "ours_ms")),
    "PyTorch 64" = number(pick("double", "torch64", "peer_ms")),
    "PyTorch 32" = number(pick("single", "torch32", "peer_ms")),
    "double : 64" = versus("double", "torch64"),
    "double : 32" = versus("double", "torch32"),
    "single : 32" = versus("single", "torch32"),
    onnxruntime = number(pick("single", "onnx", "peer_ms")),
    rnn = number(pick("double", "rnn", "peer_ms")), check.names = FALSE
  )
  empty <- vapply(out, function(column) all(column == ""), NA)
  markdown(out[out$double != "", !empty])
}

# Cases that were measured while something else ran.
disturbed_page <- function(cases) {
  others <- vapply(cases, function(case) {
    max(0, unlist(lapply(case$times, attr, "busy")))
  }, 0)
  found <- sub("^suite-", "", names(cases)[others > 0.1])
  if (!length(found)) return(NULL)
  c(paste0("Disturbed by other work on the machine, to be measured again: ",
           toString(found), "."), "")
}

suite_page <- function(rows) {
  sentence <- c(both = "Forward + backward", forward = "Forward")
  title <- c(simple = "Simple RNN", lstm = "LSTM", gru = "GRU")
  out <- NULL
  for (cell in unique(rows$cell)) for (threads in sort(unique(rows$threads))) {
    one <- rows[rows$cell == cell & rows$threads == threads, ]
    if (!nrow(one)) next
    out <- c(out, sprintf("### %s, %d thread%s", title[[cell]], threads,
                          if (threads > 1) "s" else ""), "")
    for (mode in c("forward", "both")) {
      out <- c(out, paste0(sentence[[mode]], ":"), "", suite_table(one, mode))
    }
  }
  out
}

differences_page <- function(cases) {
  worst <- function(name) {
    max(vapply(cases, function(case) case$differences[[name]], 0))
  }
  c(sprintf(paste(
    "Single precision is within %.1e of double in the outputs of all these",
    "cases, and within %.1e of the largest in the gradients (goal: 1e-5)."
  ), worst("output"), worst("gradients")), "")
}

# ---- The other measurements --------------------------------------------------

bind <- function(cases, what = "rows") {
  if (!length(cases)) return(NULL)
  do.call(rbind, c(unname(lapply(cases, `[[`, what)), make.row.names = FALSE))
}

percent <- function(share, goal) {
  mark <- ifelse(is.na(goal), "", paste(
    ifelse(round(share, 2) >= goal, " >=", " **<**"), 100 * goal, "%"
  ))
  paste0(sprintf("%.0f %%", 100 * share), mark)
}

peak_page <- function(rows, threads) {
  fast <- rows$kernel != "portable"
  over <- ifelse(fast | rows$precision == "single", NA, 2)
  shares <- data.frame(
    shape = rows$shape, kernel = rows$kernel, precision = rows$precision,
    peak = number(rows$peak), forward = number(rows$forward),
    backward = number(rows$backward),
    "forward : peak" = percent(rows$forward_share, ifelse(fast, 0.7, NA)),
    "backward : peak" = percent(rows$backward_share, ifelse(fast, 0.6, NA)),
    "R's BLAS" = number(rows$blas),
    "forward : BLAS" = beside(rows$over_blas, over), check.names = FALSE
  )
  two <- data.frame(
    shape = threads$shape, precision = threads$precision,
    mode = sub("both", "forward + backward", threads$mode),
    "1 thread" = number(threads$one), "2 threads" = number(threads$two),
    ratio = beside(threads$ratio, rep(1.7, nrow(threads))), check.names = FALSE
  )
  c("GFLOP/s of one thread; the peak is measured in the same rounds:", "",
    markdown(shares), "Milliseconds of `layer(x)`, one thread and two:", "",
    markdown(two))
}

flags_page <- function(rows, goal) {
  wide <- function(mode) {
    one <- rows[rows$mode == mode, ]
    data.frame(one["ms"], one["plain_ms"],
               ratio = beside(one$cost, rep(goal, nrow(one)), FALSE))
  }
  f <- wide("forward")
  b <- wide("both")
  first <- rows[rows$mode == "forward", setdiff(
    names(rows), c("mode", "plain_ms", "ms", "cost")
  )]
  markdown(cbind(first, data.frame(
    "forward" = number(f$ms), "plain" = number(f$plain_ms), "ratio" = f$ratio,
    "forward + backward" = number(b$ms), "plain " = number(b$plain_ms),
    "ratio " = b$ratio, check.names = FALSE
  )))
}

scaling_page <- function(slopes) {
  limit <- slopes$wanted + 0.1
  markdown(data.frame(
    what = slopes$what, precision = slopes$precision,
    mode = sub("both", "forward + backward", slopes$mode),
    from = number(slopes$from), to = number(slopes$to, 4),
    "ms from" = number(slopes$ms_from), "ms to" = number(slopes$ms_to),
    slope = beside(slopes$slope, limit, FALSE), check.names = FALSE
  ))
}

cell_page <- function(case) {
  rows <- case$rows
  goal <- ifelse(rows$mode == "both", 4, NA)
  c(markdown(data.frame(
    mode = sub("both", "forward + backward", rows$mode),
    native = number(rows$native_ms), "in R" = number(rows$user_ms),
    ratio = beside(rows$ratio, goal, FALSE), check.names = FALSE
  )), "Where R's profiler sees its time, in percent of forward + backward:", "",
  markdown(data.frame("function" = sprintf("`%s`", case$profile[[1]]),
                      share = number(case$profile$share), check.names = FALSE)))
}

loop_page <- function(rows) {
  rows$recurrent <- beside_limit(rows$recurrent, rows$goal)
  rows <- rows[setdiff(names(rows), "goal")]
  rows[] <- lapply(rows, function(column) {
    if (is.numeric(column)) number(column) else column
  })
  markdown(rows)
}

beside_limit <- function(value, limit) {
  sign <- ifelse(value <= limit, "<=", "**>**")
  ifelse(is.na(limit), number(value), paste(number(value), sign, limit))
}

# ---- The page ----------------------------------------------------------------

# How many goals of each kind are met, and the ones that are not.
summary_page <- function(suite) {
  suite <- suite[!is.na(suite$goal), ]
  met <- met_goal(suite$ratio, suite$goal)
  key <- list(cell = suite$cell, threads = suite$threads, mode = suite$mode,
              ours = suite$ours, peer = suite$peer)
  groups <- split(seq_along(met), key, drop = TRUE, lex.order = TRUE)
  markdown(do.call(rbind, lapply(unname(groups), function(at) {
    one <- suite[at, ][1, ]
    missed <- sprintf("%s %.2f (%s)", suite$shape[at], suite$ratio[at],
                      format(suite$goal[at], trim = TRUE))[!met[at]]
    data.frame(
      cell = one$cell, threads = one$threads,
      mode = sub("both", "forward + backward", one$mode), ours = one$ours,
      peer = sub("torch", "PyTorch float", one$peer),
      met = sprintf("%d of %d", sum(met[at]), length(at)),
      missed = toString(missed)
    )
  })))
}

head_page <- function(all) {
  of <- function(name) {
    every <- vapply(all, function(k) as.character(k$machine[[name]]), "")
    toString(sort(unique(every)))
  }
  peers <- unique(unlist(lapply(all, `[[`, "peers")))
  c("# What the benchmarks measured", "", paste(
    "Written by `Rscript bench/results.R` from the last run of each script",
    "(`make bench`, or `sh bench/run.sh PART` for a part of it); every script",
    "says at its head what it measures. Peers come by `sh bench/peers.sh`."
  ), "",
  paste0("- Date: ", of("date"), "; commit: ", of("commit")),
  paste0("- Processor: ", of("processor"), ", ", of("cores"), " cores"),
  paste0("- ", of("r"), "; R's BLAS: ", of("blas")),
  paste0("- Peers: ", paste(peers, collapse = "; "),
         " (OpenBLAS is visible to PyTorch alone)"), "",
  paste0(
    "A ratio is how many times as long the peer takes, the median over rounds ",
    "in which both took their turn, beside its goal; ",
    "**<** and **>** mark goals that are not met. Times are medians in ",
    "milliseconds of the user's whole call, all contenders taking turns. ",
    "Shapes are batch, time, features, units: ",
    toString(paste(names(shapes), vapply(shapes, paste, "", collapse = " x "))),
    "."
  ), "")
}

section <- function(title, body) {
  if (length(body)) c(paste("##", title), "", body)
}

write_page <- function() {
  page <- function(ending) {
    file.path("bench", "results", paste0(widest(), ending))
  }
  suite <- kept("^suite-")
  rows <- do.call(rbind, lapply(suite, compare))
  rows <- rows[order(match(rows$cell, names(gates)), rows$threads,
                     match(rows$shape, names(shapes))), ]
  numbers <- c("ours_ms", "peer_ms", "ratio")
  rows[numbers] <- signif(rows[numbers], 4)
  utils::write.csv(rows, page(".csv"), row.names = FALSE)
  peak <- kept("^peak-")
  stacks <- bind(kept("^stacks-"))
  flags <- bind(kept("^flags-"))
  scaling <- kept("^scaling-")
  cell <- kept("^cell$|^cell[.]rds")
  loop <- kept("^loop[.]rds")
  memory <- file.path(".build", "bench", "memory.txt")
  if (length(scaling)) draw(bind(scaling), page(".png"))
  text <- c(
    head_page(kept("rds$")),
    section("Goals met", summary_page(rows)),
    section("Layers and peers", c(
      disturbed_page(suite), suite_page(rows), differences_page(suite)
    )),
    if (length(peak)) {
      section("The processor's limit, and threads",
              peak_page(bind(peak, "shares"), bind(peak, "threads")))
    },
    section("Stacks beside the sum of their cells",
            if (length(stacks)) flags_page(stacks, 1)),
    section("Flags beside the plain layer",
            if (length(flags)) flags_page(flags, 1.1)),
    if (length(scaling)) {
      section("Growth over two decades", c(
        scaling_page(slopes(bind(scaling))),
        sprintf("![Cost as one size grows, on logarithmic scales](%s)",
                basename(page(".png"))), ""
      ))
    },
    if (length(cell)) section("A cell written in R", cell_page(cell[[1]])),
    if (length(loop)) {
      section("Around the kernels, in microseconds", loop_page(loop[[1]]$rows))
    },
    if (file.exists(memory)) {
      section("Memory", c("```", readLines(memory), "```", ""))
    }
  )
  writeLines(text, page(".md"))
  cat("written: ", page(".md"), ", ", length(text), " lines\n", sep = "")
}

write_page()
