/* Sums over all steps as big products: d_kernel = in' dz, d_recurrent = before'
   dz, d_bias = the column sums of dz. Features sit in the lanes; rows and steps
   are the length of the product. The work is cut by panels of features, so
   that no sum depends on how many parts there are. */
#ifndef RECURRENT_KERNEL_GRADIENT_H
#define RECURRENT_KERNEL_GRADIENT_H

#include "kernel-side.h"

/* Room for the longest piece of the widest cell. */
FN product_work carve_product(const rnn *net, arena *a) {
  size_t most = 0, k = (size_t) net->rows * (size_t) net->steps;
  if (k > PIECE) k = PIECE;
  for (int l = 0; l < net->n_cells; l++) {
    const rnn_cell *c = net->cells + l;
    size_t wide = (size_t) (c->inputs > c->units ? c->inputs : c->units);
    if (wide > most) most = wide;
  }
  product_work w;
  w.stage = take(a, PANEL * k);
  w.by = take(a, PANEL * k);
  w.a = take(a, min_size(TOGETHER * PANEL, round_up(most, PANEL)) * k);
  w.c = take(a, TOGETHER * PANEL * NR);
  return w;
}

FN size_t gradient_work_size(const rnn *net) {
  arena a = {NULL, 0};
  carve_product(net, &a);
  return a.used * sizeof(REAL);
}

/* Where the piece begins in columns [n, n + NR) of gate `sum`. */
INLINE const REAL *dz_at(const rnn *net, const rnn_cell *c, const piece *p,
                         size_t sum, size_t n) {
  size_t length = dz_length(net);
  return (const REAL *) c->dz + (sum * pad_cols(c->units) + n) * length +
         p->first * NR;
}

#define START_BIAS(j) double sum##j = 0;
#define ADD_BIAS(j) sum##j += (double) b[j];
#define KEEP_BIAS(j) sum[j] = sum##j;

/* The sums of a group of columns, k long. */
INLINE void sum_columns(double *sum, const REAL *b, size_t k) {
  EACH_COL(START_BIAS)
  for (; k > 0; k--, b += NR) {
    EACH_COL(ADD_BIAS)
  }
  EACH_COL(KEEP_BIAS)
}

/* The columns of all gates, shared out to the parts. */
FN void add_bias_sums(const rnn *net, const rnn_cell *c, const piece *p,
                      int part, int n_parts) {
  int at = 0;
  for (int i = 0; i < cell_sums(c); i++)
    for (int n = 0; n < c->units; n += NR, at++) {
      double sum[NR];
      const REAL *b = dz_at(net, c, p, (size_t) i, (size_t) n);
      if (at % n_parts != part) continue;
      sum_columns(sum, b, p->k);
      for (int j = 0; j < NR && n + j < c->units; j++)
        cell_kinds[c->kind].add_bias(c, i, n + j, sum[j]);
    }
}

/* d[l.first..][n0..] += one tile; `cols` columns of it. */
FN void add_tile(const side *s, const REAL *c, lanes_of l, size_t n0,
                 size_t cols) {
  double *d = s->d + n0 * s->features + l.first;
  for (; cols > 0; cols--, c += l.w, d += s->features) add_out(d, c, l.have);
}

INLINE size_t dz_of(const side *s, size_t gate) {
  return s->dz + gate + (gate + 1 == s->n ? s->skip : 0);
}

/* One group of columns for `some` packed panels. */
FN void add_group(const side *s, const piece *p, const lanes_of *l, size_t some,
                  size_t gate, size_t n, const product_work *w) {
  const rnn_cell *c = s->net->cells + s->cell;
  const REAL *b = dz_at(s->net, c, p, dz_of(s, gate), n);
  size_t at = gate * s->units + n, cols = min_size(NR, s->units - n);
  memset(w->c, 0, some * PANEL * NR * sizeof(REAL));
  for (size_t k = 0; k < p->k; k += KC)
    for (size_t i = 0; i < some; i++) {
      size_t wide = l[i].w;
      tile(w->c + i * PANEL * NR, w->a + i * PANEL * p->k + k * wide,
           b + k * NR, min_size(KC, p->k - k), fetch_ahead(b + k * NR), wide);
    }
  for (size_t i = 0; i < some; i++)
    add_tile(s, w->c + i * PANEL * NR, l[i], at, cols);
}

/* All columns of the panels [from, to) of one side. */
FN void add_panels(const side *s, const piece *p, size_t from, size_t to,
                   const product_work *w) {
  for (size_t i0 = from; i0 < to; i0 += TOGETHER) {
    size_t some = min_size(TOGETHER, to - i0);
    lanes_of l[TOGETHER];
    for (size_t i = 0; i < some; i++) {
      l[i] = find_lanes(s, i0 + i);
      pack_side(s, p, l[i], w, w->a + i * PANEL * p->k);
    }
    for (size_t gate = 0; gate < s->n; gate++)
      for (size_t n = 0; n < s->units; n += NR)
        add_group(s, p, l, some, gate, n, w);
  }
}

INLINE size_t side_panels(const side *s) {
  return (s->features + PANEL - 1) / PANEL;
}

/* Panels are numbered through all sides; one part takes a run of them. */
FN void add_piece(const side *sides, size_t n_sides, const piece *p, int part,
                  int n_parts, const product_work *w) {
  size_t all = 0, first = 0;
  const rnn_cell *c = sides->net->cells + sides->cell;
  for (size_t i = 0; i < n_sides; i++) all += side_panels(sides + i);
  size_t from = all * (size_t) part / (size_t) n_parts;
  size_t to = all * (size_t) (part + 1) / (size_t) n_parts;
  if (c->d_bias) add_bias_sums(sides->net, c, p, part, n_parts);
  for (size_t i = 0; i < n_sides; i++) {
    size_t end = first + side_panels(sides + i);
    size_t a = from > first ? from : first, b = min_size(to, end);
    if (a < b) add_panels(sides + i, p, a - first, b - first, w);
    first = end;
  }
}

/* One side, or one per gate where each gate drops out other features. */
FN size_t put_sides(side *out, side s, int gate, size_t columns) {
  const rnn_cell *c = s.net->cells + s.cell;
  size_t rows = (size_t) s.net->rows, n = s.n, skip = s.skip;
  s.d += (size_t) gate * columns * s.features;
  if (!s.drop || !cell_has(c, DROP_PER_GATE)) {
    *out = s;
    return 1;
  }
  s.drop += (size_t) gate * rows * s.features;
  s.n = 1;
  for (size_t i = 0; i < n; i++) {
    s.skip = i + 1 == n ? skip : 0;
    out[i] = s;
    s.dz++, s.d += columns * s.features, s.drop += rows * s.features;
  }
  return n;
}

FN size_t find_sides(const rnn *net, int l, side *out) {
  const rnn_cell *c = net->cells + l;
  size_t u = (size_t) c->units, gates = (size_t) cell_kinds[c->kind].n_gates;
  state_sum sums[MAX_STATE_SUMS];
  int n_sums = cell_kinds[c->kind].state_sums(c, sums);
  side in = {net, l,     INPUT, (size_t) c->inputs, u,
             0,   gates, 0,     c->d_kernel,        c->drop_in};
  size_t n = put_sides(out, in, 0, u);
  for (int i = 0; i < n_sums; i++) {
    side state = {net,
                  l,
                  sums[i].slot,
                  u,
                  u,
                  (size_t) sums[i].gate,
                  (size_t) sums[i].n,
                  (size_t) sums[i].skip,
                  c->d_recurrent,
                  sums[i].slot == OLD_STATE ? c->drop_state : NULL};
    n += put_sides(out + n, state, sums[i].gate, u);
  }
  return n;
}

/* Pieces of at most PIECE rows and steps, whole steps where rows are few. */
FN void drive_gradient(const rnn *net, int t0, int t1, int part, int n_parts,
                       void *work) {
  arena a = {work, 0};
  product_work w = carve_product(net, &a);
  size_t rows = (size_t) net->rows;
  int by = rows < PIECE ? (int) (PIECE / rows) : 1;
  for (int l = 0; l < net->n_cells; l++) {
    side sides[MAX_SIDES];
    size_t n_sides = find_sides(net, l, sides);
    for (int t = t0; t < t1; t += by)
      for (size_t r = 0; r < rows; r += PIECE) {
        piece p = {t,
                   t1 - t < by ? t1 - t : by,
                   r,
                   min_size(PIECE, rows - r),
                   (size_t) (t - t0) * rows + r,
                   0};
        p.k = (size_t) p.steps * p.rows;
        add_piece(sides, n_sides, &p, part, n_parts, &w);
      }
  }
}

#endif
