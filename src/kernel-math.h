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

/* (exp(r) - 1 - r) / r^2, with s = r^2: even and odd powers do not wait for
   each other. */
INLINE vec exp_tail(vec r, vec s) {
#if IS_FLOAT
  vec even = C(0.0013941965768314286), odd = C(0.00836872386855081);
  even = (even * s + C(0.04166638743827737)) * s + C(0.5);
  odd = odd * s + C(0.1666652062906485);
#else
  vec even = C(2.762539113234819e-07), odd = C(2.511506882990464e-08);
  even = (even * s + C(2.480150815756126e-05)) * s + C(0.0013888888927221568);
  even = (even * s + C(0.041666666666602896)) * s + C(0.5);
  odd = (odd * s + C(2.7557226167649783e-06)) * s + C(0.0001984126990480856);
  odd = (odd * s + C(0.008333333333313974)) * s + C(0.16666666666666685);
#endif
  return odd * r + even;
}

/* ((exp(2 r) - 1) / 2 - r) / r^2, for -0.027 <= r <= 0.319. */
INLINE vec tanh_tail(vec r, vec s) {
#if IS_FLOAT
  vec even = C(0.05817231233321568), odd = C(0.12848323625370336);
  even = (even * s + C(0.33404712131751774)) * s + C(1);
  odd = odd * s + C(0.6666295906038292);
#else
  vec even = C(0.00013483685635165565), odd = C(3.4011813516416656e-05);
  even = (even * s + C(0.0031740009005700974)) * s + C(0.0444444375044975);
  even = (even * s + C(0.3333333333344612)) * s + C(1);
  odd = (odd * s + C(0.0007079897130210058)) * s + C(0.012698498851169842);
  odd = (odd * s + C(0.13333333358106406)) * s + C(0.6666666666664506);
#endif
  return odd * r + even;
}

/* The last bits of x + ROUNDER + BIAS are the exponent of 2^x, x whole. */
INLINE vec from_exponent(vec k) { return v_from_bits(v_bits(k) << MANTISSA); }

INLINE vec power_of(vec n) { return from_exponent(n + C(ROUNDER + BIAS)); }

/* p with exp(x) = 2^n (1 + p), n whole; 1 + p is within 1.2 ulp. */
INLINE vec exp_less_one(vec x, vec *n) {
  *n = (x * C(LOG2_E) + C(ROUNDER)) - C(ROUNDER);
  vec high = x - *n * C(LN2_HIGH), r = high - *n * C(LN2_LOW), s = r * r;
  vec lost = (high - r) - *n * C(LN2_LOW);
  return r + (s * exp_tail(r, s) + lost);
}

/* x 2^n, n whole: in two factors, so that subnormals are rounded once and what
   is too large overflows. */
#ifndef v_scale
INLINE vec v_scale(vec x, vec n) {
  vec half = (n * C(0.5) + C(ROUNDER)) - C(ROUNDER);
  return x * power_of(half) * power_of(n - half);
}
#endif

INLINE vec exp_v(vec x) {
  vec n, p = exp_less_one(at_least(at_most(x, EXP_MOST), EXP_LEAST), &n);
  return v_scale(C(1) + p, n);
}

INLINE vec abs_v(vec x) { return v_from_bits(v_bits(x) & ~v_bits(C(-0.0))); }

INLINE vec with_sign(vec x, vec sign) {
  return v_from_bits(v_bits(x) | (v_bits(sign) & v_bits(C(-0.0))));
}

/* q / (q + 1), with q = (exp(2 |x|) - 1) / 2 = 2^n p + (2^n - 1) / 2. To be
   rounded less often it is r + (p - r - q^2 / (q + 1)) for small x, whose n is
   0, and 1/2 + (q - 1) / 2 / (q + 1) for others. */
INLINE vec tanh_v(vec x) {
  vec a = at_most(abs_v(x), 20);
  vec k = (a * C(2 * LOG2_E) - C(0.42)) + C(ROUNDER + BIAS);
  vec n = k - C(ROUNDER + BIAS), scale = from_exponent(k);
  vec r = a - n * C(LN2 / 2), s = r * r;
  vec tail = s * tanh_tail(r, s);
  vec q = scale * (r + tail) + (scale * C(0.5) - C(0.5));
  vec num = v_pick_less(a, C(0.318), q * q, C(0.5) - q * C(0.5));
  vec most = v_pick_less(a, C(0.318), r, C(0.5));
  vec rest = v_pick_less(a, C(0.318), tail, C(0));
  return with_sign(most + (rest - num / (q + C(1))), x);
}

/* q = 1 / (1 + exp(|x|)), or 1 - q for positive x. Both sides of the fraction
   are taken times 2^-FAR, so that the lower one has room for all x whose q is
   not 0. Where it is rounded twice, what the first time loses is added. */
INLINE vec sigmoid_v(vec x) {
  vec a = at_most(abs_v(x), -(EXP_LEAST));
  vec k = a * C(LOG2_E) + C(ROUNDER + BIAS - FAR);
  vec n = k - C(ROUNDER + BIAS - FAR), scale = from_exponent(k);
  vec r = a - n * C(LN2_HIGH) - n * C(LN2_LOW), s = r * r;
  vec p = s * exp_tail(r, s) + r, most = scale + C(SMALL);
  vec lost = C(SMALL) - (most - scale);
  vec q = C(SMALL) / (most + (scale * p + lost));
  return v_pick_less(x, C(0), q, C(1) - q);
}

#undef C
#endif
