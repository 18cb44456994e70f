/* Which kernel runs, and on which rows. */
#ifdef _OPENMP
#include <omp.h>
#endif

#include "kernel.h"

#define LAST_CACHE ((size_t) 16 << 20)

#if HAVE_X86
static int has_avx2(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static int has_avx512(void) {
#ifdef AVX512_BY_AVX2
  return has_avx2();
#else
  return has_avx2() && __builtin_cpu_supports("avx512f") &&
         __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512bw");
#endif
}

static int runs_here(int variant) {
  if (variant == 2) return has_avx2();
  return variant == 3 ? has_avx512() : variant == 1;
}
#else
static int runs_here(int variant) { return variant == 1; }
#endif

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

/* Weights that do not stay in the last cache cost most: there more rows at
   once are worth their memory. */
static size_t enough(const run_job *job, size_t budget) {
  size_t packed = 0;
  for (int l = 0; l < job->net->n_cells; l++)
    packed += job->kernel->pack_size(job->net->cells + l);
  return packed > LAST_CACHE && packed / 2 > budget ? packed / 2 : budget;
}

static int round_up(int n, int to) { return (n + to - 1) / to * to; }

/* Rows per block: an even share per thread, less where the memory of all
   threads would pass the budget, never under two vectors. Tiles are whole where
   the budget allows and no thread gets more for it than the others. */
static void plan_job(const run_plan *plan, run_job *job, size_t budget) {
  const rnn *net = job->net;
  int lanes = job->kernel->lanes, pair = 2 * lanes, tile = pair;
  int cuts = (plan->threads + plan->n_jobs - 1) / plan->n_jobs;
  int share = (net->rows + cuts - 1) / cuts;
  size_t each = enough(job, budget) / (size_t) plan->threads;
  size_t most = each / job->kernel->work_size(net, lanes) * (size_t) lanes;
  if (most < (size_t) pair) most = (size_t) pair;
  if ((size_t) share > most) {
    int pieces = (int) (((size_t) share + most - 1) / most);
    share = (share + pieces - 1) / pieces;
    if (cuts == 1) tile = job->kernel->rows;
  }
  job->block = round_up(share, tile);
  if ((size_t) job->block > most) job->block = round_up(share, pair);
  if ((size_t) job->block > most) job->block = round_up(share, lanes);
}

void plan_blocks(run_plan *plan, size_t budget) {
  plan->work_bytes = 64;
  for (int i = 0; i < plan->n_jobs; i++) {
    run_job *job = plan->jobs + i;
    plan_job(plan, job, budget);
    size_t work = job->kernel->work_size(job->net, job->block);
    size_t sums = plan->backward ? job->kernel->gradient_size(job->net) : 0;
    if (sums > work) work = sums;
    if (work > plan->work_bytes) plan->work_bytes = (work + 63) / 64 * 64;
  }
}

/* Task `i` of `n` that a job is cut into. Tasks share no memory that is
   written, so their order and their number change no bit of the result. */
typedef void (*task_fn)(const run_plan *plan, const run_job *job, int i, int n);
typedef int (*count_fn)(const run_plan *plan, const run_job *job);

static void run_task(const run_plan *plan, int i, count_fn count, task_fn fn) {
  const run_job *job = plan->jobs;
  int n = count(plan, job);
  while (i >= n) i -= n, n = count(plan, ++job);
  fn(plan, job, i, n);
}

/* Even a team of one costs its making: it is left out. */
static void run_tasks(const run_plan *plan, count_fn count, task_fn fn) {
  int all = 0;
  for (int j = 0; j < plan->n_jobs; j++) all += count(plan, plan->jobs + j);
  if (plan->threads == 1 || all == 1) {
    for (int i = 0; i < all; i++) run_task(plan, i, count, fn);
    return;
  }
#ifdef _OPENMP
#pragma omp parallel for num_threads(plan->threads) schedule(static, 1)
#endif
  for (int i = 0; i < all; i++) run_task(plan, i, count, fn);
}

static int count_parts(const run_plan *plan, const run_job *job) {
  (void) job;
  return plan->threads;
}

static void pack_part(const run_plan *plan, const run_job *job, int i, int n) {
  for (int l = 0; l < job->net->n_cells; l++)
    job->kernel->pack(job->net->cells + l, plan->backward, i, n);
}

void run_pack(const run_plan *plan) { run_tasks(plan, count_parts, pack_part); }

static int count_blocks(const run_plan *plan, const run_job *job) {
  (void) plan;
  if (job->t0 == job->t1) return 0;
  return (job->net->rows + job->block - 1) / job->block;
}

static void run_block(const run_plan *plan, const run_job *job, int i, int n) {
  const rnn *net = job->net;
  int row = i * job->block, last = i == n - 1;
  int rows = last ? net->rows - row : job->block;
  if (plan->backward)
    job->kernel->backward(net, row, rows, job->t0, job->t1, thread_work(plan));
  else
    job->kernel->forward(net, row, rows, job->t0, job->t1, thread_work(plan));
}

void run_steps(const run_plan *plan) {
  run_tasks(plan, count_blocks, run_block);
}

static int count_sums(const run_plan *plan, const run_job *job) {
  return job->t0 == job->t1 || !job->net->cells->d_kernel ? 0 : plan->threads;
}

static void sum_part(const run_plan *plan, const run_job *job, int i, int n) {
  job->kernel->gradient(job->net, job->t0, job->t1, i, n, thread_work(plan));
}

void run_gradient(const run_plan *plan) {
  run_tasks(plan, count_sums, sum_part);
}

void run_matmul(const run_plan *plan, const matrix_product *m) {
  int parts = plan->threads;
  if (parts == 1) {
    plan->kernel->matmul(m, 0, 1, plan->work);
    return;
  }
#ifdef _OPENMP
#pragma omp parallel for num_threads(parts) schedule(static, 1)
#endif
  for (int i = 0; i < parts; i++)
    plan->kernel->matmul(m, i, parts, thread_work(plan));
}
