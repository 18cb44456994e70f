#include "ffi-array.h"
#include "ffi-op.h"
#include "ffi.h"
#include "kernel-entropy.h"

static scores read_scores(SEXP z) {
  check_double(z, "z");
  struct sizes d = sizes_of(z);
  if (d.rank != 2 || d.d[1] < 1) {
    Rf_error("internal error: a matrix with a column per class was expected");
  }
  return (scores){d.d[0], d.d[1], REAL(z)};
}

static void *room(const scores *s, size_t size) {
  return R_alloc((size_t) s->rows + 1, (int) size);
}

/* The column, from 1, where each row of a matrix is largest. */
SEXP ffi_top(SEXP z) {
  scores s = read_scores(z);
  SEXP out = PROTECT(Rf_allocVector(INTSXP, s.rows));
  kernel_top(INTEGER(out), room(&s, sizeof(double)), &s);
  for (R_xlen_t r = 0; r < s.rows; ++r) {
    INTEGER(out)[r]++;
  }
  UNPROTECT(1);
  return out;
}

/* log(sum(exp(z))) of each row of a matrix. */
SEXP ffi_log_sum_exp(SEXP z) {
  scores s = read_scores(z);
  SEXP out = PROTECT(Rf_allocVector(REALSXP, s.rows));
  int *at = room(&s, sizeof(int));
  kernel_top(at, REAL(out), &s);
  for (R_xlen_t r = 0; r < s.rows; ++r) {
    REAL(out)[r] = s.z[r + s.rows * at[r]];
  }
  kernel_log_sum_exp(REAL(out), R_allocLD((size_t) s.rows + 1), &s);
  UNPROTECT(1);
  return out;
}

/* Its twin: g times the gradient of log_sum_exp(z) - z[label], for labels that
   are columns from 1; NA is none. */
SEXP ffi_label_gradient(SEXP z, SEXP label, SEXP g) {
  scores s = read_scores(z);
  check_double(g, "g");
  if (TYPEOF(label) != INTSXP || XLENGTH(label) != s.rows ||
      XLENGTH(g) != s.rows) {
    Rf_error("internal error: one label per row was expected");
  }
  int *at = room(&s, sizeof(int));
  for (R_xlen_t r = 0; r < s.rows; ++r) {
    int one = INTEGER(label)[r];
    at[r] = one == NA_INTEGER ? -1 : one - 1;
  }
  SEXP lse = PROTECT(ffi_log_sum_exp(z));
  struct sizes d = sizes_of(z);
  SEXP out = PROTECT(new_array(REALSXP, &d));
  kernel_label_gradient(REAL(out), &s, REAL(lse), at, REAL(g));
  UNPROTECT(2);
  return out;
}

/* Labels t as an array of the shape of the predictions p, where that takes no
   more than a last axis of size 1; NULL where R has to look. */
SEXP ffi_fitted(SEXP t, SEXP p) {
  p = Rf_isObject(p) ? ffi_value(p) : p;
  SEXP of = Rf_getAttrib(t, R_DimSymbol), d = Rf_getAttrib(p, R_DimSymbol);
  if (Rf_isObject(t) || TYPEOF(t) != REALSXP || TYPEOF(p) != REALSXP ||
      TYPEOF(of) != INTSXP || TYPEOF(d) != INTSXP || XLENGTH(t) != XLENGTH(p))
    return R_NilValue;
  if (same_shape(t, p)) return t;
  if (XLENGTH(of) != 1 || XLENGTH(d) != 2 || INTEGER(d)[1] != 1)
    return R_NilValue;
  SEXP out = PROTECT(Rf_allocVector(REALSXP, XLENGTH(t)));
  if (XLENGTH(t))
    memcpy(REAL(out), REAL(t), sizeof(double) * (size_t) XLENGTH(t));
  Rf_setAttrib(out, R_DimSymbol, d);
  UNPROTECT(1);
  return out;
}
