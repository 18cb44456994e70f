/* Entry points of .Call, one line each; init.c lists them with their arity. */
#ifndef RECURRENT_FFI_H
#define RECURRENT_FFI_H

#define R_NO_REMAP
#include <Rinternals.h>

SEXP ffi_tensor(SEXP value, SEXP mask);

#endif
