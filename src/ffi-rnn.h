/* The arguments of the recurrent .Call entries, checked, as one rnn. */
#ifndef RECURRENT_FFI_RNN_H
#define RECURRENT_FFI_RNN_H

#include <string.h>

#include "ffi.h"
#include "kernel.h"

/* Below this many multiplications a second thread costs more than it saves. */
#define WORTH_THREADS 1e6

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
int bias_dims(const rnn_cell *c, int *dims);
int output_dims(const rnn_call *call, int *dims);
void set_output_strides(rnn_call *call);
run_plan plan_calls(rnn_call *calls, int n, int backward, size_t budget);
const rnn_kernel *read_run(SEXP run, int is_float, int *use);
/* Memory of R's that lasts until the call returns, aligned to cache lines. */
char *scratch(size_t bytes, int threads);
int usable_threads(int wanted);
SEXP alloc_array(const int *dims, int n_dims, int threads);
void read_saved(rnn_call *call, SEXP saved);
SEXP alloc_saved(rnn_call *call, SEXP out);

#endif
