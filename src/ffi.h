/* Entry points of .Call, one line each; init.c lists them with their arity. */
#ifndef RECURRENT_FFI_H
#define RECURRENT_FFI_H

#define R_NO_REMAP
#include <Rinternals.h>

SEXP ffi_affine(SEXP row, SEXP x, SEXP w, SEXP b, SEXP tapes, SEXP session);
SEXP ffi_arg(SEXP x, SEXP axis, SEXP sign);
SEXP ffi_batch_multiply(SEXP a, SEXP b);
SEXP ffi_binary(SEXP row, SEXP x, SEXP y, SEXP tapes, SEXP session);
SEXP ffi_blanks(SEXP xs);
SEXP ffi_bound_to(SEXP self);
SEXP ffi_cut(SEXP x, SEXP axis, SEXP sizes, SEXP drop);
SEXP ffi_dropout(SEXP rate, SEXP sizes);
SEXP ffi_drops_any(SEXP cells);
SEXP ffi_erf(SEXP x);
SEXP ffi_fitted(SEXP t, SEXP p);
SEXP ffi_flatten(SEXP sources);
SEXP ffi_gradients(SEXP tape, SEXP target, SEXP sources, SEXP session,
                   SEXP rule, SEXP run);
SEXP ffi_ids(SEXP xs, SEXP session);
SEXP ffi_join(SEXP xs, SEXP axis, SEXP dims, SEXP sizes);
SEXP ffi_join_sizes(SEXP xs, SEXP axis);
SEXP ffi_move(SEXP weights, SEXP grads, SEXP holder, SEXP numbers, SEXP decays,
              SEXP set);
SEXP ffi_pack(SEXP like, SEXP leaves);
SEXP ffi_pair(SEXP a, SEXP b, SEXP kind);
SEXP ffi_parts(SEXP self);
SEXP ffi_plain_call(SEXP self, SEXP x);
SEXP ffi_prod_backward(SEXP g, SEXP x, SEXP axis, SEXP running);
SEXP ffi_record(SEXP row, SEXP inputs, SEXP outs, SEXP values, SEXP y,
                SEXP attrs, SEXP tapes, SEXP session);
SEXP ffi_reduce(SEXP x, SEXP axes, SEXP kind, SEXP keepdims);
void remember_process(void);

SEXP ffi_activate(SEXP x, SEXP which, SEXP precision, SEXP run);
SEXP ffi_ask_room(SEXP bytes);
SEXP ffi_kernel_probe(SEXP rounds, SEXP precision, SEXP run);
SEXP ffi_kernels(void);
SEXP ffi_keep_memory(void);
SEXP ffi_label_gradient(SEXP z, SEXP label, SEXP g);
SEXP ffi_layers(SEXP self);
SEXP ffi_log_sum_exp(SEXP z);
SEXP ffi_matmul(SEXP a, SEXP b, SEXP ta, SEXP tb, SEXP run);
SEXP ffi_pool_reused(void);
SEXP ffi_rnn_backward(SEXP x, SEXP weights, SEXP states, SEXP mask,
                      SEXP dropout, SEXP spec, SEXP saved, SEXP d_output,
                      SEXP d_states, SEXP need, SEXP run);
SEXP ffi_rnn_forward(SEXP x, SEXP weights, SEXP states, SEXP mask, SEXP dropout,
                     SEXP spec, SEXP keep, SEXP run);
SEXP ffi_rnn_layers(SEXP input, SEXP layers, SEXP row, SEXP tapes, SEXP session,
                    SEXP run);
SEXP ffi_rnn_quick(SEXP self, SEXP inputs, SEXP initial, SEXP mask,
                   SEXP dropout, SEXP row, SEXP tapes, SEXP session,
                   SEXP whole);
SEXP ffi_row_major(SEXP x, SEXP dims);
SEXP ffi_rows(SEXP x, SEXP index);
SEXP ffi_same_dims(SEXP a, SEXP b);
SEXP ffi_scan(SEXP x, SEXP axis, SEXP kind);
SEXP ffi_single(SEXP x);
SEXP ffi_stretch(SEXP x, SEXP dims);
SEXP ffi_stretch_pair(SEXP a, SEXP b);
SEXP ffi_sum_to(SEXP g, SEXP dims);
SEXP ffi_take(SEXP x, SEXP index, SEXP axis);
SEXP ffi_take_add(SEXP g, SEXP index, SEXP axis, SEXP n);
SEXP ffi_tensor(SEXP value, SEXP mask);
SEXP ffi_top(SEXP z);
SEXP ffi_unary(SEXP row, SEXP x, SEXP tapes, SEXP session);
SEXP ffi_value(SEXP x);
SEXP ffi_values(SEXP xs);
SEXP ffi_weights(SEXP self);
SEXP ffi_where(SEXP condition, SEXP a, SEXP b);

#endif
