/* Where the processor has one instruction for a word of the vocabulary. */
#if IS_FLOAT
#define v_pick_less(x, y, a, b)                                                \
  _mm512_mask_blend_ps(_mm512_cmp_ps_mask(x, y, _CMP_LT_OQ), b, a)
#else
#define v_pick_less(x, y, a, b)                                                \
  _mm512_mask_blend_pd(_mm512_cmp_pd_mask(x, y, _CMP_LT_OQ), b, a)
#endif
