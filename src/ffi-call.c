/* What the short roads of calls ask of a layer, an environment. */
#include "ffi-call.h"

#include "ffi.h"
#include "ffi-op.h"

SEXP member(SEXP frame, const char *name) {
  if (TYPEOF(frame) != ENVSXP) return R_NilValue;
  SEXP x = Rf_findVarInFrame(frame, Rf_install(name));
  if (TYPEOF(x) == PROMSXP) { /* an argument of a function */
    PROTECT(x);
    x = Rf_eval(x, R_BaseEnv);
    UNPROTECT(1);
  }
  return x == R_UnboundValue ? R_NilValue : x;
}

int is_true(SEXP x) {
  return TYPEOF(x) == LGLSXP && XLENGTH(x) == 1 && LOGICAL(x)[0] == 1;
}

/* Whether x is a tensor that holds its array itself. */
static int is_plain_tensor(SEXP x) {
  return is_made_here(x) || (TYPEOF(x) == VECSXP && XLENGTH(x) >= 3 &&
                             Rf_inherits(x, "recurrent_tensor"));
}

SEXP own_mask(SEXP x) {
  return is_plain_tensor(x) ? VECTOR_ELT(x, 2) : R_NilValue;
}

static int is_single(SEXP self) {
  SEXP dtype = member(self, "dtype");
  return TYPEOF(dtype) == STRSXP && XLENGTH(dtype) == 1 &&
         strcmp(CHAR(STRING_ELT(dtype, 0)), "float32") == 0;
}

static int drops(SEXP cell, const char *name) {
  SEXP rate = member(cell, name);
  return !(TYPEOF(rate) == REALSXP && XLENGTH(rate) == 1 && REAL(rate)[0] == 0);
}

/* Whether any of the cells drops out inputs or states in training. */
SEXP ffi_drops_any(SEXP cells) {
  int any = 0;
  if (TYPEOF(cells) != VECSXP) Rf_error("internal error: these are no cells");
  for (R_xlen_t i = 0; i < XLENGTH(cells); i++)
    any |= drops(VECTOR_ELT(cells, i), "dropout") ||
           drops(VECTOR_ELT(cells, i), "recurrent_dropout");
  return Rf_ScalarLogical(any);
}

/* Whether the call of a layer on x, inside another layer's, is no more than its
   `call`: then whether that takes `training`; NULL where there is more. */
SEXP ffi_plain_call(SEXP self, SEXP x) {
  enum { KNOWS_TRAINING = 3, N_KNOWN = 5 };
  static const char *const nothing[] = {"activity_regularizer", ".generator"};
  SEXP known = member(self, ".call_arguments");
  if (TYPEOF(known) != VECSXP || XLENGTH(known) != N_KNOWN ||
      !is_true(member(self, "built")) || !is_plain_tensor(x) ||
      own_mask(x) != R_NilValue || Rf_inherits(self, "Model") ||
      is_single(self))
    return R_NilValue;
  for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++)
    if (member(self, nothing[i]) != R_NilValue) return R_NilValue;
  if (member(self, ".losses") != R_NilValue)
    Rf_defineVar(Rf_install(".losses"), R_NilValue, self);
  return VECTOR_ELT(known, KNOWS_TRAINING);
}
