#include "ffi.h"

/* Every tensor carries a number that no other tensor of the session has: the
   tape knows tensors by it. A double counts to 2^53. */
static double next_id(void) {
  static double last = 0;
  return ++last;
}

/* A tensor is list(value, id, mask) of class "recurrent_tensor" with the S4 bit
   set, so that `%*%` dispatches on R < 4.3 too. */
SEXP ffi_tensor(SEXP value, SEXP mask) {
  static const char *names[] = {"value", "id", "mask", ""};
  SEXP x = PROTECT(Rf_mkNamed(VECSXP, names));
  SET_VECTOR_ELT(x, 0, value);
  SET_VECTOR_ELT(x, 1, Rf_ScalarReal(next_id()));
  SET_VECTOR_ELT(x, 2, mask);
  SEXP cls = PROTECT(Rf_mkString("recurrent_tensor"));
  Rf_setAttrib(x, R_ClassSymbol, cls);
  SET_S4_OBJECT(x);
  UNPROTECT(2);
  return x;
}
