/* Memory of the recurrent calls, sizes checked before use. */
#include <math.h>
#include <stdint.h>

#include "ffi-rnn.h"

int output_dims(const rnn_call *call, int *dims) {
  const rnn *net = &call->net;
  int units = net->cells[net->n_cells - 1].units;
  if (!net->sequences) {
    dims[0] = net->rows, dims[1] = units;
    return 2;
  }
  dims[0] = call->time_major ? net->steps : net->rows;
  dims[1] = call->time_major ? net->rows : net->steps;
  dims[2] = units;
  return 3;
}

void set_output_strides(rnn_call *call) {
  rnn *net = &call->net;
  size_t steps = net->sequences ? (size_t) net->steps : 1;
  int by_time = call->time_major && net->sequences;
  net->out_row = by_time ? steps : 1;
  net->out_step = !net->sequences ? 0 : by_time ? 1 : (size_t) net->rows;
  net->out_col = (size_t) net->rows * steps;
}

/* Elements of an array, or an error where R could not hold so many. */
static R_xlen_t count(const double *sizes, int n) {
  double total = 1;
  for (int i = 0; i < n; i++) total *= sizes[i];
  if (total > (double) R_XLEN_T_MAX || total * 8 > (double) PTRDIFF_MAX)
    Rf_error("the result would be too large");
  return (R_xlen_t) total;
}

/* Left as it is allocated: the caller fills it. */
SEXP alloc_array(const int *dims, int n_dims, int threads) {
  double sizes[3];
  for (int i = 0; i < n_dims; i++) sizes[i] = dims[i];
  SEXP x = PROTECT(Rf_allocVector(REALSXP, count(sizes, n_dims)));
  SEXP d = PROTECT(Rf_allocVector(INTSXP, n_dims));
  map_ahead(REAL(x), (size_t) Rf_xlength(x) * sizeof(double), threads);
  memcpy(INTEGER(d), dims, (size_t) n_dims * sizeof(int));
  Rf_setAttrib(x, R_DimSymbol, d);
  UNPROTECT(2);
  return x;
}

static R_xlen_t saved_length(const rnn_call *call, const rnn_cell *c) {
  double sizes[4] = {call->net.steps, cell_slots(c) - c->first_slot, c->units,
                     call->net.rows};
  return count(sizes, 4);
}

/* The output of all steps is the state of the last cell, but where masked rows
   give zeros: it is not saved twice where its rows are neighbours. */
static int shares_output(const rnn *net) {
  const rnn_cell *last = net->cells + net->n_cells - 1;
  int zeros = net->mask && (net->zero_output || last->initial[0]);
  return net->sequences && !zeros && net->out_row == 1;
}

static size_t saved_bytes(const rnn_call *call, const rnn_cell *c) {
  return (size_t) saved_length(call, c) * call->kernel->real;
}

static int variant_of(const rnn_call *call) {
  int v = N_VARIANTS - 1;
  while (find_kernel(v, call->is_float) != call->kernel) v--;
  return v;
}

/* Of each cell what its steps saved; then the output or NULL, and the variant
   of the kernel, whose vectors what is saved lies in. */
SEXP alloc_saved(rnn_call *call, SEXP out) {
  rnn *net = &call->net;
  int n = net->n_cells;
  SEXP saved = PROTECT(Rf_allocVector(VECSXP, n + 2));
  SET_VECTOR_ELT(saved, n + 1, Rf_ScalarInteger(variant_of(call)));
  net->cells[n - 1].first_slot = shares_output(net);
  if (shares_output(net)) SET_VECTOR_ELT(saved, n, out);
  for (int l = 0; l < n; l++) {
    size_t bytes = saved_bytes(call, net->cells + l);
    SEXP s = pool_vector(bytes, call->threads);
    SET_VECTOR_ELT(saved, l, s);
    net->cells[l].saved = pool_data(s, bytes);
  }
  UNPROTECT(1);
  return saved;
}

void read_saved(rnn_call *call, SEXP saved) {
  rnn *net = &call->net;
  int n = net->n_cells, dims[3], n_dims = output_dims(call, dims);
  if (TYPEOF(saved) != VECSXP || Rf_length(saved) != n + 2 ||
      TYPEOF(VECTOR_ELT(saved, n + 1)) != INTSXP)
    Rf_error("`saved` must be what the forward call kept");
  call->kernel =
      find_kernel(Rf_asInteger(VECTOR_ELT(saved, n + 1)), call->is_float);
  if (!call->kernel) Rf_error("`saved`: its kernel cannot run here");
  net->cells[n - 1].first_slot = shares_output(net);
  if (shares_output(net))
    net->kept_out =
        read_doubles(VECTOR_ELT(saved, n), dims, n_dims, "saved output");
  for (int l = 0; l < n; l++) {
    rnn_cell *c = net->cells + l;
    c->saved = pool_data(VECTOR_ELT(saved, l), saved_bytes(call, c));
    if (!c->saved) Rf_error("`saved` must be what the forward call kept");
  }
}

/* The gradients are done: what was saved is for the next call, and the list
   empty. */
void drop_saved(SEXP saved) {
  for (R_xlen_t i = 0; i < Rf_xlength(saved); i++) {
    SEXP s = PROTECT(VECTOR_ELT(saved, i));
    SET_VECTOR_ELT(saved, i, R_NilValue);
    pool_keep(s);
    UNPROTECT(1);
  }
}

/* Not after drop_saved(). */
int has_saved(SEXP saved) {
  return Rf_xlength(saved) > 0 && VECTOR_ELT(saved, 0) != R_NilValue;
}

/* Multiplications of one step for one row. */
static double step_work(const rnn *net) {
  double work = 0;
  for (int l = 0; l < net->n_cells; l++) {
    const rnn_cell *c = net->cells + l;
    work += ((double) c->inputs + c->units) * c->units *
            cell_kinds[c->kind].n_gates;
  }
  return work;
}

/* Steps in one run, between two looks at the interrupt flag: a tenth of a
   second at most, or one step. Backward, enough to fill the big product while
   dz stays in cache. */
static int steps_per_run(const rnn *net, int backward) {
  double steps = backward ? ceil(1024.0 / net->rows)
                          : 2e9 / (step_work(net) * net->rows + 1);
  return (int) fmax(1, fmin(steps, net->steps));
}

static void allocate_job(const run_plan *plan, run_job *job) {
  rnn *net = job->net;
  int cols = job->kernel->cols;
  job->by = steps_per_run(net, plan->backward);
  net->run_steps = job->by;
  for (int l = 0; l < net->n_cells; l++) {
    rnn_cell *c = net->cells + l;
    c->packed = scratch(job->kernel->pack_size(c), plan->threads);
    if (!plan->backward) continue;
    double padded = (c->units + cols - 1) / cols;
    double sizes[4] = {job->by, cell_sums(c), padded * cols, net->rows};
    c->dz =
        scratch((size_t) count(sizes, 4) * job->kernel->real, plan->threads);
  }
}

/* Jobs of the calls that have rows, with all their memory. */
run_plan plan_calls(rnn_call *calls, int n, int backward, size_t budget) {
  run_plan plan = {NULL, NULL, 0, 1, backward, NULL, 0};
  double work = 0;
  plan.jobs = (run_job *) R_alloc((size_t) n, sizeof(run_job));
  for (int i = 0; i < n; i++) {
    rnn *net = &calls[i].net;
    if (net->rows == 0) continue;
    run_job job = {calls[i].kernel, net, 0, 0, 0, 0};
    plan.jobs[plan.n_jobs++] = job;
    plan.threads = calls[i].threads;
    work += step_work(net) * net->rows * net->steps;
  }
  if (work < WORTH_THREADS) plan.threads = 1;
  if (plan.n_jobs == 0) return plan;
  for (int i = 0; i < plan.n_jobs; i++) allocate_job(&plan, plan.jobs + i);
  plan_blocks(&plan, budget);
  plan.work = scratch(plan.work_bytes * (size_t) plan.threads, plan.threads);
  return plan;
}
