/* What a step saves for the way back. */
#ifndef RECURRENT_KERNEL_SAVE_H
#define RECURRENT_KERNEL_SAVE_H

#include "kernel-gate.h"

/* A slot that only the step backward reads lies as it is computed, in vectors
   of rows, [vector][unit][lane], where they are whole. */
INLINE int in_vectors(const step *s, int slot) {
  return s->batch % VL == 0 && !slot_is_summed(s->cell, slot);
}

/* The block's part of such a slot. */
INLINE REAL *vectors_at(const step *s, int slot, int t) {
  return saved_at(s->net, s->cell, slot, t) + s->row0 * s->units;
}

FN void store_vectors(const step *s, REAL *to, const REAL *from, chunk k) {
  size_t n = min_size(k.n, s->units - k.first);
  EACH_PANEL(r, w, s->lanes) {
    for (size_t i = 0; i < w; i += VL) {
      const REAL *p = from + r * k.n + i;
      REAL *d = to + (r + i) * s->units + k.first * VL;
      for (size_t j = 0; j < n; j++) v_store(d + j * VL, v_load(p + j * w));
    }
  }
}

FN void load_vectors(const step *s, REAL *to, const REAL *from) {
  EACH_PANEL(r, w, s->lanes) {
    for (size_t i = 0; i < w; i += VL) {
      const REAL *p = from + (r + i) * s->units;
      REAL *d = to + r * s->pad + i;
      for (size_t j = 0; j < s->units; j++)
        v_store(d + j * w, v_load(p + j * VL));
    }
    memset(to + r * s->pad + s->units * w, 0,
           (s->pad - s->units) * w * sizeof(REAL));
  }
}

FN void store_chunk(const step *s, int slot, const REAL *from, chunk k) {
  const rnn_cell *c = s->cell;
  strides m = {s->rows, min_size(k.n, s->units - k.first), 1, s->batch, 0};
  if (!c->saved || slot < c->first_slot) return;
  if (in_vectors(s, slot)) store_vectors(s, vectors_at(s, slot, s->t), from, k);
  else
    store_real_rows(saved_at(s->net, c, slot, s->t) + k.first * s->batch +
                        s->row0,
                    from, k.n, m);
}

FN void save_state(const step *s, int k) {
  store_chunk(s, k, s->next[k], all_units(s));
}

/* A chunk of a gate in a buffer of its own goes to its slot. What a masked row
   computes is thrown away: it becomes 0, for Inf or NaN of it times 0 would
   reach a gradient. */
FN void save_chunk(const step *s, int slot, REAL *gate, chunk k) {
  if (!s->cell->saved) return;
  if (s->keep.masked) pick_rows(gate, gate, NULL, k.n, s->lanes, &s->keep);
  store_chunk(s, slot, gate, k);
}

FN void save_slot(const step *s, int slot, REAL *gate) {
  save_chunk(s, slot, gate, all_units(s));
}

/* The block's rows; those of the step before are fetched on the way. */
FN void load_source(const step *s, source from, REAL *to) {
  strides m = {s->rows, s->units, from.row, from.col, 0};
  if (from.plain && from.col != s->batch && s->t > 0)
    m = look_ahead(m, -(ptrdiff_t) s->net->out_step);
  if (from.plain) load_rows(to, s->pad, from.plain + s->row0, m);
  else if (from.saved) load_real_rows(to, s->pad, from.saved + s->row0, m);
  else memset(to, 0, s->lanes * s->pad * sizeof(REAL));
}

FN void load_slot_of(const step *s, int slot, int t, REAL *to) {
  if (in_vectors(s, slot)) load_vectors(s, to, vectors_at(s, slot, t));
  else load_source(s, find_slot(s->net, s->cell, slot, t), to);
}

FN void load_slot(const step *s, int slot, REAL *to) {
  load_slot_of(s, slot, s->t, to);
}

FN void load_before(const step *s, int state, REAL *to) {
  if (s->t > 0) load_slot_of(s, state, s->t - 1, to);
  else load_source(s, find_before(s->net, s->cell, state, 0), to);
}

/* dy becomes dz; z is read from its slot, where f needs it, into `spare`. */
FN void slope(const step *s, int f, REAL *d, const REAL *y, int z_slot,
              REAL *spare) {
  int needs = activation_needs_z(f);
  if (needs) load_slot(s, z_slot, spare);
  activations[f].backward(d, y, needs ? spare : NULL, whole_block(s));
}

#endif
