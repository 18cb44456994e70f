/* Sums over all steps as big products: d_kernel = in' dz, d_recurrent = before'
   dz, d_bias = the column sums of dz. Features sit in the lanes; rows and steps
   are the length of the product. The work is cut by panels of features, so
   that no sum depends on how many parts there are. */
#ifndef RECURRENT_KERNEL_GRADIENT_H
#define RECURRENT_KERNEL_GRADIENT_H

#include "kernel-drive.h"
#include "kernel-transpose.h"

/* One side of one cell's sums: the input's, or the state's. */
typedef struct {
  const rnn *net;
  int cell, recurrent;
  size_t features, cols; /* d is (features, cols) */
  double *d;
  const double *drop; /* (B, features) or NULL */
} side;

/* A piece of the sum: steps [t, t + steps), rows [row, row + rows); dz begins
   with step `first`. */
typedef struct {
  int t, steps, first;
  size_t row, rows, k;
} piece;

typedef struct {
  REAL *stage, *a, *b, *c;
} product_work;

FN product_work carve_product(size_t cols, arena *a) {
  product_work w;
  w.stage = take(a, PANEL * PIECE);
  w.a = take(a, TOGETHER * PANEL * PIECE);
  w.b = take(a, (round_up(cols, NR) + NR) * PIECE); /* halves come in pairs */
  w.c = take(a, PANEL * NR);
  return w;
}

FN size_t cell_cols(const rnn_cell *c) {
  return (size_t) cell_kinds[c->kind].n_gates * (size_t) c->units;
}

FN size_t widest(const rnn *net) {
  size_t most = 0;
  for (int l = 0; l < net->n_cells; l++)
    if (cell_cols(net->cells + l) > most) most = cell_cols(net->cells + l);
  return most;
}

FN size_t gradient_work_size(const rnn *net) {
  arena a = {NULL, 0};
  carve_product(widest(net), &a);
  return a.used * sizeof(REAL);
}

/* Where the features of step t lie: doubles of the caller's, or what the
   forward pass saved; element (row, feature) at row * s.row + feature * s.col.
   With both NULL the values are 0: the state before the first step. */
typedef struct {
  const double *plain;
  const REAL *saved;
  size_t row, col;
} source;

FN source find_source(const side *s, int t) {
  const rnn *net = s->net;
  const rnn_cell *c = net->cells + s->cell;
  source from = {NULL, NULL, 1, (size_t) net->rows};
  if (s->recurrent && t == 0) {
    from.plain = c->initial[0];
  } else if (s->recurrent) {
    from.saved = saved_at(net, c, t - 1);
  } else if (s->cell > 0) {
    from.saved = saved_at(net, c - 1, t);
  } else {
    from.plain = net->x + input_step(net, t) * net->x_step;
    from.row = net->x_row, from.col = net->x_col;
  }
  return from;
}

/* What the forward pass multiplied, for `have` features from j0 on, as
   stage[feature][row]: dropped out, and 0 at masked rows whatever is there. */
FN void stage_rows(const side *s, const piece *p, int t, const source *from,
                   size_t j0, size_t have, REAL *stage) {
  const rnn *net = s->net;
  for (size_t j = 0; j < have; j++) {
    size_t at = (j0 + j) * from->col + p->row * from->row;
    REAL *to = stage + j * p->rows;
    for (size_t b = 0; b < p->rows; b++, at += from->row)
      to[b] = from->plain ? (REAL) from->plain[at]
                          : from->saved ? from->saved[at] : 0;
    if (s->drop)
      for (size_t b = 0; b < p->rows; b++)
        to[b] *= (REAL) s->drop[(j0 + j) * (size_t) net->rows + p->row + b];
    if (net->mask) {
      const int *m = net->mask + input_step(net, t) * net->mask_step;
      for (size_t b = 0; b < p->rows; b++)
        if (!m[(p->row + b) * net->mask_row]) to[b] = 0;
    }
  }
}

/* a[k][lane] of the features from j0 on. */
FN void pack_side(const side *s, const piece *p, size_t j0, REAL *a,
                  REAL *stage) {
  size_t have = min_size(PANEL, s->features - j0);
  for (int t = p->t; t < p->t + p->steps; t++, a += p->rows * PANEL) {
    source from = find_source(s, t);
    const REAL *direct = from.saved;
#if !IS_FLOAT
    if (from.plain && from.row == 1) direct = from.plain;
#endif
    if (direct && !s->drop && !s->net->mask) {
      transpose_wide(a, PANEL, direct + j0 * from.col + p->row, from.col, have,
                     p->rows);
    } else {
      stage_rows(s, p, t, &from, j0, have, stage);
      transpose_wide(a, PANEL, stage, p->rows, have, p->rows);
    }
  }
}

/* b[group][k][column] of dz, [step][column][batch]. */
FN void pack_dz(const side *s, const piece *p, REAL *b) {
  size_t rows = (size_t) s->net->rows;
  const REAL *dz = (const REAL *) s->net->cells[s->cell].dz + p->row;
  dz += (size_t) (p->t - p->first) * s->cols * rows;
  for (int t = 0; t < p->steps; t++, dz += s->cols * rows) {
    transpose_groups(b, p->k * NR, dz, rows, s->cols, p->rows);
    b += p->rows * NR;
  }
}

FN void add_bias_sums(double *d, size_t cols, const piece *p, const REAL *b) {
  for (size_t n = 0; n < cols; n += NR, b += p->k * NR) {
    double sum[NR] = {0};
    for (size_t k = 0; k < p->k; k++)
      for (size_t j = 0; j < NR; j++) sum[j] += (double) b[k * NR + j];
    for (size_t j = 0; j < min_size(NR, cols - n); j++) d[n + j] += sum[j];
  }
}

/* d[j0..][n0..] += one tile. */
FN void add_tile(const side *s, const REAL *c, size_t j0, size_t n0) {
  size_t have = min_size(PANEL, s->features - j0);
  size_t cols = min_size(NR, s->cols - n0);
  for (size_t n = 0; n < cols; n++) {
    double *d = s->d + (n0 + n) * s->features + j0;
    for (size_t j = 0; j < have; j++) d[j] += (double) c[n * PANEL + j];
  }
}

/* All columns of the panels [from, to) of one side. */
FN void add_panels(const side *s, const piece *p, size_t from, size_t to,
                   const product_work *w) {
  for (size_t i0 = from; i0 < to; i0 += TOGETHER) {
    size_t n_panels = min_size(TOGETHER, to - i0), length = PANEL * p->k;
    for (size_t i = 0; i < n_panels; i++)
      pack_side(s, p, (i0 + i) * PANEL, w->a + i * length, w->stage);
    for (size_t n = 0; n < s->cols; n += NR)
      for (size_t i = 0; i < n_panels; i++) {
        memset(w->c, 0, PANEL * NR * sizeof(REAL));
        tile2(w->c, w->a + i * length, w->b + n * p->k, p->k);
        add_tile(s, w->c, (i0 + i) * PANEL, n);
      }
  }
}

/* Panels are numbered through both sides; one part takes a run of them. */
FN void add_piece(const side sides[2], const piece *p, double *d_bias, int part,
                  int n_parts, const product_work *w) {
  size_t first = (sides[0].features + PANEL - 1) / PANEL;
  size_t all = first + (sides[1].features + PANEL - 1) / PANEL;
  size_t from = all * (size_t) part / (size_t) n_parts;
  size_t to = all * (size_t) (part + 1) / (size_t) n_parts;
  if (from == to && part > 0) return;
  pack_dz(sides, p, w->b);
  if (d_bias && part == 0) add_bias_sums(d_bias, sides->cols, p, w->b);
  add_panels(sides, p, from, min_size(to, first), w);
  add_panels(sides + 1, p, from > first ? from - first : 0,
             to > first ? to - first : 0, w);
}

/* Pieces of at most PIECE rows and steps, whole steps where rows are few. */
FN void drive_gradient(const rnn *net, int t0, int t1, int part, int n_parts,
                       void *work) {
  arena a = {work, 0};
  product_work w = carve_product(widest(net), &a);
  size_t rows = (size_t) net->rows;
  int by = rows < PIECE ? (int) (PIECE / rows) : 1;
  for (int l = 0; l < net->n_cells; l++) {
    const rnn_cell *c = net->cells + l;
    size_t f = (size_t) c->inputs, u = (size_t) c->units, cols = cell_cols(c);
    side sides[2] = {{net, l, 0, f, cols, c->d_kernel, c->drop_in},
                     {net, l, 1, u, cols, c->d_recurrent, c->drop_state}};
    for (int t = t0; t < t1; t += by)
      for (size_t r = 0; r < rows; r += PIECE) {
        piece p = {t, t1 - t < by ? t1 - t : by, t0, r, min_size(PIECE, rows - r),
                   0};
        p.k = (size_t) p.steps * p.rows;
        add_piece(sides, &p, c->d_bias, part, n_parts, &w);
      }
  }
}

#endif
