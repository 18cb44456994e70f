/* Small products read their factors where they lie: packing them would take
   about as long as the product itself. */
#ifndef RECURRENT_KERNEL_DIRECT_H
#define RECURRENT_KERNEL_DIRECT_H

#include "kernel-gemm.h"

#if !IS_FLOAT
/* Factors of so many numbers stay in the second cache. */
enum { DIRECT_MOST = 32768 };

/* Columns past the last are the last one again: computed, but not stored. */
#define FROM_COL(j) const double *b##j = b + min_size(j, cols - 1) * m->b_col;
#define ZERO2(j) vec p##j = v_set1(0), q##j = v_set1(0);
#define STEP_COL(j)                                                            \
  {                                                                            \
    vec w = v_set1(b##j[at]);                                                  \
    v_add_product(p##j, x, w);                                                 \
    v_add_product(q##j, y, w);                                                 \
  }
#define PUT2(j)                                                                \
  if (j < cols) {                                                              \
    v_store(c + (j) *gap, p##j);                                               \
    v_store(c + (j) *gap + VL, q##j);                                          \
  }

/* c (two vectors of rows, `cols` columns that lie `gap` apart) = a b, of an a
   whose columns lie a_gap apart. */
FN void tile_direct(double *c, size_t gap, const double *a, size_t a_gap,
                    const double *b, size_t cols, const matrix_product *m) {
  EACH_COL(FROM_COL)
  EACH_COL(ZERO2)
  size_t end = m->k * m->b_row;
  for (size_t at = 0; at < end; at += m->b_row, a += a_gap) {
    vec x = v_load(a), y = v_load(a + VL);
    EACH_COL(STEP_COL)
  }
  EACH_COL(PUT2)
}

INLINE int is_direct(const matrix_product *m) {
  return m->k <= PIECE && m->k * (m->m + m->n) <= DIRECT_MOST;
}
#endif

#endif
