/* The one product. Rows sit in the lanes of panels, a[panel][k][lane]; the
   other factor is packed in groups of NR columns, b[group][k][column]; the
   result is c[panel][column][lane]. */
#ifndef RECURRENT_KERNEL_GEMM_H
#define RECURRENT_KERNEL_GEMM_H

#include "kernel-transpose.h"

#if N_COLS == 8
#define HALF_COLS(M) M(0) M(1) M(2) M(3)
#define EACH_COL(M) HALF_COLS(M) M(4) M(5) M(6) M(7)
#else
#define HALF_COLS(M) M(0) M(1) M(2)
#define EACH_COL(M) HALF_COLS(M) M(3) M(4) M(5)
#endif

#define LOAD2(j)                                                               \
  vec p##j = v_load(c + (j) *2 * VL), q##j = v_load(c + (j) *2 * VL + VL);
#define STEP2(j)                                                               \
  {                                                                            \
    vec w = v_set1(row[j]);                                                    \
    p##j += x * w;                                                             \
    q##j += y * w;                                                             \
  }
#define SUM2(COLS, a, b, k, ahead)                                             \
  for (size_t i = 0; i < (k); i++) {                                           \
    const REAL *col = (a) + i * 2 * VL, *row = (b) + i * NR;                   \
    vec x = v_load(col), y = v_load(col + VL);                                 \
    v_prefetch((ahead).at + i * (ahead).by);                                   \
    COLS(STEP2)                                                                \
  }
#define STORE2(j)                                                              \
  v_store(c + (j) *2 * VL, p##j);                                              \
  v_store(c + (j) *2 * VL + VL, q##j);

/* What is fetched from the far caches during a product: each step of it moves
   on by some bytes. */
typedef struct {
  const char *at;
  size_t by;
} fetch;

INLINE fetch fetch_ahead(const REAL *b) {
  fetch f = {(const char *) (b + 64 * NR), NR * sizeof(REAL)};
  return f;
}

/* c (NR columns, 2 vectors of rows) += a b, accumulators in registers. */
FN void tile2(REAL *c, const REAL *a, const REAL *b, size_t k, fetch ahead) {
  EACH_COL(LOAD2)
  SUM2(EACH_COL, a, b, k, ahead);
  EACH_COL(STORE2)
}

#define LOAD1(j) vec p##j = v_load(c + (j) *VL);
#define STEP1(j) p##j += x * v_set1(row[j]);
#define SUM1(a, b, k)                                                          \
  for (size_t i = 0; i < (k); i++) {                                           \
    const REAL *row = (b) + i * NR;                                            \
    vec x = v_load((a) + i * VL);                                              \
    EACH_COL(STEP1)                                                            \
  }
#define STORE1(j) v_store(c + (j) *VL, p##j);

FN void tile1(REAL *c, const REAL *a, const REAL *b, size_t k) {
  EACH_COL(LOAD1)
  SUM1(a, b, k);
  EACH_COL(STORE1)
}

#define START2(j) vec p##j = v_set1(bias[j]), q##j = p##j;
#define START1(j) vec p##j = v_set1(bias[j]);

/* Two products that follow each other: c = bias + a b + d e, all in registers
   until the end. */
typedef struct {
  const REAL *a, *b, *d, *e;
  size_t k, n; /* lengths of the products */
} two_products;

FN void tile2_from(REAL *c, const REAL *bias, two_products t) {
  EACH_COL(START2)
  SUM2(EACH_COL, t.a, t.b, t.k, fetch_ahead(t.b));
  SUM2(EACH_COL, t.d, t.e, t.n, fetch_ahead(t.e));
  EACH_COL(STORE2)
}

/* The first half of the columns, where the others only fill up the group. */
FN void half2_from(REAL *c, const REAL *bias, two_products t) {
  HALF_COLS(START2)
  SUM2(HALF_COLS, t.a, t.b, t.k, fetch_ahead(t.b));
  SUM2(HALF_COLS, t.d, t.e, t.n, fetch_ahead(t.e));
  HALF_COLS(STORE2)
  memset(c + NR * VL, 0, NR * VL * sizeof(REAL));
}

FN void tile1_from(REAL *c, const REAL *bias, two_products t) {
  EACH_COL(START1)
  SUM1(t.a, t.b, t.k);
  SUM1(t.d, t.e, t.n);
  EACH_COL(STORE1)
}

/* b lies as it is read, in pieces of KC: [piece][group][k][column], so that
   no two groups that are in use together meet in the same lines of a cache. */
typedef struct {
  size_t lanes;  /* rows, padded to whole vectors */
  size_t k;      /* length of the product */
  size_t n;      /* columns of c to compute: a multiple of NR */
  size_t a_cols; /* columns that a and c hold per panel */
  size_t c_cols;
  size_t c_at;         /* the first column of c */
  size_t b_cols, b_at; /* columns of all of b, and the first of them to use */
  const REAL *next;    /* what the next product reads first, or NULL */
} gemm_size;

/* Where the piece of b with row k0 and column n0 of this product begins. */
INLINE const REAL *piece_at(const REAL *b, const gemm_size *s, size_t k0,
                            size_t n0) {
  return b + k0 * s->b_cols + (s->b_at + n0) * min_size(KC, s->k - k0);
}

/* The piece of b at (k0, n0) for all panels; each fetches its share of what
   follows at `next`, so that the far caches are asked at an even rate. */
FN void run_piece(REAL *c, const REAL *a, const REAL *b, const gemm_size *s,
                  size_t k0, size_t n0, const REAL *next) {
  size_t kn = min_size(KC, s->k - k0), n1 = min_size(s->n, n0 + PIECE_COLS);
  const REAL *piece = piece_at(b, s, k0, n0);
  fetch f = {(const char *) (next ? next : piece),
             NR * sizeof(REAL) / (round_up(s->lanes, PANEL) / PANEL)};
  for (size_t r = 0; r < s->lanes; r += PANEL) {
    size_t w = min_size(PANEL, s->lanes - r);
    const REAL *ar = a + r * s->a_cols + k0 * w, *bn = piece;
    REAL *cn = c + r * s->c_cols + (s->c_at + n0) * w;
    for (size_t n = n0; n < n1; n += NR, cn += NR * w, bn += NR * kn) {
      if (w == PANEL) tile2(cn, ar, bn, kn, f);
      else tile1(cn, ar, bn, kn);
      f.at += kn * f.by;
    }
  }
}

/* c += a b over all panels, blocked so that a piece of a panel stays in the
   first cache and a piece of b in the second. */
FN void gemm_add(REAL *c, const REAL *a, const REAL *b, const gemm_size *s) {
  for (size_t k0 = 0; k0 < s->k; k0 += KC)
    for (size_t n0 = 0; n0 < s->n; n0 += PIECE_COLS) {
      const REAL *next = s->next;
      if (n0 + PIECE_COLS < s->n) next = piece_at(b, s, k0, n0 + PIECE_COLS);
      else if (k0 + KC < s->k) next = piece_at(b, s, k0 + KC, 0);
      run_piece(c, a, b, s, k0, n0, next);
    }
}

#define PACK(j) dst[j] = (REAL) s[(j) *col];

/* b[group][k][column] from a matrix with any strides; columns past n are 0. */
FN void pack_cols(REAL *dst, const double *src, size_t row, size_t col,
                  size_t k, size_t n) {
#if !IS_FLOAT
  if (row == 1) {
    transpose_groups(dst, k * NR, src, col, n, k);
    return;
  }
#endif
  for (size_t n0 = 0; n0 < n; n0 += NR) {
    size_t have = min_size(NR, n - n0);
    const double *s = src + n0 * col;
    for (size_t i = 0; i < k; i++, dst += NR, s += row) {
      if (have == NR) {
        EACH_COL(PACK)
        continue;
      }
      for (size_t j = 0; j < NR; j++) dst[j] = j < have ? (REAL) s[j * col] : 0;
    }
  }
}

/* Groups `part` of `n_parts` of all of b, (k, n). */
FN void pack_part(REAL *dst, const double *src, size_t row, size_t col,
                  size_t k, size_t n, int part, int n_parts) {
  size_t groups = pad_cols((int) n) / NR, parts = (size_t) n_parts;
  size_t from = groups * (size_t) part / parts * NR;
  size_t to = groups * (size_t) (part + 1) / parts * NR;
  for (size_t k0 = 0; k0 < k; k0 += KC) {
    size_t kn = min_size(KC, k - k0);
    for (size_t j = from; j < to; j += NR)
      pack_cols(dst + k0 * groups * NR + j * kn, src + k0 * row + j * col, row,
                col, kn, min_size(NR, n - j));
  }
}

#define LOAD_PROBE(j) vec p##j = v_set1(j), q##j = v_set1(-j);
#define STEP_PROBE(j) p##j = p##j * x + y, q##j = q##j * x + y;
#define SUM_PROBE(j) sum += p##j + q##j;

/* n rounds of multiply-adds on registers alone, 2 * NR vectors each: the rate
   that no product can pass. The value only keeps the work from vanishing. */
FN double probe(double n) {
  EACH_COL(LOAD_PROBE)
  vec x = v_set1(0.5), y = v_set1(0.25), sum = v_set1(0);
  for (; n > 0; n--) {
    EACH_COL(STEP_PROBE)
  }
  EACH_COL(SUM_PROBE)
  REAL out[VL];
  v_store(out, sum);
  return (double) out[0];
}

#endif
