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

/* 1 when all arrays that a step reads are doubles of their weight's size. */
static int ready(const move_rule *rule, SEXP weights, SEXP grads, SEXP slots) {
  for (R_xlen_t i = 0; i < XLENGTH(weights); ++i) {
    SEXP w = VECTOR_ELT(weights, i), s = VECTOR_ELT(slots, i);
    if (TYPEOF(w) != REALSXP || !fits(VECTOR_ELT(grads, i), w) ||
        TYPEOF(s) != VECSXP || XLENGTH(s) != rule->n_slots) {
      return 0;
    }
    for (int k = 0; k < rule->n_slots; ++k) {
      if (!fits(VECTOR_ELT(s, k), w)) {
        return 0;
      }
    }
  }
  return 1;
}

/* 1 when the slots are held by what holds `slots` alone, at all depths. */
static int held_once(SEXP slots) {
  if (MAYBE_SHARED(slots)) {
    return 0;
  }
  for (R_xlen_t i = 0; TYPEOF(slots) == VECSXP && i < XLENGTH(slots); ++i) {
    if (!held_once(VECTOR_ELT(slots, i))) {
      return 0;
    }
  }
  return 1;
}

/* Arrays like those of `slots`, to be filled. */
static SEXP slots_like(SEXP slots) {
  SEXP out = PROTECT(Rf_allocVector(VECSXP, XLENGTH(slots)));
  for (R_xlen_t i = 0; i < XLENGTH(slots); ++i) {
    SEXP from = VECTOR_ELT(slots, i);
    SEXP to = Rf_allocVector(VECSXP, XLENGTH(from));
    SET_VECTOR_ELT(out, i, to);
    Rf_setAttrib(to, R_NamesSymbol, Rf_getAttrib(from, R_NamesSymbol));
    for (R_xlen_t k = 0; k < XLENGTH(from); ++k) {
      SET_VECTOR_ELT(to, k, array_like(VECTOR_ELT(from, k)));
    }
  }
  UNPROTECT(1);
  return out;
}

static const move_rule *read_rule(SEXP numbers) {
  int at = TYPEOF(numbers) == REALSXP && XLENGTH(numbers) > 0
               ? (int) REAL(numbers)[0]
               : -1;
  if (at < 0 || at >= N_MOVES ||
      XLENGTH(numbers) != move_rules[at].n_numbers + 1) {
    Rf_error("internal error: no such optimizer");
  }
  return move_rules + at;
}

static void run_moves(const move_rule *rule, SEXP weights, SEXP grads,
                      SEXP slots, SEXP numbers, SEXP decays, SEXP values,
                      SEXP slots_new) {
  for (R_xlen_t i = 0; i < XLENGTH(weights); ++i) {
    SEXP w = VECTOR_ELT(weights, i);
    move m = {.n = XLENGTH(w),
              .w = REAL(w),
              .g = REAL(VECTOR_ELT(grads, i)),
              .by = REAL(numbers) + 1,
              .w_new = REAL(VECTOR_ELT(values, i)),
              .decay = REAL(decays)[i]};
    for (int k = 0; k < rule->n_slots; ++k) {
      m.slot[k] = REAL(VECTOR_ELT(VECTOR_ELT(slots, i), k));
      m.slot_new[k] = REAL(VECTOR_ELT(VECTOR_ELT(slots_new, i), k));
    }
    rule->run(&m);
  }
}

/* A step of all weights: their new values; NULL when R has to do it. `holder`
   is the optimizer, whose `.slots` become the new ones: changed in place where
   nobody else holds them. `numbers`: the place of the rule, then its numbers;
   `decays`: one per weight. */
SEXP ffi_move(SEXP weights, SEXP grads, SEXP holder, SEXP numbers,
              SEXP decays) {
  SEXP name = Rf_install(".slots");
  SEXP slots =
      TYPEOF(holder) == ENVSXP ? Rf_findVarInFrame(holder, name) : R_NilValue;
  R_xlen_t n = TYPEOF(weights) == VECSXP ? XLENGTH(weights) : -1;
  if (n < 0 || TYPEOF(grads) != VECSXP || TYPEOF(slots) != VECSXP ||
      XLENGTH(grads) != n || XLENGTH(slots) != n || TYPEOF(decays) != REALSXP ||
      XLENGTH(decays) != n) {
    Rf_error("internal error: gradients and slots do not match the weights");
  }
  const move_rule *rule = read_rule(numbers);
  if (!ready(rule, weights, grads, slots)) {
    return R_NilValue;
  }
  SEXP values = PROTECT(Rf_allocVector(VECSXP, n));
  for (R_xlen_t i = 0; i < n; ++i) {
    SET_VECTOR_ELT(values, i, array_like(VECTOR_ELT(weights, i)));
  }
  int same = held_once(slots);
  SEXP slots_new = PROTECT(same ? slots : slots_like(slots));
  run_moves(rule, weights, grads, slots, numbers, decays, values, slots_new);
  if (!same) {
    Rf_defineVar(name, slots_new, holder);
  }
  UNPROTECT(2);
  return values;
}
