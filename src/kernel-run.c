/* Which kernel runs, and on which rows. */
#ifdef _OPENMP
#include <omp.h>
#endif

#include "kernel.h"

static int runs_here(int variant) {
#if HAVE_X86
  int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (variant == 2) return avx2;
  if (variant == 3)
    return avx2 && __builtin_cpu_supports("avx512f") &&
           __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512bw");
#endif
  return variant == 1;
}

const rnn_kernel *find_kernel(int variant, int is_float) {
  static const rnn_kernel *const kernels[N_VARIANTS][2] = {
    {NULL, NULL},
    {&kernel_portable_f64, &kernel_portable_f32},
#if HAVE_X86
    {&kernel_avx2_f64, &kernel_avx2_f32},
    {&kernel_avx512_f64, &kernel_avx512_f32},
#endif
  };
  if (variant == 0)
    for (variant = N_VARIANTS - 1; !runs_here(variant);) variant--;
  if (variant < 0 || variant >= N_VARIANTS || !runs_here(variant)) return NULL;
  return kernels[variant][is_float];
}

static void *thread_work(const run_plan *plan) {
#ifdef _OPENMP
  return plan->work + (size_t) omp_get_thread_num() * plan->work_bytes;
#else
  return plan->work;
#endif
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

/* Blocks and parts share no memory that is written, so their order and their
   number change no bit of the result. */
static void run_blocks(const run_plan *plan, const rnn *net, int t0, int t1,
                       block_fn fn) {
  int blocks = (net->rows + plan->block - 1) / plan->block;
#ifdef _OPENMP
#pragma omp parallel for num_threads(plan->threads)                            \
    schedule(static, 1) if (plan->threads > 1 && blocks > 1)
#endif
  for (int i = 0; i < blocks; i++) {
    int row = i * plan->block;
    int rows = net->rows - row < plan->block ? net->rows - row : plan->block;
    fn(net, row, rows, t0, t1, thread_work(plan));
  }
}

void run_forward(const run_plan *plan, const rnn *net, int t0, int t1) {
  run_blocks(plan, net, t0, t1, plan->kernel->forward);
}

void run_backward(const run_plan *plan, const rnn *net, int t0, int t1) {
  run_blocks(plan, net, t0, t1, plan->kernel->backward);
}

void run_gradient(const run_plan *plan, const rnn *net, int t0, int t1) {
  int parts = plan->threads;
#ifdef _OPENMP
#pragma omp parallel for num_threads(parts) schedule(static, 1) if (parts > 1)
#endif
  for (int i = 0; i < parts; i++)
    plan->kernel->gradient(net, t0, t1, i, parts, thread_work(plan));
}

void run_matmul(const run_plan *plan, const matrix_product *m) {
  int parts = plan->threads;
#ifdef _OPENMP
#pragma omp parallel for num_threads(parts) schedule(static, 1) if (parts > 1)
#endif
  for (int i = 0; i < parts; i++)
    plan->kernel->matmul(m, i, parts, thread_work(plan));
}
