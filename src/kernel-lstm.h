/* The LSTM cell: c' = f * c + i * g, h' = o * act(c'), with the gates i, f, o =
   rec(x W + h U + b) and g = act(...), in Keras' order i, f, g, o.
   Slots: h', c', i, f, g, o, and the gates' z where an activation needs it. */
#ifndef RECURRENT_KERNEL_LSTM_H
#define RECURRENT_KERNEL_LSTM_H

#include "kernel-save.h"

enum { LSTM_GATES = 2, LSTM_Z = 6 };

INLINE int lstm_activation(const step *s, size_t gate) {
  return gate == 2 ? s->cell->activation : s->cell->recurrent_activation;
}

/* c' and act(c') of one panel, from the gates. */
FN void lstm_panel(const step *s, chunk k, size_t r, size_t w) {
  size_t n = w * k.n;
  size_t gate_at = r * k.n, at = r * s->pad + k.first * w;
  const REAL *i = chunk_at(s, 0) + gate_at, *f = chunk_at(s, 1) + gate_at;
  const REAL *g = chunk_at(s, 2) + gate_at, *o = chunk_at(s, 3) + gate_at;
  const REAL *old = s->now[1] + at;
  REAL *h = s->next[0] + at, *c = s->next[1] + at;
  block_size size = {w, k.n, min_size(k.n, s->units - k.first)};
  for (size_t j = 0; j < n; j += VL) {
    vec sum = v_load(f + j) * v_load(old + j) + v_load(i + j) * v_load(g + j);
    v_store(c + j, sum);
    v_store(h + j, sum);
  }
  activations[s->cell->activation].forward(h, size);
  multiply(h, h, o, n);
}

FN void lstm_chunk(const step *s, chunk k) {
  int keep_z = cell_slots(s->cell) > LSTM_Z;
  block_size size = {s->lanes, k.n, min_size(k.n, s->units - k.first)};
  REAL *gates[4];
  for (size_t gate = 0; gate < 4; gate++) gates[gate] = chunk_at(s, gate);
  gates_forward(s, gates, k, 0, 4);
  for (size_t gate = 0; gate < 4; gate++) {
    REAL *z = gates[gate];
    if (keep_z) save_chunk(s, LSTM_Z + (int) gate, z, k);
    activations[lstm_activation(s, gate)].forward(z, size);
    save_chunk(s, LSTM_GATES + (int) gate, z, k);
  }
  EACH_PANEL(r, w, s->lanes) lstm_panel(s, k, r, w);
}

FN void lstm_forward(step *s) {
  drop_out(s);
  for (size_t j = 0; j < s->pad; j += s->chunk) lstm_chunk(s, own_chunk(s, j));
}

/* d is the gradient of the gate's value. */
FN void lstm_gate_backward(const step *s, size_t gate, REAL *d, const REAL *y,
                           REAL *spare) {
  slope(s, lstm_activation(s, gate), d, y, LSTM_Z + (int) gate, spare);
  keep_dz(s, d, gate);
  gate_backward(s, d, gate);
}

FN void lstm_backward(step *s) {
  size_t n = s->lanes * s->pad;
  REAL *dh = s->now[0], *dc = s->now[1], *c = scratch_at(s, 4);
  REAL *y = scratch_at(s, 5), *d = scratch_at(s, 6), *spare = scratch_at(s, 7);
  for (size_t gate = 0; gate < 4; gate++)
    load_slot(s, LSTM_GATES + (int) gate, scratch_at(s, gate));
  load_slot(s, 1, c);
  memcpy(y, c, n * sizeof(REAL));
  activations[s->cell->activation].forward(y, whole_block(s));
  multiply(d, dh, y, n);
  lstm_gate_backward(s, 3, d, scratch_at(s, 3), spare);
  multiply(dh, dh, scratch_at(s, 3), n);
  activations[s->cell->activation].backward(dh, y, c, whole_block(s));
  add(dc, dh, n);
  multiply_add(s->next[1], dc, scratch_at(s, 1), n);
  multiply(d, dc, scratch_at(s, 0), n);
  lstm_gate_backward(s, 2, d, scratch_at(s, 2), spare);
  multiply(d, dc, scratch_at(s, 2), n);
  lstm_gate_backward(s, 0, d, scratch_at(s, 0), spare);
  load_before(s, 1, c);
  multiply(d, dc, c, n);
  lstm_gate_backward(s, 1, d, scratch_at(s, 1), spare);
}

#endif
