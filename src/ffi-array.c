#include <limits.h>
#include <string.h>

#include "ffi-array.h"

size_t element_size(SEXP x) {
  switch (TYPEOF(x)) {
  case REALSXP:
    return sizeof(double);
  case INTSXP:
  case LGLSXP:
    return sizeof(int);
  default:
    Rf_error("internal error: an array of numbers was expected");
  }
}

char *bytes_of(SEXP x) {
  return TYPEOF(x) == REALSXP  ? (char *) REAL(x)
         : TYPEOF(x) == INTSXP ? (char *) INTEGER(x)
                               : (char *) LOGICAL(x);
}

void check_double(SEXP x, const char *arg) {
  if (TYPEOF(x) != REALSXP) {
    Rf_error("internal error: `%s` must be an array of doubles", arg);
  }
}

static void check_total(double total) {
  if (total > (double) R_XLEN_T_MAX) {
    Rf_error("an array of %.0f elements is too large", total);
  }
}

struct sizes sizes_given(SEXP dims) {
  struct sizes s = {0};
  if (TYPEOF(dims) != INTSXP) {
    Rf_error("internal error: axis sizes must be integers");
  }
  if (XLENGTH(dims) > KERNEL_MAX_RANK) {
    Rf_error("arrays of more than %d axes are not supported", KERNEL_MAX_RANK);
  }
  s.rank = (int) XLENGTH(dims);
  double most = 1; /* strides count past an empty axis, and must not overflow */
  for (int k = 0; k < s.rank; ++k) {
    s.d[k] = INTEGER(dims)[k];
    if (s.d[k] < 0) {
      Rf_error("internal error: negative axis size");
    }
    most *= s.d[k] ? (double) s.d[k] : 1;
  }
  check_total(most);
  return s;
}

struct sizes sizes_of(SEXP x) {
  SEXP dims = Rf_getAttrib(x, R_DimSymbol);
  if (dims != R_NilValue) {
    return sizes_given(dims);
  }
  struct sizes s = {0};
  if (XLENGTH(x) > INT_MAX) {
    Rf_error("a vector of more than %d elements needs dims", INT_MAX);
  }
  s.rank = XLENGTH(x) == 1 ? 0 : 1;
  s.d[0] = XLENGTH(x);
  return s;
}

R_xlen_t total_size(const struct sizes *s) {
  double total = 1;
  for (int k = 0; k < s->rank; ++k) {
    total *= (double) s->d[k];
  }
  check_total(total);
  return (R_xlen_t) total;
}

SEXP new_array(SEXPTYPE type, const struct sizes *s) {
  SEXP out = PROTECT(Rf_allocVector(type, total_size(s)));
  if (s->rank) {
    SEXP dims = PROTECT(Rf_allocVector(INTSXP, s->rank));
    for (int k = 0; k < s->rank; ++k) {
      INTEGER(dims)[k] = (int) s->d[k];
    }
    Rf_setAttrib(out, R_DimSymbol, dims);
    UNPROTECT(1);
  }
  UNPROTECT(1);
  return out;
}

int stretch_strides(ptrdiff_t *stride, const struct sizes *x,
                    const struct sizes *out) {
  int shift = out->rank - x->rank;
  if (shift < 0) {
    return 0;
  }
  ptrdiff_t step = 1;
  for (int k = 0; k < out->rank; ++k) {
    ptrdiff_t n = k < shift ? 1 : x->d[k - shift];
    if (n != out->d[k] && n != 1) {
      return 0;
    }
    stride[k] = n == 1 ? 0 : step;
    step *= n;
  }
  return 1;
}

int common_sizes(struct sizes *out, const struct sizes *a,
                 const struct sizes *b) {
  out->rank = a->rank > b->rank ? a->rank : b->rank;
  for (int k = 0; k < out->rank; ++k) {
    int ka = k - (out->rank - a->rank), kb = k - (out->rank - b->rank);
    ptrdiff_t na = ka < 0 ? 1 : a->d[ka], nb = kb < 0 ? 1 : b->d[kb];
    if (na != nb && na != 1 && nb != 1) {
      return 0;
    }
    out->d[k] = na == 1 ? nb : na;
  }
  return 1;
}

/* TRUE when R's own recycling does what broadcasting would: shapes are equal,
   or one is a bare number. */
SEXP ffi_same_dims(SEXP a, SEXP b) {
  SEXP da = Rf_getAttrib(a, R_DimSymbol), db = Rf_getAttrib(b, R_DimSymbol);
  if (da == R_NilValue || db == R_NilValue) {
    return Rf_ScalarLogical(1);
  }
  R_xlen_t n = XLENGTH(da);
  if (TYPEOF(da) != INTSXP || TYPEOF(db) != INTSXP || XLENGTH(db) != n) {
    return Rf_ScalarLogical(0);
  }
  size_t bytes = sizeof(int) * (size_t) n;
  return Rf_ScalarLogical(memcmp(INTEGER(da), INTEGER(db), bytes) == 0);
}

static SEXP stretch(SEXP x, const struct sizes *from, const struct sizes *to) {
  ptrdiff_t stride[KERNEL_MAX_RANK];
  if (!stretch_strides(stride, from, to)) {
    return R_NilValue;
  }
  struct walk w = {to->rank, to->d, stride};
  SEXP out = PROTECT(new_array((SEXPTYPE) TYPEOF(x), to));
  kernel_read(bytes_of(out), bytes_of(x), element_size(x), &w);
  UNPROTECT(1);
  return out;
}

/* x stretched to `dims`; NULL when it does not fit. */
SEXP ffi_stretch(SEXP x, SEXP dims) {
  element_size(x);
  struct sizes from = sizes_of(x), to = sizes_given(dims);
  return stretch(x, &from, &to);
}

/* Both arrays stretched to their common shape; NULL when there is none. */
SEXP ffi_stretch_pair(SEXP a, SEXP b) {
  element_size(a);
  element_size(b);
  struct sizes sa = sizes_of(a), sb = sizes_of(b), to = {0};
  if (!common_sizes(&to, &sa, &sb)) {
    return R_NilValue;
  }
  SEXP out = PROTECT(Rf_allocVector(VECSXP, 2));
  SET_VECTOR_ELT(out, 0, stretch(a, &sa, &to));
  SET_VECTOR_ELT(out, 1, stretch(b, &sb, &to));
  UNPROTECT(1);
  return out;
}

/* a (kind) b with broadcasting; NULL when the shapes do not fit. */
SEXP ffi_pair(SEXP a, SEXP b, SEXP kind) {
  element_size(a);
  element_size(b);
  int by = Rf_asInteger(kind);
  if (by < PAIR_add || by > PAIR_min) {
    Rf_error("internal error: no such pair of operands");
  }
  struct sizes sa = sizes_of(a), sb = sizes_of(b), to = {0};
  if (!common_sizes(&to, &sa, &sb)) {
    return R_NilValue;
  }
  ptrdiff_t stride_a[KERNEL_MAX_RANK], stride_b[KERNEL_MAX_RANK];
  stretch_strides(stride_a, &sa, &to);
  stretch_strides(stride_b, &sb, &to);
  struct walk wa = {to.rank, to.d, stride_a}, wb = {to.rank, to.d, stride_b};
  a = PROTECT(Rf_coerceVector(a, REALSXP));
  b = PROTECT(Rf_coerceVector(b, REALSXP));
  SEXP out = PROTECT(new_array(REALSXP, &to));
  kernel_pair(REAL(out), REAL(a), &wa, REAL(b), &wb, (enum pair_kind) by);
  UNPROTECT(3);
  return out;
}

/* The gradient of stretching: g summed to the shape `dims`. */
SEXP ffi_sum_to(SEXP g, SEXP dims) {
  check_double(g, "g");
  struct sizes from = sizes_of(g), to = sizes_given(dims);
  ptrdiff_t stride[KERNEL_MAX_RANK];
  if (!stretch_strides(stride, &to, &from)) {
    Rf_error("internal error: a gradient does not fit its input");
  }
  struct walk w = {from.rank, from.d, stride};
  SEXP out = PROTECT(new_array(REALSXP, &to));
  memset(REAL(out), 0, sizeof(double) * (size_t) XLENGTH(out));
  kernel_reduce(REAL(out), REAL(g), &w, REDUCE_sum);
  UNPROTECT(1);
  return out;
}
