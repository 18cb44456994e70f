#include "ffi-array.h"

static SEXPTYPE wider(SEXP a, SEXP b) {
  if (TYPEOF(a) == REALSXP || TYPEOF(b) == REALSXP) {
    return REALSXP;
  }
  return TYPEOF(a) == INTSXP || TYPEOF(b) == INTSXP ? INTSXP : LGLSXP;
}

/* a where condition is TRUE, b elsewhere (and where it is NA), with
   broadcasting; NULL when the shapes do not fit. */
SEXP ffi_where(SEXP condition, SEXP a, SEXP b) {
  element_size(condition);
  element_size(a);
  element_size(b);
  struct sizes s[3] = {sizes_of(condition), sizes_of(a), sizes_of(b)};
  struct sizes values = {0}, to = {0};
  if (!common_sizes(&values, &s[1], &s[2]) ||
      !common_sizes(&to, &s[0], &values)) {
    return R_NilValue;
  }
  ptrdiff_t stride[3][KERNEL_MAX_RANK];
  struct choice c = {0};
  for (int k = 0; k < 3; ++k) {
    stretch_strides(stride[k], &s[k], &to);
    c.walks[k].rank = to.rank;
    c.walks[k].dims = to.d;
    c.walks[k].stride = stride[k];
  }
  SEXPTYPE type = wider(a, b);
  condition = PROTECT(Rf_coerceVector(condition, LGLSXP));
  a = PROTECT(Rf_coerceVector(a, type));
  b = PROTECT(Rf_coerceVector(b, type));
  SEXP out = PROTECT(new_array(type, &to));
  c.condition = LOGICAL(condition);
  c.a = bytes_of(a);
  c.b = bytes_of(b);
  kernel_choose(bytes_of(out), element_size(out), &c);
  UNPROTECT(4);
  return out;
}

/* Which elements of a list are the empty symbol: `x[, 1]` gives TRUE, FALSE. */
SEXP ffi_blanks(SEXP xs) {
  if (TYPEOF(xs) != VECSXP) {
    Rf_error("internal error: a list was expected");
  }
  R_xlen_t n = XLENGTH(xs);
  SEXP out = PROTECT(Rf_allocVector(LGLSXP, n));
  for (R_xlen_t i = 0; i < n; ++i) {
    LOGICAL(out)[i] = VECTOR_ELT(xs, i) == R_MissingArg;
  }
  UNPROTECT(1);
  return out;
}
