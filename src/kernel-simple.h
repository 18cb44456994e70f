/* The simple cell: h' = f(x W + h U + b). Slots: h', and z where f needs it. */
#ifndef RECURRENT_KERNEL_SIMPLE_H
#define RECURRENT_KERNEL_SIMPLE_H

#include "kernel-step.h"

FN void simple_forward(step *s) {
  REAL *z = s->next[0];
  gemm_size m = {s->lanes, s->inputs, s->pad, s->in_cols, s->pad};
  fill_bias(z, s->w.bias, s->pad, s->lanes);
  gemm_add(z, s->in, s->w.kernel, &m);
  m.k = s->units, m.a_cols = s->pad;
  gemm_add(z, dropped_state(s), s->w.recurrent, &m);
  int f = s->cell->activation;
  if (s->saved && activation_needs_z(f))
    save_slot(s, s->saved + s->units * s->batch, z);
  block_size size = {s->lanes, s->pad, s->units};
  activations[f].forward(z, size);
}

FN void simple_backward(step *s) {
  REAL *d = s->now[0], *y = s->z, *z = NULL;
  int f = s->cell->activation;
  block_size size = {s->lanes, s->pad, s->units};
  load_slot(s, y, s->saved);
  if (activation_needs_z(f)) {
    z = s->z + s->lanes * s->pad;
    load_slot(s, z, s->saved + s->units * s->batch);
  }
  activations[f].backward(d, y, z, size);
  if (s->keep.masked) pick_rows(d, d, NULL, s->pad, s->lanes, &s->keep);
  save_slot(s, s->dz, d);
  memset(s->next[0], 0, s->lanes * s->pad * sizeof(REAL));
  gate_backward(s, d, 0);
  if (s->drop_state)
    multiply(s->next[0], s->next[0], s->drop_state, s->lanes * s->pad);
}

#endif
