/* Where the processor has one instruction for a word of the vocabulary. */
#if IS_FLOAT
#define v_pick_less(x, y, a, b)                                                \
  _mm512_mask_blend_ps(_mm512_cmp_ps_mask(x, y, _CMP_LT_OQ), b, a)
#define v_scale(x, n) _mm512_scalef_ps(x, n)
#else
#define v_pick_less(x, y, a, b)                                                \
  _mm512_mask_blend_pd(_mm512_cmp_pd_mask(x, y, _CMP_LT_OQ), b, a)
#define v_scale(x, n) _mm512_scalef_pd(x, n)
#define v_floor(x) _mm512_roundscale_pd(x, _MM_FROUND_TO_NEG_INF)
/* The entry of a table of 16 that the last four bits of k name. */
#define v_lookup(table, k)                                                     \
  _mm512_permutex2var_pd(v_load(table), (__m512i) v_bits(k),                   \
                         v_load((table) + VL))
#endif
