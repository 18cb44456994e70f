/* The parts that cells are made of: products of a gate and their twins. A
   gate's buffer is like a state: [panel][pad][lane]. */
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

/* A whole gate in a buffer like a state. */
INLINE chunk all_units(const step *s) {
  chunk k = {0, s->pad, s->pad, 0};
  return k;
}

/* z[panel][column][lane] = bias[column]. */
FN void fill_bias(const step *s, REAL *z, chunk k, size_t sum) {
  const REAL *bias = s->w.bias + sum * s->pad + k.first;
  EACH_PANEL(r, w, s->lanes) {
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
  for (size_t g = 0; g < gates && s->drop_in; g++) EACH_PANEL(r, w, s->lanes) {
      size_t at = r * s->in_cols;
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

/* How many of n gates take the same input and state. */
INLINE size_t alike(const step *s, size_t n) {
  return cell_has(s->cell, DROP_PER_GATE) ? 1 : n;
}

/* What the forward pass reads after gates of a chunk, the last before `end`:
   the next gate of it, or the first gate of the next one. */
INLINE const REAL *next_kernel(const step *s, chunk k, size_t end) {
  size_t unit = k.first + k.n;
  if (end < n_gates(s)) return kernel_of(s, end, k.first);
  return kernel_of(s, 0, unit < s->pad ? unit : 0);
}

/* z[i] += in W of gate + i, for n gates. */
FN void add_input(const step *s, REAL *const *z, chunk k, size_t gate,
                  size_t n) {
  size_t by = alike(s, n);
  for (size_t i = 0; i < n; i += by) {
    size_t then = i + by < n ? i + by : 0;
    gemm_size m = {s->lanes,
                   s->inputs,
                   k.n,
                   s->in_cols,
                   k.cols,
                   k.at,
                   s->pad,
                   k.first,
                   by,
                   s->pad * s->inputs,
                   then ? kernel_of(s, gate + then, k.first)
                        : recurrent_of(s, gate, k.first)};
    gemm_add(z + i, dropped_input(s, gate + i), kernel_of(s, gate + i, 0), &m);
  }
}

/* The old state after drop_out(). */
INLINE const REAL *dropped_state(const step *s, size_t gate) {
  if (!s->drop_state) return s->now[0];
  return s->dropped + drop_gate(s, gate) * s->lanes * s->pad;
}

/* z += h U of one gate, or of n that take the same h. */
FN void add_product(const step *s, REAL *const *z, const REAL *h, chunk k,
                    size_t gate, size_t n, const REAL *next) {
  gemm_size m = {s->lanes, s->units, k.n,     s->pad, k.cols,
                 k.at,     s->pad,   k.first, n,      s->pad * s->units,
                 next};
  gemm_add(z, h, recurrent_of(s, gate, 0), &m);
}

/* z[i] += h U of gate + i, for n gates. */
FN void add_state(const step *s, REAL *const *z, chunk k, size_t gate,
                  size_t n) {
  size_t by = alike(s, n);
  for (size_t i = 0; i < n; i += by) {
    const REAL *next = next_kernel(s, k, gate + n);
    if (i + by < n) next = recurrent_of(s, gate + i + by, k.first);
    add_product(s, z + i, dropped_state(s, gate + i), k, gate + i, by, next);
  }
}

/* Whether both products are short enough to be one piece. */
INLINE int at_once(const step *s) { return s->inputs <= KC && s->units <= KC; }

/* z = in W + h U + b in one go. */
FN void gate_at_once(const step *s, REAL *z, chunk k, size_t gate) {
  const REAL *in = dropped_input(s, gate), *h = dropped_state(s, gate);
  const REAL *b = kernel_of(s, gate, k.first);
  const REAL *e = recurrent_of(s, gate, k.first);
  const REAL *bias = s->w.bias + gate * s->pad + k.first;
  EACH_PANEL(r, w, s->lanes) {
    REAL *c = z + r * k.cols + k.at * w;
    two_products t = {in + r * s->in_cols, b,       h + r * s->pad, e,
                      s->inputs,           s->units};
    for (size_t n = 0; n < k.n; n += NR) {
      size_t real = s->units - k.first - n;
      if (real <= NR / 2) CALL_TALL(w, half_from, c + n * w, bias + n, t)
      else CALL_TALL(w, tile_from, c + n * w, bias + n, t)
      t.b += NR * s->inputs, t.e += NR * s->units;
    }
  }
}

/* z[i] = in W + h U + b of gate + i, for n gates. */
FN void gates_forward(const step *s, REAL *const *z, chunk k, size_t gate,
                      size_t n) {
  for (size_t i = 0; i < n; i++)
    if (at_once(s)) gate_at_once(s, z[i], k, gate + i);
    else fill_bias(s, z[i], k, gate + i);
  if (at_once(s)) return;
  add_input(s, z, k, gate, n);
  add_state(s, z, k, gate, n);
}

/* d += by * mask, or with no mask, the product goes straight into d. */
FN void add_input_backward(const step *s, const REAL *dz, size_t gate) {
  size_t n = s->lanes * s->in_pad;
  gemm_size m = {s->lanes,  s->units, s->in_pad, s->pad, s->in_pad, 0,
                 s->in_pad, 0,        1,         0,      NULL};
  const REAL *w = turned_kernel_of(s, gate);
  if (!s->d_in) return;
  if (!s->drop_in) {
    gemm_add(&s->d_in, dz, w, &m);
    return;
  }
  memset(s->dropped_in, 0, n * sizeof(REAL));
  gemm_add(&s->dropped_in, dz, w, &m);
  multiply_add(s->d_in, s->dropped_in, s->drop_in + drop_gate(s, gate) * n, n);
}

/* d += (dz U') * mask */
FN void add_state_backward(const step *s, REAL *d, const REAL *dz,
                           size_t gate) {
  size_t n = s->lanes * s->pad;
  const REAL *then = s->d_in ? turned_kernel_of(s, gate) : NULL;
  if (!s->drop_state) {
    add_product(s, &d, dz, all_units(s), gate, 1, then);
    return;
  }
  memset(s->dropped, 0, n * sizeof(REAL));
  add_product(s, &s->dropped, dz, all_units(s), gate, 1, then);
  multiply_add(d, s->dropped, s->drop_state + drop_gate(s, gate) * n, n);
}

FN void gate_backward(const step *s, const REAL *dz, size_t gate) {
  add_state_backward(s, s->next[0], dz, gate);
  add_input_backward(s, dz, gate);
}

/* What the sums over all steps need of dz, packed for their product. */
FN void keep_dz(const step *s, const REAL *dz, size_t sum) {
  REAL *to = s->dz + sum * s->pad * s->dz_k;
  EACH_PANEL(r, w, s->lanes) {
    transpose_groups(to + r * NR, s->dz_k * NR, dz + r * s->pad, w, s->units,
                     min_size(w, s->rows - r));
  }
}

#endif
