/* Activations by number, on all lanes of a block; forward in place, backward
   turns dy into dz. Softmax runs over the units of a row. */
#ifndef RECURRENT_KERNEL_ACTIVATION_H
#define RECURRENT_KERNEL_ACTIVATION_H

#include "kernel-math.h"

typedef struct {
  size_t lanes, pad, units;
} block_size;

#define SELU_SCALE 1.0507009873554804934193349852946
#define SELU_ALPHA 1.6732632423543772848170429916717
#define SQRT_HALF 0.70710678118654752440
#define INV_SQRT_2PI 0.39894228040143267794

/* Each activation: y from z, then dz from y, z and dy. */
#define FORWARD(name, type, by, get, put, forward)                             \
  FN void name##_forward(REAL *p, block_size s) {                              \
    for (size_t i = 0, n = s.lanes * s.pad; i < n; i += by) {                  \
      type z = get(p + i);                                                     \
      put(p + i, forward);                                                     \
    }                                                                          \
  }
/* SIDE vectors at a time: columns come in groups of an even number. */
#define FORWARD_SIDE(name)                                                     \
  FN void name##_forward(REAL *p, block_size s) {                              \
    const REAL *end = p + s.lanes * s.pad;                                     \
    for (; p < end; p += SIDE * VL) {                                          \
      vec z[SIDE] = {v_load(p), v_load(p + VL)};                               \
      name##_n(z, SIDE);                                                       \
      v_store(p, z[0]);                                                        \
      v_store(p + VL, z[1]);                                                   \
    }                                                                          \
  }
#define BACKWARD(name, type, by, get, put, backward)                           \
  FN void name##_backward(REAL *p, const REAL *yp, const REAL *zp,             \
                          block_size s) {                                      \
    for (size_t i = 0, n = s.lanes * s.pad; i < n; i += by) {                  \
      type y = get(yp + i), dy = get(p + i), z = y;                            \
      if (zp) z = get(zp + i);                                                 \
      (void) y, (void) z;                                                      \
      put(p + i, backward);                                                    \
    }                                                                          \
  }

#define get1(p) ((double) *(p))
#define put1(p, value) *(p) = (REAL) (value)
#define BY_ONE(name, forward, backward)                                        \
  FORWARD(name, double, 1, get1, put1, forward)                                \
  BACKWARD(name, double, 1, get1, put1, backward)
#define BY_VECTOR(name, forward, backward)                                     \
  FORWARD(name, vec, VL, v_load, v_store, forward)                             \
  BACKWARD(name, vec, VL, v_load, v_store, backward)
#define BY_SIDE(name, backward)                                                \
  FORWARD_SIDE(name)                                                           \
  BACKWARD(name, vec, VL, v_load, v_store, backward)
#define K(x) v_set1(x)

INLINE double elu1(double z) { return z > 0 ? z : expm1(z); }
INLINE double softplus1(double z) { return fmax(z, 0) + log1p(exp(-fabs(z))); }
INLINE double normal_cdf(double z) { return 0.5 * (1 + erf(z * SQRT_HALF)); }
INLINE vec clip01(vec z) { return at_most(at_least(z, 0), 1); }
INLINE vec d_swish(vec y, vec z) {
  vec s = sigmoid_v(z);
  return s + y * (K(1) - s);
}
INLINE vec d_softsign(vec y) {
  vec s = K(1) - abs_v(y);
  return s * s;
}
INLINE vec d_hard_sigmoid(vec y) {
  vec below_one = v_pick_less(y, K(1), K(0.2), K(0));
  return v_pick_less(K(0), y, below_one, K(0));
}

BY_VECTOR(linear, z, dy)
BY_SIDE(tanh, dy *(K(1) - y * y))
BY_SIDE(sigmoid, dy *y *(K(1) - y))
BY_VECTOR(relu, at_least(z, 0), v_pick_less(K(0), y, dy, K(0)))
BY_ONE(elu, elu1(z), y > 0 ? dy : dy * (y + 1))
BY_ONE(selu, SELU_SCALE *(z > 0 ? z : SELU_ALPHA * expm1(z)),
       dy *(y >= 0 ? SELU_SCALE : y + SELU_SCALE * SELU_ALPHA))
BY_ONE(softplus, softplus1(z), dy * -expm1(-y))
BY_VECTOR(softsign, z / (K(1) + abs_v(z)), dy *d_softsign(y))
BY_VECTOR(swish, z *sigmoid_v(z), dy *d_swish(y, z))
BY_ONE(gelu, z *normal_cdf(z),
       dy *(normal_cdf(z) + z * INV_SQRT_2PI * exp(-0.5 * z * z)))
BY_VECTOR(exponential, exp_v(z), dy *y)
BY_VECTOR(hard_sigmoid, clip01(z *K(0.2) + K(0.5)), dy *d_hard_sigmoid(y))

/* One vector of rows, `step` elements from unit to unit. */
FN void softmax_rows(REAL *z, size_t step, size_t units) {
  vec top = v_load(z), sum = K(0);
  for (size_t j = 1; j < units; j++) {
    vec x = v_load(z + j * step);
    top = v_pick_less(top, x, x, top);
  }
  for (size_t j = 0; j < units; j++) {
    vec e = exp_v(v_load(z + j * step) - top);
    v_store(z + j * step, e);
    sum += e;
  }
  for (size_t j = 0; j < units; j++)
    v_store(z + j * step, v_load(z + j * step) / sum);
}

FN void softmax_rows_backward(REAL *d, const REAL *y, size_t step,
                              size_t units) {
  vec dot = K(0);
  for (size_t j = 0; j < units; j++)
    dot += v_load(y + j * step) * v_load(d + j * step);
  for (size_t j = 0; j < units; j++)
    v_store(d + j * step, v_load(y + j * step) * (v_load(d + j * step) - dot));
}

FN void softmax_forward(REAL *p, block_size s) {
  EACH_PANEL(r, w, s.lanes) {
    for (size_t i = 0; i < w; i += VL)
      softmax_rows(p + r * s.pad + i, w, s.units);
  }
}

FN void softmax_backward(REAL *p, const REAL *y, const REAL *z, block_size s) {
  (void) z;
  EACH_PANEL(r, w, s.lanes) {
    for (size_t i = 0; i < w; i += VL)
      softmax_rows_backward(p + r * s.pad + i, y + r * s.pad + i, w, s.units);
  }
}

#undef K
#define ACTIVATION_ROW(name)                                                   \
  { name##_forward, name##_backward }

static const struct {
  void (*forward)(REAL *z, block_size s);
  void (*backward)(REAL *dy, const REAL *y, const REAL *z, block_size s);
} activations[N_ACTIVATIONS] = {
    ACTIVATION_ROW(linear),      ACTIVATION_ROW(tanh),
    ACTIVATION_ROW(sigmoid),     ACTIVATION_ROW(relu),
    ACTIVATION_ROW(elu),         ACTIVATION_ROW(selu),
    ACTIVATION_ROW(softplus),    ACTIVATION_ROW(softsign),
    ACTIVATION_ROW(swish),       ACTIVATION_ROW(gelu),
    ACTIVATION_ROW(exponential), ACTIVATION_ROW(hard_sigmoid),
    ACTIVATION_ROW(softmax),
};

/* An activation of n plain numbers, in place; softmax takes them as one row. */
FN void activate(int activation, double *x, size_t n) {
  REAL piece[32 * VL];
  block_size s = {VL, 32, 32};
  size_t i = 0;
#if !IS_FLOAT
  for (; i + 32 * VL <= n; i += 32 * VL)
    activations[activation].forward(x + i, s);
#endif
  for (; i < n; i += 32 * VL) {
    size_t have = min_size(32 * VL, n - i);
    for (size_t j = 0; j < 32 * VL; j++)
      piece[j] = j < have ? (REAL) x[i + j] : 0;
    activations[activation].forward(piece, s);
    for (size_t j = 0; j < have; j++) x[i + j] = (double) piece[j];
  }
}

#endif
