/* exp, tanh and sigmoid on vectors, within 2 ulp for every argument: NaN, Inf,
   signed zeros and subnormal results included. No branches: both sides of a
   choice are computed and one is picked.
   Polynomials and quotients were fitted at Chebyshev nodes: exp to 2e-17 on
   [-log(2)/2, log(2)/2] (single: 8e-9), or to 3e-17 on a 16th of it, tanh to
   5e-18 on [0, 0.625] (6e-12). */
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
#define LN2 0.69314718055994531

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
#elif defined(v_lookup)
  vec s = r * r, q4 = C(0.008333449701253456) * r + C(0.04166666666496045);
  vec q2 = C(0.1666666666530169) * r + C(0.5);
  return (C(0.0013889034348599464) * s + q4) * s + q2;
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

#ifdef v_lookup
/* 2^(j / 16), and what these lack, relative to them. */
static const double root_high[16] = {1.0,
                                     1.0442737824274138,
                                     1.0905077326652577,
                                     1.1387886347566916,
                                     1.189207115002721,
                                     1.241857812073484,
                                     1.2968395546510096,
                                     1.3542555469368927,
                                     1.4142135623730951,
                                     1.4768261459394993,
                                     1.5422108254079407,
                                     1.6104903319492543,
                                     1.681792830507429,
                                     1.7562521603732995,
                                     1.8340080864093424,
                                     1.9152065613971474};
static const double root_low[16] = {0.0,
                                    8.189317638195515e-17,
                                    -2.7939114859515733e-17,
                                    7.826573258636076e-17,
                                    3.3484623336251524e-17,
                                    3.750854201303127e-17,
                                    1.9572585293112036e-17,
                                    5.68648095791174e-17,
                                    -6.835808657661922e-17,
                                    -2.3591094770850053e-17,
                                    5.1548301170786783e-17,
                                    1.5341410053603723e-17,
                                    4.875160526227062e-17,
                                    1.685487290628973e-17,
                                    1.790126907604513e-17,
                                    -5.545065618639427e-17};

/* A sum with it has 16ths as its last bits, which are the index of a root. */
#define GRID (ROUNDER / 16)

/* p with exp(x) = 2^n (1 + p), n whole; 1 + p is within 1.2 ulp. */
INLINE vec exp_less_one(vec x, vec *n) {
  vec k = x * C(LOG2_E) + C(GRID), part = k - C(GRID);
  vec r = x - part * C(LN2_HIGH) - part * C(LN2_LOW);
  vec q = r * r * exp_tail(r) + (r + v_lookup(root_low, k));
  vec root = v_lookup(root_high, k);
  *n = v_floor(part);
  return root * q + (root - C(1));
}

/* p with exp(x) = scale (1 + p) for 0 <= x <= 40, when 1 is added to it: the
   larger the less it matters. */
INLINE vec exp_roughly(vec x, vec *scale) {
  vec k = x * C(LOG2_E) + C(GRID), r = x - (k - C(GRID)) * C(LN2);
  ivec power = v_bits(k) >> 4 << MANTISSA;
  *scale = v_from_bits(v_bits(v_lookup(root_high, k)) + power);
  return r * r * exp_tail(r) + r;
}
#else
/* 2^n from k = n + ROUNDER, n whole and 2^n in the normal range. */
INLINE vec power_of(vec k) {
  return v_from_bits((v_bits(k) - v_bits(C(ROUNDER)) + BIAS) << MANTISSA);
}

/* The same two without a table. */
INLINE vec exp_less_one(vec x, vec *n) {
  *n = (x * C(LOG2_E) + C(ROUNDER)) - C(ROUNDER);
  vec high = x - *n * C(LN2_HIGH), r = high - *n * C(LN2_LOW);
  vec lost = (high - r) - *n * C(LN2_LOW);
  return r + (r * r * exp_tail(r) + lost);
}

INLINE vec exp_roughly(vec x, vec *scale) {
  vec k = x * C(LOG2_E) + C(ROUNDER), r = x - (k - C(ROUNDER)) * C(LN2);
  *scale = power_of(k);
  return r * r * exp_tail(r) + r;
}
#endif

/* x 2^n, n whole: in two factors, so that subnormals are rounded once and what
   is too large overflows. */
#ifndef v_scale
INLINE vec v_scale(vec x, vec n) {
  vec k = n * C(0.5) + C(ROUNDER), rest = n - (k - C(ROUNDER));
  return x * power_of(k) * power_of(rest + C(ROUNDER));
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
  vec a = abs_v(x), s = x * x, num, den, scale;
  tanh_quotient(s, &num, &den);
  vec p = exp_roughly(at_most(a, 20) * C(2), &scale);
  num = v_pick_less(a, C(0.625), a * s * num, C(-2));
  den = v_pick_less(a, C(0.625), den, scale * p + (scale + C(1)));
  return with_sign(v_pick_less(a, C(0.625), a, C(1)) + num / den, x);
}

/* q = 1 / (1 + exp(|x|)), or 1 - q for positive x. With exp(|x|) = 2^n (1 + p)
   it is 2^-n / (1 + 2^-n + p), a sum that is rounded once: what the first two
   lose goes to the third. */
INLINE vec sigmoid_v(vec x) {
  vec n, p = exp_less_one(at_most(abs_v(x), -(EXP_LEAST)), &n);
  vec small = v_scale(C(1), -n), one = C(1) + small;
  vec lost = small - (one - C(1));
  vec q = v_scale(C(1) / (one + (p + lost)), -n);
  return v_pick_less(x, C(0), q, C(1) - q);
}

#undef GRID
#undef C
#endif
