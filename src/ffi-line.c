#include <math.h>

#include "ffi-array.h"

struct line line_of(const struct sizes *s, SEXP axis) {
  int at = Rf_asInteger(axis);
  if (at == NA_INTEGER || at < 1 || at > s->rank) {
    Rf_error("internal error: no such axis");
  }
  struct line l = {1, s->d[at - 1], 1};
  for (int k = 0; k < s->rank; ++k) {
    if (k < at - 1) {
      l.inner *= s->d[k];
    } else if (k > at - 1) {
      l.outer *= s->d[k];
    }
  }
  return l;
}

static void drop_axis(struct sizes *s, int at) {
  for (int k = at; k < s->rank; ++k) {
    s->d[k - 1] = s->d[k];
  }
  s->rank -= 1;
}

/* x reduced over `axes` (from 1); kind as in enum reduce_kind. */
SEXP ffi_reduce(SEXP x, SEXP axes, SEXP kind, SEXP keepdims) {
  static const double start[] = {0, 1, -INFINITY, INFINITY};
  element_size(x);
  struct sizes from = sizes_of(x), to = from;
  ptrdiff_t stride[KERNEL_MAX_RANK], step = 1;
  int reduced[KERNEL_MAX_RANK] = {0};
  for (R_xlen_t i = 0; i < Rf_xlength(axes); ++i) {
    int at = INTEGER(axes)[i];
    if (at < 1 || at > from.rank) {
      Rf_error("internal error: no such axis");
    }
    reduced[at - 1] = 1;
  }
  to.rank = 0;
  for (int k = 0; k < from.rank; ++k) {
    stride[k] = reduced[k] ? 0 : step;
    step *= reduced[k] ? 1 : from.d[k];
    if (!reduced[k] || Rf_asLogical(keepdims) == 1) {
      to.d[to.rank++] = reduced[k] ? 1 : from.d[k];
    }
  }
  int by = Rf_asInteger(kind);
  if (by < REDUCE_sum || by > REDUCE_min) {
    Rf_error("internal error: no such reduction");
  }
  x = PROTECT(Rf_coerceVector(x, REALSXP));
  SEXP out = PROTECT(new_array(REALSXP, &to));
  for (R_xlen_t i = 0; i < XLENGTH(out); ++i) {
    REAL(out)[i] = start[by];
  }
  struct walk w = {from.rank, from.d, stride};
  kernel_reduce(REAL(out), REAL(x), &w, (enum reduce_kind) by);
  UNPROTECT(2);
  return out;
}

/* Index (from 0) of the largest (sign 1) or smallest (-1) along an axis. */
SEXP ffi_arg(SEXP x, SEXP axis, SEXP sign) {
  element_size(x);
  struct sizes s = sizes_of(x);
  struct line l = line_of(&s, axis);
  if (l.n == 0) {
    Rf_error("internal error: an empty axis has no largest element");
  }
  drop_axis(&s, Rf_asInteger(axis));
  x = PROTECT(Rf_coerceVector(x, REALSXP));
  SEXP out = PROTECT(new_array(INTSXP, &s));
  kernel_arg(INTEGER(out), REAL(x), &l, Rf_asReal(sign));
  UNPROTECT(2);
  return out;
}

/* The sizes of arrays along an axis; NULL when they differ in another one. */
SEXP ffi_join_sizes(SEXP xs, SEXP axis) {
  if (TYPEOF(xs) != VECSXP || XLENGTH(xs) == 0) {
    Rf_error("internal error: a list of arrays was expected");
  }
  R_xlen_t n = XLENGTH(xs);
  struct sizes first = sizes_of(VECTOR_ELT(xs, 0));
  line_of(&first, axis);
  int at = Rf_asInteger(axis) - 1;
  SEXP out = PROTECT(Rf_allocVector(INTSXP, n));
  for (R_xlen_t i = 0; i < n; ++i) {
    struct sizes s = sizes_of(VECTOR_ELT(xs, i));
    int fits = s.rank == first.rank;
    for (int k = 0; fits && k < s.rank; ++k) {
      fits = k == at || s.d[k] == first.d[k];
    }
    if (!fits) {
      UNPROTECT(1);
      return R_NilValue;
    }
    INTEGER(out)[i] = (int) s.d[at];
  }
  UNPROTECT(1);
  return out;
}

/* The type that all pieces have; sizes[i] of an axis of `total` each, which
   they fill together. NULL is a piece of zeros. */
static SEXPTYPE pieces_type(SEXP xs, SEXP sizes, struct line l) {
  ptrdiff_t total = l.n, at = 0;
  R_xlen_t n = TYPEOF(xs) == VECSXP ? XLENGTH(xs) : -1;
  if (n < 0 || TYPEOF(sizes) != INTSXP || XLENGTH(sizes) != n) {
    Rf_error("internal error: a list of arrays was expected");
  }
  SEXP first = R_NilValue;
  for (R_xlen_t i = 0; i < n; ++i) {
    SEXP x = VECTOR_ELT(xs, i);
    l.n = INTEGER(sizes)[i];
    at += l.n;
    if (l.n < 0 || at > total ||
        (x != R_NilValue && XLENGTH(x) != l.inner * l.n * l.outer)) {
      Rf_error("internal error: pieces do not fit");
    }
    if (x == R_NilValue) {
      continue;
    }
    element_size(x);
    if (first == R_NilValue) {
      first = x;
    }
    if (TYPEOF(x) != TYPEOF(first)) {
      Rf_error("internal error: pieces of several types");
    }
  }
  if (at != total) {
    Rf_error("internal error: pieces do not fill the axis");
  }
  return first == R_NilValue ? REALSXP : (SEXPTYPE) TYPEOF(first);
}

/* Arrays (or NULL for zeros) joined at an axis of an array of shape `dims`;
   piece i fills sizes[i] of the axis. All pieces have one type. */
SEXP ffi_join(SEXP xs, SEXP axis, SEXP dims, SEXP sizes) {
  struct sizes to = sizes_given(dims);
  struct line l = line_of(&to, axis);
  ptrdiff_t total = l.n, at = 0;
  SEXP out = PROTECT(new_array(pieces_type(xs, sizes, l), &to));
  for (R_xlen_t i = 0; i < XLENGTH(xs); ++i) {
    SEXP x = VECTOR_ELT(xs, i);
    l.n = INTEGER(sizes)[i];
    kernel_join(bytes_of(out), x == R_NilValue ? NULL : bytes_of(x),
                element_size(out), &l, total, at);
    at += l.n;
  }
  UNPROTECT(1);
  return out;
}

/* The twin: x cut along an axis into pieces of `sizes`; `drop`: pieces of one
   lose the axis. */
SEXP ffi_cut(SEXP x, SEXP axis, SEXP sizes, SEXP drop) {
  size_t size = element_size(x);
  struct sizes from = sizes_of(x);
  struct line l = line_of(&from, axis);
  ptrdiff_t total = l.n, at = 0;
  if (TYPEOF(sizes) != INTSXP) {
    Rf_error("internal error: sizes must be integers");
  }
  R_xlen_t n = XLENGTH(sizes);
  SEXP out = PROTECT(Rf_allocVector(VECSXP, n));
  for (R_xlen_t i = 0; i < n; ++i) {
    l.n = INTEGER(sizes)[i];
    if (l.n < 0 || at + l.n > total) {
      Rf_error("internal error: pieces do not fit");
    }
    struct sizes piece = from;
    piece.d[Rf_asInteger(axis) - 1] = l.n;
    if (Rf_asLogical(drop) == 1 && l.n == 1) {
      drop_axis(&piece, Rf_asInteger(axis));
    }
    SEXP one = new_array((SEXPTYPE) TYPEOF(x), &piece);
    SET_VECTOR_ELT(out, i, one);
    kernel_cut(bytes_of(one), bytes_of(x), size, &l, total, at);
    at += l.n;
  }
  UNPROTECT(1);
  return out;
}
