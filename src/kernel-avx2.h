/* Where the processor has one instruction for a word of the vocabulary. A sum
   stays in its register: compilers choose other forms of the multiply-add at
   times, and then move or spill what these overwrite. */
#define ADD_PRODUCT(name, sum, x, w)                                           \
  __asm__(name " {%1, %2, %0|%0, %2, %1}" : "+x"(sum) : "x"(x), "x"(w))
#if IS_FLOAT
#define v_add_product(sum, x, w) ADD_PRODUCT("vfmadd231ps", sum, x, w)
#define v_widen(p) _mm256_cvtps_pd(_mm_loadu_ps(p))
#define v_pick_less(x, y, a, b)                                                \
  _mm256_blendv_ps(b, a, _mm256_cmp_ps(x, y, _CMP_LT_OQ))
#define v_min(a, b) _mm256_min_ps(a, b)
#define v_max(a, b) _mm256_max_ps(a, b)
#else
#define v_add_product(sum, x, w) ADD_PRODUCT("vfmadd231pd", sum, x, w)
#define v_pick_less(x, y, a, b)                                                \
  _mm256_blendv_pd(b, a, _mm256_cmp_pd(x, y, _CMP_LT_OQ))
#define v_min(a, b) _mm256_min_pd(a, b)
#define v_max(a, b) _mm256_max_pd(a, b)
#endif
