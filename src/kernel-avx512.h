/* AVX512_BY_AVX2 is for a test on processors without AVX-512: the same source
   in the instructions of AVX2, but for the words below. */
#ifdef AVX512_BY_AVX2
#define TARGET __attribute__((target("avx2,fma")))
#else
#define TARGET                                                                 \
  __attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,avx2,fma")))

/* Where the processor has one instruction for a word of the vocabulary. */
#if IS_FLOAT
#define v_pick_less(x, y, a, b)                                                \
  _mm512_mask_blend_ps(_mm512_cmp_ps_mask(x, y, _CMP_LT_OQ), b, a)
#define v_scale(x, n) _mm512_scalef_ps(x, n)
#define v_min(a, b) _mm512_min_ps(a, b)
#define v_max(a, b) _mm512_max_ps(a, b)
#else
#define v_pick_less(x, y, a, b)                                                \
  _mm512_mask_blend_pd(_mm512_cmp_pd_mask(x, y, _CMP_LT_OQ), b, a)
#define v_scale(x, n) _mm512_scalef_pd(x, n)
#define v_min(a, b) _mm512_min_pd(a, b)
#define v_max(a, b) _mm512_max_pd(a, b)
#endif
#endif
