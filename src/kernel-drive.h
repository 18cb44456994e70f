/* The driver over time, part two: forward and backward over steps [t0, t1). */
#ifndef RECURRENT_KERNEL_DRIVE_H
#define RECURRENT_KERNEL_DRIVE_H

#include "kernel-block.h"

FN strides x_strides(const block *b) {
  const rnn *net = b->net;
  strides m = {b->rows, b->cells->inputs, net->x_row, net->x_col, 0};
  return m;
}

FN const REAL *block_input(block *b, int t) {
  const rnn *net = b->net;
  step *s = b->cells;
  ptrdiff_t next = t + 1 < net->steps ? (ptrdiff_t) net->x_step : 0;
  size_t at = input_step(net, t);
  const double *x = net->x + b->row0 * net->x_row;
  strides m = x_strides(b);
  s->in_cols = s->inputs;
  if (b->x.turns > 1)
    load_window(&b->x, s->inputs, x,
                look_along(m, net->backwards ? -NEXT_WINDOW : NEXT_WINDOW), at,
                (size_t) net->steps);
  else
    load_rows(b->x.at, s->inputs, x + at * net->x_step,
              look_ahead(m, net->backwards ? -next : next));
  return window_at(&b->x, at);
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
  if (b->shown.masked) {
    pick_rows(s->now[0], out, NULL, s->pad, s->lanes, &b->shown);
    out = s->now[0];
  }
  if (b->out.turns > 1) {
    memcpy(window_at(&b->out, (size_t) t), out, b->out.size * sizeof(REAL));
    store_window(&b->out, s->pad, net->out + out_offset(b, 0),
                 look_along(m, NEXT_WINDOW), (size_t) t, (size_t) net->steps);
    return;
  }
  m = look_ahead(m, t + 1 < net->steps ? (ptrdiff_t) net->out_step : 0);
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
  flush_window(&b.out, last_cell(&b)->pad, net->out + out_offset(&b, 0),
               out_strides(&b));
  store_states(&b, t1, 0);
}

FN REAL *load_d_out(block *b, int t) {
  const rnn *net = b->net;
  const step *s = last_cell(b);
  strides m = out_strides(b);
  if (!net->d_out) {
    for (size_t i = 0; i < s->lanes * s->pad; i += VL)
      v_store(s->z + i, v_set1(net->d_all));
    return s->z;
  }
  if (b->out.turns > 1) {
    load_window(&b->out, s->pad, net->d_out + out_offset(b, 0),
                look_along(m, -NEXT_WINDOW), (size_t) t, (size_t) net->steps);
    return window_at(&b->out, (size_t) t);
  }
  m = look_ahead(m, t > 0 ? -(ptrdiff_t) net->out_step : 0);
  load_rows(s->z, s->pad, net->d_out + out_offset(b, t), m);
  return s->z;
}

INLINE REAL *d_in_at(const step *s, size_t t) {
  return s->d_ring + t % s->d_turns * s->lanes * s->in_pad;
}

/* The gradient of step t's output joins that of the top state. */
FN void join_d_out(block *b, int t) {
  const rnn *net = b->net;
  step *s = last_cell(b);
  int given = net->d_out || net->d_all != 0;
  if (!given || (!net->sequences && t < net->steps - 1)) return;
  REAL *d = load_d_out(b, t);
  if (b->shown.masked) pick_rows(d, d, NULL, s->pad, s->lanes, &b->shown);
  add(s->now[0], d, s->lanes * s->pad);
}

/* The gradient of the cell's output: the caller's, or of the input above. */
FN void join_above(block *b, int l, int t) {
  step *s = b->cells + l;
  if (l == b->net->n_cells - 1) join_d_out(b, t);
  else add(s->now[0], d_in_at(s + 1, (size_t) t), s->lanes * s->pad);
}

FN void store_d_in(block *b, int t) {
  const rnn *net = b->net;
  const step *s = b->cells;
  size_t at = input_step(net, t);
  double *d_x = net->d_x + b->row0 * net->x_row;
  strides m = x_strides(b);
  if (b->d_x.turns > 1) {
    m = look_along(m, net->backwards ? NEXT_WINDOW : -NEXT_WINDOW);
    store_window(&b->d_x, s->in_pad, d_x, m, at, (size_t) net->steps);
    return;
  }
  m.ahead = COLS_AHEAD * (ptrdiff_t) m.col;
  store_rows(d_x + at * net->x_step, s->d_in, s->in_pad, m);
}

FN void step_cell_backward(block *b, int l, int t, int t0) {
  const rnn *net = b->net;
  step *s = b->cells + l;
  const rnn_cell *c = s->cell;
  size_t first = (size_t) (t - t0) * s->batch + s->row0;
  s->t = t;
  s->dz = (REAL *) c->dz + first * NR;
  s->dz_k = dz_length(net);
  if (s->d_ring) s->d_in = d_in_at(s, l > 0 ? (size_t) t : input_step(net, t));
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
  b.d_x.at = b.cells->d_ring;
  for (int to = t1; to > t0; to -= b.stretch) {
    int from = to - t0 < b.stretch ? t0 : to - b.stretch;
    for (int l = net->n_cells - 1; l >= 0; l--)
      for (int t = to - 1; t >= from; t--) step_cell_backward(&b, l, t, t0);
  }
  if (b.d_x.n > 0)
    flush_window(&b.d_x, b.cells->in_pad, net->d_x + b.row0 * net->x_row,
                 x_strides(&b));
  store_states(&b, t0, 1);
}

#endif
