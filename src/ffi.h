/* Entry points of .Call, one line each; init.c lists them with their arity. */
#ifndef RECURRENT_FFI_H
#define RECURRENT_FFI_H

#define R_NO_REMAP
#include <Rinternals.h>

void remember_process(void);

SEXP ffi_activate(SEXP x, SEXP which, SEXP precision, SEXP run);
SEXP ffi_kernels(void);
SEXP ffi_matmul(SEXP a, SEXP b, SEXP ta, SEXP tb, SEXP run);
SEXP ffi_rnn_backward(SEXP x, SEXP weights, SEXP states, SEXP mask,
                      SEXP dropout, SEXP spec, SEXP saved, SEXP d_output,
                      SEXP d_states, SEXP need, SEXP run);
SEXP ffi_rnn_forward(SEXP x, SEXP weights, SEXP states, SEXP mask,
                     SEXP dropout, SEXP spec, SEXP keep, SEXP run);
SEXP ffi_tensor(SEXP value, SEXP mask);

#endif
