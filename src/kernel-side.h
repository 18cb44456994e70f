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

/* What the forward pass multiplied, for `have` features from j0 on, as
   stage[feature][row], dropped out. */
FN void stage_rows(const side *s, const piece *p, const source *from, size_t j0,
                   size_t have, REAL *stage) {
  size_t batch = (size_t) s->net->rows;
  for (size_t j = 0; j < have; j++) {
    size_t at = (j0 + j) * from->col + p->row * from->row;
    REAL *to = stage + j * p->rows;
    if (from->plain) copy_in(to, 1, from->plain + at, from->row, p->rows);
    else if (from->saved) copy_real(to, 1, from->saved + at, 1, p->rows);
    else memset(to, 0, p->rows * sizeof(REAL));
    if (s->drop) multiply_in(to, s->drop + (j0 + j) * batch + p->row, p->rows);
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

#if HAVE_SHUFFLE
/* Whether the side is an input whose steps are neighbours, as processed. */
INLINE int goes_by_time(const side *s, const piece *p) {
  const rnn *net = s->net;
  return s->slot == INPUT && s->cell == 0 && !net->backwards &&
         window_turns(net, net->x_row, net->x_step) > 1 && p->steps >= VL;
}

/* Some steps of a row as stage[feature][step], dropped out. */
FN void stage_steps(const side *s, const double *x, size_t row, lanes_of l,
                    size_t steps, REAL *stage) {
  for (size_t j = 0; j < l.have; j++, stage += steps, x += s->net->x_col) {
    copy_in(stage, 1, x, 1, steps);
    if (!s->drop) continue;
    REAL by = (REAL) s->drop[(l.first + j) * (size_t) s->net->rows + row];
    for (size_t k = 0; k < steps; k++) stage[k] *= by;
  }
}

/* a[step][row][lane], VL steps of a row at once; the last ones overlap. */
FN void pack_by_time(const side *s, const piece *p, lanes_of l, REAL *a,
                     REAL *stage) {
  const rnn *net = s->net;
  size_t n = (size_t) p->steps, gap = p->rows * l.w;
  for (size_t b = p->row; b < p->row + p->rows; b++, a += l.w) {
    const double *x =
        net->x + (size_t) p->t + b * net->x_row + l.first * net->x_col;
    const REAL *from = stage;
    size_t col = n;
#if !IS_FLOAT
    if (!s->drop) from = x, col = net->x_col;
#endif
    if (from == stage) stage_steps(s, x, b, l, n, stage);
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

/* a[k][lane] of a panel of features. */
FN void pack_side(const side *s, const piece *p, lanes_of l, REAL *a,
                  REAL *stage) {
  if (goes_by_time(s, p)) {
    pack_by_time(s, p, l, a, stage);
    for (int t = p->t; t < p->t + p->steps; t++, a += p->rows * l.w)
      hide_masked(s, p, t, a, l.w);
    return;
  }
  for (int t = p->t; t < p->t + p->steps; t++, a += p->rows * l.w) {
    source from = find_source(s, t);
    const REAL *direct = from.saved;
#if !IS_FLOAT
    if (from.plain && from.row == 1) direct = from.plain;
#endif
    if (direct && !s->drop) {
      transpose_wide(a, l.w, direct + l.first * from.col + p->row, from.col,
                     l.have, p->rows);
    } else {
      stage_rows(s, p, &from, l.first, l.have, stage);
      transpose_wide(a, l.w, stage, p->rows, l.have, p->rows);
    }
    hide_masked(s, p, t, a, l.w);
  }
}

#endif
