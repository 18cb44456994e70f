/* The arguments of the recurrent .Call entries, checked, as one rnn. */
#ifndef RECURRENT_FFI_RNN_H
#define RECURRENT_FFI_RNN_H

#include <string.h>

#include "ffi-pool.h"
#include "ffi.h"
#include "kernel.h"

/* Below this many multiplications a second thread costs more than it saves. */
#define WORTH_THREADS 1e6

/* Integers that describe a layer, its flags, and each of its cells. */
enum { SPEC_HEAD = 6, SPEC_CELL = 6 };

/* What the driver takes of one layer, in this order, as entries of a list:
   forward the first N_JOB, backward all. */
enum {
  JOB_X,
  JOB_WEIGHTS,
  JOB_STATES,
  JOB_MASK,
  JOB_DROPOUT,
  JOB_SPEC,
  N_JOB,
  JOB_SAVED = N_JOB,
  JOB_D_OUTPUT,
  JOB_D_STATES,
  JOB_NEED,
  N_BACKWARD
};

typedef struct {
  rnn net;
  const rnn_kernel *kernel;
  int threads;
  int time_major, is_float;
  int n_states; /* of all cells */
} rnn_call;

void read_call(rnn_call *call, SEXP x, SEXP weights, SEXP states, SEXP mask,
               SEXP dropout, SEXP spec, SEXP run);
/* x with dims `dims`, or an error that names `what`. */
const double *read_doubles(SEXP x, const int *dims, int n_dims,
                           const char *what);
int is_one_number(SEXP x);
int bias_dims(const rnn_cell *c, int *dims);
int output_dims(const rnn_call *call, int *dims);
void set_output_strides(rnn_call *call);
run_plan plan_calls(rnn_call *calls, int n, int backward, size_t budget);
const rnn_kernel *read_run(SEXP run, int is_float, int *use);
int usable_threads(int wanted);
SEXP plain_settings(void);
SEXP alloc_array(const int *dims, int n_dims, int threads);
void read_saved(rnn_call *call, SEXP saved);
SEXP alloc_saved(rnn_call *call, SEXP out);
void drop_saved(SEXP saved);
int has_saved(SEXP saved);

/* Several layers at once: a list of list(output, states, saved), and of
   list(d_x, d_weights, d_states). */
SEXP rnn_forward_all(SEXP jobs, int taped, SEXP run);
SEXP rnn_backward_all(SEXP jobs, SEXP run);

#endif
