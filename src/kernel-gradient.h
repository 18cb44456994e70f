/* Sums over all steps as big products: d_kernel = in' dz, d_recurrent = before'
   dz, d_bias = the column sums of dz. Features sit in the lanes, rows and steps
   are the length of the product. The work is cut by panels of features, so
   that no sum depends on how many parts there are. */
#ifndef RECURRENT_KERNEL_GRADIENT_H
#define RECURRENT_KERNEL_GRADIENT_H

#include "kernel-drive.h"

/* One side of one cell's sums: the input's, or the state's. */
typedef struct {
  const rnn *net;
  int cell, recurrent;
  size_t features, cols;       /* d is (features, cols) */
  double *d, *d_bias;          /* d_bias with the state's side only */
  const double *drop;          /* (B, features) or NULL */
} side;

/* A piece of the sum: steps [t, t + steps), rows [row, row + rows). */
typedef struct {
  int t, steps;
  size_t row, rows, k;
} piece;

typedef struct {
  REAL *stage, *a, *b, *c;
} product_work;

FN product_work carve_product(size_t cols, arena *a) {
  product_work w;
  w.stage = take(a, PANEL * KC);
  w.a = take(a, PANEL * KC);
  w.b = take(a, round_up(cols, NR) * KC);
  w.c = take(a, PANEL * NR);
  return w;
}

FN size_t widest(const rnn *net) {
  size_t widest = 0;
  for (int l = 0; l < net->n_cells; l++) {
    const rnn_cell *c = net->cells + l;
    size_t n = (size_t) cell_kinds[c->kind].n_gates * (size_t) c->units;
    if (n > widest) widest = n;
  }
  return widest;
}

FN size_t gradient_work_size(const rnn *net) {
  arena a = {NULL, 0};
  carve_product(widest(net), &a);
  return a.used * sizeof(REAL);
}

FN int used_row(const rnn *net, int t, size_t b) {
  return !net->mask || net->mask[input_step(net, t) * net->mask_step +
                                 b * net->mask_row];
}

/* One feature's value at (t, b): what the forward pass multiplied. */
FN double side_value(const side *s, int t, size_t b, size_t j) {
  const rnn *net = s->net;
  const rnn_cell *c = net->cells + s->cell;
  size_t rows = (size_t) net->rows;
  if (s->recurrent) {
    if (t > 0) return (double) saved_at(net, c, t - 1)[j * rows + b];
    return c->initial[0] ? c->initial[0][j * rows + b] : 0;
  }
  if (s->cell > 0) return (double) saved_at(net, c - 1, t)[j * rows + b];
  return net->x[input_step(net, t) * net->x_step + b * net->x_row +
                j * net->x_col];
}

/* a[k][lane] of the features from j0 on; masked rows are 0 whatever they hold. */
FN void pack_side(const side *s, const piece *p, size_t j0, REAL *a) {
  size_t have = min_size(PANEL, s->features - j0);
  for (int t = p->t; t < p->t + p->steps; t++)
    for (size_t b = p->row; b < p->row + p->rows; b++, a += PANEL) {
      int use = used_row(s->net, t, b);
      for (size_t j = 0; j < PANEL; j++) {
        double v = j < have && use ? side_value(s, t, b, j0 + j) : 0;
        if (s->drop && j < have)
          v *= s->drop[(j0 + j) * (size_t) s->net->rows + b];
        a[j] = (REAL) v;
      }
    }
}

/* b[group][k][column] of dz, [t][column][batch]. */
FN void pack_dz(const side *s, const piece *p, REAL *b) {
  size_t rows = (size_t) s->net->rows;
  const REAL *dz = s->net->cells[s->cell].dz;
  for (size_t n = 0; n < s->cols; n += NR)
    for (int t = p->t; t < p->t + p->steps; t++, b += p->rows * NR)
      pack_transposed(b, NR,
                      dz + ((size_t) t * s->cols + n) * rows + p->row,
                      min_size(NR, s->cols - n), rows, p->rows);
}

FN void add_bias_sums(const side *s, const piece *p, const REAL *b) {
  for (size_t n = 0; n < s->cols; n++) {
    const REAL *q = b + n / NR * NR * p->k + n % NR;
    double sum = 0;
    for (size_t k = 0; k < p->k; k++) sum += (double) q[k * NR];
    s->d_bias[n] += sum;
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

FN void add_piece(const side *s, const piece *p, size_t panel0, size_t panel1,
                  const product_work *w) {
  pack_dz(s, p, w->b);
  if (s->d_bias && panel0 == 0) add_bias_sums(s, p, w->b);
  for (size_t panel = panel0; panel < panel1; panel++) {
    pack_side(s, p, panel * PANEL, w->a);
    for (size_t n = 0; n < s->cols; n += NR) {
      memset(w->c, 0, PANEL * NR * sizeof(REAL));
      tile2(w->c, w->a, w->b + n * p->k, p->k);
      add_tile(s, w->c, panel * PANEL, n);
    }
  }
}

/* Pieces of at most KC rows and steps, whole steps where rows are few. */
FN void add_side(const side *s, int t0, int t1, int part, int n_parts,
                 const product_work *w) {
  size_t panels = (s->features + PANEL - 1) / PANEL;
  size_t panel0 = panels * (size_t) part / (size_t) n_parts;
  size_t panel1 = panels * (size_t) (part + 1) / (size_t) n_parts;
  size_t rows = (size_t) s->net->rows;
  int per_piece = rows < KC ? (int) (KC / rows) : 1;
  if (panel0 == panel1) return;
  for (int t = t0; t < t1; t += per_piece)
    for (size_t r = 0; r < rows; r += KC) {
      piece p = {t, t1 - t < per_piece ? t1 - t : per_piece, r,
                 min_size(KC, rows - r), 0};
      p.k = (size_t) p.steps * p.rows;
      add_piece(s, &p, panel0, panel1, w);
    }
}

FN void drive_gradient(const rnn *net, int t0, int t1, int part, int n_parts,
                       void *work) {
  arena a = {work, 0};
  product_work w = carve_product(widest(net), &a);
  for (int l = 0; l < net->n_cells; l++) {
    const rnn_cell *c = net->cells + l;
    size_t cols = (size_t) cell_kinds[c->kind].n_gates * (size_t) c->units;
    side in = {net, l, 0, (size_t) c->inputs, cols,
               c->d_kernel, NULL, c->drop_in};
    side state = {net, l, 1, (size_t) c->units, cols,
                  c->d_recurrent, c->d_bias, c->drop_state};
    add_side(&in, t0, t1, part, n_parts, &w);
    add_side(&state, t0, t1, part, n_parts, &w);
  }
}

#endif
