/* Which kernel runs, and on which rows. */
#include "kernel.h"

const rnn_kernel *find_kernel(int variant, int is_float) {
  if (is_float || variant < 0 || variant > 1) return NULL;
  return &kernel_portable_f64;
}

/* Rows per block: an even share per thread, less where the memory of all
   threads would pass the budget, never under one panel. */
void plan_blocks(run_plan *plan, const rnn *net, size_t budget) {
  int lanes = plan->kernel->lanes, panel = 2 * lanes;
  int share = (net->rows + plan->threads - 1) / plan->threads;
  size_t threads = (size_t) plan->threads;
  share = (share + lanes - 1) / lanes * lanes;
  while (share > panel &&
         plan->kernel->work_size(net, share) * threads > budget)
    share = (share / 2 + panel - 1) / panel * panel;
  plan->block = share;
  plan->work_bytes = plan->kernel->work_size(net, share);
  size_t sums = plan->kernel->gradient_size(net);
  if (net->cells[0].dz && sums > plan->work_bytes) plan->work_bytes = sums;
  plan->work_bytes = (plan->work_bytes + 63) / 64 * 64;
}

typedef void (*block_fn)(const rnn *, int, int, int, int, void *);

static void run_blocks(const run_plan *plan, const rnn *net, int t0, int t1,
                       block_fn fn) {
  for (int row = 0; row < net->rows; row += plan->block) {
    int rows = net->rows - row < plan->block ? net->rows - row : plan->block;
    fn(net, row, rows, t0, t1, plan->work);
  }
}

void run_forward(const run_plan *plan, const rnn *net, int t0, int t1) {
  run_blocks(plan, net, t0, t1, plan->kernel->forward);
}

void run_backward(const run_plan *plan, const rnn *net, int t0, int t1) {
  run_blocks(plan, net, t0, t1, plan->kernel->backward);
}

void run_gradient(const run_plan *plan, const rnn *net, int t0, int t1) {
  plan->kernel->gradient(net, t0, t1, 0, 1, plan->work);
}
