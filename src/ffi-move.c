#include "ffi.h"
#include "kernel-move.h"

static SEXP array_like(SEXP x) {
  SEXP out = PROTECT(Rf_allocVector(REALSXP, XLENGTH(x)));
  Rf_setAttrib(out, R_DimSymbol, Rf_getAttrib(x, R_DimSymbol));
  UNPROTECT(1);
  return out;
}

static int fits(SEXP x, SEXP like) {
  return TYPEOF(x) == REALSXP && XLENGTH(x) == XLENGTH(like);
}

/* One weight: its new value into place i of `values`, its new slots into that
   of `slots_new`. 0 when something is not a double array of the weight's
   size. */
static int moved(const move_rule *rule, SEXP w, SEXP g, SEXP slots,
                 const double *by, double decay, SEXP values, SEXP slots_new,
                 R_xlen_t i) {
  if (TYPEOF(w) != REALSXP || !fits(g, w) || TYPEOF(slots) != VECSXP ||
      XLENGTH(slots) != rule->n_slots) {
    return 0;
  }
  SEXP w_new = array_like(w);
  SET_VECTOR_ELT(values, i, w_new);
  SEXP s_new = Rf_allocVector(VECSXP, rule->n_slots);
  SET_VECTOR_ELT(slots_new, i, s_new);
  Rf_setAttrib(s_new, R_NamesSymbol, Rf_getAttrib(slots, R_NamesSymbol));
  move m = {.n = XLENGTH(w),
            .w = REAL(w),
            .g = REAL(g),
            .by = by,
            .w_new = REAL(w_new),
            .decay = decay};
  for (int k = 0; k < rule->n_slots; ++k) {
    SEXP s = VECTOR_ELT(slots, k);
    if (!fits(s, w)) {
      return 0;
    }
    SET_VECTOR_ELT(s_new, k, array_like(w));
    m.slot[k] = REAL(s);
    m.slot_new[k] = REAL(VECTOR_ELT(s_new, k));
  }
  rule->run(&m);
  return 1;
}

/* A step of all weights: list(new values, new slots). NULL when R has to do it.
   `numbers`: the place of the rule, then its numbers; `decays`: one per
   weight. */
SEXP ffi_move(SEXP weights, SEXP grads, SEXP slots, SEXP numbers, SEXP decays) {
  R_xlen_t n = TYPEOF(weights) == VECSXP ? XLENGTH(weights) : -1;
  if (n < 0 || TYPEOF(grads) != VECSXP || TYPEOF(slots) != VECSXP ||
      XLENGTH(grads) != n || XLENGTH(slots) != n || TYPEOF(decays) != REALSXP ||
      XLENGTH(decays) != n) {
    Rf_error("internal error: gradients and slots do not match the weights");
  }
  int at = TYPEOF(numbers) == REALSXP && XLENGTH(numbers) > 0
               ? (int) REAL(numbers)[0]
               : -1;
  if (at < 0 || at >= N_MOVES ||
      XLENGTH(numbers) != move_rules[at].n_numbers + 1) {
    Rf_error("internal error: no such optimizer");
  }
  SEXP out = PROTECT(Rf_allocVector(VECSXP, 2));
  SEXP values = Rf_allocVector(VECSXP, n);
  SET_VECTOR_ELT(out, 0, values);
  SEXP slots_new = Rf_allocVector(VECSXP, n);
  SET_VECTOR_ELT(out, 1, slots_new);
  for (R_xlen_t i = 0; i < n; ++i) {
    if (!moved(&move_rules[at], VECTOR_ELT(weights, i), VECTOR_ELT(grads, i),
               VECTOR_ELT(slots, i), REAL(numbers) + 1, REAL(decays)[i], values,
               slots_new, i)) {
      UNPROTECT(1);
      return R_NilValue;
    }
  }
  UNPROTECT(1);
  return out;
}
