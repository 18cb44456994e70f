/* The driver over time, part one: a block of rows with all its buffers. */
#ifndef RECURRENT_KERNEL_BLOCK_H
#define RECURRENT_KERNEL_BLOCK_H

#include "kernel-gru.h"
#include "kernel-lstm.h"
#include "kernel-simple.h"
#include "kernel-window.h"

static const cell_steps cell_table[N_KINDS] = {
    {simple_forward, simple_backward},
    {lstm_forward, lstm_backward},
    {gru_forward, gru_backward},
};

/* cells[] lies at the front of the work area, the buffers behind it. */
typedef struct {
  const rnn *net;
  size_t row0, rows, lanes;
  lane_mask keep;  /* lanes that use the step */
  lane_mask shown; /* lanes whose output is not zeros */
  INT *first;      /* of each lane, the first step that it uses */
  int all_from;    /* the step from which on all lanes have used one */
  int stretch;     /* steps that a cell takes before the next one */
  int mask_at;     /* the step whose masks are read, or -1 */
  step *cells;
  window x;   /* input of the first cell */
  window out; /* output, or backward its gradient */
  window d_x; /* the buffers of the first cell's d_ring */
} block;

/* All units at once where an activation needs them, or its z is kept. */
FN size_t find_chunk(const step *s) {
  const rnn_cell *c = s->cell;
  size_t gates = n_gates(s), by = PIECE_COLS;
  if (c->activation == SOFTMAX || c->recurrent_activation == SOFTMAX ||
      (gates == 1 && activation_needs_z(c->activation)))
    return s->pad;
  if (at_once(s)) by = AT_ONCE_COLS / gates / NR * NR;
  return min_size(by, s->pad);
}

/* Weights that about stay in the second cache one cell at a time, but not
   together, serve some steps of a cell before the next. */
enum { STRETCH = 4 };

FN int find_stretch(const rnn *net) {
  size_t all = 0, most = 0;
  for (int l = 0; l < net->n_cells; l++) {
    size_t one = cell_pack_size(net->cells + l);
    all += one;
    if (one > most) most = one;
  }
  if (net->n_cells == 1 || most > 2 * SECOND_CACHE) return 1;
  if (all <= SECOND_CACHE) return 1;
  return net->run_steps < STRETCH ? net->run_steps : STRETCH;
}

/* Forward, the cell above reads the states of a whole stretch, and one more is
   the state before it; backward, the cell below reads the input's gradients. */
FN void carve_rings(const block *b, step *s, int backward, arena *a) {
  const rnn *net = b->net;
  const rnn_cell *c = s->cell;
  size_t steps = (size_t) b->stretch;
  int below = c != net->cells, above = c != net->cells + net->n_cells - 1;
  for (int k = 0; k < cell_kinds[c->kind].n_states; k++) {
    s->turns[k] = k == 0 && above && !backward ? steps + 1 : 2;
    s->ring[k] = take(a, s->lanes * s->pad * s->turns[k]);
  }
  if (!backward || !(net->want_dx || below)) return;
  s->d_turns = below ? steps : window_turns(net, net->x_row, net->x_step);
  s->d_ring = take(a, s->lanes * s->in_pad * s->d_turns);
}

FN void carve_cell(block *b, step *s, const rnn_cell *c, int backward,
                   arena *a) {
  const cell_kind *kind = cell_kinds + c->kind;
  size_t masks = cell_has(c, DROP_PER_GATE) ? (size_t) kind->n_gates : 1;
  memset(s, 0, sizeof *s);
  s->net = b->net, s->cell = c;
  s->w = find_weights(c, backward);
  s->lanes = b->lanes, s->rows = b->rows, s->row0 = b->row0;
  s->batch = (size_t) b->net->rows;
  s->inputs = (size_t) c->inputs, s->units = (size_t) c->units;
  s->pad = pad_cols(c->units), s->in_pad = pad_cols(c->inputs);
  size_t n = s->lanes * s->pad;
  carve_rings(b, s, backward, a);
  if (c->drop_state) {
    s->drop_state = take(a, n * masks);
    s->dropped = take(a, n * masks);
  }
  if (c->drop_in) {
    s->drop_in = take(a, s->lanes * s->in_pad * masks);
    s->dropped_in = take(a, s->lanes * s->in_pad * masks);
  }
  s->chunk = find_chunk(s);
  if (backward) s->z = take(a, n * (size_t) kind->n_scratch);
  else if (kind->n_gates > 1)
    s->z = take(a, 4 * s->lanes * s->chunk + (c->kind == 2 ? n : 0));
}

FN window carve_window(size_t size, size_t turns, arena *a) {
  window w = {take(a, size * turns), size, turns, 0, 0};
  return w;
}

/* Gradients of inputs wait in the ring of the first cell. Steps of the output
   that are no neighbours need no buffer of their own. */
FN void carve_windows(block *b, int backward, arena *a) {
  const rnn *net = b->net;
  size_t in = b->lanes * pad_cols(net->cells[0].inputs);
  size_t out = b->lanes * pad_cols(net->cells[net->n_cells - 1].units);
  size_t turns = window_turns(net, net->out_row, net->out_step);
  if (backward) {
    window w = {NULL, in, window_turns(net, net->x_row, net->x_step), 0, 0};
    b->d_x = w;
  } else {
    b->x = carve_window(in, window_turns(net, net->x_row, net->x_step), a);
  }
  b->out = carve_window(turns > 1 ? out : 0, turns, a);
}

FN step *last_cell(const block *b) { return b->cells + b->net->n_cells - 1; }

/* All buffers of the block. With work NULL only the bytes are counted. */
FN size_t carve(block *b, const rnn *net, size_t row0, size_t rows,
                int backward, void *work) {
  step counting;
  size_t n_cells = (size_t) net->n_cells;
  size_t head = round_up(n_cells * sizeof(step), 64);
  arena a = {work ? (REAL *) (void *) ((char *) work + head) : NULL, 0};
  b->net = net, b->row0 = row0, b->rows = rows;
  b->lanes = round_up(rows, VL);
  b->stretch = find_stretch(net);
  b->cells = work;
  for (size_t l = 0; l < n_cells; l++)
    carve_cell(b, work ? b->cells + l : &counting, net->cells + l, backward,
               &a);
  carve_windows(b, backward, &a);
  b->keep.masked = b->shown.masked = 0;
  b->mask_at = -1;
  if (net->mask) {
    b->keep.keep = (INT *) (void *) take(&a, b->lanes);
    b->shown.keep = (INT *) (void *) take(&a, b->lanes);
    b->first = (INT *) (void *) take(&a, b->lanes);
  }
  return head + a.used * sizeof(REAL);
}

FN size_t block_work_size(const rnn *net, int rows) {
  block b;
  size_t forward = carve(&b, net, 0, (size_t) rows, 0, NULL);
  size_t backward =
      net->cells[0].dz ? carve(&b, net, 0, (size_t) rows, 1, NULL) : 0;
  return forward > backward ? forward : backward;
}

/* (B, cols) matrices of doubles: the block's rows of them. */
FN void load_matrix(const block *b, REAL *dst, size_t pad, const double *src,
                    size_t cols) {
  strides m = {b->rows, cols, 1, (size_t) b->net->rows, 0};
  if (src) load_rows(dst, pad, src + b->row0, m);
  else memset(dst, 0, b->lanes * pad * sizeof(REAL));
}

FN void store_matrix(const block *b, double *dst, const REAL *src, size_t pad,
                     size_t cols) {
  strides m = {b->rows, cols, 1, (size_t) b->net->rows, 0};
  store_rows(dst + b->row0, src, pad, m);
}

FN void load_dropout(const block *b, const step *s) {
  const rnn_cell *c = s->cell;
  size_t masks =
      cell_has(c, DROP_PER_GATE) ? (size_t) cell_kinds[c->kind].n_gates : 1;
  for (size_t i = 0; i < masks; i++) {
    if (c->drop_in)
      load_matrix(b, s->drop_in + i * s->lanes * s->in_pad, s->in_pad,
                  c->drop_in + i * s->inputs * s->batch, s->inputs);
    if (c->drop_state)
      load_matrix(b, s->drop_state + i * s->lanes * s->pad, s->pad,
                  c->drop_state + i * s->units * s->batch, s->units);
  }
}

/* A state between step t - 1 and step t, or its gradient. */
INLINE REAL *state_at(const step *s, int k, int t) {
  return s->ring[k] + (size_t) t % s->turns[k] * s->lanes * s->pad;
}

/* States, or their gradients, last from run to run in the caller's memory. */
FN void load_states(const block *b, int t, int backward) {
  for (int l = 0; l < b->net->n_cells; l++) {
    step *s = b->cells + l;
    const rnn_cell *c = s->cell;
    load_dropout(b, s);
    for (int k = 0; k < cell_kinds[c->kind].n_states; k++)
      load_matrix(b, state_at(s, k, t), s->pad,
                  backward ? c->d_state[k] : c->state[k], s->units);
  }
}

FN void store_states(const block *b, int t, int backward) {
  for (int l = 0; l < b->net->n_cells; l++) {
    const step *s = b->cells + l;
    const rnn_cell *c = s->cell;
    for (int k = 0; k < cell_kinds[c->kind].n_states; k++)
      store_matrix(b, backward ? c->d_state[k] : c->state[k], state_at(s, k, t),
                   s->pad, s->units);
  }
}

/* Numbers of a column of dz: rows of all steps of a run. */
INLINE size_t dz_length(const rnn *net) {
  return (size_t) net->run_steps * (size_t) net->rows;
}

/* The step's place in the input: reversed if asked. */
INLINE size_t input_step(const rnn *net, int t) {
  return (size_t) (net->backwards ? net->steps - 1 - t : t);
}

INLINE const int *step_mask(const rnn *net, int t, size_t row) {
  return net->mask + input_step(net, t) * net->mask_step + row * net->mask_row;
}

FN void find_first(block *b) {
  const rnn *net = b->net;
  b->all_from = 0;
  for (size_t i = 0; i < b->lanes && net->mask; i++) {
    int t = 0;
    while (i < b->rows && t < net->steps && !*step_mask(net, t, b->row0 + i))
      t++;
    b->first[i] = t;
    if (t > b->all_from) b->all_from = t;
  }
}

/* A masked row repeats its last output, which is its state; before it has one,
   or with zero_output, it gives zeros. */
FN void read_step_mask(block *b, int t) {
  const rnn *net = b->net;
  if (!net->mask || b->mask_at == t) return;
  b->mask_at = t;
  read_mask(&b->keep, step_mask(net, t, b->row0), net->mask_row, b->rows);
  if (net->zero_output) {
    b->shown = b->keep;
    return;
  }
  b->shown.masked = t < b->all_from;
  for (size_t i = 0; i < b->lanes && b->shown.masked; i++)
    b->shown.keep[i] = b->first[i] <= t ? -1 : 0;
}

#endif
