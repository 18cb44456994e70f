#include <R_ext/Rdynload.h>
#include <R_ext/Visibility.h>

#include "ffi.h"

#define ROW(name, arity) {#name, (DL_FUNC) &name, arity}

static const R_CallMethodDef call_methods[] = {
    ROW(ffi_activate, 4),
    ROW(ffi_kernels, 0),
    ROW(ffi_matmul, 5),
    ROW(ffi_rnn_backward, 11),
    ROW(ffi_rnn_forward, 8),
    ROW(ffi_tensor, 2),
    {NULL, NULL, 0},
};

void attribute_visible R_init_recurrent(DllInfo *dll) {
  remember_process();
  R_registerRoutines(dll, NULL, call_methods, NULL, NULL);
  R_useDynamicSymbols(dll, FALSE);
  R_forceSymbols(dll, TRUE);
}
