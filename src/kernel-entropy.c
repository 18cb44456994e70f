#include "kernel-entropy.h"

#include <math.h>

void kernel_top(int *at, double *best, const scores *s) {
  for (ptrdiff_t r = 0; r < s->rows; ++r) {
    at[r] = 0;
    best[r] = -INFINITY;
  }
  for (ptrdiff_t c = 0; c < s->n; ++c) {
    const double *z = s->z + c * s->rows;
    for (ptrdiff_t r = 0; r < s->rows; ++r) {
      double here = isnan(z[r]) ? INFINITY : z[r];
      if (here > best[r]) {
        best[r] = here;
        at[r] = (int) c;
      }
    }
  }
}

void kernel_log_sum_exp(double *out, long double *sum, const scores *s) {
  for (ptrdiff_t r = 0; r < s->rows; ++r) {
    sum[r] = 0;
  }
  for (ptrdiff_t c = 0; c < s->n; ++c) {
    const double *z = s->z + c * s->rows;
    for (ptrdiff_t r = 0; r < s->rows; ++r) {
      sum[r] += exp(z[r] - out[r]);
    }
  }
  for (ptrdiff_t r = 0; r < s->rows; ++r) {
    out[r] += log((double) sum[r]);
  }
}

void kernel_label_gradient(double *d, const scores *s, const double *lse,
                           const int *label, const double *g) {
  for (ptrdiff_t c = 0; c < s->n; ++c) {
    const double *z = s->z + c * s->rows;
    for (ptrdiff_t r = 0; r < s->rows; ++r) {
      double p = exp(z[r] - lse[r]);
      double one = (label[r] == c ? p - 1 : p) * g[r];
      d[c * s->rows + r] = g[r] == 0 && isnan(one) ? 0 : one;
    }
  }
}
