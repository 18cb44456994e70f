/* Element by element, n of them. */
#ifndef RECURRENT_KERNEL_OP_H
#define RECURRENT_KERNEL_OP_H

#include <stddef.h>

/* out = max(x, 0), NaN passing through, or -x. */
void kernel_op(double *out, const double *x, size_t n, int relu);

enum slope_kind { SLOPE_negative, SLOPE_tanh, SLOPE_sigmoid, SLOPE_relu };

/* d = g f'(x), where y = f(x). */
void kernel_slope(double *d, const double *g, const double *y, const double *x,
                  size_t n, enum slope_kind kind);

/* The mean of (p - t)^2, or of |p - t|; 0 of nothing. */
double kernel_mean_error(const double *t, const double *p, size_t n,
                         int squared);

/* d = by times the slope of the same, each of its own, in p. */
void kernel_error_slope(double *d, double by, const double *t, const double *p,
                        size_t n, int squared);

/* sum += d */
void kernel_add_to(double *sum, const double *d, size_t n);

/* x (rows, cols) += b (cols) */
void kernel_add_columns(double *x, const double *b, size_t rows, size_t cols);

/* Columns of x (rows, cols) into rows [at, at + rows) of out, which has `gap`
   rows. */
void kernel_put_rows(double *out, size_t gap, size_t at, const double *x,
                     size_t rows, size_t cols);

#endif
