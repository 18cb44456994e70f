#include "kernel-op.h"

#include <math.h>
#include <string.h>

void kernel_op(double *out, const double *x, size_t n, int relu) {
  if (relu) {
    for (size_t i = 0; i < n; i++) out[i] = 0 > x[i] ? 0 : x[i];
  } else {
    for (size_t i = 0; i < n; i++) out[i] = -x[i];
  }
}

/* Of a NaN neither side is known. */
static double step_at(double x) { return x != x ? x : x > 0; }

void kernel_slope(double *d, const double *g, const double *y, const double *x,
                  size_t n, enum slope_kind kind) {
  switch (kind) {
  case SLOPE_negative:
    for (size_t i = 0; i < n; i++) d[i] = -g[i];
    break;
  case SLOPE_tanh:
    for (size_t i = 0; i < n; i++) d[i] = g[i] * (1 - y[i] * y[i]);
    break;
  case SLOPE_sigmoid:
    for (size_t i = 0; i < n; i++) d[i] = g[i] * y[i] * (1 - y[i]);
    break;
  case SLOPE_relu:
    for (size_t i = 0; i < n; i++) d[i] = g[i] * step_at(x[i]);
    break;
  }
}

double kernel_mean_error(const double *t, const double *p, size_t n,
                         int squared) {
  long double sum = 0;
  for (size_t i = 0; i < n; i++) {
    double e = p[i] - t[i];
    sum += squared ? e * e : fabs(e);
  }
  return n ? (double) (sum / (long double) n) : 0;
}

void kernel_error_slope(double *d, double by, const double *t, const double *p,
                        size_t n, int squared) {
  for (size_t i = 0; i < n; i++) {
    double e = p[i] - t[i];
    double slope = e > 0 ? 1 : e < 0 ? -1 : e; /* NaN stays */
    d[i] = by * (squared ? 2 * e : slope);
  }
}

void kernel_add_to(double *sum, const double *d, size_t n) {
  for (size_t i = 0; i < n; i++) sum[i] += d[i];
}

void kernel_add_columns(double *x, const double *b, size_t rows, size_t cols) {
  for (size_t j = 0; j < cols; j++, x += rows) {
    for (size_t i = 0; i < rows; i++) x[i] += b[j];
  }
}

void kernel_put_rows(double *out, size_t gap, size_t at, const double *x,
                     size_t rows, size_t cols) {
  for (size_t j = 0; j < cols; j++) {
    memcpy(out + j * gap + at, x + j * rows, rows * sizeof(double));
  }
}
