#include <string.h>

#include "ffi-array.h"

/* Indices from 1, given by R, as indices from 0. */
static int *zero_based(SEXP index, ptrdiff_t n) {
  if (TYPEOF(index) != INTSXP) {
    Rf_error("internal error: indices must be integers");
  }
  R_xlen_t k = XLENGTH(index);
  int *out = (int *) R_alloc((size_t) k + 1, sizeof(int));
  for (R_xlen_t i = 0; i < k; ++i) {
    int at = INTEGER(index)[i];
    if (at == NA_INTEGER || at < 1 || at > n) {
      Rf_error("internal error: index out of range");
    }
    out[i] = at - 1;
  }
  return out;
}

/* Slices `index` (from 1) of an axis of x. */
SEXP ffi_take(SEXP x, SEXP index, SEXP axis) {
  size_t size = element_size(x);
  struct sizes s = sizes_of(x);
  struct line l = line_of(&s, axis);
  const int *at = zero_based(index, l.n);
  s.d[Rf_asInteger(axis) - 1] = (ptrdiff_t) XLENGTH(index);
  SEXP out = PROTECT(new_array((SEXPTYPE) TYPEOF(x), &s));
  kernel_take(bytes_of(out), bytes_of(x), size, &l, at, XLENGTH(index));
  UNPROTECT(1);
  return out;
}

/* Columns `index` of a matrix (features, samples) as rows, in the shape that
   its attribute "axes" gives a sample. */
static SEXP turned_rows(SEXP x, SEXP axes, const int *at, R_xlen_t k) {
  struct sizes own = sizes_of(x), tail = sizes_given(axes);
  size_t size = element_size(x);
  struct sizes s = {.rank = tail.rank + 1};
  s.d[0] = (ptrdiff_t) k;
  memcpy(s.d + 1, tail.d, sizeof(ptrdiff_t) * (size_t) tail.rank);
  if (own.rank != 2 || tail.rank >= KERNEL_MAX_RANK ||
      total_size(&tail) != own.d[0]) {
    Rf_error("internal error: samples are not of the shape they should be");
  }
  SEXP out = PROTECT(new_array((SEXPTYPE) TYPEOF(x), &s));
  kernel_take_turned(bytes_of(out), bytes_of(x), size, own.d[0], at, k);
  UNPROTECT(1);
  return out;
}

static ptrdiff_t n_rows(SEXP x, SEXP axes) {
  struct sizes s = sizes_of(x);
  if (s.rank == 0) return (ptrdiff_t) XLENGTH(x);
  return s.d[axes == R_NilValue ? 0 : s.rank - 1];
}

/* Rows `index` of an array, and of all arrays in lists of lists; NULL stays. */
SEXP ffi_rows(SEXP x, SEXP index) {
  if (x == R_NilValue) return x;
  if (TYPEOF(x) == VECSXP) {
    SEXP out = PROTECT(Rf_allocVector(VECSXP, XLENGTH(x)));
    for (R_xlen_t i = 0; i < XLENGTH(x); ++i) {
      SET_VECTOR_ELT(out, i, ffi_rows(VECTOR_ELT(x, i), index));
    }
    Rf_setAttrib(out, R_NamesSymbol, Rf_getAttrib(x, R_NamesSymbol));
    UNPROTECT(1);
    return out;
  }
  SEXP axes = Rf_getAttrib(x, Rf_install("axes"));
  const int *at = zero_based(index, n_rows(x, axes));
  if (axes != R_NilValue) return turned_rows(x, axes, at, XLENGTH(index));
  size_t size = element_size(x);
  struct sizes s = sizes_of(x);
  if (s.rank == 0) s = (struct sizes){1, {(ptrdiff_t) XLENGTH(x)}};
  struct line l = {1, s.d[0], 1};
  for (int k = 1; k < s.rank; ++k) l.outer *= s.d[k];
  s.d[0] = (ptrdiff_t) XLENGTH(index);
  SEXP out = PROTECT(new_array((SEXPTYPE) TYPEOF(x), &s));
  kernel_take(bytes_of(out), bytes_of(x), size, &l, at, XLENGTH(index));
  UNPROTECT(1);
  return out;
}

/* The twin of ffi_take(): slices of g added up into an array of zeros with n on
 * the axis. */
SEXP ffi_take_add(SEXP g, SEXP index, SEXP axis, SEXP n) {
  check_double(g, "g");
  struct sizes s = sizes_of(g);
  struct line l = line_of(&s, axis);
  if (l.n != XLENGTH(index) || Rf_asInteger(n) < 0) {
    Rf_error("internal error: one slice per index was expected");
  }
  l.n = Rf_asInteger(n);
  const int *at = zero_based(index, l.n);
  s.d[Rf_asInteger(axis) - 1] = l.n;
  SEXP out = PROTECT(new_array(REALSXP, &s));
  memset(REAL(out), 0, sizeof(double) * (size_t) XLENGTH(out));
  kernel_take_add(REAL(out), REAL(g), &l, at, XLENGTH(index));
  UNPROTECT(1);
  return out;
}

enum scan_kind { SCAN_sum = 0, SCAN_sum_back, SCAN_prod };

/* Running sums and products along an axis. */
SEXP ffi_scan(SEXP x, SEXP axis, SEXP kind) {
  check_double(x, "x");
  struct sizes s = sizes_of(x);
  struct line l = line_of(&s, axis);
  int by = Rf_asInteger(kind);
  if (by < SCAN_sum || by > SCAN_prod) {
    Rf_error("internal error: no such running reduction");
  }
  SEXP out = PROTECT(new_array(REALSXP, &s));
  if (by == SCAN_prod) {
    kernel_cumprod(REAL(out), REAL(x), &l);
  } else {
    kernel_cumsum(REAL(out), REAL(x), &l, by == SCAN_sum_back);
  }
  UNPROTECT(1);
  return out;
}

/* Gradient of the product over an axis; `running`: of the running product. */
SEXP ffi_prod_backward(SEXP g, SEXP x, SEXP axis, SEXP running) {
  check_double(g, "g");
  check_double(x, "x");
  struct sizes s = sizes_of(x);
  struct line l = line_of(&s, axis);
  int is_running = Rf_asLogical(running) == 1;
  ptrdiff_t want = l.inner * l.outer * (is_running ? l.n : 1);
  if ((ptrdiff_t) XLENGTH(g) != want) {
    Rf_error("internal error: a gradient does not fit its input");
  }
  SEXP out = PROTECT(new_array(REALSXP, &s));
  if (is_running) {
    kernel_cumprod_backward(REAL(out), REAL(g), REAL(x), &l);
  } else {
    kernel_prod_backward(REAL(out), REAL(g), REAL(x), &l);
  }
  UNPROTECT(1);
  return out;
}

/* a (batch, m, k) times b (batch, k, n). */
SEXP ffi_batch_multiply(SEXP a, SEXP b) {
  check_double(a, "a");
  check_double(b, "b");
  struct sizes sa = sizes_of(a), sb = sizes_of(b);
  if (sa.rank != 3 || sb.rank != 3 || sa.d[0] != sb.d[0] ||
      sa.d[2] != sb.d[1]) {
    Rf_error("internal error: batches of matrices do not fit");
  }
  struct batch_sizes s = {sa.d[0], sa.d[1], sa.d[2], sb.d[2]};
  struct sizes to = {3, {s.batch, s.m, s.n}};
  SEXP out = PROTECT(new_array(REALSXP, &to));
  memset(REAL(out), 0, sizeof(double) * (size_t) XLENGTH(out));
  kernel_batch_multiply(REAL(out), REAL(a), REAL(b), &s);
  UNPROTECT(1);
  return out;
}

SEXP ffi_erf(SEXP x) {
  check_double(x, "x");
  struct sizes s = sizes_of(x);
  SEXP out = PROTECT(new_array(REALSXP, &s));
  kernel_erf(REAL(out), REAL(x), (ptrdiff_t) XLENGTH(x));
  UNPROTECT(1);
  return out;
}
