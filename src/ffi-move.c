#include "ffi-call.h"
#include "ffi.h"
#include "ffi-op.h"
#include "kernel-move.h"

static int fits(SEXP x, SEXP like) {
  return TYPEOF(x) == REALSXP && XLENGTH(x) == XLENGTH(like);
}

/* 1 when `slots` are those of the weights, one after the other. */
static int aligned(SEXP ids, SEXP weights) {
  R_xlen_t n = XLENGTH(weights);
  if (TYPEOF(ids) != REALSXP || XLENGTH(ids) != n) return 0;
  for (R_xlen_t i = 0; i < n; ++i) {
    SEXP id = member(VECTOR_ELT(weights, i), "id");
    if (TYPEOF(id) != REALSXP || XLENGTH(id) != 1 ||
        REAL(id)[0] != REAL(ids)[i]) {
      return 0;
    }
  }
  return 1;
}

static int has_constraints(SEXP weights) {
  for (R_xlen_t i = 0; i < XLENGTH(weights); ++i) {
    if (member(VECTOR_ELT(weights, i), "constraint") != R_NilValue) return 1;
  }
  return 0;
}

static SEXP values_of(SEXP weights) {
  R_xlen_t n = XLENGTH(weights);
  SEXP out = PROTECT(Rf_allocVector(VECSXP, n));
  for (R_xlen_t i = 0; i < n; ++i) {
    SET_VECTOR_ELT(out, i, member(VECTOR_ELT(weights, i), "value"));
  }
  UNPROTECT(1);
  return out;
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
              .decay = REAL(decays)[XLENGTH(decays) == 1 ? 0 : i]};
    for (int k = 0; k < rule->n_slots; ++k) {
      m.slot[k] = REAL(VECTOR_ELT(VECTOR_ELT(slots, i), k));
      m.slot_new[k] = REAL(VECTOR_ELT(VECTOR_ELT(slots_new, i), k));
    }
    rule->run(&m);
  }
}

static SEXP arrays_like(SEXP xs) {
  SEXP out = PROTECT(Rf_allocVector(VECSXP, XLENGTH(xs)));
  for (R_xlen_t i = 0; i < XLENGTH(xs); ++i) {
    SET_VECTOR_ELT(out, i, array_like(VECTOR_ELT(xs, i)));
  }
  UNPROTECT(1);
  return out;
}

/* A step of all weights: their new values; NULL when R has to do it. `holder`
   is the optimizer, whose `.slots` become the new ones: changed in place where
   nobody else holds them. `numbers`: the place of the rule, then its numbers;
   `decays`: one per weight, or one for all. `set`: the weights get their new
   values here, unless one of them has a constraint. */
SEXP ffi_move(SEXP weights, SEXP grads, SEXP holder, SEXP numbers, SEXP decays,
              SEXP set) {
  R_xlen_t n = TYPEOF(weights) == VECSXP ? XLENGTH(weights) : -1;
  if (n < 0 || TYPEOF(grads) != VECSXP || TYPEOF(holder) != ENVSXP ||
      TYPEOF(decays) != REALSXP ||
      (XLENGTH(decays) != n && XLENGTH(decays) != 1)) {
    Rf_error("internal error: an optimizer's step is not what it should be");
  }
  const move_rule *rule = read_rule(numbers);
  int commit = Rf_asLogical(set) == 1;
  SEXP slots = member(holder, ".slots");
  if (XLENGTH(grads) != n || TYPEOF(slots) != VECSXP || XLENGTH(slots) != n ||
      !aligned(member(holder, ".ids"), weights) ||
      (commit && has_constraints(weights))) {
    return R_NilValue;
  }
  SEXP old = PROTECT(values_of(weights));
  if (!ready(rule, old, grads, slots)) {
    UNPROTECT(1);
    return R_NilValue;
  }
  SEXP values = PROTECT(arrays_like(old));
  int same = held_once(slots);
  SEXP slots_new = PROTECT(same ? slots : slots_like(slots));
  run_moves(rule, old, grads, slots, numbers, decays, values, slots_new);
  if (!same) Rf_defineVar(Rf_install(".slots"), slots_new, holder);
  for (R_xlen_t i = 0; commit && i < n; ++i) {
    Rf_defineVar(Rf_install("value"), VECTOR_ELT(values, i),
                 VECTOR_ELT(weights, i));
  }
  UNPROTECT(3);
  return values;
}
