/* What a cell sees in one step: a block of rows in panels. */
#ifndef RECURRENT_KERNEL_STEP_H
#define RECURRENT_KERNEL_STEP_H

#include "kernel-activation.h"
#include "kernel-gemm.h"
#include "kernel-rows.h"

/* Weights as the product takes them, one piece per gate. Forward: bias, kernel,
   recurrent. Backward: kernel and recurrent transposed. */
typedef struct {
  const REAL *bias;      /* [gate][pad] */
  const REAL *kernel;    /* [gate][inputs x pad], or [gate][units x in_pad] */
  const REAL *recurrent; /* [gate][units x pad] */
} cell_weights;

typedef struct {
  const rnn_cell *cell;
  cell_weights w;
  size_t lanes, inputs, units, pad, in_pad, in_cols;
  size_t rows, row0, batch;
  lane_mask keep;
  const REAL *in; /* dropped-out input, in_cols columns a panel */
  REAL *now[MAX_STATES], *next[MAX_STATES];
  REAL *held[MAX_STATES]; /* backward: now, before the step, for masked rows */
  REAL *drop_in, *drop_state;         /* masks, NULL if there are none */
  REAL *dropped_in, *dropped, *z;     /* scratch */
  REAL *d_in; /* backward: gradient of `in`, in_pad columns a panel */
  REAL *saved;       /* this step's slots, [slot * units][batch], or NULL */
  const REAL *before; /* backward: the step before's slots, or NULL */
  REAL *dz;          /* backward: [gate * units][batch] */
} step;

/* A row of the table of cells. forward: next from in and now. backward: now is
   the gradient of the new states, next becomes that of the old ones. */
typedef struct {
  void (*forward)(step *s);
  void (*backward)(step *s);
} cell_steps;

INLINE size_t kernel_size(const step *s) { return s->inputs * s->pad; }

FN cell_weights find_weights(const rnn_cell *c, int backward) {
  size_t g = (size_t) cell_kinds[c->kind].n_gates;
  size_t pad = pad_cols(c->units), in_pad = pad_cols(c->inputs);
  const REAL *p = c->packed;
  cell_weights w = {p, NULL, NULL};
  w.kernel = backward ? p : p + g * pad;
  w.recurrent =
      w.kernel + g * (backward ? in_pad * (size_t) c->units
                               : pad * (size_t) c->inputs);
  return w;
}

FN size_t cell_pack_size(const rnn_cell *c) {
  size_t g = (size_t) cell_kinds[c->kind].n_gates;
  size_t u = (size_t) c->units, f = (size_t) c->inputs;
  size_t pad = pad_cols(c->units), in_pad = pad_cols(c->inputs);
  size_t kernel = pad * f > in_pad * u ? pad * f : in_pad * u;
  return g * (pad + kernel + pad * u) * sizeof(REAL);
}

FN void cell_pack(rnn_cell *c, int backward) {
  size_t g = (size_t) cell_kinds[c->kind].n_gates;
  size_t u = (size_t) c->units, f = (size_t) c->inputs;
  size_t pad = pad_cols(c->units), in_pad = pad_cols(c->inputs);
  REAL *p = c->packed;
  for (size_t i = 0; i < g && !backward; i++)
    for (size_t j = 0; j < pad; j++)
      *p++ = c->bias && j < u ? (REAL) c->bias[i * u + j] : 0;
  for (size_t i = 0; i < g; i++) {
    const double *w = c->kernel + i * u * f;
    if (backward) pack_cols(p, w, f, 1, u, f), p += in_pad * u;
    else pack_cols(p, w, 1, f, f, u), p += pad * f;
  }
  for (size_t i = 0; i < g; i++, p += pad * u) {
    const double *w = c->recurrent + i * u * u;
    if (backward) pack_cols(p, w, u, 1, u, u);
    else pack_cols(p, w, 1, u, u, u);
  }
}

/* z[panel][column][lane] = bias[column] for all `n` columns. */
FN void fill_bias(REAL *z, const REAL *bias, size_t n, size_t lanes) {
  for (size_t r = 0; r < lanes; r += PANEL) {
    size_t w = min_size(PANEL, lanes - r);
    for (size_t j = 0; j < n; j++)
      for (size_t i = 0; i < w; i += VL, z += VL) v_store(z, v_set1(bias[j]));
  }
}

/* Saved columns between panels and [column][batch]. */
FN void save_slot(const step *s, REAL *to, const REAL *from) {
  strides m = {s->rows, s->units, 1, s->batch};
  store_real_rows(to + s->row0, from, s->pad, m);
}

FN void load_slot(const step *s, REAL *to, const REAL *from) {
  strides m = {s->rows, s->units, 1, s->batch};
  load_real_rows(to, s->pad, from + s->row0, m);
}

/* The old state as the product takes it: dropped out if asked. */
FN const REAL *dropped_state(const step *s) {
  if (!s->drop_state) return s->now[0];
  multiply(s->dropped, s->now[0], s->drop_state, s->lanes * s->pad);
  return s->dropped;
}

/* Twin of the two products of a gate: d_in += dz W', d_state += dz U'. */
FN void gate_backward(const step *s, const REAL *dz, size_t gate) {
  gemm_size m = {s->lanes, s->units, s->pad, s->pad, s->pad};
  gemm_add(s->next[0], dz, s->w.recurrent + gate * s->pad * s->units, &m);
  if (!s->d_in) return;
  m.n = m.c_cols = s->in_pad;
  gemm_add(s->d_in, dz, s->w.kernel + gate * s->in_pad * s->units, &m);
}

#endif
