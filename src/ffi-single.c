#include "ffi.h"
#include "kernel-single.h"

/* An array of doubles rounded to single precision. */
SEXP ffi_single(SEXP x) {
  if (TYPEOF(x) != REALSXP) {
    Rf_error("internal error: doubles were expected");
  }
  SEXP out = PROTECT(Rf_allocVector(REALSXP, XLENGTH(x)));
  kernel_single(REAL(out), REAL(x), XLENGTH(x));
  Rf_setAttrib(out, R_DimSymbol, Rf_getAttrib(x, R_DimSymbol));
  UNPROTECT(1);
  return out;
}
