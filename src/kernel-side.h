/* What the sums over all steps multiply dz with, packed for their product. */
#ifndef RECURRENT_KERNEL_SIDE_H
#define RECURRENT_KERNEL_SIDE_H

#include "kernel-drive.h"

enum { INPUT = -2, MAX_SIDES = MAX_GATES * (1 + MAX_STATE_SUMS) };

/* One product: a factor with some gates of dz. */
typedef struct {
  const rnn *net;
  int cell, slot; /* slot: INPUT, OLD_STATE, or one of the step's slots */
  size_t features, units, dz, n, skip; /* gates of dz, as in state_sum */
  double *d;                           /* (features, n * units) */
  const double *drop;                  /* (B, features) or NULL */
} side;

/* A piece of the sum: steps [t, t + steps), rows [row, row + rows), which are
   the k numbers of dz from `first` on. */
typedef struct {
  int t, steps;
  size_t row, rows, first, k;
} piece;

/* Room for a panel's columns, for its dropout, for packed panels and for their
   tiles. */
typedef struct {
  REAL *stage, *by, *a, *c;
} product_work;

FN source find_source(const side *s, int t) {
  const rnn *net = s->net;
  const rnn_cell *c = net->cells + s->cell;
  if (s->slot >= 0) return find_slot(net, c, s->slot, t);
  if (s->slot == OLD_STATE) return find_before(net, c, 0, t);
  if (s->cell > 0) return find_slot(net, c - 1, 0, t);
  source x = {net->x + input_step(net, t) * net->x_step, NULL, net->x_row,
              net->x_col};
  return x;
}

/* Some features: those of one panel, which is w wide. */
typedef struct {
  size_t first, w, have;
} lanes_of;

INLINE lanes_of find_lanes(const side *s, size_t i) {
  size_t all = round_up(s->features, VL);
  lanes_of l = {panel_at(all, i), 0, 0};
  l.w = panel_at(all, i + 1) - l.first;
  l.have = min_size(l.w, s->features - l.first);
  return l;
}

/* Some features of the caller's, or zeros, as stage[feature][row]. */
FN void stage_rows(const piece *p, const source *from, lanes_of l,
                   REAL *stage) {
  for (size_t j = 0; j < l.have; j++, stage += p->rows) {
    size_t at = (l.first + j) * from->col + p->row * from->row;
    if (from->plain) copy_in(stage, 1, from->plain + at, from->row, p->rows);
    else memset(stage, 0, p->rows * sizeof(REAL));
  }
}

/* Inputs at masked rows are 0, whatever the caller has there. */
FN void hide_masked(const side *s, const piece *p, int t, REAL *a, size_t w) {
  const rnn *net = s->net;
  if (!net->mask || s->slot != INPUT || s->cell > 0) return;
  const int *m = step_mask(net, t, p->row);
  for (size_t b = 0; b < p->rows; b++)
    if (!m[b * net->mask_row]) memset(a + b * w, 0, w * sizeof(REAL));
}

#if HAVE_SHUFFLE
/* Whether the side is an input whose steps are neighbours, as processed. */
INLINE int goes_by_time(const side *s, const piece *p) {
  const rnn *net = s->net;
  return s->slot == INPUT && s->cell == 0 && !net->backwards &&
         window_turns(net, net->x_row, net->x_step) > 1 && p->steps >= VL;
}

/* a[step][row][lane], VL steps of a row at once; the last ones overlap. */
FN void pack_by_time(const side *s, const piece *p, lanes_of l, REAL *a,
                     REAL *stage) {
  const rnn *net = s->net;
  size_t n = (size_t) p->steps, gap = p->rows * l.w;
  for (size_t b = p->row; b < p->row + p->rows; b++, a += l.w) {
    const double *x =
        net->x + (size_t) p->t + b * net->x_row + l.first * net->x_col;
#if IS_FLOAT
    const REAL *from = stage;
    size_t col = n;
    for (size_t j = 0; j < l.have; j++)
      copy_in(stage + j * n, 1, x + j * net->x_col, 1, n);
#else
    const REAL *from = x;
    size_t col = net->x_col;
    (void) stage;
#endif
    for (size_t i = 0; i < n; i += VL) {
      size_t k = min_size(i, n - VL);
      for (size_t j = 0; j < l.w; j += VL)
        transpose_square(a + k * gap + j, gap, from + j * col + k, col,
                         j < l.have ? min_size(VL, l.have - j) : 0);
    }
  }
}
#else
#define goes_by_time(s, p) 0
#define pack_by_time(s, p, l, a, stage) ((void) 0)
#endif

/* a[row][lane] of a panel of features. */
FN void pack_rows(const piece *p, const source *from, lanes_of l, REAL *a,
                  REAL *stage) {
  const REAL *direct = from->saved;
#if !IS_FLOAT
  if (from->plain && from->row == 1) direct = from->plain;
#endif
  if (direct) {
    transpose_wide(a, l.w, direct + l.first * from->col + p->row, from->col,
                   l.have, p->rows);
  } else {
    stage_rows(p, from, l, stage);
    transpose_wide(a, l.w, stage, p->rows, l.have, p->rows);
  }
}

/* All steps of a piece drop out the same. */
FN void drop_side(const side *s, const piece *p, lanes_of l, REAL *a, REAL *by,
                  REAL *stage) {
  source drop = {s->drop, NULL, 1, (size_t) s->net->rows};
  pack_rows(p, &drop, l, by, stage);
  for (int t = 0; t < p->steps; t++)
    for (size_t i = 0, n = p->rows * l.w; i < n; i += VL, a += VL)
      v_store(a, v_load(a) * v_load(by + i));
}

/* What the forward pass multiplied: a[k][lane] of a panel of features. */
FN void pack_side(const side *s, const piece *p, lanes_of l,
                  const product_work *w, REAL *a) {
  size_t size = p->rows * l.w;
  if (goes_by_time(s, p)) pack_by_time(s, p, l, a, w->stage);
  else
    for (int t = 0; t < p->steps; t++) {
      source from = find_source(s, p->t + t);
      pack_rows(p, &from, l, a + (size_t) t * size, w->stage);
    }
  if (s->drop) drop_side(s, p, l, a, w->by, w->stage);
  for (int t = 0; t < p->steps; t++)
    hide_masked(s, p, p->t + t, a + (size_t) t * size, l.w);
}

#endif
