/* The recurrent kernels as the rest of the package sees them: plain structs,
   and one table of functions per processor variant and precision.
   Letters used throughout: B rows of the batch, T steps, F inputs, U units. */
#ifndef RECURRENT_KERNEL_H
#define RECURRENT_KERNEL_H

#include <stddef.h>

enum {
  MAX_STATES = 2,
  MAX_GATES = 4,
  N_KINDS = 3,
  N_ACTIVATIONS = 13,
  SOFTMAX = 12
};

/* Bits of a cell's flags. */
enum { RESET_AFTER = 1, DROP_PER_GATE = 2 };

/* One cell of a stack. Memory belongs to the caller. `real` is double or float,
   by the precision of the kernel. */
typedef struct {
  int kind, units, inputs;
  int activation, recurrent_activation, use_bias, flags;
  const double *kernel;     /* (inputs, gates * units) */
  const double *recurrent;  /* (units, gates * units) */
  const double *bias;       /* (gates * units), (2, gates * units), or NULL */
  const double *drop_in;    /* (B, inputs[, gates]) or NULL */
  const double *drop_state; /* (B, units[, gates]) or NULL */
  const double *initial[MAX_STATES]; /* (B, units) or NULL for zeros */
  double *state[MAX_STATES];         /* (B, units), start to end of a run */
  double *d_state[MAX_STATES];       /* (B, units), likewise backward */
  double *d_kernel, *d_recurrent, *d_bias; /* sums, or NULL */
  void *packed;                            /* real, filled by pack() */
  void *saved;    /* real [T][slots - first_slot][units * B], or NULL */
  int first_slot; /* 1 where the output holds slot 0 */
  void *dz;       /* real [sum][group of columns][k][column], backward only */
} rnn_cell;

/* A stack of cells over time. Steps count in processing order. */
typedef struct {
  int rows, steps, n_cells;
  int run_steps; /* most steps of a run; backward, dz has a k per step and row
                  */
  int backwards, sequences, zero_output, want_dx;
  rnn_cell *cells;
  const double *x; /* element (b, t, f) at b * x_row + t * x_step + f * x_col */
  size_t x_row, x_step, x_col;
  const int *mask; /* nonzero: use the step; or NULL */
  size_t mask_row, mask_step;
  double *out;            /* out_step is 0 when only the last output is kept */
  const double *kept_out; /* backward: the output, for first_slot */
  const double *d_out;    /* or NULL: d_all everywhere */
  double d_all;
  size_t out_row, out_step, out_col;
  double *d_x; /* laid out as x */
} rnn;

/* One product of d_recurrent: for `n` gates from `gate` on, factor' dz with dz
   of the same gates; that of the last one lies `skip` further on. The factor is
   the old state, dropped out, or what the step saved in `slot`. */
typedef struct {
  int slot, gate, n, skip;
} state_sum;

enum { OLD_STATE = -1, MAX_STATE_SUMS = 2 };

/* What a kind of cell is, whatever the variant. `slots`: columns of units that
   a step saves, of which the first n_states are the states. `sums`: gates of
   dz, which are also the biases that the step adds. */
typedef struct {
  int n_states, n_gates, n_scratch;
  int (*slots)(const rnn_cell *cell);
  int (*sums)(const rnn_cell *cell);
  double (*bias)(const rnn_cell *cell, int sum, int unit);
  void (*add_bias)(const rnn_cell *cell, int sum, int unit, double d);
  int (*state_sums)(const rnn_cell *cell, state_sum *out);
} cell_kind;

extern const cell_kind cell_kinds[N_KINDS];
int cell_slots(const rnn_cell *cell);
/* Whether a sum of gradients, or the cell above, reads the slot. */
int slot_is_summed(const rnn_cell *cell, int slot);
int cell_sums(const rnn_cell *cell);
int cell_has(const rnn_cell *cell, int flag);
int activation_needs_z(int activation);

/* c (m, n) = a (m, k) b (k, n), doubles; a and b with strides, of which one is
   1 in each, c without gaps. */
typedef struct {
  size_t m, n, k;
  const double *a, *b;
  size_t a_row, a_col, b_row, b_col;
  double *c;
} matrix_product;

/* One variant in one precision. Sizes are in bytes. A block is the rows
   [row0, row0 + rows); rows of different blocks never touch the same memory. */
typedef struct {
  const char *name;
  int lanes; /* rows in one vector */
  int rows;  /* of a tile */
  size_t real;
  size_t (*pack_size)(const rnn_cell *cell);
  void (*pack)(const rnn_cell *cell, int backward, int part, int n_parts);
  size_t (*work_size)(const rnn *net, int rows);
  void (*forward)(const rnn *net, int row0, int rows, int t0, int t1,
                  void *work);
  void (*backward)(const rnn *net, int row0, int rows, int t0, int t1,
                   void *work);
  /* Adds to the weights' sums what backward over the same steps left in dz:
     part `part` of `n_parts`. */
  size_t (*gradient_size)(const rnn *net);
  void (*gradient)(const rnn *net, int t0, int t1, int part, int n_parts,
                   void *work);
  void (*activate)(int activation, double *x, size_t n);
  int cols; /* of a tile */
  double (*probe)(size_t rounds);
  /* In double precision only. */
  size_t (*matmul_size)(const matrix_product *m);
  void (*matmul)(const matrix_product *m, int part, int n_parts, void *work);
} rnn_kernel;

/* Vectors as GCC and Clang write them; NO_VECTORS is for a test without. */
#if defined(__GNUC__) && !defined(NO_VECTORS)
#define HAVE_VECTORS 1
#else
#define HAVE_VECTORS 0
#endif

/* Windows keeps the stack at 16 bytes, and GCC there still spills wide vectors
   as if it were aligned to their size: no wide variants. */
#if defined(__x86_64__) && HAVE_VECTORS && !defined(_WIN32)
#define HAVE_X86 1
#else
#define HAVE_X86 0
#endif

extern const rnn_kernel kernel_portable_f64, kernel_portable_f32;
#if HAVE_X86
extern const rnn_kernel kernel_avx2_f64, kernel_avx2_f32;
extern const rnn_kernel kernel_avx512_f64, kernel_avx512_f32;
#endif

/* One stack among those that run at once. */
typedef struct {
  const rnn_kernel *kernel;
  rnn *net;
  int block;  /* rows of a block */
  int by;     /* most steps of a run */
  int t0, t1; /* the steps of this run, maybe none */
} run_job;

/* Jobs are cut into blocks of rows; each thread has its own piece of work
   memory. `kernel` is for plain products. */
typedef struct {
  const rnn_kernel *kernel;
  run_job *jobs;
  int n_jobs, threads, backward;
  char *work;
  size_t work_bytes;
} run_plan;

/* 0 the best that runs here, 1 portable, 2 avx2, 3 avx512; NULL: cannot run. */
enum { N_VARIANTS = 4 };
const rnn_kernel *find_kernel(int variant, int is_float);
void plan_blocks(run_plan *plan, size_t budget);
void run_pack(const run_plan *plan);
void run_steps(const run_plan *plan);
void run_gradient(const run_plan *plan);
void run_matmul(const run_plan *plan, const matrix_product *m);

#endif
