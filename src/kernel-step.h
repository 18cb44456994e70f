/* What a cell sees in one step: a block of rows in panels. */
#ifndef RECURRENT_KERNEL_STEP_H
#define RECURRENT_KERNEL_STEP_H

#include "kernel-activation.h"
#include "kernel-gemm.h"
#include "kernel-rows.h"

/* Weights as the product takes them, one piece per gate. Forward: bias, kernel,
   recurrent. Backward: kernel and recurrent transposed. */
typedef struct {
  const REAL *bias;      /* [sum][pad] */
  const REAL *kernel;    /* [gate][inputs x pad], or [gate][units x in_pad] */
  const REAL *recurrent; /* [gate][units x pad] */
} cell_weights;

/* Where a matrix of rows lies: doubles of the caller's, or what the forward
   pass saved; element (row, column) at row * s.row + column * s.col. With both
   NULL the values are 0: the state before the first step. */
typedef struct {
  const double *plain;
  const REAL *saved;
  size_t row, col;
} source;

typedef struct {
  const rnn *net;
  const rnn_cell *cell;
  int t;
  cell_weights w;
  size_t lanes, inputs, units, pad, in_pad, in_cols;
  size_t rows, row0, batch;
  lane_mask keep; /* forward */
  const REAL *in; /* input, in_cols columns a panel */
  REAL *now[MAX_STATES], *next[MAX_STATES];
  REAL *ring[MAX_STATES]; /* buffers that steps take in turn */
  size_t turns[MAX_STATES];
  REAL *drop_in, *drop_state; /* masks, one or one per gate, or NULL */
  REAL *dropped_in, *dropped; /* what they leave, or their gradients */
  REAL *z; /* scratch: gates of a chunk, or backward buffers like a state */
  size_t chunk; /* units of a chunk */
  REAL *d_in;   /* backward: gradient of `in`, in_pad columns a panel */
  REAL *d_ring; /* its buffers, d_turns of them */
  size_t d_turns;
  REAL *dz;    /* backward: at the first of this block's rows */
  size_t dz_k; /* numbers of a column of dz */
} step;

/* A slot that step t saved: [units][batch], or as in_vectors() says. */
INLINE REAL *saved_at(const rnn *net, const rnn_cell *c, int slot, int t) {
  size_t n = (size_t) c->units * (size_t) net->rows;
  size_t slots = (size_t) (cell_slots(c) - c->first_slot);
  return (REAL *) c->saved +
         ((size_t) t * slots + (size_t) (slot - c->first_slot)) * n;
}

FN source find_slot(const rnn *net, const rnn_cell *c, int slot, int t) {
  source from = {NULL, NULL, 1, (size_t) net->rows};
  if (slot < c->first_slot) {
    from.plain = net->kept_out + (size_t) t * net->out_step;
    from.col = net->out_col;
  } else {
    from.saved = saved_at(net, c, slot, t);
  }
  return from;
}

/* A state as it was before step t. */
FN source find_before(const rnn *net, const rnn_cell *c, int state, int t) {
  source start = {c->initial[state], NULL, 1, (size_t) net->rows};
  return t > 0 ? find_slot(net, c, state, t - 1) : start;
}

/* A row of the table of cells. forward: next from in and now. backward: now is
   the gradient of the new states, and that of the old ones is added to next;
   a masked row has its own in next already, and zeros in now. */
typedef struct {
  void (*forward)(step *s);
  void (*backward)(step *s);
} cell_steps;

FN cell_weights find_weights(const rnn_cell *c, int backward) {
  size_t g = (size_t) cell_kinds[c->kind].n_gates;
  size_t pad = pad_cols(c->units), in_pad = pad_cols(c->inputs);
  const REAL *p = c->packed;
  cell_weights w = {p, NULL, NULL};
  w.kernel = backward ? p : p + (size_t) cell_sums(c) * pad;
  w.recurrent = w.kernel + g * (backward ? in_pad * (size_t) c->units
                                         : pad * (size_t) c->inputs);
  return w;
}

FN size_t cell_pack_size(const rnn_cell *c) {
  size_t g = (size_t) cell_kinds[c->kind].n_gates;
  size_t u = (size_t) c->units, f = (size_t) c->inputs;
  size_t pad = pad_cols(c->units), in_pad = pad_cols(c->inputs);
  size_t kernel = pad * f > in_pad * u ? pad * f : in_pad * u;
  return ((size_t) cell_sums(c) * pad + g * (kernel + pad * u)) * sizeof(REAL);
}

FN void cell_pack(const rnn_cell *c, int backward, int part, int n_parts) {
  size_t g = (size_t) cell_kinds[c->kind].n_gates;
  size_t u = (size_t) c->units, f = (size_t) c->inputs;
  size_t pad = pad_cols(c->units), in_pad = pad_cols(c->inputs);
  REAL *p = c->packed;
  for (int i = 0; i < cell_sums(c) && !backward; i++, p += pad)
    for (int j = 0; j < (int) pad && part == 0; j++)
      p[j] = c->bias && j < c->units ? (REAL) cell_kinds[c->kind].bias(c, i, j)
                                     : 0;
  for (size_t i = 0; i < g; i++, p += backward ? in_pad * u : pad * f) {
    const double *w = c->kernel + i * u * f;
    if (backward) pack_part(p, w, f, 1, u, f, part, n_parts);
    else pack_part(p, w, 1, f, f, u, part, n_parts);
  }
  for (size_t i = 0; i < g; i++, p += pad * u) {
    const double *w = c->recurrent + i * u * u;
    if (backward) pack_part(p, w, u, 1, u, u, part, n_parts);
    else pack_part(p, w, 1, u, u, u, part, n_parts);
  }
}

#endif
