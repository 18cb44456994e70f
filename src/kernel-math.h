/* exp, tanh and sigmoid on vectors, within 2 ulp for every argument: NaN, Inf,
   signed zeros and subnormal results included. No branches: both sides of a
   choice are computed and one is picked.
   Polynomials and quotients were fitted at Chebyshev nodes: exp to 2e-17 on
   [-log(2)/2, log(2)/2] (single: 8e-9), tanh to 5e-18 on [0, 0.625] (6e-12). */
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
#else
#define ROUNDER 6755399441055744.0 /* 1.5 * 2^52 */
#define BIAS 1023
#define MANTISSA 52
#define LN2_HIGH 0.6931471803691238
#define LN2_LOW 1.9082149292705877e-10
#define EXP_LEAST -746.0
#define EXP_MOST 710.0
#endif
#define LOG2_E 1.4426950408889634

#define C(x) v_set1(x)

/* The smaller and the larger; a NaN in x stays. */
INLINE vec at_most(vec x, double top) {
  return v_pick_less(C(top), x, C(top), x);
}

INLINE vec at_least(vec x, double low) {
  return v_pick_less(x, C(low), C(low), x);
}

/* (exp(r) - 1 - r) / r^2: the parts of a double's polynomial do not wait for
   each other. */
INLINE vec exp_tail(vec r) {
#if IS_FLOAT
  vec q = C(0.0013926926614021907);
  q = q * r + C(0.008363773874405574);
  q = q * r + C(0.04166655011030512);
  q = q * r + C(0.16666573381900845);
  return q * r + C(0.5);
#else
  vec s = r * r;
  vec q0 = C(0.16666666666666669) * r + C(0.5);
  vec q2 = C(0.008333333333329793) * r + C(0.04166666666662064);
  vec q4 = C(0.00019841269864380513) * r + C(0.0013888888918939168);
  vec q6 = C(2.75572664186123e-06) * r + C(2.4801518641395993e-05);
  vec q8 = C(2.510134692835034e-08) * r + C(2.7621338669142925e-07);
  return (q8 * (s * s) + (q6 * s + q4)) * (s * s) + (q2 * s + q0);
#endif
}

/* p with exp(x) = 2^n (1 + p), n whole; 1 + p is within 1.1 ulp. */
INLINE vec exp_less_one(vec x, vec *n) {
  *n = (x * C(LOG2_E) + C(ROUNDER)) - C(ROUNDER);
  vec high = x - *n * C(LN2_HIGH), r = high - *n * C(LN2_LOW);
  vec lost = (high - r) - *n * C(LN2_LOW);
  return r + (r * r * exp_tail(r) + lost);
}

/* 2^n for whole n in the normal range. */
INLINE vec two_to(vec n) {
  ivec i = v_bits(n + C(ROUNDER)) - v_bits(C(ROUNDER));
  return v_from_bits((i + BIAS) << MANTISSA);
}

/* 2^n as two factors, so that a product rounds subnormals and overflows. */
INLINE void two_factors(vec n, vec *a, vec *b) {
  vec half = (n * C(0.5) + C(ROUNDER)) - C(ROUNDER);
  *a = two_to(half), *b = two_to(n - half);
}

INLINE vec exp_v(vec x) {
  vec n, a, b, p;
  p = exp_less_one(at_least(at_most(x, EXP_MOST), EXP_LEAST), &n);
  two_factors(n, &a, &b);
  return (C(1) + p) * a * b;
}

INLINE vec abs_v(vec x) { return v_from_bits(v_bits(x) & ~v_bits(C(-0.0))); }

INLINE vec with_sign(vec x, vec sign) {
  return v_from_bits(v_bits(x) | (v_bits(sign) & v_bits(C(-0.0))));
}

/* num / den = (tanh(x) / x - 1) / s with s = x^2 */
INLINE void tanh_quotient(vec s, vec *num, vec *den) {
#if IS_FLOAT
  *num = C(-0.014772993214094247) * s + C(-0.33333333331506154);
  *den = (C(0.01582288770681451) * s + C(0.44431897512650276)) * s + C(1);
#else
  *num = (C(-0.0001991780435861287) * s + C(-0.020498799708498872)) * s +
         C(-0.3333333333333333);
  *den = ((C(0.0002065337374875025) * s + C(0.02329133187629886)) * s +
          C(0.4614963991254931)) *
             s +
         C(1);
#endif
}

/* x + x s num / den where |x| < 0.625, else 1 - 2 / (exp(2 |x|) + 1): one
   division for both. */
INLINE vec tanh_v(vec x) {
  vec a = abs_v(x), s = x * x, num, den, n;
  tanh_quotient(s, &num, &den);
  vec part = C(1) + exp_less_one(at_most(a, 20) * C(2), &n);
  vec grown = part * two_to(n) + C(1);
  num = v_pick_less(a, C(0.625), a * s * num, C(-2));
  den = v_pick_less(a, C(0.625), den, grown);
  return with_sign(v_pick_less(a, C(0.625), a, C(1)) + num / den, x);
}

/* q = 1 / (1 + exp(|x|)), or 1 - q for positive x. With exp(|x|) = 2^n (1 + p)
   it is 2^-n / (1 + 2^-n + p), a sum that is rounded once: what the first two
   lose goes to the third. */
INLINE vec sigmoid_v(vec x) {
  vec n, a, b, p = exp_less_one(at_most(abs_v(x), -(EXP_LEAST)), &n);
  two_factors(-n, &a, &b);
  vec small = a * b, one = C(1) + small, lost = small - (one - C(1));
  vec q = b / (one + (p + lost)) * a;
  return v_pick_less(x, C(0), q, C(1) - q);
}

#undef C
#endif
