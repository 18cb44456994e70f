/* A plain product of matrices, c = a b, cut by panels of rows. */
#ifndef RECURRENT_KERNEL_MATMUL_H
#define RECURRENT_KERNEL_MATMUL_H

#include "kernel-direct.h"

#if !IS_FLOAT
/* a[k][lane] of `have` rows. */
FN void pack_lanes(REAL *dst, const double *src, size_t row, size_t col,
                   size_t have, size_t k) {
  if (col == 1) {
    transpose_wide(dst, PAIR, src, row, have, k);
    return;
  }
  for (size_t i = 0; i < k; i++, dst += PAIR, src += col) {
    size_t j = 0;
    for (; j + VL <= have; j += VL) v_store(dst + j, v_load(src + j));
    for (; j < PAIR; j++) dst[j] = j < have ? src[j] : 0;
  }
}

/* c (rows, n), the rows of one panel: stored first, then added to. */
FN void put_tile(double *c, size_t gap, const REAL *tile, size_t rows,
                 size_t cols, int first) {
  for (size_t j = 0; j < cols; j++)
    for (size_t i = 0; i < rows; i++) {
      double *p = c + j * gap + i;
      *p = first ? tile[j * PAIR + i] : *p + tile[j * PAIR + i];
    }
}

typedef struct {
  REAL *a, *b, *c;
} matmul_work;

FN matmul_work carve_matmul(const matrix_product *m, arena *work) {
  matmul_work w;
  size_t k = min_size(PIECE, m->k);
  w.a = take(work, TOGETHER * PAIR * k);
  w.b = take(work, (round_up(m->n, NR) + NR) * k);
  w.c = take(work, PAIR * NR);
  return w;
}

FN size_t matmul_work_size(const matrix_product *m) {
  arena work = {NULL, 0};
  carve_matmul(m, &work);
  return work.used * sizeof(REAL);
}

/* The panels [from, to) of c += a[, k0 + 1:k] b[k0 + 1:k, ]. */
FN void multiply_piece(const matrix_product *m, size_t from, size_t to,
                       size_t k0, const matmul_work *w) {
  size_t k = min_size(PIECE, m->k - k0), length = PAIR * k;
  const double *b = m->b + k0 * m->b_row;
  pack_cols(w->b, b, m->b_row, m->b_col, k, m->n);
  for (size_t i0 = from; i0 < to; i0 += TOGETHER) {
    size_t some = min_size(TOGETHER, to - i0);
    for (size_t i = 0; i < some; i++) {
      size_t row = (i0 + i) * PAIR;
      pack_lanes(w->a + i * length, m->a + row * m->a_row + k0 * m->a_col,
                 m->a_row, m->a_col, min_size(PAIR, m->m - row), k);
    }
    for (size_t n = 0; n < m->n; n += NR)
      for (size_t i = 0; i < some; i++) {
        size_t row = (i0 + i) * PAIR;
        memset(w->c, 0, PAIR * NR * sizeof(REAL));
        tile2(w->c, w->a + i * length, w->b + n * k, k,
              fetch_ahead(w->b + n * k));
        put_tile(m->c + row + n * m->m, m->m, w->c, min_size(PAIR, m->m - row),
                 min_size(NR, m->n - n), k0 == 0);
      }
  }
}

/* The same of a small product. Only what does not lie in panels is packed. */
FN void multiply_small(const matrix_product *m, size_t from, size_t to,
                       const matmul_work *w) {
  size_t length = PAIR * m->k;
  for (size_t i0 = from; i0 < to; i0 += TOGETHER) {
    size_t some = min_size(TOGETHER, to - i0);
    const double *a[TOGETHER];
    size_t a_gap[TOGETHER];
    for (size_t i = 0; i < some; i++) {
      size_t row = (i0 + i) * PAIR, rows = min_size(PAIR, m->m - row);
      a[i] = m->a + row * m->a_row, a_gap[i] = m->a_col;
      if (m->a_row == 1 && rows == PAIR) continue;
      pack_lanes(w->a + i * length, a[i], m->a_row, m->a_col, rows, m->k);
      a[i] = w->a + i * length, a_gap[i] = PAIR;
    }
    for (size_t n = 0; n < m->n; n += NR)
      for (size_t i = 0; i < some; i++) {
        size_t row = (i0 + i) * PAIR, rows = min_size(PAIR, m->m - row);
        size_t cols = min_size(NR, m->n - n);
        double *c = m->c + row + n * m->m;
        const double *b = m->b + n * m->b_col;
        if (rows == PAIR) {
          tile_direct(c, m->m, a[i], a_gap[i], b, cols, m);
          continue;
        }
        tile_direct(w->c, PAIR, a[i], a_gap[i], b, cols, m);
        put_tile(c, m->m, w->c, rows, cols, 1);
      }
  }
}

FN void matmul(const matrix_product *m, int part, int n_parts, void *work) {
  arena area = {work, 0};
  matmul_work w = carve_matmul(m, &area);
  size_t panels = (m->m + PAIR - 1) / PAIR;
  size_t from = panels * (size_t) part / (size_t) n_parts;
  size_t to = panels * (size_t) (part + 1) / (size_t) n_parts;
  if (from == to) return;
  if (is_direct(m)) {
    multiply_small(m, from, to, &w);
    return;
  }
  for (size_t k0 = 0; k0 < m->k; k0 += PIECE)
    multiply_piece(m, from, to, k0, &w);
}
#else
#define matmul_work_size NULL
#define matmul NULL
#endif

#endif
