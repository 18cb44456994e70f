/* What the short roads of calls ask of a layer, an environment. */
#ifndef RECURRENT_FFI_CALL_H
#define RECURRENT_FFI_CALL_H

#define R_NO_REMAP
#include <Rinternals.h>

/* NULL where there is none. */
SEXP member(SEXP frame, const char *name);

int is_true(SEXP x);

/* A tensor's mask; variables have none, and arrays. */
SEXP own_mask(SEXP x);

#endif
