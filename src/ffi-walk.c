/* The tape backward. What C runs of an op's gradient stays here; all other
   rows are R's, one call each. */
#include "ffi.h"
#include "ffi-op.h"
#include "kernel-op.h"

/* Rows of a weight's gradient that are multiplied together. */
enum { ROWS_TOGETHER = 256 };

/* Of every place (a tensor): its gradient so far; whether that array is the
   walk's own, so that it may be added to in place; whether an op made the
   tensor; whether its gradient is asked for; and, for factors that no op made,
   the products that their gradient still lacks, a pairlist of (a, g). */
typedef struct {
  SEXP grads, waiting;
  const int *live;
  char *own, *made, *kept;
  R_xlen_t *rows;
  int n;
  run_plan plan;
} walk_state;

static int is_double(SEXP x) { return TYPEOF(x) == REALSXP; }

/* a + b by R, for what is no pair of equal arrays of doubles. */
static SEXP plus_in_r(SEXP a, SEXP b) {
  SEXP call = PROTECT(Rf_lang3(Rf_install("+"), a, b));
  SEXP out = Rf_eval(call, R_BaseEnv);
  UNPROTECT(1);
  return out;
}

static SEXP sum_of(SEXP a, SEXP b) {
  SEXP out = PROTECT(Rf_duplicate(a));
  kernel_add_to(REAL(out), REAL(b), (size_t) XLENGTH(out));
  UNPROTECT(1);
  return out;
}

/* `fresh`: nobody else holds d. */
static void add_gradient(walk_state *w, int at, SEXP d, int fresh) {
  SEXP old = VECTOR_ELT(w->grads, at);
  if (old == R_NilValue) {
    SET_VECTOR_ELT(w->grads, at, d);
    w->own[at] = (char) fresh;
    return;
  }
  PROTECT(d);
  if (!is_double(old) || !is_double(d) || XLENGTH(old) != XLENGTH(d)) {
    SET_VECTOR_ELT(w->grads, at, plus_in_r(old, d));
    w->own[at] = 0;
  } else if (w->own[at]) {
    kernel_add_to(REAL(old), REAL(d), (size_t) XLENGTH(d));
  } else {
    SEXP sum = fresh ? d : sum_of(old, d);
    if (fresh) kernel_add_to(REAL(d), REAL(old), (size_t) XLENGTH(d));
    SET_VECTOR_ELT(w->grads, at, sum);
    w->own[at] = 1;
  }
  UNPROTECT(1);
}

/* The matrices of a pairlist below one another; `which` of each pair. */
static double *rows_together(SEXP pairs, int which, R_xlen_t rows) {
  SEXP first = which ? CDR(CAR(pairs)) : CAR(CAR(pairs));
  int cols = INTEGER(Rf_getAttrib(first, R_DimSymbol))[1];
  size_t size = (size_t) rows * (size_t) cols, at = 0;
  double *out = (double *) R_alloc(size, sizeof(double));
  for (; pairs != R_NilValue; pairs = CDR(pairs)) {
    SEXP x = which ? CDR(CAR(pairs)) : CAR(CAR(pairs));
    size_t n = (size_t) INTEGER(Rf_getAttrib(x, R_DimSymbol))[0];
    kernel_put_rows(out, (size_t) rows, at, REAL(x), n, (size_t) cols);
    at += n;
  }
  return out;
}

/* The products that wait for place `at`, as one. */
static void settle(walk_state *w, int at) {
  SEXP pairs = VECTOR_ELT(w->waiting, at);
  if (pairs == R_NilValue) return;
  const void *top = vmaxget();
  size_t rows = (size_t) w->rows[at];
  int dims[2] = {INTEGER(Rf_getAttrib(CAR(CAR(pairs)), R_DimSymbol))[1],
                 INTEGER(Rf_getAttrib(CDR(CAR(pairs)), R_DimSymbol))[1]};
  SEXP d = PROTECT(alloc_array(dims, 2));
  matrix_product m = {.m = (size_t) dims[0],
                      .n = (size_t) dims[1],
                      .k = rows,
                      .a_row = rows,
                      .a_col = 1,
                      .b_row = 1,
                      .b_col = rows,
                      .c = REAL(d)};
  m.a = rows_together(pairs, 0, (R_xlen_t) rows);
  m.b = rows_together(pairs, 1, (R_xlen_t) rows);
  multiply(&w->plan, &m);
  vmaxset(top);
  SET_VECTOR_ELT(w->waiting, at, R_NilValue);
  w->rows[at] = 0;
  add_gradient(w, at, d, 1);
  UNPROTECT(1);
}

static int is_matrix_of(SEXP x, const int *rows) {
  SEXP d = Rf_getAttrib(x, R_DimSymbol);
  return is_double(x) && TYPEOF(d) == INTSXP && XLENGTH(d) == 2 &&
         (!rows || INTEGER(d)[0] == *rows);
}

/* A weight that is a factor at every step: its gradient, the sum of a' g, is
   one product over all rows. Gives 0 where it cannot wait. */
static int put_off(walk_state *w, int at, SEXP a, SEXP b, SEXP g) {
  if (w->made[at] || !is_matrix_of(a, NULL) || !is_matrix_of(b, NULL)) return 0;
  const int *da = INTEGER(Rf_getAttrib(a, R_DimSymbol));
  const int *db = INTEGER(Rf_getAttrib(b, R_DimSymbol));
  if (!is_matrix_of(g, da) || da[1] != db[0] || da[0] > ROWS_TOGETHER ||
      INTEGER(Rf_getAttrib(g, R_DimSymbol))[1] != db[1])
    return 0;
  if (w->rows[at] + da[0] > ROWS_TOGETHER) settle(w, at);
  SEXP one = PROTECT(Rf_cons(a, g));
  SET_VECTOR_ELT(w->waiting, at, Rf_cons(one, VECTOR_ELT(w->waiting, at)));
  UNPROTECT(1);
  w->rows[at] += da[0];
  return 1;
}

/* One record by C; 0 where R has to do it. */
static int back_in_c(walk_state *w, SEXP record, const int *ins, int out) {
  enum op_kind kind = kind_of(VECTOR_ELT(record, REC_row));
  SEXP values = VECTOR_ELT(record, REC_values), g = VECTOR_ELT(w->grads, out);
  int n = op_arity(kind), handed = 0, own = w->own[out] && !w->kept[out];
  if (kind == OP_in_r || XLENGTH(values) != n ||
      VECTOR_ELT(record, REC_attrs) != R_NilValue)
    return 0;
  SEXP d[2] = {R_NilValue, R_NilValue};
  for (int j = 0; j < n; j++) {
    int want = w->live[ins[j] - 1];
    int late =
        want && kind == OP_matmul && j == 1 &&
        put_off(w, ins[j] - 1, VECTOR_ELT(values, 0), VECTOR_ELT(values, 1), g);
    if (want && !late)
      d[j] = op_gradient(kind, g, VECTOR_ELT(record, REC_y), values, j, own,
                         &w->plan);
    PROTECT(d[j]);
    handed += d[j] == g;
    if (want && !late && d[j] == R_NilValue) {
      UNPROTECT(j + 1);
      return 0;
    }
  }
  /* g goes on as it is where it goes one way only. */
  int pass = handed == 1 && own;
  for (int j = 0; j < n; j++) {
    if (d[j] == R_NilValue) continue;
    add_gradient(w, ins[j] - 1, d[j], d[j] != g || pass);
  }
  UNPROTECT(n);
  return 1;
}

/* One record by its rule in R. */
static void back_in_r(walk_state *w, SEXP record, SEXP ins, SEXP outs,
                      SEXP rule) {
  R_xlen_t n = XLENGTH(ins), m = XLENGTH(outs);
  SEXP g = PROTECT(Rf_allocVector(VECSXP, m));
  for (R_xlen_t i = 0; i < m; i++) {
    SET_VECTOR_ELT(g, i, VECTOR_ELT(w->grads, INTEGER(outs)[i] - 1));
  }
  SEXP need = PROTECT(Rf_allocVector(LGLSXP, n));
  for (R_xlen_t j = 0; j < n; j++) {
    LOGICAL(need)[j] = w->live[INTEGER(ins)[j] - 1];
  }
  SEXP call = PROTECT(Rf_lang4(rule, record, g, need));
  SEXP d = PROTECT(Rf_eval(call, R_BaseEnv));
  if (TYPEOF(d) != VECSXP || XLENGTH(d) != n) {
    Rf_error("internal error: a backward rule gave no list of gradients");
  }
  for (R_xlen_t j = 0; j < n; j++) {
    SEXP one = VECTOR_ELT(d, j);
    if (!LOGICAL(need)[j] || one == R_NilValue) continue;
    add_gradient(w, INTEGER(ins)[j] - 1, one, 0);
  }
  UNPROTECT(4);
}

static void back_one(walk_state *w, SEXP record, SEXP ins, SEXP outs,
                     SEXP rule) {
  R_xlen_t m = XLENGTH(outs);
  const int *out = INTEGER(outs);
  int any = 0;
  if (m == 0 || !w->live[out[0] - 1]) return;
  for (R_xlen_t i = 0; i < m; i++) {
    any |= VECTOR_ELT(w->grads, out[i] - 1) != R_NilValue;
  }
  if (!any) return;
  if (m != 1 || !back_in_c(w, record, INTEGER(ins), out[0] - 1)) {
    back_in_r(w, record, ins, outs, rule);
  }
  for (R_xlen_t i = 0; i < m; i++) {
    if (!w->kept[out[i] - 1]) {
      SET_VECTOR_ELT(w->grads, out[i] - 1, R_NilValue);
    }
  }
}

static void mark(char *marks, SEXP places) {
  for (R_xlen_t i = 0; i < XLENGTH(places); i++) {
    marks[INTEGER(places)[i] - 1] = 1;
  }
}

static char *zeros(int n) {
  char *out = R_alloc((size_t) n + 1, 1);
  memset(out, 0, (size_t) n + 1);
  return out;
}

static void start_walk(walk_state *w, SEXP places, SEXP grads, SEXP run) {
  SEXP live = VECTOR_ELT(places, 2), outs = VECTOR_ELT(places, 1);
  w->n = (int) XLENGTH(live);
  if (TYPEOF(grads) != VECSXP || XLENGTH(grads) != w->n) {
    Rf_error("internal error: one gradient per place was expected");
  }
  w->live = LOGICAL(live);
  w->own = zeros(w->n), w->made = zeros(w->n), w->kept = zeros(w->n);
  size_t bytes = sizeof(R_xlen_t) * ((size_t) w->n + 1);
  w->rows = (R_xlen_t *) R_alloc(bytes, 1);
  memset(w->rows, 0, bytes);
  for (R_xlen_t k = 0; k < XLENGTH(outs); k++) {
    mark(w->made, VECTOR_ELT(outs, k));
  }
  mark(w->kept, VECTOR_ELT(places, 3));
  read_run(&w->plan, run, 0);
}

/* Gradients of all places (a list, NULL where there is none), from those of the
   targets in `grads`. A gradient that went through its op is dropped, but for
   those of the sources. `places`: what ffi_places() gave for `records`; `rule`:
   the function that knows the rows' rules. */
SEXP ffi_walk(SEXP records, SEXP places, SEXP grads, SEXP rule, SEXP run) {
  walk_state w = {0};
  R_xlen_t n = TYPEOF(records) == VECSXP ? XLENGTH(records) : -1;
  if (n < 0 || TYPEOF(places) != VECSXP || XLENGTH(places) != 5 ||
      XLENGTH(VECTOR_ELT(places, 0)) != n || !Rf_isFunction(rule)) {
    Rf_error("internal error: a tape is not what it should be");
  }
  start_walk(&w, places, grads, run);
  w.grads = PROTECT(Rf_shallow_duplicate(grads));
  w.waiting = PROTECT(Rf_allocVector(VECSXP, w.n));
  for (R_xlen_t k = n - 1; k >= 0; k--) {
    SEXP record = VECTOR_ELT(records, k);
    if (k % 256 == 0) R_CheckUserInterrupt();
    if (TYPEOF(record) != VECSXP || XLENGTH(record) != REC_prev + 1) {
      Rf_error("internal error: a tape is not what it should be");
    }
    back_one(&w, record, VECTOR_ELT(VECTOR_ELT(places, 0), k),
             VECTOR_ELT(VECTOR_ELT(places, 1), k), rule);
  }
  for (int i = 0; i < w.n; i++) settle(&w, i);
  UNPROTECT(2);
  return w.grads;
}
