/* Draws from R's generator, number by number as runif() takes them. */
#include <R_ext/Random.h>

#include "ffi-array.h"

/* An array of `sizes`: 1 / (1 - rate), and 0 for a share of `rate`. */
SEXP ffi_dropout(SEXP rate, SEXP sizes) {
  struct sizes s = sizes_given(sizes);
  if (TYPEOF(rate) != REALSXP || XLENGTH(rate) != 1)
    Rf_error("internal error: a rate must be one number");
  double share = REAL(rate)[0], stays = share < 1 ? 1 / (1 - share) : 0;
  SEXP out = PROTECT(new_array(REALSXP, &s));
  double *to = REAL(out);
  R_xlen_t n = XLENGTH(out);
  GetRNGstate();
  for (R_xlen_t i = 0; i < n; i++) to[i] = unif_rand() >= share ? stays : 0;
  PutRNGstate();
  UNPROTECT(1);
  return out;
}
