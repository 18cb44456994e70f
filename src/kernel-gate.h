/* The parts that cells are made of: products of a gate and their twins, and
   what a step saves. A gate's buffer is like a state: [panel][pad][lane]. */
#ifndef RECURRENT_KERNEL_GATE_H
#define RECURRENT_KERNEL_GATE_H

#include "kernel-step.h"

INLINE size_t n_gates(const step *s) {
  return (size_t) cell_kinds[s->cell->kind].n_gates;
}

INLINE REAL *scratch_at(const step *s, size_t i) {
  return s->z + i * s->lanes * s->pad;
}

/* A buffer of a chunk. */
INLINE REAL *chunk_at(const step *s, size_t i) {
  return s->z + i * s->lanes * s->chunk;
}

INLINE block_size whole_block(const step *s) {
  block_size size = {s->lanes, s->pad, s->units};
  return size;
}

/* Some units of a step: columns [first, first + n) of a gate, which are columns
   [at, at + n) of buffers with `cols` columns. */
typedef struct {
  size_t first, n, cols, at;
} chunk;

/* The chunk that begins with unit `first`, in buffers of its own. */
INLINE chunk own_chunk(const step *s, size_t first) {
  size_t n = min_size(s->chunk, s->pad - first);
  chunk k = {first, n, n, 0};
  return k;
}

/* z[panel][column][lane] = bias[column]. */
FN void fill_bias(const step *s, REAL *z, chunk k, size_t sum) {
  const REAL *bias = s->w.bias + sum * s->pad + k.first;
  for (size_t r = 0; r < s->lanes; r += PANEL) {
    size_t w = min_size(PANEL, s->lanes - r);
    REAL *p = z + r * k.cols + k.at * w;
    for (size_t j = 0; j < k.n; j++)
      for (size_t i = 0; i < w; i += VL, p += VL) v_store(p, v_set1(bias[j]));
  }
}

/* The mask of one gate, where each has its own. */
INLINE size_t drop_gate(const step *s, size_t gate) {
  return cell_has(s->cell, DROP_PER_GATE) ? gate : 0;
}

/* A state as a gate's product takes it. */
FN const REAL *drop_state(const step *s, const REAL *h, size_t gate) {
  size_t n = s->lanes * s->pad, at = drop_gate(s, gate) * n;
  if (!s->drop_state) return h;
  multiply(s->dropped + at, h, s->drop_state + at, n);
  return s->dropped + at;
}

/* Before the products of a step: inputs and state dropped out for all gates. */
FN void drop_out(const step *s) {
  size_t n = s->lanes * s->in_pad, gates = drop_gate(s, n_gates(s) - 1) + 1;
  for (size_t g = 0; g < gates && s->drop_in; g++)
    for (size_t r = 0; r < s->lanes; r += PANEL) {
      size_t w = min_size(PANEL, s->lanes - r), at = r * s->in_cols;
      multiply(s->dropped_in + g * n + at, s->in + at,
               s->drop_in + g * n + r * s->in_pad, w * s->inputs);
    }
  for (size_t g = 0; g < gates; g++) (void) drop_state(s, s->now[0], g);
}

/* The input after drop_out(). */
INLINE const REAL *dropped_input(const step *s, size_t gate) {
  if (!s->drop_in) return s->in;
  return s->dropped_in + drop_gate(s, gate) * s->lanes * s->in_pad;
}

/* The first piece of a gate's weights for the units from `first` on. */
INLINE const REAL *kernel_of(const step *s, size_t gate, size_t first) {
  return s->w.kernel + gate * s->pad * s->inputs +
         first * min_size(KC, s->inputs);
}

INLINE const REAL *recurrent_of(const step *s, size_t gate, size_t first) {
  return s->w.recurrent + gate * s->pad * s->units +
         first * min_size(KC, s->units);
}

/* The same of the backward pass, which takes the kernel transposed. */
INLINE const REAL *turned_kernel_of(const step *s, size_t gate) {
  return s->w.kernel + gate * s->in_pad * s->units;
}

/* What the forward pass reads after a gate's chunk: the next gate of it, or the
   first gate of the next one. */
INLINE const REAL *next_kernel(const step *s, chunk k, size_t gate) {
  size_t end = k.first + k.n;
  if (gate + 1 < n_gates(s)) return kernel_of(s, gate + 1, k.first);
  return kernel_of(s, 0, end < s->pad ? end : 0);
}

/* z += in W */
FN void add_input(const step *s, REAL *z, chunk k, size_t gate) {
  const REAL *in = dropped_input(s, gate);
  gemm_size m = {s->lanes,   s->inputs, k.n,
                 s->in_cols, k.cols,    k.at,
                 s->pad,     k.first,   recurrent_of(s, gate, k.first)};
  gemm_add(z, in, kernel_of(s, gate, 0), &m);
}

/* The old state after drop_out(). */
INLINE const REAL *dropped_state(const step *s, size_t gate) {
  if (!s->drop_state) return s->now[0];
  return s->dropped + drop_gate(s, gate) * s->lanes * s->pad;
}

/* z += h U */
FN void add_state(const step *s, REAL *z, const REAL *h, chunk k, size_t gate) {
  gemm_size m = {s->lanes, s->units, k.n,
                 s->pad,   k.cols,   k.at,
                 s->pad,   k.first,  next_kernel(s, k, gate)};
  gemm_add(z, h, recurrent_of(s, gate, 0), &m);
}

/* The same in one go, where both products are short enough to be one piece. */
FN void gate_at_once(const step *s, REAL *z, chunk k, size_t gate) {
  const REAL *in = dropped_input(s, gate), *h = dropped_state(s, gate);
  const REAL *w = kernel_of(s, gate, k.first);
  const REAL *u = recurrent_of(s, gate, k.first);
  const REAL *bias = s->w.bias + gate * s->pad + k.first;
  for (size_t r = 0; r < s->lanes; r += PANEL) {
    size_t wide = min_size(PANEL, s->lanes - r);
    REAL *c = z + r * k.cols + k.at * wide;
    two_products t = {in + r * s->in_cols, w,       h + r * s->pad, u,
                      s->inputs,           s->units};
    for (size_t n = 0; n < k.n; n += NR) {
      size_t real = s->units - k.first - n;
      if (wide < PANEL) tile1_from(c + n * wide, bias + n, t);
      else if (real <= NR / 2) half2_from(c + n * wide, bias + n, t);
      else tile2_from(c + n * wide, bias + n, t);
      t.b += NR * s->inputs, t.e += NR * s->units;
    }
  }
}

/* z = in W + h U + b */
FN void gate_forward(const step *s, REAL *z, chunk k, size_t gate) {
  if (s->inputs <= KC && s->units <= KC) {
    gate_at_once(s, z, k, gate);
    return;
  }
  fill_bias(s, z, k, gate);
  add_input(s, z, k, gate);
  add_state(s, z, dropped_state(s, gate), k, gate);
}

/* d += by * mask, or with no mask, the product goes straight into d. */
FN void add_input_backward(const step *s, const REAL *dz, size_t gate) {
  size_t n = s->lanes * s->in_pad;
  gemm_size m = {s->lanes, s->units,  s->in_pad, s->pad, s->in_pad,
                 0,        s->in_pad, 0,         NULL};
  const REAL *w = turned_kernel_of(s, gate);
  if (!s->d_in) return;
  if (!s->drop_in) {
    gemm_add(s->d_in, dz, w, &m);
    return;
  }
  memset(s->dropped_in, 0, n * sizeof(REAL));
  gemm_add(s->dropped_in, dz, w, &m);
  multiply_add(s->d_in, s->dropped_in, s->drop_in + drop_gate(s, gate) * n, n);
}

/* d += (dz U') * mask */
FN void add_state_backward(const step *s, REAL *d, const REAL *dz,
                           size_t gate) {
  size_t n = s->lanes * s->pad;
  const REAL *then = s->d_in ? turned_kernel_of(s, gate) : NULL;
  gemm_size m = {s->lanes, s->units, s->pad, s->pad, s->pad,
                 0,        s->pad,   0,      then};
  const REAL *w = recurrent_of(s, gate, 0);
  if (!s->drop_state) {
    gemm_add(d, dz, w, &m);
    return;
  }
  memset(s->dropped, 0, n * sizeof(REAL));
  gemm_add(s->dropped, dz, w, &m);
  multiply_add(d, s->dropped, s->drop_state + drop_gate(s, gate) * n, n);
}

FN void gate_backward(const step *s, const REAL *dz, size_t gate) {
  add_state_backward(s, s->next[0], dz, gate);
  add_input_backward(s, dz, gate);
}

FN void store_chunk(const step *s, int slot, const REAL *from, chunk k) {
  const rnn_cell *c = s->cell;
  strides m = {s->rows, min_size(k.n, s->units - k.first), 1, s->batch, 0};
  if (!c->saved || slot < c->first_slot) return;
  store_real_rows(saved_at(s->net, c, slot, s->t) + k.first * s->batch +
                      s->row0,
                  from, k.n, m);
}

FN void save_state(const step *s, int k) {
  chunk whole = {0, s->pad, s->pad, 0};
  store_chunk(s, k, s->next[k], whole);
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
  chunk whole = {0, s->pad, s->pad, 0};
  save_chunk(s, slot, gate, whole);
}

/* The block's rows; those of the step before are fetched on the way. */
FN void load_source(const step *s, source from, REAL *to) {
  strides m = {s->rows, s->units, from.row, from.col, 0};
  if (from.plain && from.col != s->batch && s->t > 0)
    m.ahead = -(ptrdiff_t) s->net->out_step;
  if (from.plain) load_rows(to, s->pad, from.plain + s->row0, m);
  else if (from.saved) load_real_rows(to, s->pad, from.saved + s->row0, m);
  else memset(to, 0, s->lanes * s->pad * sizeof(REAL));
}

FN void load_slot(const step *s, int slot, REAL *to) {
  load_source(s, find_slot(s->net, s->cell, slot, s->t), to);
}

FN void load_before(const step *s, int state, REAL *to) {
  load_source(s, find_before(s->net, s->cell, state, s->t), to);
}

/* What the sums over all steps need of dz, packed for their product. */
FN void keep_dz(const step *s, const REAL *dz, size_t sum) {
  REAL *to = s->dz + sum * s->pad * s->dz_k;
  for (size_t r = 0; r < s->rows; r += PANEL) {
    size_t w = min_size(PANEL, s->lanes - r);
    transpose_groups(to + r * NR, s->dz_k * NR, dz + r * s->pad, w, s->units,
                     min_size(w, s->rows - r));
  }
}

/* dy becomes dz; z is read from its slot, where f needs it, into `spare`. */
FN void slope(const step *s, int f, REAL *d, const REAL *y, int z_slot,
              REAL *spare) {
  int needs = activation_needs_z(f);
  if (needs) load_slot(s, z_slot, spare);
  activations[f].backward(d, y, needs ? spare : NULL, whole_block(s));
}

#endif
