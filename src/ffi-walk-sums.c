/* Gradients of a walk add up: of places, and of weights over many steps. */
#include "ffi-walk.h"

#include "ffi.h"
#include "kernel-op.h"

/* Rows of a weight's gradient that are multiplied together. */
enum { ROWS_TOGETHER = 256 };

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

void let_go(walk_state *w, int at, int seen) {
  if (w->held[at] == SHARED) w->held[w->partner[at]] = seen ? FOREIGN : OWN;
  w->held[at] = FOREIGN;
}

void write_out_seed(walk_state *w) {
  SEXP g = VECTOR_ELT(w->grads, w->seed);
  if (!is_one_number(g) || is_one_number(w->target)) return;
  SET_VECTOR_ELT(w->grads, w->seed, filled_like(w->target, REAL(g)[0]));
}

void add_gradient(walk_state *w, int at, SEXP d, enum holders held) {
  if (at == w->seed) write_out_seed(w);
  SEXP old = VECTOR_ELT(w->grads, at);
  if (old == R_NilValue) {
    SET_VECTOR_ELT(w->grads, at, d);
    w->held[at] = (char) held;
    return;
  }
  PROTECT(d);
  if (!is_double(old) || !is_double(d) || XLENGTH(old) != XLENGTH(d)) {
    let_go(w, at, 1);
    SET_VECTOR_ELT(w->grads, at, plus_in_r(old, d));
  } else if (w->held[at] == OWN) {
    kernel_add_to(REAL(old), REAL(d), (size_t) XLENGTH(d));
  } else {
    int fresh = held == OWN;
    SEXP sum = fresh ? d : sum_of(old, d);
    if (fresh) kernel_add_to(REAL(d), REAL(old), (size_t) XLENGTH(d));
    let_go(w, at, 0);
    SET_VECTOR_ELT(w->grads, at, sum);
    w->held[at] = OWN;
  }
  UNPROTECT(1);
}

static const int *dims_of(SEXP x) {
  return INTEGER(Rf_getAttrib(x, R_DimSymbol));
}

void settle(walk_state *w, int at) {
  if (w->rows[at] == 0) return;
  SEXP a = VECTOR_ELT(VECTOR_ELT(w->waiting, at), 0);
  SEXP g = VECTOR_ELT(VECTOR_ELT(w->waiting, at), 1);
  int dims[2] = {dims_of(a)[1], dims_of(g)[1]};
  size_t gap = (size_t) dims_of(a)[0];
  SEXP d = PROTECT(alloc_array(dims, 2, 1));
  matrix_product m = {.m = (size_t) dims[0],
                      .n = (size_t) dims[1],
                      .k = (size_t) w->rows[at],
                      .a = REAL(a),
                      .b = REAL(g),
                      .a_row = gap,
                      .a_col = 1,
                      .b_row = 1,
                      .b_col = gap,
                      .c = REAL(d)};
  multiply(&w->run.plan, &m);
  w->rows[at] = 0;
  add_gradient(w, at, d, OWN);
  UNPROTECT(1);
}

/* A matrix of ROWS_TOGETHER rows as element `which` of list `to`, and the rows
   of x first in it. */
static void make_room(SEXP to, int which, SEXP x) {
  int dims[2] = {ROWS_TOGETHER, dims_of(x)[1]};
  SEXP room = alloc_array(dims, 2, 1);
  SET_VECTOR_ELT(to, which, room);
  kernel_put_rows(REAL(room), ROWS_TOGETHER, 0, REAL(x), (size_t) dims_of(x)[0],
                  (size_t) dims[1]);
}

static int is_matrix_of(SEXP x, int rows) {
  SEXP d = Rf_getAttrib(x, R_DimSymbol);
  return is_double(x) && TYPEOF(d) == INTSXP && XLENGTH(d) == 2 &&
         (rows < 0 || INTEGER(d)[0] == rows);
}

static int may_wait(const walk_state *w, int at, SEXP a, SEXP b, SEXP g) {
  if (w->made[at] || !is_matrix_of(a, -1)) return 0;
  int rows = dims_of(a)[0];
  return rows > 0 && rows <= ROWS_TOGETHER / 2 &&
         is_matrix_of(b, dims_of(a)[1]) && is_matrix_of(g, rows) &&
         dims_of(g)[1] == dims_of(b)[1];
}

int put_off(walk_state *w, int at, SEXP a, SEXP b, SEXP g, int *seen) {
  if (!may_wait(w, at, a, b, g)) return 0;
  int rows = dims_of(a)[0];
  if (w->rows[at] + rows > ROWS_TOGETHER) settle(w, at);
  SEXP both = VECTOR_ELT(w->waiting, at);
  if (both == R_NilValue) {
    both = Rf_allocVector(VECSXP, 2);
    SET_VECTOR_ELT(w->waiting, at, both);
    SET_VECTOR_ELT(both, 0, a);
    SET_VECTOR_ELT(both, 1, g);
    *seen = 1;
  } else {
    if (dims_of(VECTOR_ELT(both, 0))[0] != ROWS_TOGETHER) {
      make_room(both, 0, VECTOR_ELT(both, 0));
      make_room(both, 1, VECTOR_ELT(both, 1));
    }
    const SEXP xs[2] = {a, g};
    for (int i = 0; i < 2; i++) {
      kernel_put_rows(REAL(VECTOR_ELT(both, i)), ROWS_TOGETHER,
                      (size_t) w->rows[at], REAL(xs[i]), (size_t) rows,
                      (size_t) dims_of(xs[i])[1]);
    }
  }
  w->rows[at] += rows;
  return 1;
}
