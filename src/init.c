#include <R_ext/Rdynload.h>
#include <R_ext/Visibility.h>

#include "ffi.h"

#define ROW(name, arity)                                                       \
  { #name, (DL_FUNC) &name, arity }

/* clang-format off */
static const R_CallMethodDef call_methods[] = {
    ROW(ffi_activate, 4),
    ROW(ffi_affine, 6),
    ROW(ffi_arg, 3),
    ROW(ffi_ask_room, 1),
    ROW(ffi_batch_multiply, 2),
    ROW(ffi_binary, 5),
    ROW(ffi_blanks, 1),
    ROW(ffi_bound_to, 1),
    ROW(ffi_cut, 4),
    ROW(ffi_dropout, 2),
    ROW(ffi_drops_any, 1),
    ROW(ffi_erf, 1),
    ROW(ffi_fitted, 2),
    ROW(ffi_flatten, 1),
    ROW(ffi_gradients, 6),
    ROW(ffi_ids, 2),
    ROW(ffi_join, 4),
    ROW(ffi_join_sizes, 2),
    ROW(ffi_keep_memory, 0),
    ROW(ffi_kernel_probe, 3),
    ROW(ffi_kernels, 0),
    ROW(ffi_label_gradient, 3),
    ROW(ffi_layers, 1),
    ROW(ffi_log_sum_exp, 1),
    ROW(ffi_matmul, 5),
    ROW(ffi_move, 6),
    ROW(ffi_pack, 2),
    ROW(ffi_pair, 3),
    ROW(ffi_parts, 1),
    ROW(ffi_plain_call, 2),
    ROW(ffi_pool_reused, 0),
    ROW(ffi_prod_backward, 4),
    ROW(ffi_record, 8),
    ROW(ffi_reduce, 4),
    ROW(ffi_rnn_backward, 11),
    ROW(ffi_rnn_forward, 8),
    ROW(ffi_rnn_layers, 6),
    ROW(ffi_rnn_quick, 9),
    ROW(ffi_row_major, 2),
    ROW(ffi_rows, 2),
    ROW(ffi_same_dims, 2),
    ROW(ffi_scan, 3),
    ROW(ffi_single, 1),
    ROW(ffi_stretch, 2),
    ROW(ffi_stretch_pair, 2),
    ROW(ffi_sum_to, 2),
    ROW(ffi_take, 3),
    ROW(ffi_take_add, 4),
    ROW(ffi_tensor, 2),
    ROW(ffi_top, 1),
    ROW(ffi_unary, 4),
    ROW(ffi_value, 1),
    ROW(ffi_values, 1),
    ROW(ffi_weights, 1),
    ROW(ffi_where, 3),
    {NULL, NULL, 0},
};
/* clang-format on */

void attribute_visible R_init_recurrent(DllInfo *dll) {
  remember_process();
  R_registerRoutines(dll, NULL, call_methods, NULL, NULL);
  R_useDynamicSymbols(dll, FALSE);
  R_forceSymbols(dll, TRUE);
}
