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
  run_plan plan;
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
void pack_cells(rnn_call *call, int backward, int by);
void allocate_work(rnn_call *call, size_t budget);
int steps_per_run(const rnn_call *call, int backward);
void read_run(run_plan *plan, SEXP run, int is_float);
/* Memory of R's that lasts until the call returns, aligned to cache lines. */
char *scratch(size_t bytes);
/* Below this many multiplications a second thread costs more than it saves. */
#define WORTH_THREADS 1e6
int usable_threads(int wanted);
SEXP alloc_array(const int *dims, int n_dims);
void read_saved(rnn_call *call, SEXP saved);
SEXP alloc_saved(rnn_call *call, SEXP out);

#endif
