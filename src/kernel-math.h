/* exp, tanh and sigmoid on vectors, within 2 ulp for every argument: NaN, Inf,
   signed zeros and subnormal results included. No branches: both sides of a
   choice are computed and one is picked. With x = n log(2) + r, exp(x) is
   2^n (1 + p), and p is r + r^2 times a polynomial, which leaves an error of at
   most 6e-18 (single: 3e-9): minimax by Remez' exchange, the first coefficient
   fixed. */
#ifndef RECURRENT_KERNEL_MATH_H
#define RECURRENT_KERNEL_MATH_H

#include "kernel-vec.h"

#if IS_FLOAT
#define ROUNDER                                                                \
  12582912.0 /* 1.5 * 2^23: adding it leaves an integer's bits                 \
              */
#define BIAS 127
#define MANTISSA 23
#define LN2_HIGH 0.693115234375
#define LN2_LOW 3.1946184945309415e-05
#define EXP_LEAST -105.0
#define EXP_MOST 90.0
#define FAR 32
#define SMALL 0x1p-32
#else
#define ROUNDER 6755399441055744.0 /* 1.5 * 2^52 */
#define BIAS 1023
#define MANTISSA 52
#define LN2_HIGH 0.6931471803691238
#define LN2_LOW 1.9082149292705877e-10
#define EXP_LEAST -746.0
#define EXP_MOST 710.0
#define FAR 64
#define SMALL 0x1p-64
#endif
#define LOG2_E 1.4426950408889634
#define LN2 0.69314718055994531

#define C(x) v_set1(x)

/* The smaller and the larger; a NaN in x stays. */
INLINE vec at_most(vec x, double top) { return v_min(C(top), x); }
INLINE vec at_least(vec x, double low) { return v_max(C(low), x); }

/* Up to SIDE vectors go side by side, statement by statement: a processor looks
   not far enough ahead to begin with the next one while one waits. */
enum { SIDE = 2 };
#define ALONG UNROLL for (int i = 0; i < n; i++)

/* A polynomial's coefficients, each half from the highest power down. */
#if IS_FLOAT
enum { N_EVEN = 3, N_ODD = 2 };
#else
enum { N_EVEN = 5, N_ODD = 5 };
#endif

typedef struct {
  double even[N_EVEN], odd[N_ODD];
} powers;

/* The polynomial of r, with s = r^2: even and odd powers do not wait for each
   other. */
ALWAYS void polynomial(vec *sum, const vec *r, const vec *s, int n,
                       const powers *c) {
  vec even[SIDE], odd[SIDE];
  ALONG even[i] = C(c->even[0]) * s[i] + C(c->even[1]);
  ALONG odd[i] = C(c->odd[0]) * s[i] + C(c->odd[1]);
  UNROLL for (int j = 2; j < N_EVEN; j++) {
    ALONG even[i] = even[i] * s[i] + C(c->even[j]);
    if (j < N_ODD) {
      ALONG odd[i] = odd[i] * s[i] + C(c->odd[j]);
    }
  }
  ALONG sum[i] = odd[i] * r[i] + even[i];
}

/* (exp(r) - 1 - r) / r^2 */
static const powers exp_tail = {
#if IS_FLOAT
    {0.0013941965768314286, 0.04166638743827737, 0.5},
    {0.00836872386855081, 0.1666652062906485}
#else
    {2.762539113234819e-07, 2.480150815756126e-05, 0.0013888888927221568,
     0.041666666666602896, 0.5},
    {2.511506882990464e-08, 2.7557226167649783e-06, 0.0001984126990480856,
     0.008333333333313974, 0.16666666666666685}
#endif
};

/* ((exp(2 r) - 1) / 2 - r) / r^2, for -0.027 <= r <= 0.319. */
static const powers tanh_tail = {
#if IS_FLOAT
    {0.05817231233321568, 0.33404712131751774, 1},
    {0.12848323625370336, 0.6666295906038292}
#else
    {0.00013483685635165565, 0.0031740009005700974, 0.0444444375044975,
     0.3333333333344612, 1},
    {3.4011813516416656e-05, 0.0007079897130210058, 0.012698498851169842,
     0.13333333358106406, 0.6666666666664506}
#endif
};

/* The last bits of x + ROUNDER + BIAS are the exponent of 2^x, x whole. */
INLINE vec from_exponent(vec k) { return v_from_bits(v_bits(k) << MANTISSA); }

INLINE vec power_of(vec n) { return from_exponent(n + C(ROUNDER + BIAS)); }

/* x 2^n, n whole: in two factors, so that subnormals are rounded once and what
   is too large overflows. */
#ifndef v_scale
INLINE vec v_scale(vec x, vec n) {
  vec half = (n * C(0.5) + C(ROUNDER)) - C(ROUNDER);
  return x * power_of(half) * power_of(n - half);
}
#endif

/* exp(x) = 2^whole (1 + p), where 1 + p is within 1.2 ulp. */
ALWAYS void exp_n(vec *x, int n) {
  vec whole[SIDE], high[SIDE], r[SIDE], s[SIDE], lost[SIDE], tail[SIDE];
  ALONG x[i] = at_least(at_most(x[i], EXP_MOST), EXP_LEAST);
  ALONG whole[i] = (x[i] * C(LOG2_E) + C(ROUNDER)) - C(ROUNDER);
  ALONG high[i] = x[i] - whole[i] * C(LN2_HIGH);
  ALONG r[i] = high[i] - whole[i] * C(LN2_LOW);
  ALONG s[i] = r[i] * r[i];
  ALONG lost[i] = (high[i] - r[i]) - whole[i] * C(LN2_LOW);
  polynomial(tail, r, s, n, &exp_tail);
  ALONG x[i] = C(1) + (r[i] + (s[i] * tail[i] + lost[i]));
  ALONG x[i] = v_scale(x[i], whole[i]);
}

INLINE vec abs_v(vec x) { return v_from_bits(v_bits(x) & ~v_bits(C(-0.0))); }

INLINE vec with_sign(vec x, vec sign) {
  return v_from_bits(v_bits(x) | (v_bits(sign) & v_bits(C(-0.0))));
}

/* q / (q + 1), with q = (exp(2 |x|) - 1) / 2 = 2^n p + (2^n - 1) / 2. To be
   rounded less often it is r + (p - r - q^2 / (q + 1)) for small x, whose n is
   0, and 1/2 + (q - 1) / 2 / (q + 1) for others. */
ALWAYS void tanh_n(vec *x, int n) {
  vec a[SIDE], k[SIDE], r[SIDE], s[SIDE], tail[SIDE], scale[SIDE], q[SIDE];
  vec part[SIDE], rest[SIDE], most[SIDE];
  ALONG a[i] = at_most(abs_v(x[i]), 20);
  ALONG k[i] = (a[i] * C(2 * LOG2_E) - C(0.42)) + C(ROUNDER + BIAS);
  ALONG r[i] = a[i] - (k[i] - C(ROUNDER + BIAS)) * C(LN2 / 2);
  ALONG s[i] = r[i] * r[i];
  polynomial(tail, r, s, n, &tanh_tail);
  ALONG tail[i] = s[i] * tail[i];
  ALONG scale[i] = from_exponent(k[i]);
  ALONG q[i] = scale[i] * (r[i] + tail[i]) + (scale[i] * C(0.5) - C(0.5));
  ALONG part[i] =
      v_pick_less(a[i], C(0.318), q[i] * q[i], C(0.5) - q[i] * C(0.5));
  ALONG part[i] = part[i] / (q[i] + C(1));
  ALONG rest[i] = v_pick_less(a[i], C(0.318), tail[i], C(0));
  ALONG most[i] = v_pick_less(a[i], C(0.318), r[i], C(0.5));
  ALONG x[i] = with_sign(most[i] + (rest[i] - part[i]), x[i]);
}

/* q = 1 / (1 + exp(|x|)), or 1 - q for positive x. Both sides of the fraction
   are taken times 2^-FAR, so that the lower one has room for all x whose q is
   not 0. Where it is rounded twice, what the first time loses is added. */
ALWAYS void sigmoid_n(vec *x, int n) {
  vec a[SIDE], k[SIDE], r[SIDE], s[SIDE], p[SIDE], scale[SIDE], most[SIDE];
  vec lost[SIDE], q[SIDE];
  ALONG a[i] = at_most(abs_v(x[i]), -(EXP_LEAST));
  ALONG k[i] = a[i] * C(LOG2_E) + C(ROUNDER + BIAS - FAR);
  ALONG scale[i] = from_exponent(k[i]);
  ALONG k[i] = k[i] - C(ROUNDER + BIAS - FAR);
  ALONG r[i] = a[i] - k[i] * C(LN2_HIGH) - k[i] * C(LN2_LOW);
  ALONG s[i] = r[i] * r[i];
  polynomial(p, r, s, n, &exp_tail);
  ALONG p[i] = s[i] * p[i] + r[i];
  ALONG most[i] = scale[i] + C(SMALL);
  ALONG lost[i] = C(SMALL) - (most[i] - scale[i]);
  ALONG q[i] = C(SMALL) / (most[i] + (scale[i] * p[i] + lost[i]));
  ALONG x[i] = v_pick_less(x[i], C(0), q[i], C(1) - q[i]);
}

INLINE vec exp_v(vec x) {
  exp_n(&x, 1);
  return x;
}

INLINE vec sigmoid_v(vec x) {
  sigmoid_n(&x, 1);
  return x;
}

#undef ALONG
#undef C
#endif
