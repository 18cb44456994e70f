/* Gradients of what users name: nested lists of tensors and weights. */
#include <R_ext/Utils.h>

#include "ffi.h"
#include "ffi-op.h"

static int is_tensor(SEXP x) {
  return Rf_isObject(x) && Rf_inherits(x, "recurrent_tensor");
}

static int is_nest(SEXP x) { return TYPEOF(x) == VECSXP && !is_tensor(x); }

/* How many sources x holds; -1 where something is none. */
static R_xlen_t count_sources(SEXP x) {
  if (!is_nest(x))
    return is_tensor(x) && !Rf_inherits(x, "recurrent_symbolic") ? 1 : -1;
  R_xlen_t total = 0;
  R_CheckStack();
  for (R_xlen_t i = 0; i < XLENGTH(x); i++) {
    R_xlen_t n = count_sources(VECTOR_ELT(x, i));
    if (n < 0) return -1;
    total += n;
  }
  return total;
}

static R_xlen_t put_sources(SEXP to, R_xlen_t at, SEXP x) {
  if (!is_nest(x)) {
    SET_VECTOR_ELT(to, at, x);
    return at + 1;
  }
  for (R_xlen_t i = 0; i < XLENGTH(x); i++)
    at = put_sources(to, at, VECTOR_ELT(x, i));
  return at;
}

/* A flat list of all sources; NULL where something is none. */
SEXP ffi_flatten(SEXP sources) {
  R_xlen_t n = count_sources(sources);
  if (n < 0) return R_NilValue;
  SEXP out = PROTECT(Rf_allocVector(VECSXP, n));
  put_sources(out, 0, sources);
  UNPROTECT(1);
  return out;
}

static SEXP pack(SEXP like, SEXP leaves, R_xlen_t *at) {
  if (!is_nest(like)) {
    if (*at >= XLENGTH(leaves))
      Rf_error("internal error: too few values for the structure");
    return VECTOR_ELT(leaves, (*at)++);
  }
  R_CheckStack();
  SEXP out = PROTECT(Rf_allocVector(VECSXP, XLENGTH(like)));
  Rf_setAttrib(out, R_NamesSymbol, Rf_getAttrib(like, R_NamesSymbol));
  for (R_xlen_t i = 0; i < XLENGTH(like); i++)
    SET_VECTOR_ELT(out, i, pack(VECTOR_ELT(like, i), leaves, at));
  UNPROTECT(1);
  return out;
}

/* The flat list `leaves` in the nested structure of `like`, with its names. */
SEXP ffi_pack(SEXP like, SEXP leaves) {
  R_xlen_t at = 0;
  if (TYPEOF(leaves) != VECSXP) Rf_error("internal error: a list was expected");
  return pack(like, leaves, &at);
}

/* An array of doubles of the shape of `x`. */
SEXP filled_like(SEXP x, double with) {
  SEXP out = array_like(x);
  double *to = REAL(out);
  for (R_xlen_t i = 0, n = XLENGTH(out); i < n; i++) to[i] = with;
  return out;
}

static SEXP no_gradients(SEXP places) {
  return Rf_allocVector(VECSXP, XLENGTH(VECTOR_ELT(places, PLACES_live)));
}

/* Gradients of the sum of `target`, a tensor, for a flat list of sources: zeros
   where nothing flows. NULL where a variable has no id of this session yet, or
   `run` is NULL and the options say something special. `rule` knows the rules
   of rows in R. */
SEXP ffi_gradients(SEXP tape, SEXP target, SEXP sources, SEXP session,
                   SEXP rule, SEXP run) {
  if (TYPEOF(tape) != ENVSXP || TYPEOF(sources) != VECSXP ||
      !Rf_isFunction(rule))
    Rf_error("internal error: a tape is not what it should be");
  if (run == R_NilValue) run = plain_settings();
  PROTECT(run);
  SEXP to = PROTECT(Rf_allocVector(REALSXP, 1));
  SEXP from = PROTECT(ffi_ids(sources, session));
  if (run == R_NilValue || from == R_NilValue ||
      !read_id(target, session, REAL(to))) {
    UNPROTECT(3);
    return R_NilValue;
  }
  SEXP records = PROTECT(records_of(tape));
  SEXP places = PROTECT(places_on(records, from, to));
  SEXP grads = PROTECT(no_gradients(places));
  walk_back(records, places, grads, ffi_value(target), rule, run);
  const int *at = INTEGER(VECTOR_ELT(places, PLACES_sources));
  SEXP out = PROTECT(Rf_allocVector(VECSXP, XLENGTH(sources)));
  for (R_xlen_t k = 0; k < XLENGTH(out); k++) {
    SEXP d = VECTOR_ELT(grads, at[k] - 1);
    if (d == R_NilValue) d = filled_like(ffi_value(VECTOR_ELT(sources, k)), 0);
    SET_VECTOR_ELT(out, k, d);
  }
  UNPROTECT(7);
  return out;
}
