/* The simple cell: h' = f(x W + h U + b). Slots: h', and z where f needs it. */
#ifndef RECURRENT_KERNEL_SIMPLE_H
#define RECURRENT_KERNEL_SIMPLE_H

#include "kernel-save.h"

FN void simple_forward(step *s) {
  REAL *z = s->next[0];
  int f = s->cell->activation, whole = s->chunk == s->pad;
  drop_out(s);
  for (size_t j = 0; j < s->pad; j += s->chunk) {
    chunk k = {j, min_size(s->chunk, s->pad - j), s->pad, j};
    gates_forward(s, &z, k, 0, 1);
    if (whole) continue;
    EACH_PANEL(r, w, s->lanes) {
      block_size part = {w, k.n, k.n};
      activations[f].forward(z + r * s->pad + j * w, part);
    }
  }
  if (!whole) return;
  if (activation_needs_z(f)) save_slot(s, 1, z);
  activations[f].forward(z, whole_block(s));
}

FN void simple_backward(step *s) {
  REAL *d = s->now[0], *y = scratch_at(s, 0);
  load_slot(s, 0, y);
  slope(s, s->cell->activation, d, y, 1, scratch_at(s, 1));
  keep_dz(s, d, 0);
  gate_backward(s, d, 0);
}

#endif
