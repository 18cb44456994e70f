# What R costs around the kernels: layer(x), predict() of one small batch, and
# fit() and evaluate() per batch of a network of two layers; of fit() also
# without what its kernels take by themselves.
#   Rscript bench/loop.R [rounds]
# Medians over rounds of the processor's time per call, in microseconds (other
# work on the machine does not count as long as it has a core of its own), and
# the same in PyTorch where python3-torch is installed: its module in eval mode
# without gradients, and a step of zero_grad, loss, backward and Adam.

library(recurrent)
source("bench/common.R")
rounds <- as.integer(c(commandArgs(TRUE), 11)[[1]])

# Rounds of all cases take turns, so that a change of clock hits all.
measure <- function(cases) {
  one <- function(case) {
    gc(FALSE)
    start <- proc.time()
    for (i in seq_len(case$times)) case$run()
    sum((proc.time() - start)[1:2]) / case$times / case$per * 1e6
  }
  for (case in cases) for (i in 1:3) case$run()
  all <- vapply(seq_len(rounds), function(r) vapply(cases, one, 0),
                numeric(length(cases)))
  apply(all, 1, stats::median)
}

network <- function() {
  keras_model_sequential() %>%
    layer_simple_rnn(units = 32, input_shape = list(NULL, 8)) %>%
    layer_dense(units = 1)
}

set.seed(1)
x1 <- array(rnorm(8), c(1, 1, 8))
layer <- layer_simple_rnn(units = 32)
model <- network()
trained <- network()
trained %>% compile(optimizer = "adam", loss = "mse")
batches <- 100
x <- array(rnorm(32 * batches * 10 * 8), c(32 * batches, 10, 8))
y <- rnorm(32 * batches)

# The calls of C that one batch of fit() cannot do without: the recurrent layer
# forward and backward, and the products of the dense one.
routine <- function(name) getFromNamespace(name, "recurrent")
rnn_forward <- routine("ffi_rnn_forward")
rnn_backward <- routine("ffi_rnn_backward")
matmul <- routine("ffi_matmul")
batch_x <- array(rnorm(32 * 10 * 8), c(32, 10, 8))
weights <- lapply(get_weights(trained), function(w) w + 0)
state <- matrix(rnorm(32 * 32), 32)
column <- matrix(rnorm(32), 32)
spec <- as.integer(c(0, 0, 0, 0, 0, 1, 0, 32, 1, 0, 1, 0))
run <- c(1L, 0L)
kernels <- function() {
  saved <- .Call(rnn_forward, batch_x, weights[1:3], NULL, NULL, NULL, spec,
                 TRUE, run)$saved
  .Call(matmul, state, weights[[4]], FALSE, FALSE, run)
  .Call(matmul, state, column, TRUE, FALSE, run)
  .Call(matmul, column, weights[[4]], FALSE, TRUE, run)
  .Call(rnn_backward, batch_x, weights[1:3], NULL, NULL, NULL, spec, saved,
        state, NULL, c(FALSE, TRUE, FALSE), run)
}

ours <- measure(list(
  "layer(x), 1 x 1 x 8" = list(run = function() layer(x1), times = 5000,
                               per = 1),
  "predict(), 1 x 1 x 8" = list(run = function() predict(model, x1),
                                times = 2000, per = 1),
  "fit() per batch, 32 x 10 x 8" = list(
    run = function() fit(trained, x, y, epochs = 5, verbose = 0), times = 1,
    per = 5 * batches
  ),
  "fit(): the kernels alone" = list(run = kernels, times = 1000, per = 1),
  "evaluate() per batch" = list(
    run = function() evaluate(trained, x, y, verbose = 0), times = 5,
    per = batches
  )
))
ours <- append(ours, c("fit(): what R adds" = ours[[3]] - ours[[4]]), 4)

torch_code <- "
import time, statistics, sys
import torch
torch.set_num_threads(int(sys.argv[1]))
torch.set_default_dtype(torch.float64)
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = torch.nn.RNN(8, 32, batch_first=True)
        self.dense = torch.nn.Linear(32, 1)
    def forward(self, x):
        return self.dense(self.rnn(x)[0][:, -1])
net = Net()
x1, x, y = torch.randn(1, 1, 8), torch.randn(32, 10, 8), torch.randn(32, 1)
optimizer = torch.optim.Adam(net.parameters())
def infer(f, x):
    with torch.no_grad():
        f(x)
def step():
    optimizer.zero_grad()
    torch.nn.functional.mse_loss(net(x), y).backward()
    optimizer.step()
def test():
    with torch.no_grad():
        torch.nn.functional.mse_loss(net(x), y)
def median(f, times):
    def one():
        start = time.process_time()
        for _ in range(times):
            f()
        return (time.process_time() - start) / times * 1e6
    one()
    return statistics.median(one() for _ in range(int(sys.argv[2])))
print(median(lambda: infer(net.rnn, x1), 2000),
      median(lambda: infer(net, x1), 2000), median(step, 100),
      median(test, 300))
"

# NULL where PyTorch is not installed.
torch_times <- function() {
  script <- tempfile(fileext = ".py")
  on.exit(unlink(script))
  writeLines(torch_code, script)
  command <- torch_command(1, script)
  if (is.null(command)) return(NULL)
  out <- system(paste(command, rounds), intern = TRUE)
  as.numeric(strsplit(out[[length(out)]], " ")[[1]])
}

cat("Processor: ", processor(), "; ", R.version.string, "\n", sep = "")
cat("Median of", rounds, "rounds, microseconds of processor time\n")
table <- data.frame(goal = c(20, 100, NA, NA, 300, NA),
                    recurrent = round(ours, 1))
theirs <- torch_times()
if (!is.null(theirs)) {
  table$PyTorch <- round(c(theirs[1:3], NA, NA, theirs[[4]]), 1)
}
print(table)
if (is.null(theirs)) cat("PyTorch (python3-torch) is not installed here.\n")
keep("loop", list(rows = cbind(what = names(ours), table)))
