/* The GRU cell: h' = z * h + (1 - z) * g, with the gates z, r =
   rec(x W + h U + b) and g = act(x W + b + r * (h U + b')) after the reset, or
   act(x W + b + (r * h) U) before it. Slots: h', z, r, g, then h U + b' or
   r * h, then the gates' z where an activation needs it. */
#ifndef RECURRENT_KERNEL_GRU_H
#define RECURRENT_KERNEL_GRU_H

#include "kernel-save.h"

enum { GRU_GATES = 1, GRU_RESET = 4, GRU_Z = 5 };

INLINE int gru_activation(const step *s, size_t gate) {
  return gate == 2 ? s->cell->activation : s->cell->recurrent_activation;
}

FN void gru_activate(const step *s, REAL *z, chunk k, size_t gate) {
  block_size size = {s->lanes, k.n, min_size(k.n, s->units - k.first)};
  if (cell_slots(s->cell) > GRU_Z) save_chunk(s, GRU_Z + (int) gate, z, k);
  activations[gru_activation(s, gate)].forward(z, size);
  save_chunk(s, GRU_GATES + (int) gate, z, k);
}

FN void gru_gate(const step *s, chunk k, size_t gate) {
  REAL *z = chunk_at(s, gate);
  gates_forward(s, &z, k, gate, 1);
  gru_activate(s, z, k, gate);
}

/* What the reset gate leaves of the whole state, behind the chunks. */
FN REAL *gru_reset(const step *s) {
  const REAL *h = dropped_state(s, 2);
  REAL *part = chunk_at(s, 4);
  for (size_t j = 0; j < s->pad; j += s->chunk) {
    chunk k = own_chunk(s, j);
    gru_gate(s, k, 1);
    EACH_PANEL(r, w, s->lanes) {
      size_t at = r * s->pad + j * w;
      multiply(part + at, chunk_at(s, 1) + r * k.n, h + at, w * k.n);
    }
  }
  save_slot(s, GRU_RESET, part);
  return part;
}

/* The candidate g after the reset of the state, which left `reset`. */
FN void gru_reset_before(const step *s, chunk k, const REAL *reset) {
  REAL *g = chunk_at(s, 2);
  gru_gate(s, k, 0);
  fill_bias(s, g, k, 2);
  add_input(s, &g, k, 2, 1);
  add_product(s, &g, reset, k, 2, 1, next_kernel(s, k, 3));
}

/* All gates, and the candidate with the reset of its own product of the state,
   which lies behind. */
FN void gru_reset_after(const step *s, chunk k) {
  REAL *r = chunk_at(s, 1), *g = chunk_at(s, 2), *part = chunk_at(s, 3);
  REAL *input[] = {chunk_at(s, 0), r, g}, *state[] = {chunk_at(s, 0), r, part};
  size_t done = at_once(s) ? 2 : 0;
  for (size_t i = 0; i < 2; i++)
    if (done) gate_at_once(s, input[i], k, i);
    else fill_bias(s, input[i], k, i);
  fill_bias(s, g, k, 2);
  fill_bias(s, part, k, 3);
  add_input(s, input + done, k, done, 3 - done);
  add_state(s, state + done, k, done, 3 - done);
  for (size_t i = 0; i < 2; i++) gru_activate(s, input[i], k, i);
  multiply_add(g, part, r, s->lanes * k.n);
  save_chunk(s, GRU_RESET, part, k);
}

FN void gru_mix(const step *s, chunk k) {
  EACH_PANEL(r, w, s->lanes) {
    size_t at = r * s->pad + k.first * w;
    const REAL *z = chunk_at(s, 0) + r * k.n, *g = chunk_at(s, 2) + r * k.n;
    for (size_t j = 0; j < w * k.n; j += VL) {
      vec u = v_load(z + j), keep = u * v_load(s->now[0] + at + j);
      v_store(s->next[0] + at + j, keep + (v_set1(1) - u) * v_load(g + j));
    }
  }
}

FN void gru_forward(step *s) {
  const REAL *reset = NULL;
  drop_out(s);
  if (!cell_has(s->cell, RESET_AFTER)) reset = gru_reset(s);
  for (size_t j = 0; j < s->pad; j += s->chunk) {
    chunk k = own_chunk(s, j);
    if (reset) gru_reset_before(s, k, reset);
    else gru_reset_after(s, k);
    gru_activate(s, chunk_at(s, 2), k, 2);
    gru_mix(s, k);
  }
}

/* dg in scratch 4 becomes its dz; dr is left in scratch 5. */
FN void gru_candidate_backward(const step *s) {
  size_t n = s->lanes * s->pad;
  REAL *r = scratch_at(s, 1), *h = scratch_at(s, 3), *d = scratch_at(s, 4);
  REAL *dr = scratch_at(s, 5), *part = scratch_at(s, 6);
  slope(s, gru_activation(s, 2), d, scratch_at(s, 2), GRU_Z + 2,
        scratch_at(s, 7));
  keep_dz(s, d, 2);
  add_input_backward(s, d, 2);
  if (cell_has(s->cell, RESET_AFTER)) {
    load_slot(s, GRU_RESET, part);
    multiply(dr, d, part, n);
    multiply(part, d, r, n);
    keep_dz(s, part, 3);
    add_state_backward(s, s->next[0], part, 2);
    return;
  }
  memset(part, 0, n * sizeof(REAL));
  add_product(s, &part, d, all_units(s), 2, 1, NULL);
  multiply(dr, part, drop_state(s, h, 2), n);
  multiply(part, part, r, n);
  if (s->drop_state)
    multiply(part, part, s->drop_state + drop_gate(s, 2) * n, n);
  add(s->next[0], part, n);
}

FN void gru_backward(step *s) {
  REAL *z = scratch_at(s, 0), *g = scratch_at(s, 2), *h = scratch_at(s, 3);
  REAL *dg = scratch_at(s, 4), *dr = scratch_at(s, 5), *dh = s->now[0];
  for (size_t gate = 0; gate < 3; gate++)
    load_slot(s, GRU_GATES + (int) gate, scratch_at(s, gate));
  load_before(s, 0, h);
  for (size_t j = 0; j < s->lanes * s->pad; j += VL) {
    vec d = v_load(dh + j), u = v_load(z + j);
    v_store(s->next[0] + j, v_load(s->next[0] + j) + d * u);
    v_store(dg + j, d * (v_set1(1) - u));
    v_store(dh + j, d * (v_load(h + j) - v_load(g + j)));
  }
  gru_candidate_backward(s);
  for (size_t gate = 0; gate < 2; gate++) {
    REAL *d = gate == 0 ? dh : dr;
    slope(s, gru_activation(s, gate), d, scratch_at(s, gate),
          GRU_Z + (int) gate, scratch_at(s, 7));
    keep_dz(s, d, gate);
    gate_backward(s, d, gate);
  }
}

#endif
