/* Transposing copies: squares of VL x VL in registers where the compiler can
   shuffle two vectors by constant lanes, plain loops elsewhere. */
#ifndef RECURRENT_KERNEL_TRANSPOSE_H
#define RECURRENT_KERNEL_TRANSPOSE_H

#include "kernel-vec.h"

#if HAVE_VECTORS
#define HAVE_SHUFFLE 1
#if defined(__clang__)
#define v_shuffle(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define v_shuffle(a, b, ...) __builtin_shuffle(a, b, (ivec){__VA_ARGS__})
#endif

/* Swapping blocks of h x h lanes between a vector and the one h further on:
   done for h = VL/2, ..., 2, 1, the square is transposed. (The remainder keeps
   lanes valid where h is too large and the code is never run.) */
#define FROM_A(l, h) (((l) / (h)) % 2 ? N_LANES + (l) - (h) : (l))
#define FROM_B(l, h)                                                           \
  ((((l) / (h)) % 2 ? N_LANES + (l) : (l) + (h)) % (2 * N_LANES))
#define LANES2(M, l, h) M(l, h), M(l + 1, h)
#define LANES4(M, l, h) LANES2(M, l, h), LANES2(M, l + 2, h)
#define LANES8(M, l, h) LANES4(M, l, h), LANES4(M, l + 4, h)
#define LANES16(M, l, h) LANES8(M, l, h), LANES8(M, l + 8, h)
#define LANES_(n, M, h) LANES##n(M, 0, h)
#define LANES(n, M, h) LANES_(n, M, h)

#define SWAP_BLOCKS(h)                                                         \
  if (h < VL) {                                                                \
    UNROLL for (int i = 0; i < VL; i++) if (!(i & (h))) {                      \
      vec a = v[i], b = v[(i + (h)) % VL];                                     \
      v[i] = v_shuffle(a, b, LANES(N_LANES, FROM_A, h));                       \
      v[(i + (h)) % VL] = v_shuffle(a, b, LANES(N_LANES, FROM_B, h));          \
    }                                                                          \
  }

#define TRANSPOSE_V SWAP_BLOCKS(8) SWAP_BLOCKS(4) SWAP_BLOCKS(2) SWAP_BLOCKS(1)

/* dst[row * dst_step + col] = src[col * src_step + row]; columns from `have`
   on are 0. */
FN void transpose_square(REAL *dst, size_t dst_step, const REAL *src,
                         size_t src_step, size_t have) {
  vec v[VL];
  UNROLL for (size_t j = 0; j < VL; j++) {
    v[j] = v_set1(0);
    if (j < have) v[j] = v_load(src + j * src_step);
  }
  TRANSPOSE_V
  UNROLL for (size_t i = 0; i < VL; i++) v_store(dst + i * dst_step, v[i]);
}
#else
#define HAVE_SHUFFLE 0
#endif

/* dst[row * width + col] = src[col * gap + row] for the first `have` columns;
   0 up to `width`. */
FN void transpose_plain(REAL *dst, size_t width, const REAL *src, size_t gap,
                        size_t have, size_t rows) {
  for (size_t j = 0; j < width; j++)
    for (size_t b = 0; b < rows; b++)
      dst[b * width + j] = j < have ? src[j * gap + b] : 0;
}

/* The same for a width that is a multiple of VL. */
FN void transpose_wide(REAL *dst, size_t width, const REAL *src, size_t gap,
                       size_t have, size_t rows) {
  size_t whole = 0;
#if HAVE_SHUFFLE
  whole = rows / VL * VL;
  for (size_t j = 0; j < width; j += VL)
    for (size_t b = 0; b < whole; b += VL)
      transpose_square(dst + b * width + j, width, src + j * gap + b, gap,
                       j < have ? min_size(VL, have - j) : 0);
#endif
  transpose_plain(dst + whole * width, width, src + whole, gap, have,
                  rows - whole);
}

#if HAVE_SHUFFLE && VBYTES == 32 && !IS_FLOAT
#define OVERLAP 1
/* Groups of more than VL columns, less than twice as many: two squares that
   overlap. */
FN void transpose_overlap(REAL *dst, const REAL *src, size_t gap, size_t rows) {
  const size_t second = NR - VL, whole = rows / VL * VL;
  for (size_t b = 0; b < whole; b += VL) {
    transpose_square(dst + b * NR, NR, src + b, gap, VL);
    transpose_square(dst + b * NR + second, NR, src + second * gap + b, gap,
                     VL);
  }
  transpose_plain(dst + whole * NR, NR, src + whole, gap, NR, rows - whole);
}
#elif HAVE_SHUFFLE && VBYTES == 32
#define OVERLAP 1
/* Groups of fewer columns than VL: what a row writes past its end is the next
   row's, which comes later; the last one is cut. */
FN void transpose_overlap(REAL *dst, const REAL *src, size_t gap, size_t rows) {
  const size_t whole = rows / VL * VL;
  REAL last[VL];
  for (size_t r = 0; r < whole; r += VL, dst += VL * NR) {
    vec v[VL];
    UNROLL for (size_t j = 0; j < VL; j++) {
      v[j] = v_set1(0);
      if (j < NR) v[j] = v_load(src + j * gap + r);
    }
    TRANSPOSE_V
    UNROLL for (size_t i = 0; i + 1 < VL; i++) v_store(dst + i * NR, v[i]);
    v_store(last, v[VL - 1]);
    memcpy(dst + (VL - 1) * NR, last, NR * sizeof(REAL));
  }
  transpose_plain(dst, NR, src + whole, gap, NR, rows - whole);
}
#else
#define OVERLAP 0
#define transpose_overlap(dst, src, gap, rows)                                 \
  transpose_plain(dst, NR, src, gap, NR, rows)
#endif

/* Two groups of VL / 2 columns at once: VL is twice the width. Without columns
   for the second it is not written. */
FN void transpose_halves(REAL *dst, size_t group, const REAL *src, size_t gap,
                         size_t have, size_t rows) {
  REAL square[VL * VL];
  size_t half = VL / 2, whole = rows / VL * VL;
  for (size_t b = 0; b < whole; b += VL) {
    transpose_wide(square, VL, src + b, gap, have, VL);
    for (size_t i = 0; i < VL; i++) {
      memcpy(dst + (b + i) * half, square + i * VL, VL / 2 * sizeof(REAL));
      if (have > half)
        memcpy(dst + group + (b + i) * half, square + i * VL + half,
               VL / 2 * sizeof(REAL));
    }
  }
  for (size_t g = 0; g * half < have; g++)
    transpose_plain(dst + g * group + whole * half, half,
                    src + g * half * gap + whole, gap,
                    min_size(half, have - g * half), rows - whole);
}

/* dst[group][row][column] in groups of NR columns that lie `group` apart. */
FN void transpose_groups(REAL *dst, size_t group, const REAL *src, size_t gap,
                         size_t cols, size_t rows) {
  size_t by = NR;
  if (HAVE_SHUFFLE && VL == 2 * N_COLS) by = VL;
  for (size_t n = 0; n < cols; n += by) {
    size_t have = min_size(by, cols - n);
    REAL *to = dst + n / NR * group;
    if (by != NR) transpose_halves(to, group, src + n * gap, gap, have, rows);
    else if (OVERLAP && have == NR)
      transpose_overlap(to, src + n * gap, gap, rows);
    else if (NR % VL == 0)
      transpose_wide(to, NR, src + n * gap, gap, have, rows);
    else transpose_plain(to, NR, src + n * gap, gap, have, rows);
  }
}

#endif
