/* The vocabulary of the kernel source, which is compiled once per variant and
   precision. The including file has set REAL (double or float), IS_FLOAT,
   VBYTES (bytes of a vector), N_LANES (numbers in one), N_ROWS (vectors of rows
   in a tile), N_COLS (its columns) and TARGET (the attribute that names its
   functions' instructions), some of it in the header of its variant. */
#ifndef RECURRENT_KERNEL_VEC_H
#define RECURRENT_KERNEL_VEC_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "kernel.h"

#if IS_FLOAT
typedef int32_t INT;
#else
typedef int64_t INT;
#endif

#define FN static TARGET
#define INLINE static inline TARGET
#if defined(__clang__)
#define UNROLL _Pragma("unroll")
#define ALWAYS INLINE __attribute__((always_inline))
#elif defined(__GNUC__)
#define UNROLL _Pragma("GCC unroll 16")
#define ALWAYS INLINE __attribute__((always_inline))
#else
#define UNROLL
#define ALWAYS INLINE
#endif

#if HAVE_VECTORS
typedef REAL vec __attribute__((vector_size(VBYTES)));
typedef INT ivec __attribute__((vector_size(VBYTES)));
typedef REAL vec_any
    __attribute__((vector_size(VBYTES), aligned(sizeof(REAL)), may_alias));
typedef INT ivec_any
    __attribute__((vector_size(VBYTES), aligned(sizeof(REAL)), may_alias));
enum { VL = N_LANES };
#define v_prefetch(p) __builtin_prefetch(p)
#define v_prefetch_write(p) __builtin_prefetch(p, 1)
#define v_bits(x) ((ivec) (x))
#define v_from_bits(x) ((vec) (x))
#define v_set1(s) ((REAL) (s) - (vec){0})
#define v_pick(m, a, b) v_from_bits((v_bits(a) & (m)) | (v_bits(b) & ~(m)))
#ifndef v_pick_less
#define v_pick_less(x, y, a, b) v_pick((ivec) ((x) < (y)), a, b)
#endif
#else
typedef REAL vec, vec_any;
typedef INT ivec, ivec_any;
enum { VL = 1 };
#define v_prefetch(p) ((void) (p))
#define v_prefetch_write(p) ((void) (p))
#define v_set1(s) ((REAL) (s))
#define v_pick(m, a, b) ((m) ? (a) : (b))
#define v_pick_less(x, y, a, b) ((x) < (y) ? (a) : (b))
static inline INT v_bits(REAL x) {
  INT i;
  memcpy(&i, &x, sizeof i);
  return i;
}
static inline REAL v_from_bits(INT i) {
  REAL x;
  memcpy(&x, &i, sizeof x);
  return x;
}
#endif

/* A panel has as many rows as a tile, the last ones of a block fewer. */
enum { PANEL = N_ROWS * VL, PAIR = 2 * VL, NR = N_COLS };

/* Blocks of the products: a panel and a group of columns KC long fit the first
   cache together, PIECE_COLS columns half of the smallest second cache. PIECE
   is the length of a sum that is packed at once, TOGETHER the panels that share
   a group of columns. */
enum {
  KC = 32768 / ((PANEL + NR) * (int) sizeof(REAL)) / 64 * 64,
  FIT_COLS = 131072 / (KC * (int) sizeof(REAL)),
  PIECE_COLS = (FIT_COLS < 128 ? FIT_COLS : 128) / NR * NR,
  PIECE = 1024,
  TOGETHER = 4,
  MOST_AHEAD = 16384,
  COLS_AHEAD = 16,
  SECOND_CACHE = 1 << 20
};

/* Columns of all gates of the units that are computed together, where both
   products are short. */
enum { AT_ONCE_COLS = 128 };

/* sum += x w, sum being a variable. */
#ifndef v_add_product
#define v_add_product(sum, x, w) (sum) += (x) * (w)
#endif

/* The first where it is less, or more, than the second. */
#ifndef v_min
#define v_min(a, b) v_pick_less(a, b, a, b)
#define v_max(a, b) v_pick_less(b, a, a, b)
#endif

#define v_load(p) (*(const vec_any *) (p))
#define v_store(p, v) (*(vec_any *) (p) = (v))
#define v_load_mask(p) (*(const ivec_any *) (p))

INLINE size_t round_up(size_t n, size_t to) { return (n + to - 1) / to * to; }
INLINE size_t pad_cols(int n) { return round_up((size_t) n, NR); }
INLINE size_t min_size(size_t a, size_t b) { return a < b ? a : b; }

/* Rows of the next panel of those left: two pairs are faster than three vectors
   and one. */
INLINE size_t panel_rows(size_t left) {
  return left == 2 * PAIR ? PAIR : min_size(PANEL, left);
}

/* r: the first row of each panel, w: its rows. */
#define EACH_PANEL(r, w, lanes)                                                \
  for (size_t r = 0, w = panel_rows(lanes); r < (lanes);                       \
       r += w, w = panel_rows((lanes) -r))

/* The first row of panel i, counted as EACH_PANEL does; past the last, `lanes`.
 */
INLINE size_t panel_at(size_t lanes, size_t i) {
  size_t r = min_size(i * PANEL, lanes);
  return N_ROWS > 2 && i > 0 && lanes - r == VL ? r - VL : r;
}

/* Memory is handed out piece by piece; without a base it is only counted. */
typedef struct {
  REAL *base;
  size_t used;
} arena;

INLINE REAL *take(arena *a, size_t n) {
  REAL *p = a->base ? a->base + a->used : NULL;
  a->used += round_up(n, 64 / sizeof(REAL));
  return p;
}

#endif
