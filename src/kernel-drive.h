/* The driver over time, part two: forward and backward over steps [t0, t1). */
#ifndef RECURRENT_KERNEL_DRIVE_H
#define RECURRENT_KERNEL_DRIVE_H

#include "kernel-block.h"

FN const REAL *block_input(block *b, int t) {
  const rnn *net = b->net;
  step *s = b->cells;
  ptrdiff_t next = t + 1 < net->steps ? (ptrdiff_t) net->x_step : 0;
  strides m = {b->rows, s->inputs, net->x_row, net->x_col, 0};
  const double *x =
      net->x + input_step(net, t) * net->x_step + b->row0 * net->x_row;
  s->in_cols = s->inputs;
  load_rows(b->x, s->inputs, x, look_ahead(m, net->backwards ? -next : next));
  return b->x;
}

FN void set_input(block *b, int l, int t) {
  step *s = b->cells + l;
  if (l == 0) {
    s->in = block_input(b, t);
  } else {
    s->in = state_at(s - 1, 0, t + 1);
    s->in_cols = s[-1].pad;
  }
}

FN strides out_strides(const block *b) {
  const rnn *net = b->net;
  strides m = {b->rows, last_cell(b)->units, net->out_row, net->out_col, 0};
  return m;
}

FN size_t out_offset(const block *b, int t) {
  return (size_t) t * b->net->out_step + b->row0 * b->net->out_row;
}

/* The old state, which the step has used, makes room for zeros. */
FN void store_output(block *b, int t) {
  const rnn *net = b->net;
  step *s = last_cell(b);
  const REAL *out = s->next[0];
  strides m = out_strides(b);
  if (!net->sequences && t < net->steps - 1) return;
  m = look_ahead(m, t + 1 < net->steps ? (ptrdiff_t) net->out_step : 0);
  if (b->shown.masked) {
    pick_rows(s->now[0], out, NULL, s->pad, s->lanes, &b->shown);
    out = s->now[0];
  }
  store_rows(net->out + out_offset(b, t), out, s->pad, m);
}

FN void step_cell(block *b, int l, int t) {
  step *s = b->cells + l;
  const cell_kind *kind = cell_kinds + s->cell->kind;
  read_step_mask(b, t);
  set_input(b, l, t);
  s->keep = b->keep;
  s->t = t;
  for (int k = 0; k < kind->n_states; k++)
    s->now[k] = state_at(s, k, t), s->next[k] = state_at(s, k, t + 1);
  cell_table[s->cell->kind].forward(s);
  for (int k = 0; k < kind->n_states; k++) {
    if (b->keep.masked)
      pick_rows(s->next[k], s->next[k], s->now[k], s->pad, s->lanes, &b->keep);
    save_state(s, k);
  }
  if (s == last_cell(b)) store_output(b, t);
}

FN void drive_forward(const rnn *net, int row0, int rows, int t0, int t1,
                      void *work) {
  block b;
  carve(&b, net, (size_t) row0, (size_t) rows, 0, work);
  load_states(&b, t0, 0);
  find_first(&b);
  for (int from = t0; from < t1; from += b.stretch) {
    int to = t1 - from < b.stretch ? t1 : from + b.stretch;
    for (int l = 0; l < net->n_cells; l++)
      for (int t = from; t < to; t++) step_cell(&b, l, t);
  }
  store_states(&b, t1, 0);
}

FN void load_d_out(const block *b, int t, REAL *d) {
  const rnn *net = b->net;
  const step *s = last_cell(b);
  if (!net->d_out) {
    for (size_t i = 0; i < s->lanes * s->pad; i += VL)
      v_store(d + i, v_set1(net->d_all));
    return;
  }
  strides m =
      look_ahead(out_strides(b), t > 0 ? -(ptrdiff_t) net->out_step : 0);
  load_rows(d, s->pad, net->d_out + out_offset(b, t), m);
}

INLINE REAL *d_in_at(const step *s, int t) {
  return s->d_ring + (size_t) t % s->d_turns * s->lanes * s->in_pad;
}

/* The gradient of step t's output joins that of the top state. */
FN void join_d_out(block *b, int t) {
  const rnn *net = b->net;
  step *s = last_cell(b);
  int given = net->d_out || net->d_all != 0;
  if (!given || (!net->sequences && t < net->steps - 1)) return;
  load_d_out(b, t, s->z);
  if (b->shown.masked) pick_rows(s->z, s->z, NULL, s->pad, s->lanes, &b->shown);
  add(s->now[0], s->z, s->lanes * s->pad);
}

/* The gradient of the cell's output: the caller's, or of the input above. */
FN void join_above(block *b, int l, int t) {
  step *s = b->cells + l;
  if (l == b->net->n_cells - 1) join_d_out(b, t);
  else add(s->now[0], d_in_at(s + 1, t), s->lanes * s->pad);
}

FN void store_d_in(block *b, int t) {
  const rnn *net = b->net;
  const step *s = b->cells;
  strides m = {b->rows, s->inputs, net->x_row, net->x_col,
               COLS_AHEAD * (ptrdiff_t) net->x_col};
  store_rows(net->d_x + input_step(net, t) * net->x_step + b->row0 * net->x_row,
             s->d_in, s->in_pad, m);
}

FN void step_cell_backward(block *b, int l, int t, int t0) {
  const rnn *net = b->net;
  step *s = b->cells + l;
  const rnn_cell *c = s->cell;
  size_t first = (size_t) (t - t0) * s->batch + s->row0;
  s->t = t;
  s->dz = (REAL *) c->dz + first * NR;
  s->dz_k = dz_length(net);
  s->d_in = s->d_ring ? d_in_at(s, t) : NULL;
  for (int k = 0; k < cell_kinds[c->kind].n_states; k++)
    s->now[k] = state_at(s, k, t + 1), s->next[k] = state_at(s, k, t);
  read_step_mask(b, t);
  join_above(b, l, t);
  if (s->d_in) memset(s->d_in, 0, s->lanes * s->in_pad * sizeof(REAL));
  for (int k = 0; k < cell_kinds[c->kind].n_states; k++)
    if (b->keep.masked)
      hold_rows(s->next[k], s->now[k], s->pad, s->lanes, &b->keep);
    else memset(s->next[k], 0, s->lanes * s->pad * sizeof(REAL));
  cell_table[c->kind].backward(s);
  if (l == 0 && s->d_in) store_d_in(b, t);
}

FN void drive_backward(const rnn *net, int row0, int rows, int t0, int t1,
                       void *work) {
  block b;
  carve(&b, net, (size_t) row0, (size_t) rows, 1, work);
  load_states(&b, t1, 1);
  find_first(&b);
  for (int to = t1; to > t0; to -= b.stretch) {
    int from = to - t0 < b.stretch ? t0 : to - b.stretch;
    for (int l = net->n_cells - 1; l >= 0; l--)
      for (int t = to - 1; t >= from; t--) step_cell_backward(&b, l, t, t0);
  }
  store_states(&b, t0, 1);
}

#endif
