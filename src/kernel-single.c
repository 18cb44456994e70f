#include "kernel-single.h"

void kernel_single(double *out, const double *x, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; ++i) {
    out[i] = (float) x[i];
  }
}
