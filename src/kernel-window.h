/* Arrays whose steps are neighbours (time_major): VL steps of a block move at
   once, in squares that are turned in registers. */
#ifndef RECURRENT_KERNEL_WINDOW_H
#define RECURRENT_KERNEL_WINDOW_H

#include "kernel-rows.h"
#include "kernel-transpose.h"

/* Buffers for one step, or for each of VL. Steps count as they lie in memory,
   and windows begin at multiples of VL. */
typedef struct {
  REAL *at;
  size_t size, turns; /* numbers of a buffer, and how many there are */
  size_t first, n;    /* the steps that are in them */
} window;

/* By how far apart rows and steps are. Short runs of steps would use a part of
   most windows. */
INLINE size_t window_turns(const rnn *net, size_t row, size_t by_step) {
  int worth = HAVE_SHUFFLE && net->run_steps >= 2 * VL;
  return worth && by_step == 1 && row != 1 ? VL : 1;
}

INLINE REAL *window_at(const window *w, size_t t) {
  return w->at + t % w->turns * w->size;
}

/* The first step of the window of step t. */
INLINE size_t window_begin(const window *w, size_t t) {
  return t / w->turns * w->turns;
}

enum {
  LINE = 64 / sizeof(double),
  NEXT_WINDOW = (int) VL > (int) LINE ? (int) VL : (int) LINE
};

/* As look_ahead(), with a line for each number; `next` is NEXT_WINDOW up or
   down. */
INLINE strides look_along(strides m, ptrdiff_t next) {
  int large = m.rows * m.cols * LINE > MOST_AHEAD;
  m.ahead = large ? COLS_AHEAD * (ptrdiff_t) m.col : next;
  return m;
}

INLINE void fetch_next(const double *p, ptrdiff_t ahead) {
  for (int i = 0; i < (int) VL && ahead != 0; i += LINE)
    v_prefetch(p + ahead + i);
}

#if HAVE_SHUFFLE
/* VL steps of `have` rows, `row` apart, become VL vectors `size` apart. */
FN void turn_in(REAL *to, size_t size, const double *from, size_t row,
                size_t have, ptrdiff_t ahead) {
  for (size_t i = 0; i < have; i++) fetch_next(from + i * row, ahead);
#if IS_FLOAT
  REAL square[VL * VL];
  for (size_t i = 0; i < have; i++) move_in(square + i * VL, from + i * row);
  transpose_square(to, size, square, VL, have);
#else
  transpose_square(to, size, from, row, have);
#endif
}

FN void turn_out(double *to, size_t row, const REAL *from, size_t size,
                 size_t have, ptrdiff_t ahead) {
  REAL square[VL * VL];
  for (size_t i = 0; i < have; i++) fetch_next(to + i * row, ahead);
  transpose_square(square, VL, from, size, VL);
  for (size_t i = 0; i < have; i++) move_out(to + i * row, square + i * VL);
}
#else
#define turn_in(to, size, from, row, have, ahead) ((void) (size))
#define turn_out(to, row, from, size, have, ahead) ((void) (size))
#endif

#define EACH_SQUARE(r, i, j, w, m)                                             \
  for (size_t j = 0; j < (m).cols; j++)                                        \
    EACH_PANEL(r, w, round_up((m).rows, VL))                                   \
  for (size_t i = 0; i < w; i += VL)

/* The window of step t, of `steps` in all; src is at the block's first row. */
FN void load_window(window *w, size_t pad, const double *src, strides m,
                    size_t t, size_t steps) {
  ptrdiff_t ahead = m.ahead;
  if (t - w->first < w->n) return;
  m.ahead = 0;
  w->first = window_begin(w, t);
  w->n = min_size(w->turns, steps - w->first);
  src += w->first;
  if (w->n < VL) {
    for (size_t k = 0; k < w->n; k++)
      load_rows(w->at + k * w->size, pad, src + k, m);
    return;
  }
  EACH_SQUARE(r, i, j, wide, m) {
    turn_in(w->at + r * pad + j * wide + i, w->size,
            src + (r + i) * m.row + j * m.col, m.row,
            min_size(VL, m.rows - r - i), ahead);
  }
  for (size_t k = 0; k < VL && pad > m.cols; k++)
    EACH_PANEL(r, wide, round_up(m.rows, VL)) {
      memset(w->at + k * w->size + r * pad + m.cols * wide, 0,
             (pad - m.cols) * wide * sizeof(REAL));
    }
}

/* Steps that wait for the rest of their window are written. */
FN void flush_window(window *w, size_t pad, double *dst, strides m) {
  ptrdiff_t ahead = m.ahead;
  m.ahead = 0;
  dst += w->first;
  if (w->n == VL) {
    EACH_SQUARE(r, i, j, wide, m) {
      turn_out(dst + (r + i) * m.row + j * m.col, m.row,
               w->at + r * pad + j * wide + i, w->size,
               min_size(VL, m.rows - r - i), ahead);
    }
  } else {
    for (size_t k = 0; k < w->n; k++)
      store_rows(dst + k, window_at(w, w->first + k), pad, m);
  }
  w->n = 0;
}

/* A step has been put into its buffer; they come up or down one by one. A run
   of steps may begin or end within a window. */
FN void store_window(window *w, size_t pad, double *dst, strides m, size_t t,
                     size_t steps) {
  size_t begin = window_begin(w, t);
  if (window_begin(w, w->first) != begin) flush_window(w, pad, dst, m);
  w->first = w->n > 0 ? min_size(w->first, t) : t;
  w->n++;
  if (w->n == min_size(w->turns, steps - begin)) flush_window(w, pad, dst, m);
}

#endif
