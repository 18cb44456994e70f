/* Stacks of native cells over whole sequences, and their gradients: one call,
   or several that run at once. */
#include <R_ext/Utils.h>

#include "ffi-rnn.h"

/* Bytes of all blocks at work. A call that keeps or reads what steps save may
   use more. */
static const size_t FORWARD_BUDGET = 1 << 20, TAPED_BUDGET = 4 << 20;

/* list of (B, units) matrices, one per state; values from `from`, or 0. */
static SEXP alloc_states(rnn_call *call, SEXP from, int backward) {
  rnn *net = &call->net;
  SEXP list = PROTECT(Rf_allocVector(VECSXP, call->n_states));
  for (int l = 0, at = 0; l < net->n_cells; l++) {
    rnn_cell *c = net->cells + l;
    int dims[2] = {net->rows, c->units};
    size_t bytes = (size_t) net->rows * (size_t) c->units * sizeof(double);
    for (int k = 0; k < cell_kinds[c->kind].n_states; k++, at++) {
      SEXP s = alloc_array(dims, 2, call->threads);
      SET_VECTOR_ELT(list, at, s);
      SEXP start = Rf_isNull(from) ? R_NilValue : VECTOR_ELT(from, at);
      if (bytes == 0) continue;
      if (Rf_isNull(start)) memset(REAL(s), 0, bytes);
      else memcpy(REAL(s), read_doubles(start, dims, 2, "state"), bytes);
      *(backward ? c->d_state + k : c->state + k) = REAL(s);
    }
  }
  UNPROTECT(1);
  return list;
}

static int read_one_flag(SEXP x, const char *what) {
  if (TYPEOF(x) != LGLSXP || Rf_length(x) != 1 || LOGICAL(x)[0] == NA_LOGICAL)
    Rf_error("`%s` must be TRUE or FALSE", what);
  return LOGICAL(x)[0];
}

static void read_job(rnn_call *call, const SEXP *job, SEXP run) {
  read_call(call, job[JOB_X], job[JOB_WEIGHTS], job[JOB_STATES], job[JOB_MASK],
            job[JOB_DROPOUT], job[JOB_SPEC], run);
}

/* Bytes of the output and, with gradients, of its own and the input's. */
static size_t fresh_bytes(const rnn_call *call, int gradients) {
  const rnn *net = &call->net;
  size_t steps = net->sequences ? (size_t) net->steps : 1;
  size_t out = steps * (size_t) net->cells[net->n_cells - 1].units;
  size_t in = (size_t) net->steps * (size_t) net->cells[0].inputs;
  return (gradients ? 2 * out + in : out) * (size_t) net->rows * sizeof(double);
}

/* list(output, states, saved), to be filled. Large arrays come before the list:
   if R collects for them, the list becomes an old object, and would keep what
   is put into it until R next looks at the old ones. */
static SEXP start_forward(rnn_call *call, const SEXP *job, int keep, SEXP run) {
  static const char *names[] = {"output", "states", "saved", ""};
  read_job(call, job, run);
  int dims[3], n_dims = output_dims(call, dims);
  ask_room(fresh_bytes(call, keep));
  SEXP out = PROTECT(alloc_array(dims, n_dims, call->threads));
  SEXP result = PROTECT(Rf_mkNamed(VECSXP, names));
  SET_VECTOR_ELT(result, 0, out);
  call->net.out = REAL(out);
  SET_VECTOR_ELT(result, 1, alloc_states(call, job[JOB_STATES], 0));
  if (keep) SET_VECTOR_ELT(result, 2, alloc_saved(call, out));
  UNPROTECT(2);
  return result;
}

typedef struct {
  rnn_call *calls;
  int n, keep;
} call_list;

static SEXP forward_in_scope(void *data) {
  const call_list *c = data;
  size_t budget = c->keep ? TAPED_BUDGET : FORWARD_BUDGET;
  run_plan plan = plan_calls(c->calls, c->n, 0, budget);
  run_pack(&plan);
  for (int going = plan.n_jobs > 0; going;) {
    going = 0;
    for (int i = 0; i < plan.n_jobs; i++) {
      run_job *job = plan.jobs + i;
      int left = job->net->steps - job->t1;
      job->t0 = job->t1;
      job->t1 += left < job->by ? left : job->by;
      going |= job->t1 < job->net->steps;
    }
    run_steps(&plan);
    R_CheckUserInterrupt();
  }
  return R_NilValue;
}

static void forward(rnn_call *calls, int n, int keep) {
  call_list list = {calls, n, keep};
  with_scratch(forward_in_scope, &list);
}

SEXP ffi_rnn_forward(SEXP x, SEXP weights, SEXP states, SEXP mask, SEXP dropout,
                     SEXP spec, SEXP keep, SEXP run) {
  const SEXP job[N_JOB] = {x, weights, states, mask, dropout, spec};
  rnn_call call;
  int taped = read_one_flag(keep, "keep");
  SEXP result = PROTECT(start_forward(&call, job, taped, run));
  forward(&call, 1, taped);
  UNPROTECT(1);
  return result;
}

/* The entries of job i. */
static void read_entries(SEXP jobs, int i, SEXP *job, int n) {
  SEXP entries = VECTOR_ELT(jobs, i);
  if (TYPEOF(entries) != VECSXP || Rf_length(entries) < n)
    Rf_error("`jobs` must hold lists of %d entries", n);
  for (int k = 0; k < n; k++) job[k] = VECTOR_ELT(entries, k);
}

static rnn_call *alloc_calls(SEXP jobs) {
  if (TYPEOF(jobs) != VECSXP || Rf_length(jobs) < 1)
    Rf_error("`jobs` must be a list");
  return (rnn_call *) R_alloc((size_t) Rf_length(jobs), sizeof(rnn_call));
}

/* The list anew, and the one given empty: it may have become old meanwhile. */
static SEXP renew_list(SEXP list) {
  SEXP out = PROTECT(Rf_shallow_duplicate(list));
  for (R_xlen_t i = 0; i < XLENGTH(list); i++)
    SET_VECTOR_ELT(list, i, R_NilValue);
  UNPROTECT(1);
  return out;
}

static SEXP renew_results(SEXP results) {
  PROTECT(results);
  for (R_xlen_t i = 0; i < XLENGTH(results); i++)
    SET_VECTOR_ELT(results, i, renew_list(VECTOR_ELT(results, i)));
  SEXP out = renew_list(results);
  UNPROTECT(1);
  return out;
}

SEXP rnn_forward_all(SEXP jobs, int taped, SEXP run) {
  rnn_call *calls = alloc_calls(jobs);
  int n = Rf_length(jobs);
  SEXP results = PROTECT(Rf_allocVector(VECSXP, n)), job[N_JOB];
  for (int i = 0; i < n; i++) {
    read_entries(jobs, i, job, N_JOB);
    SET_VECTOR_ELT(results, i, start_forward(calls + i, job, taped, run));
  }
  forward(calls, n, taped);
  UNPROTECT(1);
  return renew_results(results);
}

static void read_d_states(const rnn_call *call, SEXP d_states) {
  if (Rf_isNull(d_states)) return;
  if (TYPEOF(d_states) != VECSXP || Rf_length(d_states) != call->n_states)
    Rf_error("`d_states` must be a list with one entry per state");
}

/* An array like the output, or one number for all of it. */
static void read_d_output(rnn_call *call, SEXP d) {
  int dims[3], n_dims = output_dims(call, dims);
  if (Rf_isNull(d)) return;
  if (is_one_number(d)) call->net.d_all = REAL(d)[0];
  else call->net.d_out = read_doubles(d, dims, n_dims, "d_output");
}

static double *alloc_zeros(const rnn_call *call, SEXP list, R_xlen_t at,
                           const int *dims, int n_dims) {
  SEXP x = alloc_array(dims, n_dims, call->threads);
  SET_VECTOR_ELT(list, at, x);
  if (Rf_xlength(x) > 0)
    memset(REAL(x), 0, (size_t) Rf_xlength(x) * sizeof(double));
  return REAL(x);
}

/* Sums start at zero, in the order and shapes of `weights`. */
static SEXP alloc_d_weights(rnn_call *call, SEXP weights) {
  rnn *net = &call->net;
  SEXP list = PROTECT(Rf_allocVector(VECSXP, Rf_xlength(weights)));
  R_xlen_t at = 0;
  for (int l = 0; l < net->n_cells; l++) {
    rnn_cell *c = net->cells + l;
    int cols = cell_kinds[c->kind].n_gates * c->units;
    int in[2] = {c->inputs, cols}, state[2] = {c->units, cols};
    c->d_kernel = alloc_zeros(call, list, at++, in, 2);
    c->d_recurrent = alloc_zeros(call, list, at++, state, 2);
    int dims[2], n_dims = bias_dims(c, dims);
    if (c->use_bias) c->d_bias = alloc_zeros(call, list, at++, dims, n_dims);
  }
  UNPROTECT(1);
  return list;
}

static const int *read_need(SEXP need) {
  if (TYPEOF(need) != LGLSXP || Rf_length(need) != 3)
    Rf_error("`need` must be three flags: x, weights, states");
  return LOGICAL(need);
}

/* list(d_x, d_weights, d_states), to be filled. */
static SEXP start_backward(rnn_call *call, const SEXP *job, SEXP run) {
  static const char *names[] = {"d_x", "d_weights", "d_states", ""};
  rnn *net = &call->net;
  read_job(call, job, run);
  read_saved(call, job[JOB_SAVED]);
  read_d_states(call, job[JOB_D_STATES]);
  const int *wanted = read_need(job[JOB_NEED]);
  read_d_output(call, job[JOB_D_OUTPUT]);
  net->want_dx = wanted[0] != 0;
  SEXP d_x = R_NilValue;
  if (net->want_dx) {
    const int *x_dims = INTEGER(Rf_getAttrib(job[JOB_X], R_DimSymbol));
    d_x = alloc_array(x_dims, 3, call->threads);
    net->d_x = REAL(d_x);
  }
  PROTECT(d_x);
  SEXP result = PROTECT(Rf_mkNamed(VECSXP, names));
  SET_VECTOR_ELT(result, 0, d_x);
  if (wanted[1])
    SET_VECTOR_ELT(result, 1, alloc_d_weights(call, job[JOB_WEIGHTS]));
  SET_VECTOR_ELT(result, 2, alloc_states(call, job[JOB_D_STATES], 1));
  UNPROTECT(2);
  return result;
}

static SEXP backward_in_scope(void *data) {
  const call_list *c = data;
  run_plan plan = plan_calls(c->calls, c->n, 1, TAPED_BUDGET);
  run_pack(&plan);
  for (int i = 0; i < plan.n_jobs; i++)
    plan.jobs[i].t0 = plan.jobs[i].net->steps;
  for (int going = plan.n_jobs > 0; going;) {
    going = 0;
    for (int i = 0; i < plan.n_jobs; i++) {
      run_job *job = plan.jobs + i;
      job->t1 = job->t0;
      job->t0 = job->t1 > job->by ? job->t1 - job->by : 0;
      going |= job->t0 > 0;
    }
    run_steps(&plan);
    run_gradient(&plan);
    R_CheckUserInterrupt();
  }
  return R_NilValue;
}

static void backward(rnn_call *calls, int n) {
  call_list list = {calls, n, 0};
  with_scratch(backward_in_scope, &list);
}

/* The states' gradients are computed in any case. */
static void drop_unwanted(SEXP result, SEXP need) {
  if (!LOGICAL(need)[2]) SET_VECTOR_ELT(result, 2, R_NilValue);
}

SEXP ffi_rnn_backward(SEXP x, SEXP weights, SEXP states, SEXP mask,
                      SEXP dropout, SEXP spec, SEXP saved, SEXP d_output,
                      SEXP d_states, SEXP need, SEXP run) {
  const SEXP job[N_BACKWARD] = {x,    weights, states,   mask,     dropout,
                                spec, saved,   d_output, d_states, need};
  rnn_call call;
  SEXP result = PROTECT(start_backward(&call, job, run));
  backward(&call, 1);
  drop_unwanted(result, need);
  UNPROTECT(1);
  return result;
}

SEXP rnn_backward_all(SEXP jobs, SEXP run) {
  rnn_call *calls = alloc_calls(jobs);
  int n = Rf_length(jobs);
  SEXP results = PROTECT(Rf_allocVector(VECSXP, n)), job[N_BACKWARD];
  for (int i = 0; i < n; i++) {
    read_entries(jobs, i, job, N_BACKWARD);
    SET_VECTOR_ELT(results, i, start_backward(calls + i, job, run));
  }
  backward(calls, n);
  for (int i = 0; i < n; i++)
    drop_unwanted(VECTOR_ELT(results, i),
                  VECTOR_ELT(VECTOR_ELT(jobs, i), JOB_NEED));
  UNPROTECT(1);
  return renew_results(results);
}
