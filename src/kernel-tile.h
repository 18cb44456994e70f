/* Tiles of TALL vectors of rows and NR columns, all sums in registers: included
   by kernel-gemm.h once for each TALL. */
#if TALL == 3
#define EACH_ROW(M, j) M(j, 0) M(j, 1) M(j, 2)
#elif TALL == 2
#define EACH_ROW(M, j) M(j, 0) M(j, 1)
#else
#define EACH_ROW(M, j) M(j, 0)
#endif

/* c += a b */
FN void OF_TALL(tile)(REAL *c, const REAL *a, const REAL *b, size_t k,
                      fetch ahead) {
  EACH_COL(LOAD_SUMS)
  SUM(EACH_COL, a, b, k, ahead);
  EACH_COL(STORE_SUMS)
}

/* c = bias + a b + d e */
FN void OF_TALL(tile_from)(REAL *c, const REAL *bias, two_products t) {
  EACH_COL(START_SUMS)
  SUM(EACH_COL, t.a, t.b, t.k, fetch_ahead(t.b));
  SUM(EACH_COL, t.d, t.e, t.n, fetch_ahead(t.e));
  EACH_COL(STORE_SUMS)
}

/* The first half of the columns, where the others only fill up the group. */
FN void OF_TALL(half_from)(REAL *c, const REAL *bias, two_products t) {
  HALF_COLS(START_SUMS)
  SUM(HALF_COLS, t.a, t.b, t.k, fetch_ahead(t.b));
  SUM(HALF_COLS, t.d, t.e, t.n, fetch_ahead(t.e));
  HALF_COLS(STORE_SUMS)
  memset(c + NR / 2 * TALL * VL, 0, NR / 2 * TALL * VL * sizeof(REAL));
}

#undef EACH_ROW
#undef TALL
