/* Rows between R's arrays and panels: [panel][column][lane]. */
#ifndef RECURRENT_KERNEL_ROWS_H
#define RECURRENT_KERNEL_ROWS_H

#include "kernel-vec.h"

/* A matrix inside an array: `rows` rows and `cols` columns with strides. What
   lies `ahead` of a column is fetched while that is read or written: the
   columns are too far apart for the processor to guess. */
typedef struct {
  size_t rows, cols, row, col;
  ptrdiff_t ahead;
} strides;

/* Ahead is the same column of the next matrix, `next` further on, or 0 without
   one; where that would push out of the second cache what is in use, a column
   of this one. */
INLINE strides look_ahead(strides m, ptrdiff_t next) {
  int large = m.rows * m.cols > MOST_AHEAD;
  m.ahead = large ? COLS_AHEAD * (ptrdiff_t) m.col : next;
  return m;
}

/* One vector: as it is, or converted by halves, which are the widest that the
   processor converts at once. */
#define move_real(to, from) v_store(to, v_load(from))
#if !IS_FLOAT
#define move_in(to, from) move_real(to, from)
#define move_out(to, from) move_real(to, from)
#elif HAVE_VECTORS && (defined(__clang__) || __GNUC__ >= 9)
typedef REAL half_any
    __attribute__((vector_size(VBYTES / 2), aligned(4), may_alias));
typedef double wide_any
    __attribute__((vector_size(VBYTES), aligned(8), may_alias));
#define MOVE_HALF(i, to_type, from_type)                                       \
  *(to_type *) (to + (i)) =                                                    \
      __builtin_convertvector(*(const from_type *) (from + (i)), to_type)
INLINE void move_in(REAL *to, const double *from) {
  MOVE_HALF(0, half_any, wide_any);
  MOVE_HALF(VL / 2, half_any, wide_any);
}
INLINE void move_out(double *to, const REAL *from) {
#ifdef v_widen
  *(wide_any *) to = v_widen(from);
  *(wide_any *) (to + VL / 2) = v_widen(from + VL / 2);
#else
  MOVE_HALF(0, wide_any, half_any);
  MOVE_HALF(VL / 2, wide_any, half_any);
#endif
}
#else
INLINE void move_in(REAL *to, const double *from) {
  for (int i = 0; i < VL; i++) to[i] = (REAL) from[i];
}
INLINE void move_out(double *to, const REAL *from) {
  for (int i = 0; i < VL; i++) to[i] = (double) from[i];
}
#endif

/* n numbers of one column, whole vectors first. */
#define DEFINE_COPY(name, to_type, from_type, move)                            \
  INLINE void name(to_type *to, size_t to_row, const from_type *from,          \
                   size_t from_row, size_t n) {                                \
    size_t i = 0;                                                              \
    if (to_row == 1 && from_row == 1)                                          \
      for (; i + VL <= n; i += VL) move(to + i, from + i);                     \
    for (; i < n; i++) to[i * to_row] = (to_type) from[i * from_row];          \
  }

DEFINE_COPY(copy_in, REAL, double, move_in)
DEFINE_COPY(copy_out, double, REAL, move_out)
DEFINE_COPY(copy_real, REAL, REAL, move_real)

/* to += from, n numbers, whole vectors first. */
INLINE void add_out(double *to, const REAL *from, size_t n) {
  size_t i = 0;
  for (; i + VL <= n; i += VL) {
    double wide[VL];
    move_out(wide, from + i);
    for (size_t j = 0; j < VL; j++) to[i + j] += wide[j];
  }
  for (; i < n; i++) to[i] += (double) from[i];
}

/* Columns that all panels move before the next ones: a whole panel at a time
   would touch a page for each column, and most lines outside twice. */
enum { STRIP = 8 };

/* The columns [j0, j1) of a panel, strip by strip. */
#define EACH_STRIP(s, j0, j1, r, w)                                            \
  for (size_t j0 = 0, j1 = min_size(STRIP, (s).cols); j0 < (s).cols;           \
       j0 = j1, j1 = min_size(j1 + STRIP, (s).cols))                           \
  EACH_PANEL(r, w, round_up((s).rows, VL))

/* Panels of `pad` columns from a matrix; lanes without a row and columns past
   the last are 0. */
#define DEFINE_LOAD(name, type, copy)                                          \
  FN void name(REAL *dst, size_t pad, const type *src, strides s) {            \
    EACH_STRIP(s, j0, j1, r, w) {                                              \
      size_t have = min_size(w, s.rows - r);                                   \
      REAL *d = dst + r * pad + j0 * w;                                        \
      for (size_t j = j0; j < j1; j++, d += w) {                               \
        const type *p = src + r * s.row + j * s.col;                           \
        for (size_t i = 0; s.ahead && i < have; i += 64 / sizeof(type))        \
          v_prefetch(p + s.ahead + i);                                         \
        copy(d, 1, p, s.row, have);                                            \
        for (size_t i = have; i < w; i++) d[i] = 0;                            \
      }                                                                        \
    }                                                                          \
    EACH_PANEL(r, w, round_up(s.rows, VL)) {                                   \
      memset(dst + r * pad + s.cols * w, 0,                                    \
             (pad - s.cols) * w * sizeof(REAL));                               \
    }                                                                          \
  }

/* The way back: only real rows and columns are written. */
#define DEFINE_STORE(name, type, copy)                                         \
  FN void name(type *dst, const REAL *src, size_t pad, strides s) {            \
    EACH_STRIP(s, j0, j1, r, w) {                                              \
      size_t have = min_size(w, s.rows - r);                                   \
      const REAL *from = src + r * pad + j0 * w;                               \
      for (size_t j = j0; j < j1; j++, from += w) {                            \
        type *p = dst + r * s.row + j * s.col;                                 \
        copy(p, s.row, from, 1, have);                                         \
        for (size_t i = 0; s.ahead && i < have; i += 64 / sizeof(type))        \
          v_prefetch_write(p + s.ahead + i);                                   \
      }                                                                        \
    }                                                                          \
  }

DEFINE_LOAD(load_rows, double, copy_in)
DEFINE_LOAD(load_real_rows, REAL, copy_real)
DEFINE_STORE(store_rows, double, copy_out)
DEFINE_STORE(store_real_rows, REAL, copy_real)

/* Which lanes use the step: bits per lane, and whether any does not. */
typedef struct {
  INT *keep; /* all ones or zero, one per lane */
  int masked;
} lane_mask;

FN void read_mask(lane_mask *m, const int *mask, size_t row, size_t rows) {
  m->masked = 0;
  if (!mask) return;
  size_t lanes = round_up(rows, VL);
  for (size_t i = 0; i < lanes; i++) {
    int use = i >= rows || mask[i * row];
    m->keep[i] = use ? -1 : 0;
    m->masked |= !use;
  }
}

/* dst = keep ? a : b, where b may be NULL for zeros; dst may be a or b. */
FN void pick_rows(REAL *dst, const REAL *a, const REAL *b, size_t pad,
                  size_t lanes, const lane_mask *m) {
  EACH_PANEL(r, w, lanes) {
    for (size_t j = 0; j < pad; j++)
      for (size_t i = 0; i < w; i += VL) {
        size_t at = r * pad + j * w + i;
        vec other = v_set1(0);
        if (b) other = v_load(b + at);
        vec this = v_load(a + at);
        v_store(dst + at, v_pick(v_load_mask(m->keep + r + i), this, other));
      }
  }
}

/* held = keep ? 0 : d, and d = keep ? d : 0 */
FN void hold_rows(REAL *held, REAL *d, size_t pad, size_t lanes,
                  const lane_mask *m) {
  EACH_PANEL(r, w, lanes) {
    for (size_t j = 0; j < pad; j++)
      for (size_t i = 0; i < w; i += VL) {
        size_t at = r * pad + j * w + i;
        ivec keep = v_load_mask(m->keep + r + i);
        vec all = v_load(d + at);
        v_store(held + at, v_pick(keep, v_set1(0), all));
        v_store(d + at, v_pick(keep, all, v_set1(0)));
      }
  }
}

/* dst = a * by, dst += a * by, and dst += by, elementwise: n is a whole number
   of vectors. */
FN void multiply(REAL *dst, const REAL *a, const REAL *by, size_t n) {
  for (size_t i = 0; i < n; i += VL)
    v_store(dst + i, v_load(a + i) * v_load(by + i));
}

FN void multiply_add(REAL *dst, const REAL *a, const REAL *by, size_t n) {
  for (size_t i = 0; i < n; i += VL)
    v_store(dst + i, v_load(dst + i) + v_load(a + i) * v_load(by + i));
}

FN void add(REAL *dst, const REAL *by, size_t n) {
  for (size_t i = 0; i < n; i += VL)
    v_store(dst + i, v_load(dst + i) + v_load(by + i));
}

#endif
