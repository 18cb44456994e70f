/* Arrays as the kernels see them: column-major, sizes in elements. */
#ifndef RECURRENT_KERNEL_ARRAY_H
#define RECURRENT_KERNEL_ARRAY_H

#include <stddef.h>

#define KERNEL_MAX_RANK 32

/* How one array is walked in the order of another: `dims` are the axes of the
   walk, `stride[k]` how far the array moves with axis k (0: it stretches). */
struct walk {
  int rank;
  const ptrdiff_t *dims;
  const ptrdiff_t *stride;
};

/* An array cut at one axis: (inner, n, outer). */
struct line {
  ptrdiff_t inner;
  ptrdiff_t n;
  ptrdiff_t outer;
};

enum reduce_kind { REDUCE_sum = 0, REDUCE_prod, REDUCE_max, REDUCE_min };

enum pair_kind {
  PAIR_add = 0,
  PAIR_subtract,
  PAIR_multiply,
  PAIR_divide,
  PAIR_max,
  PAIR_min
};

/* out, of shape w->dims, read from x along its strides; `size` bytes each. */
void kernel_read(char *out, const char *x, size_t size, const struct walk *w);

/* The backward twin of kernel_read, and every reduction: x, of shape w->dims,
   gathered into out along the strides of out. out is filled before. */
void kernel_reduce(double *out, const double *x, const struct walk *w,
                   enum reduce_kind kind);

/* out = a (kind) b over dims of the walks, which are the same for both. */
void kernel_pair(double *out, const double *a, const struct walk *wa,
                 const double *b, const struct walk *wb, enum pair_kind kind);

/* out = a where condition is TRUE (not NA), b elsewhere; over one shape. */
struct choice {
  const int *condition;
  const char *a;
  const char *b;
  struct walk walks[3]; /* of condition, a, b */
};
void kernel_choose(char *out, size_t size, const struct choice *c);

/* One piece of an array joined at an axis: x of (inner, n, outer) into or out
   of a whole of (inner, total, outer) from `at` on. x NULL: zeros. */
void kernel_join(char *whole, const char *x, size_t size, const struct line *l,
                 ptrdiff_t total, ptrdiff_t at);
void kernel_cut(char *x, const char *whole, size_t size, const struct line *l,
                ptrdiff_t total, ptrdiff_t at);

/* Slices index[0..k) (from 0) of x (inner, n, outer) to out (inner, k, outer),
   and the twin that adds them back into d_x. */
void kernel_take(char *out, const char *x, size_t size, const struct line *l,
                 const int *index, ptrdiff_t k);
void kernel_take_add(double *d_x, const double *d_out, const struct line *l,
                     const int *index, ptrdiff_t k);

/* Columns index[0..k) (from 0) of x (n, ...) as the rows of out (k, n). */
void kernel_take_turned(char *out, const char *x, size_t size, ptrdiff_t n,
                        const int *index, ptrdiff_t k);

/* Where each line is largest (sign 1) or smallest (-1), from 0; NaN wins. */
void kernel_arg(int *out, const double *x, const struct line *l, double sign);

/* Running sums (or products) along the axis; `back` from the end. */
void kernel_cumsum(double *out, const double *x, const struct line *l,
                   int back);
void kernel_cumprod(double *out, const double *x, const struct line *l);
void kernel_cumprod_backward(double *d_x, const double *d_out, const double *x,
                             const struct line *l);

/* d_x of the product over the axis; safe where x has zeros. */
void kernel_prod_backward(double *d_x, const double *d_out, const double *x,
                          const struct line *l);

/* out (batch, m, n) += a (batch, m, k) b (batch, k, n), batch running first. */
struct batch_sizes {
  ptrdiff_t batch;
  ptrdiff_t m;
  ptrdiff_t k;
  ptrdiff_t n;
};
void kernel_batch_multiply(double *out, const double *a, const double *b,
                           const struct batch_sizes *s);

void kernel_erf(double *out, const double *x, ptrdiff_t n);

#endif
