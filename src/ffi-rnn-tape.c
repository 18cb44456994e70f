/* Native layers on tensors: run together, recorded as one op of the tape, and
   their gradients. */
#include "ffi-op.h"
#include "ffi-rnn.h"
#include "kernel-op.h"

/* What R says of a layer: its flags and cells, its weights (variables), initial
   states (a list of tensors or arrays, or NULL), a mask and dropout masks. */
enum { L_SPEC, L_WEIGHTS, L_STATES, L_MASK, L_DROPOUT, N_LAYER };

/* Of plain arrays and tensors; NULL for anything else. */
static SEXP array_of(SEXP x) {
  SEXP value = Rf_isObject(x) ? ffi_value(x) : x;
  int type = TYPEOF(value);
  return type == REALSXP || type == INTSXP || type == LGLSXP ? value
                                                             : R_NilValue;
}

static SEXP doubles_of(SEXP x) { return Rf_coerceVector(array_of(x), REALSXP); }

static const int *dims_if(SEXP x, int rank) {
  SEXP d = Rf_getAttrib(x, R_DimSymbol);
  return TYPEOF(d) == INTSXP && Rf_length(d) == rank ? INTEGER(d) : NULL;
}

static void read_layer(SEXP layer) {
  if (TYPEOF(layer) != VECSXP || Rf_length(layer) != N_LAYER ||
      TYPEOF(VECTOR_ELT(layer, L_SPEC)) != INTSXP ||
      Rf_length(VECTOR_ELT(layer, L_SPEC)) < SPEC_HEAD + SPEC_CELL ||
      TYPEOF(VECTOR_ELT(layer, L_WEIGHTS)) != VECSXP ||
      Rf_length(VECTOR_ELT(layer, L_WEIGHTS)) < 1)
    Rf_error("internal error: this describes no native layer");
}

static int states_of_kind(int kind) {
  return kind >= 0 && kind < N_KINDS ? cell_kinds[kind].n_states : 0;
}

static int count_states(SEXP spec) {
  int n = 0, last = Rf_length(spec) - SPEC_CELL;
  for (int at = SPEC_HEAD; at <= last; at += SPEC_CELL)
    n += states_of_kind(INTEGER(spec)[at]);
  return n;
}

static int states_fit(SEXP states, SEXP spec, int batch) {
  if (states == R_NilValue) return 1;
  if (TYPEOF(states) != VECSXP || Rf_isObject(states) ||
      Rf_length(states) != count_states(spec))
    return 0;
  int k = 0, last = Rf_length(spec) - SPEC_CELL;
  for (int at = SPEC_HEAD; at <= last; at += SPEC_CELL) {
    int units = INTEGER(spec)[at + 1];
    for (int i = states_of_kind(INTEGER(spec)[at]); i > 0; i--, k++) {
      const int *d = dims_if(array_of(VECTOR_ELT(states, k)), 2);
      if (!d || d[0] != batch || d[1] != units) return 0;
    }
  }
  return 1;
}

/* Whether the layer can take `x`, an array, and its initial states; where not,
   R has an error to tell. */
static int layer_fits(SEXP layer, SEXP x) {
  SEXP spec = VECTOR_ELT(layer, L_SPEC);
  const int *d = dims_if(x, 3);
  const int *kernel =
      dims_if(ffi_value(VECTOR_ELT(VECTOR_ELT(layer, L_WEIGHTS), 0)), 2);
  if (!d || !kernel || d[2] != kernel[0]) return 0;
  int time_major = INTEGER(spec)[0] == 1;
  return d[time_major ? 0 : 1] > 0 &&
         states_fit(VECTOR_ELT(layer, L_STATES), spec, d[time_major ? 1 : 0]);
}

/* The layer as a job of the driver, with room for what is saved. */
static SEXP job_of(SEXP layer, SEXP x) {
  SEXP job = PROTECT(Rf_allocVector(VECSXP, JOB_SAVED + 1));
  SET_VECTOR_ELT(job, JOB_X, x);
  SET_VECTOR_ELT(job, JOB_WEIGHTS, ffi_values(VECTOR_ELT(layer, L_WEIGHTS)));
  SEXP states = VECTOR_ELT(layer, L_STATES);
  if (states != R_NilValue) {
    SEXP list = Rf_allocVector(VECSXP, XLENGTH(states));
    SET_VECTOR_ELT(job, JOB_STATES, list);
    for (R_xlen_t i = 0; i < XLENGTH(states); i++)
      SET_VECTOR_ELT(list, i, doubles_of(VECTOR_ELT(states, i)));
  }
  SET_VECTOR_ELT(job, JOB_MASK, VECTOR_ELT(layer, L_MASK));
  SET_VECTOR_ELT(job, JOB_DROPOUT, VECTOR_ELT(layer, L_DROPOUT));
  SET_VECTOR_ELT(job, JOB_SPEC, VECTOR_ELT(layer, L_SPEC));
  UNPROTECT(1);
  return job;
}

/* Ids of what goes in: the input, and of each layer its weights and states.
   NULL where R has to give a variable its id first. */
static SEXP ids_in(SEXP input, SEXP layers, SEXP session) {
  R_xlen_t n = XLENGTH(layers), at = 1, total = 1;
  for (R_xlen_t i = 0; i < n; i++) {
    SEXP layer = VECTOR_ELT(layers, i);
    total += XLENGTH(VECTOR_ELT(layer, L_WEIGHTS)) +
             count_states(VECTOR_ELT(layer, L_SPEC));
  }
  SEXP out = PROTECT(Rf_allocVector(REALSXP, total));
  double *ids = REAL(out);
  memset(ids, 0, (size_t) total * sizeof(double));
  int known = read_id(input, session, ids);
  for (R_xlen_t i = 0; i < n && known; i++) {
    SEXP layer = VECTOR_ELT(layers, i), states = VECTOR_ELT(layer, L_STATES);
    SEXP weights = VECTOR_ELT(layer, L_WEIGHTS);
    for (R_xlen_t k = 0; k < XLENGTH(weights) && known; k++)
      known = read_id(VECTOR_ELT(weights, k), session, ids + at++);
    for (R_xlen_t k = 0; k < Rf_xlength(states) && known; k++)
      known = read_id(VECTOR_ELT(states, k), session, ids + at + k);
    at += count_states(VECTOR_ELT(layer, L_SPEC));
  }
  UNPROTECT(1);
  return known ? out : R_NilValue;
}

static double id_of(SEXP tensor) { return REAL(VECTOR_ELT(tensor, 1))[0]; }

/* Ids of all outputs and states, in order. */
static SEXP ids_out(SEXP results) {
  R_xlen_t total = 0, at = 0;
  for (R_xlen_t i = 0; i < XLENGTH(results); i++)
    total += 1 + XLENGTH(VECTOR_ELT(VECTOR_ELT(results, i), 1));
  SEXP out = Rf_allocVector(REALSXP, total);
  for (R_xlen_t i = 0; i < XLENGTH(results); i++) {
    SEXP states = VECTOR_ELT(VECTOR_ELT(results, i), 1);
    REAL(out)[at++] = id_of(VECTOR_ELT(VECTOR_ELT(results, i), 0));
    for (R_xlen_t k = 0; k < XLENGTH(states); k++)
      REAL(out)[at++] = id_of(VECTOR_ELT(states, k));
  }
  return out;
}

/* Arrays become tensors, and what steps have saved moves to its job. */
static void wrap_results(SEXP results, SEXP jobs, int as_tensors) {
  for (R_xlen_t i = 0; i < XLENGTH(results); i++) {
    SEXP result = VECTOR_ELT(results, i), states = VECTOR_ELT(result, 1);
    SET_VECTOR_ELT(VECTOR_ELT(jobs, i), JOB_SAVED, VECTOR_ELT(result, 2));
    SET_VECTOR_ELT(result, 2, R_NilValue);
    if (!as_tensors) continue;
    SET_VECTOR_ELT(result, 0, ffi_tensor(VECTOR_ELT(result, 0), R_NilValue));
    for (R_xlen_t k = 0; k < XLENGTH(states); k++)
      SET_VECTOR_ELT(states, k, ffi_tensor(VECTOR_ELT(states, k), R_NilValue));
  }
}

static SEXP jobs_of(SEXP layers, SEXP x) {
  SEXP jobs = PROTECT(Rf_allocVector(VECSXP, XLENGTH(layers)));
  for (R_xlen_t i = 0; i < XLENGTH(layers); i++)
    SET_VECTOR_ELT(jobs, i, job_of(VECTOR_ELT(layers, i), x));
  UNPROTECT(1);
  return jobs;
}

/* Of each layer list(output, states): tensors, but arrays where the input is an
   array and no tape records. NULL where R has to look: something does not fit,
   a variable has no id of this session yet, or `run` is NULL and the options
   say something special. */
SEXP ffi_rnn_layers(SEXP input, SEXP layers, SEXP row, SEXP tapes, SEXP session,
                    SEXP run) {
  SEXP tape = top_tape(tapes), x = array_of(input);
  int keep = TYPEOF(tape) == ENVSXP;
  if (TYPEOF(layers) != VECSXP)
    Rf_error("internal error: a list of layers was expected");
  for (R_xlen_t i = 0; i < XLENGTH(layers); i++) {
    read_layer(VECTOR_ELT(layers, i));
    if (!layer_fits(VECTOR_ELT(layers, i), x)) return R_NilValue;
  }
  if (run == R_NilValue) run = plain_settings();
  PROTECT(run);
  SEXP ins = PROTECT(keep ? ids_in(input, layers, session) : R_NilValue);
  if (run == R_NilValue || (keep && ins == R_NilValue)) {
    UNPROTECT(2);
    return R_NilValue;
  }
  x = PROTECT(Rf_coerceVector(x, REALSXP));
  SEXP jobs = PROTECT(jobs_of(layers, x));
  SEXP results = PROTECT(rnn_forward_all(jobs, keep, run));
  wrap_results(results, jobs, keep || Rf_isObject(input));
  if (keep) {
    SEXP record = PROTECT(new_record(row, jobs, R_NilValue));
    SET_VECTOR_ELT(record, REC_ins, ins);
    SET_VECTOR_ELT(record, REC_outs, ids_out(results));
    put_record(tape, record);
    UNPROTECT(1);
  }
  UNPROTECT(5);
  return results;
}

static int any_given(SEXP list, R_xlen_t at, R_xlen_t n) {
  for (R_xlen_t k = at; k < at + n; k++)
    if (VECTOR_ELT(list, k) != R_NilValue) return 1;
  return 0;
}

static int any_true(SEXP flags, R_xlen_t at, R_xlen_t n) {
  for (R_xlen_t k = at; k < at + n; k++)
    if (LOGICAL(flags)[k]) return 1;
  return 0;
}

/* Where a job's weights and states stand among what went in, and its output and
   states among what came out. */
typedef struct {
  R_xlen_t weights, n_weights, states, n_states, output;
} job_span;

static job_span span_of(SEXP job, const job_span *before) {
  job_span s = {1, XLENGTH(VECTOR_ELT(job, JOB_WEIGHTS)), 0,
                count_states(VECTOR_ELT(job, JOB_SPEC)), 0};
  if (before) {
    s.weights = before->states + before->n_states;
    s.output = before->output + 1 + before->n_states;
  }
  s.states = s.weights + s.n_weights;
  return s;
}

static SEXP backward_job(SEXP job, const job_span *s, SEXP g, SEXP need) {
  SEXP out = PROTECT(Rf_allocVector(VECSXP, N_BACKWARD));
  for (int k = 0; k <= JOB_SAVED; k++)
    SET_VECTOR_ELT(out, k, VECTOR_ELT(job, k));
  SET_VECTOR_ELT(out, JOB_D_OUTPUT, VECTOR_ELT(g, s->output));
  SEXP d_states = Rf_allocVector(VECSXP, s->n_states);
  SET_VECTOR_ELT(out, JOB_D_STATES, d_states);
  for (R_xlen_t k = 0; k < s->n_states; k++)
    SET_VECTOR_ELT(d_states, k, VECTOR_ELT(g, s->output + 1 + k));
  SEXP wanted = Rf_allocVector(LGLSXP, 3);
  SET_VECTOR_ELT(out, JOB_NEED, wanted);
  LOGICAL(wanted)[0] = LOGICAL(need)[0];
  LOGICAL(wanted)[1] = any_true(need, s->weights, s->n_weights);
  LOGICAL(wanted)[2] = any_true(need, s->states, s->n_states);
  UNPROTECT(1);
  return out;
}

static void spread(SEXP d, R_xlen_t at, SEXP own) {
  for (R_xlen_t k = 0; k < Rf_xlength(own); k++)
    SET_VECTOR_ELT(d, at + k, VECTOR_ELT(own, k));
}

/* All layers read the one input. */
static void add_d_x(SEXP d, SEXP d_x) {
  SEXP sum = VECTOR_ELT(d, 0);
  if (d_x == R_NilValue) return;
  if (sum == R_NilValue) SET_VECTOR_ELT(d, 0, d_x);
  else kernel_add_to(REAL(sum), REAL(d_x), (size_t) XLENGTH(sum));
}

/* What steps save is given back after the gradients; whoever asks a tape again
   waits for another pass forward. */
static void save_again(SEXP jobs, SEXP run) {
  for (R_xlen_t i = 0; i < XLENGTH(jobs); i++) {
    SEXP job = VECTOR_ELT(jobs, i);
    if (has_saved(VECTOR_ELT(job, JOB_SAVED))) continue;
    SEXP one = PROTECT(Rf_allocVector(VECSXP, 1));
    SET_VECTOR_ELT(one, 0, job);
    SEXP results = PROTECT(rnn_forward_all(one, 1, run));
    SET_VECTOR_ELT(job, JOB_SAVED, VECTOR_ELT(VECTOR_ELT(results, 0), 2));
    UNPROTECT(2);
  }
}

/* A layer whose results nobody used has no gradients. */
SEXP rnn_gradients(SEXP record, SEXP g, SEXP need, SEXP run) {
  SEXP jobs = VECTOR_ELT(record, REC_values);
  R_xlen_t n = XLENGTH(jobs);
  int used = 0;
  const void *top = vmaxget(); /* a tape may hold many such records */
  save_again(jobs, run);
  job_span *spans = (job_span *) R_alloc((size_t) n, sizeof(job_span));
  SEXP d = PROTECT(Rf_allocVector(VECSXP, XLENGTH(need)));
  SEXP tasks = PROTECT(Rf_allocVector(VECSXP, n));
  for (R_xlen_t i = 0; i < n; i++) {
    job_span *s = spans + i;
    *s = span_of(VECTOR_ELT(jobs, i), i > 0 ? s - 1 : NULL);
    if (any_given(g, s->output, 1 + s->n_states))
      SET_VECTOR_ELT(tasks, used++,
                     backward_job(VECTOR_ELT(jobs, i), s, g, need));
  }
  SEXP results =
      PROTECT(rnn_backward_all(PROTECT(Rf_lengthgets(tasks, used)), run));
  for (R_xlen_t i = 0, k = 0; i < n; i++) {
    const job_span *s = spans + i;
    if (!any_given(g, s->output, 1 + s->n_states)) continue;
    SEXP own = VECTOR_ELT(results, k++);
    add_d_x(d, VECTOR_ELT(own, 0));
    spread(d, s->weights, VECTOR_ELT(own, 1));
    spread(d, s->states, VECTOR_ELT(own, 2));
    drop_saved(VECTOR_ELT(VECTOR_ELT(jobs, i), JOB_SAVED));
  }
  vmaxset(top);
  UNPROTECT(4);
  return d;
}
