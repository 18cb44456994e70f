#include <stdint.h>
#include <time.h>

#include "ffi.h"
#include "ffi-op.h"

/* Where this session's ids start. Tensors travel in files and to workers, so
   sessions count in ranges of their own, 2^20 apart and drawn from 2^32. */
static double first_id(void) {
  uint64_t mix = (uint64_t) time(NULL);
  mix = (mix << 24) ^ (uint64_t) clock() ^ (uint64_t) (uintptr_t) &mix;
  mix *= UINT64_C(0x9E3779B97F4A7C15);
  return (double) (mix >> 32) * 1048576.0;
}

/* Every tensor carries a number that no other tensor of the session has: the
   tape knows tensors by it. A double counts to 2^53. */
static double next_id(void) {
  static double last = 0;
  if (last == 0) last = first_id();
  return ++last;
}

static SEXP kept_strings(const char *const *strings, int n) {
  SEXP out = Rf_allocVector(STRSXP, n);
  R_PreserveObject(out);
  for (int i = 0; i < n; ++i) {
    SET_STRING_ELT(out, i, Rf_mkChar(strings[i]));
  }
  MARK_NOT_MUTABLE(out);
  return out;
}

static SEXP tensor_class(void) {
  static const char *const tensor[] = {"recurrent_tensor"};
  static SEXP cls = NULL;
  if (!cls) cls = kept_strings(tensor, 1);
  return cls;
}

/* A tensor is list(value, id, mask) of class "recurrent_tensor" with the S4 bit
   set, so that `%*%` dispatches on R < 4.3 too. All share names and class. */
SEXP ffi_tensor(SEXP value, SEXP mask) {
  static const char *const members[] = {"value", "id", "mask"};
  static SEXP names = NULL;
  if (!names) names = kept_strings(members, 3);
  SEXP x = PROTECT(Rf_allocVector(VECSXP, 3));
  SET_VECTOR_ELT(x, 0, value);
  SET_VECTOR_ELT(x, 1, Rf_ScalarReal(next_id()));
  SET_VECTOR_ELT(x, 2, mask);
  Rf_setAttrib(x, R_NamesSymbol, names);
  Rf_setAttrib(x, R_ClassSymbol, tensor_class());
  SET_S4_OBJECT(x);
  UNPROTECT(1);
  return x;
}

int is_made_here(SEXP x) {
  return TYPEOF(x) == VECSXP && XLENGTH(x) >= 3 &&
         Rf_getAttrib(x, R_ClassSymbol) == tensor_class();
}

/* The array inside a tensor, or a bare number itself. NULL for anything else:
   symbolic tensors, and arrays that R code still has to look at. */
SEXP ffi_value(SEXP x) {
  if (is_made_here(x)) return VECTOR_ELT(x, 0);
  if (!Rf_isObject(x)) {
    int number =
        (TYPEOF(x) == REALSXP || TYPEOF(x) == INTSXP || TYPEOF(x) == LGLSXP) &&
        XLENGTH(x) == 1;
    return number && Rf_getAttrib(x, R_DimSymbol) == R_NilValue &&
                   Rf_getAttrib(x, R_NamesSymbol) == R_NilValue
               ? x
               : R_NilValue;
  }
  if (TYPEOF(x) == ENVSXP && Rf_inherits(x, "recurrent_variable")) {
    static SEXP symbol = NULL;
    if (!symbol) symbol = Rf_install("value");
    SEXP value = Rf_findVarInFrame(x, symbol);
    return value == R_UnboundValue ? R_NilValue : value;
  }
  if (TYPEOF(x) != VECSXP || !Rf_inherits(x, "recurrent_tensor") ||
      Rf_inherits(x, "recurrent_symbolic") || XLENGTH(x) < 3) {
    return R_NilValue;
  }
  return VECTOR_ELT(x, 0);
}

/* The same for a list; NULL when it is NULL for one of them. */
SEXP ffi_values(SEXP xs) {
  if (TYPEOF(xs) != VECSXP) {
    Rf_error("internal error: a list of inputs was expected");
  }
  R_xlen_t n = XLENGTH(xs);
  SEXP out = PROTECT(Rf_allocVector(VECSXP, n));
  for (R_xlen_t i = 0; i < n; ++i) {
    SEXP value = ffi_value(VECTOR_ELT(xs, i));
    if (value == R_NilValue) {
      UNPROTECT(1);
      return R_NilValue;
    }
    SET_VECTOR_ELT(out, i, value);
  }
  UNPROTECT(1);
  return out;
}
