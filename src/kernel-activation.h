/* Activations by number, on n elements that are all lanes of a block; forward
   in place, backward turns dy into dz. Softmax runs over the units of a row. */
#ifndef RECURRENT_KERNEL_ACTIVATION_H
#define RECURRENT_KERNEL_ACTIVATION_H

#include "kernel-vec.h"

typedef struct {
  size_t lanes, pad, units;
} block_size;

#define SELU_SCALE 1.0507009873554804934193349852946
#define SELU_ALPHA 1.6732632423543772848170429916717
#define SQRT_HALF 0.70710678118654752440
#define INV_SQRT_2PI 0.39894228040143267794

INLINE double sigmoid1(double z) {
  if (z >= 0) return 1 / (1 + exp(-z));
  double e = exp(z);
  return e / (1 + e);
}

/* Each activation: y from z, then dz from y, z and dy. */
#define ACTIVATION(name, forward, backward)                                   \
  FN void name##_forward(REAL *p, block_size s) {                             \
    size_t n = s.lanes * s.pad;                                               \
    for (size_t i = 0; i < n; i++) {                                          \
      double z = (double) p[i];                                               \
      p[i] = (REAL) (forward);                                                \
    }                                                                         \
  }                                                                           \
  FN void name##_backward(REAL *p, const REAL *yp, const REAL *zp,            \
                          block_size s) {                                     \
    size_t n = s.lanes * s.pad;                                               \
    for (size_t i = 0; i < n; i++) {                                          \
      double y = (double) yp[i], dy = (double) p[i];                          \
      double z = zp ? (double) zp[i] : 0;                                     \
      (void) y, (void) z;                                                     \
      p[i] = (REAL) (backward);                                               \
    }                                                                         \
  }

INLINE double elu1(double z) { return z > 0 ? z : expm1(z); }
INLINE double softplus1(double z) { return fmax(z, 0) + log1p(exp(-fabs(z))); }
INLINE double clip01(double z) { return z < 0 ? 0 : z > 1 ? 1 : z; }
INLINE double normal_cdf(double z) { return 0.5 * (1 + erf(z * SQRT_HALF)); }
INLINE double d_swish(double y, double z) {
  double s = sigmoid1(z);
  return s + y * (1 - s);
}

ACTIVATION(linear, z, dy)
ACTIVATION(tanh, tanh(z), dy * (1 - y * y))
ACTIVATION(sigmoid, sigmoid1(z), dy *y * (1 - y))
ACTIVATION(relu, z <= 0 ? 0 : z, y > 0 ? dy : 0)
ACTIVATION(elu, elu1(z), y > 0 ? dy : dy * (y + 1))
ACTIVATION(selu, SELU_SCALE *(z > 0 ? z : SELU_ALPHA * expm1(z)),
           dy *(y >= 0 ? SELU_SCALE : y + SELU_SCALE * SELU_ALPHA))
ACTIVATION(softplus, softplus1(z), dy * -expm1(-y))
ACTIVATION(softsign, z / (1 + fabs(z)), dy *(1 - fabs(y)) * (1 - fabs(y)))
ACTIVATION(swish, z *sigmoid1(z), dy *d_swish(y, z))
ACTIVATION(gelu, z *normal_cdf(z),
           dy *(normal_cdf(z) + z * INV_SQRT_2PI * exp(-0.5 * z * z)))
ACTIVATION(exponential, exp(z), dy *y)
ACTIVATION(hard_sigmoid, clip01(0.2 * z + 0.5), y > 0 && y < 1 ? 0.2 * dy : 0)

FN void softmax_row(REAL *z, size_t w, size_t units) {
  double top = -INFINITY, sum = 0;
  for (size_t j = 0; j < units; j++)
    if (!((double) z[j * w] <= top)) top = (double) z[j * w];
  for (size_t j = 0; j < units; j++) {
    double e = exp((double) z[j * w] - top);
    z[j * w] = (REAL) e;
    sum += e;
  }
  for (size_t j = 0; j < units; j++)
    z[j * w] = (REAL) ((double) z[j * w] / sum);
}

FN void softmax_forward(REAL *p, block_size s) {
  for (size_t r = 0; r < s.lanes; r += PANEL) {
    size_t w = min_size(PANEL, s.lanes - r);
    for (size_t i = 0; i < w; i++) softmax_row(p + r * s.pad + i, w, s.units);
  }
}

FN void softmax_backward(REAL *p, const REAL *y, const REAL *z, block_size s) {
  (void) z;
  for (size_t r = 0; r < s.lanes; r += PANEL) {
    size_t w = min_size(PANEL, s.lanes - r);
    for (size_t i = 0; i < w; i++) {
      const REAL *yr = y + r * s.pad + i;
      REAL *d = p + r * s.pad + i;
      double dot = 0;
      for (size_t j = 0; j < s.units; j++)
        dot += (double) yr[j * w] * (double) d[j * w];
      for (size_t j = 0; j < s.units; j++)
        d[j * w] = (REAL) ((double) yr[j * w] * ((double) d[j * w] - dot));
    }
  }
}

#define ACTIVATION_ROW(name) {name##_forward, name##_backward}

static const struct {
  void (*forward)(REAL *z, block_size s);
  void (*backward)(REAL *dy, const REAL *y, const REAL *z, block_size s);
} activations[N_ACTIVATIONS] = {
    ACTIVATION_ROW(linear),   ACTIVATION_ROW(tanh),
    ACTIVATION_ROW(sigmoid),  ACTIVATION_ROW(relu),
    ACTIVATION_ROW(elu),      ACTIVATION_ROW(selu),
    ACTIVATION_ROW(softplus), ACTIVATION_ROW(softsign),
    ACTIVATION_ROW(swish),    ACTIVATION_ROW(gelu),
    ACTIVATION_ROW(exponential), ACTIVATION_ROW(hard_sigmoid),
    ACTIVATION_ROW(softmax),
};

#endif
