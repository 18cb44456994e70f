/* Entry points of .Call, one line each; init.c lists them with their arity. */
#ifndef RECURRENT_FFI_H
#define RECURRENT_FFI_H

#define R_NO_REMAP
#include <Rinternals.h>

SEXP ffi_rnn_backward(SEXP x, SEXP weights, SEXP states, SEXP mask,
                      SEXP dropout, SEXP spec, SEXP saved, SEXP d_output,
                      SEXP d_states, SEXP need, SEXP run);
SEXP ffi_rnn_forward(SEXP x, SEXP weights, SEXP states, SEXP mask,
                     SEXP dropout, SEXP spec, SEXP keep, SEXP run);
SEXP ffi_tensor(SEXP value, SEXP mask);

#endif
