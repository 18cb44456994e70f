/* A stack of native cells over whole sequences, and its gradient. */
#include <R_ext/Utils.h>

#include "ffi-rnn.h"

static const size_t FORWARD_BUDGET = 1 << 20, BACKWARD_BUDGET = 4 << 20;

/* list of (B, units) matrices, one per state; values from `from`, or 0. */
static SEXP alloc_states(rnn_call *call, SEXP from, int backward) {
  rnn *net = &call->net;
  SEXP list = PROTECT(Rf_allocVector(VECSXP, call->n_states));
  for (int l = 0, at = 0; l < net->n_cells; l++) {
    rnn_cell *c = net->cells + l;
    int dims[2] = {net->rows, c->units};
    size_t bytes = (size_t) net->rows * (size_t) c->units * sizeof(double);
    for (int k = 0; k < cell_kinds[c->kind].n_states; k++, at++) {
      SEXP s = alloc_array(dims, 2);
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

static SEXP named_list(const char **names, SEXP a, SEXP b, SEXP c) {
  SEXP list = PROTECT(Rf_mkNamed(VECSXP, names));
  SET_VECTOR_ELT(list, 0, a);
  SET_VECTOR_ELT(list, 1, b);
  SET_VECTOR_ELT(list, 2, c);
  UNPROTECT(1);
  return list;
}

static int read_one_flag(SEXP x, const char *what) {
  if (TYPEOF(x) != LGLSXP || Rf_length(x) != 1 || LOGICAL(x)[0] == NA_LOGICAL)
    Rf_error("`%s` must be TRUE or FALSE", what);
  return LOGICAL(x)[0];
}

static void forward(rnn_call *call) {
  int steps = call->net.steps, by = steps_per_run(call, 0);
  pack_cells(call, 0, by);
  allocate_work(call, FORWARD_BUDGET);
  for (int t = 0; t < steps; t += by) {
    run_forward(&call->plan, &call->net, t, steps - t < by ? steps : t + by);
    R_CheckUserInterrupt();
  }
}

SEXP ffi_rnn_forward(SEXP x, SEXP weights, SEXP states, SEXP mask, SEXP dropout,
                     SEXP spec, SEXP keep, SEXP run) {
  static const char *names[] = {"output", "states", "saved", ""};
  rnn_call call;
  read_call(&call, x, weights, states, mask, dropout, spec, run);
  int dims[3], n_dims = output_dims(&call, dims);
  SEXP out = PROTECT(alloc_array(dims, n_dims));
  call.net.out = REAL(out);
  SEXP last = PROTECT(alloc_states(&call, states, 0));
  SEXP saved = R_NilValue;
  if (read_one_flag(keep, "keep")) saved = alloc_saved(&call, out);
  PROTECT(saved);
  if (call.net.rows > 0) forward(&call);
  SEXP result = named_list(names, out, last, saved);
  UNPROTECT(3);
  return result;
}

static void read_d_states(const rnn_call *call, SEXP d_states) {
  if (Rf_isNull(d_states)) return;
  if (TYPEOF(d_states) != VECSXP || Rf_length(d_states) != call->n_states)
    Rf_error("`d_states` must be a list with one entry per state");
}

static double *alloc_zeros(SEXP list, R_xlen_t at, const int *dims,
                           int n_dims) {
  SEXP x = alloc_array(dims, n_dims);
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
    c->d_kernel = alloc_zeros(list, at++, in, 2);
    c->d_recurrent = alloc_zeros(list, at++, state, 2);
    int dims[2], n_dims = bias_dims(c, dims);
    if (c->use_bias) c->d_bias = alloc_zeros(list, at++, dims, n_dims);
  }
  UNPROTECT(1);
  return list;
}

static void backward(rnn_call *call, int want_weights) {
  const rnn *net = &call->net;
  int by = steps_per_run(call, 1);
  int units = net->cells[net->n_cells - 1].units;
  size_t n = (size_t) net->rows * (size_t) units;
  pack_cells(call, 1, by);
  if (net->mask) {
    call->net.carry = (double *) (void *) R_alloc(n, sizeof(double));
    memset(call->net.carry, 0, n * sizeof(double));
  }
  allocate_work(call, BACKWARD_BUDGET);
  for (int t = net->steps; t > 0; t -= by) {
    int from = t > by ? t - by : 0;
    run_backward(&call->plan, net, from, t);
    if (want_weights) run_gradient(&call->plan, net, from, t);
    R_CheckUserInterrupt();
  }
}

static const int *read_need(SEXP need) {
  if (TYPEOF(need) != LGLSXP || Rf_length(need) != 3)
    Rf_error("`need` must be three flags: x, weights, states");
  return LOGICAL(need);
}

SEXP ffi_rnn_backward(SEXP x, SEXP weights, SEXP states, SEXP mask,
                      SEXP dropout, SEXP spec, SEXP saved, SEXP d_output,
                      SEXP d_states, SEXP need, SEXP run) {
  static const char *names[] = {"d_x", "d_weights", "d_states", ""};
  rnn_call call;
  rnn *net = &call.net;
  read_call(&call, x, weights, states, mask, dropout, spec, run);
  read_saved(&call, saved);
  read_d_states(&call, d_states);
  const int *wanted = read_need(need);
  int dims[3], n_dims = output_dims(&call, dims);
  if (!Rf_isNull(d_output))
    net->d_out = read_doubles(d_output, dims, n_dims, "d_output");
  SEXP d_x = R_NilValue, d_weights = R_NilValue;
  if (wanted[0]) d_x = alloc_array(INTEGER(Rf_getAttrib(x, R_DimSymbol)), 3);
  PROTECT(d_x);
  net->want_dx = wanted[0] != 0;
  if (net->want_dx) net->d_x = REAL(d_x);
  if (wanted[1]) d_weights = alloc_d_weights(&call, weights);
  PROTECT(d_weights);
  SEXP first = PROTECT(alloc_states(&call, d_states, 1));
  if (net->rows > 0) backward(&call, wanted[1] != 0);
  SEXP result =
      named_list(names, d_x, d_weights, wanted[2] ? first : R_NilValue);
  UNPROTECT(3);
  return result;
}
