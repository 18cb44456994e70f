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

/* Two products that follow each other, all in registers until the end. */
typedef struct {
  const REAL *a, *b, *d, *e;
  size_t k, n; /* lengths of the products */
} two_products;

#define LOAD_SUM(j, i) vec c##j##i = v_load(c + ((j) *TALL + (i)) * VL);
#define LOAD_SUMS(j) EACH_ROW(LOAD_SUM, j)
#define START_SUM(j, i) vec c##j##i = v_set1(bias[j]);
#define START_SUMS(j) EACH_ROW(START_SUM, j)
#define STORE_SUM(j, i) v_store(c + ((j) *TALL + (i)) * VL, c##j##i);
#define STORE_SUMS(j) EACH_ROW(STORE_SUM, j)
#define LOAD_ROW(j, i) vec x##i = v_load(rows + (i) *VL);
#define STEP_SUM(j, i) v_add_product(c##j##i, x##i, w);
#define STEP_SUMS(j)                                                           \
  {                                                                            \
    vec w = v_set1(cols[j]);                                                   \
    EACH_ROW(STEP_SUM, j)                                                      \
  }
#define SUM_STEP(COLS, a, b, i)                                                \
  {                                                                            \
    const REAL *rows = (a) + (i) *TALL * VL, *cols = (b) + (i) *NR;            \
    EACH_ROW(LOAD_ROW, 0)                                                      \
    COLS(STEP_SUMS)                                                            \
  }
/* Six steps at a time: what is no multiply-add costs most where the core is
   shared. They read FETCHES lines of columns, which are fetched in between. */
enum { FETCHES = 6 * N_COLS * sizeof(REAL) / 64 };
#define FETCHED(i) ((i) *FETCHES / 6)
#define FETCH_AND_STEP(COLS, i)                                                \
  if (FETCHED(i) < FETCHED(i + 1))                                             \
    v_prefetch(at + FETCHED(i) * 6 * by / FETCHES);                            \
  SUM_STEP(COLS, sa, sb, i)
#define SUM(COLS, a, b, k, ahead)                                              \
  {                                                                            \
    const REAL *sa = (a), *sb = (b);                                           \
    const char *at = (ahead).at;                                               \
    const size_t by = (ahead).by;                                              \
    for (size_t i = (k) / 6; i > 0; i--) {                                     \
      FETCH_AND_STEP(COLS, 0)                                                  \
      FETCH_AND_STEP(COLS, 1)                                                  \
      FETCH_AND_STEP(COLS, 2)                                                  \
      FETCH_AND_STEP(COLS, 3)                                                  \
      FETCH_AND_STEP(COLS, 4)                                                  \
      FETCH_AND_STEP(COLS, 5)                                                  \
      sa += 6 * TALL * VL, sb += 6 * NR, at += 6 * by;                         \
    }                                                                          \
    for (size_t i = (k) % 6; i > 0; i--) {                                     \
      SUM_STEP(COLS, sa, sb, 0)                                                \
      sa += TALL * VL, sb += NR;                                               \
    }                                                                          \
  }
#define JOIN_TALL(name, tall) name##tall
#define TALL_NAME(name, tall) JOIN_TALL(name, tall)
#define OF_TALL(name) TALL_NAME(name, TALL)

#define TALL 1
#include "kernel-tile.h"
#define TALL 2
#include "kernel-tile.h"
#if N_ROWS == 3
#define TALL 3
#include "kernel-tile.h"
#define CALL_TALL(w, name, ...)                                                \
  {                                                                            \
    if (w == 3 * VL) name##3(__VA_ARGS__);                                     \
    else if (w == PAIR) name##2(__VA_ARGS__);                                  \
    else name##1(__VA_ARGS__);                                                 \
  }
#else
#define CALL_TALL(w, name, ...)                                                \
  {                                                                            \
    if (w == PAIR) name##2(__VA_ARGS__);                                       \
    else name##1(__VA_ARGS__);                                                 \
  }
#endif

/* c (NR columns, w rows) += a b */
INLINE void tile(REAL *c, const REAL *a, const REAL *b, size_t k, fetch ahead,
                 size_t w) {
  CALL_TALL(w, tile, c, a, b, k, ahead)
}

/* Products of one factor a with some b, the gates, each for a c of its own.
   A b lies as it is read, in pieces of KC: [piece][group][k][column], so that
   no two groups that are in use together meet in the same lines of a cache. */
typedef struct {
  size_t lanes;  /* rows, padded to whole vectors */
  size_t k;      /* length of the product */
  size_t n;      /* columns of each c to compute: a multiple of NR */
  size_t a_cols; /* columns that a and c hold per panel */
  size_t c_cols;
  size_t c_at;         /* the first column of c */
  size_t b_cols, b_at; /* columns of all of a b, and the first of them to use */
  size_t gates, b_gap; /* numbers from one b to the next */
  const REAL *next;    /* what the next product reads first, or NULL */
} gemm_size;

/* What runs for all panels before the next: b's columns [n0, n1) of a gate, KC
   of the length from k0 on. */
typedef struct {
  size_t k0, kn, gate, n0, n1;
} gemm_piece;

INLINE size_t pieces_across(const gemm_size *s) {
  return (s->n + PIECE_COLS - 1) / PIECE_COLS;
}

INLINE size_t count_pieces(const gemm_size *s) {
  return (s->k + KC - 1) / KC * s->gates * pieces_across(s);
}

/* All gates read a piece of a's columns before the next one follows. */
INLINE gemm_piece find_piece(const gemm_size *s, size_t i) {
  size_t across = pieces_across(s);
  gemm_piece p;
  p.n0 = i % across * PIECE_COLS;
  p.n1 = min_size(s->n, p.n0 + PIECE_COLS);
  p.gate = i / across % s->gates;
  p.k0 = i / across / s->gates * KC;
  p.kn = min_size(KC, s->k - p.k0);
  return p;
}

INLINE const REAL *piece_of(const REAL *b, const gemm_size *s, gemm_piece p) {
  return b + p.gate * s->b_gap + p.k0 * s->b_cols + (s->b_at + p.n0) * p.kn;
}

/* Each panel fetches its share of what follows at `next`, so that the far
   caches are asked at an even rate. */
FN void run_piece(REAL *c, const REAL *a, const REAL *b, const gemm_size *s,
                  gemm_piece p, const REAL *next) {
  size_t panels = (s->lanes + PANEL - 1) / PANEL;
  fetch f = {(const char *) (next ? next : b),
             (NR * sizeof(REAL) + panels - 1) / panels};
  EACH_PANEL(r, w, s->lanes) {
    const REAL *ar = a + r * s->a_cols + p.k0 * w, *bn = b;
    REAL *cn = c + r * s->c_cols + (s->c_at + p.n0) * w;
    for (size_t n = p.n0; n < p.n1; n += NR, cn += NR * w, bn += NR * p.kn) {
      tile(cn, ar, bn, p.kn, f, w);
      f.at += p.kn * f.by;
    }
  }
}

/* c[gate] += a b[gate] over all panels, blocked so that a piece of a panel
   stays in the first cache, and a piece of b and all panels' in the second. */
FN void gemm_add(REAL *const *c, const REAL *a, const REAL *b,
                 const gemm_size *s) {
  for (size_t i = 0, n = count_pieces(s); i < n; i++) {
    gemm_piece p = find_piece(s, i);
    const REAL *next = s->next;
    if (i + 1 < n) next = piece_of(b, s, find_piece(s, i + 1));
    run_piece(c[p.gate], a, piece_of(b, s, p), s, p, next);
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

#define LOAD_PROBE(j) vec p##j = v_set1((j) + 1), q##j = v_set1(-1 - (j));
#define STEP_PROBE(j) p##j = p##j * x + y, q##j = q##j * x + y;
#define SUM_PROBE(j) sum += p##j + q##j;

/* Rounds of multiply-adds on registers alone, 4 * NR vectors each: the rate
   that no product can pass. The value only keeps the work from vanishing. */
FN double probe(size_t rounds) {
  EACH_COL(LOAD_PROBE)
  vec x = v_set1(0.5), y = v_set1(0.25), sum = v_set1(0);
  for (; rounds > 0; rounds--) {
    EACH_COL(STEP_PROBE)
    EACH_COL(STEP_PROBE)
  }
  EACH_COL(SUM_PROBE)
  REAL out[VL];
  v_store(out, sum);
  return (double) out[0];
}

#endif
