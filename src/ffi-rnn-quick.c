/* The short road of a recurrent layer, from its call to the kernels. */
#include "ffi-call.h"
#include "ffi.h"

/* Elements of what native_plan() gives. */
enum {
  PLAN_spec,
  PLAN_cells,
  PLAN_features,
  PLAN_weights,
  PLAN_time_axis,
  PLAN_stateful,
  PLAN_return_state,
  N_PLAN
};

static SEXP plain(SEXP x) { return Rf_isObject(x) ? ffi_value(x) : x; }

/* Whether inputs have the batch size that a stateful layer is bound to. */
static int has_batch(SEXP self, SEXP inputs, int time_axis) {
  SEXP d = Rf_getAttrib(plain(inputs), R_DimSymbol);
  SEXP batch = member(self, "batch_size");
  return Rf_isNumeric(batch) && XLENGTH(batch) == 1 && TYPEOF(d) == INTSXP &&
         XLENGTH(d) == 3 && INTEGER(d)[2 - time_axis] == Rf_asReal(batch);
}

/* Initial states as a list, the layer's own where it carries them; `fits`
   becomes 0 where R has to look. */
static SEXP first_states(SEXP self, SEXP plan, SEXP inputs, SEXP initial,
                         int *fits) {
  if (is_true(VECTOR_ELT(plan, PLAN_stateful))) {
    int axis = Rf_asInteger(VECTOR_ELT(plan, PLAN_time_axis));
    *fits = initial == R_NilValue && has_batch(self, inputs, axis);
    SEXP own = member(self, "states");
    int known = TYPEOF(own) == VECSXP && XLENGTH(own) > 0 &&
                VECTOR_ELT(own, 0) != R_NilValue;
    return known ? own : R_NilValue;
  }
  if (!Rf_isObject(initial) && !Rf_isNumeric(initial)) return initial;
  SEXP list = PROTECT(Rf_allocVector(VECSXP, 1));
  SET_VECTOR_ELT(list, 0, initial);
  UNPROTECT(1);
  return list;
}

/* Whether R has nothing to say about a mask. */
static int mask_fits(SEXP mask, SEXP inputs) {
  if (mask == R_NilValue) return 1;
  SEXP values = plain(mask);
  SEXP d = Rf_getAttrib(values, R_DimSymbol);
  SEXP of = Rf_getAttrib(plain(inputs), R_DimSymbol);
  if (TYPEOF(values) != LGLSXP || TYPEOF(d) != INTSXP || TYPEOF(of) != INTSXP ||
      XLENGTH(d) != 2 || XLENGTH(of) != 3 || INTEGER(d)[0] != INTEGER(of)[0] ||
      INTEGER(d)[1] != INTEGER(of)[1])
    return 0;
  const int *m = LOGICAL(values);
  for (R_xlen_t i = 0, n = XLENGTH(values); i < n; i++)
    if (m[i] == NA_LOGICAL) return 0;
  return 1;
}

/* What ffi_rnn_layers() takes of one layer, in a list. */
static SEXP one_layer(SEXP plan, SEXP states, SEXP mask, SEXP dropout) {
  SEXP layers = PROTECT(Rf_allocVector(VECSXP, 1));
  SEXP layer = Rf_allocVector(VECSXP, 5);
  SET_VECTOR_ELT(layers, 0, layer);
  SET_VECTOR_ELT(layer, 0, VECTOR_ELT(plan, PLAN_spec));
  SET_VECTOR_ELT(layer, 1, VECTOR_ELT(plan, PLAN_weights));
  SET_VECTOR_ELT(layer, 2, states);
  SET_VECTOR_ELT(layer, 3, mask);
  SET_VECTOR_ELT(layer, 4, dropout);
  UNPROTECT(1);
  return layers;
}

/* The layer keeps states as arrays. */
static void keep_states(SEXP self, SEXP states) {
  R_xlen_t n = XLENGTH(states);
  SEXP own = PROTECT(Rf_allocVector(VECSXP, n));
  for (R_xlen_t k = 0; k < n; k++) {
    SEXP s = VECTOR_ELT(states, k);
    SET_VECTOR_ELT(own, k, plain(s));
  }
  Rf_defineVar(Rf_install("states"), own, self);
  UNPROTECT(1);
}

/* A tensor of all steps carries their mask on. */
static void pass_mask(SEXP plan, SEXP output, SEXP mask) {
  int sequences = INTEGER(VECTOR_ELT(plan, PLAN_spec))[2];
  if (sequences && Rf_isObject(output)) SET_VECTOR_ELT(output, 2, mask);
}

/* The output; with return_state, a list of it and the states. */
static SEXP shaped(SEXP plan, SEXP result) {
  SEXP output = VECTOR_ELT(result, 0), states = VECTOR_ELT(result, 1);
  if (!is_true(VECTOR_ELT(plan, PLAN_return_state))) return output;
  SEXP out = PROTECT(Rf_allocVector(VECSXP, 1 + XLENGTH(states)));
  SET_VECTOR_ELT(out, 0, output);
  for (R_xlen_t k = 0; k < XLENGTH(states); k++)
    SET_VECTOR_ELT(out, 1 + k, VECTOR_ELT(states, k));
  UNPROTECT(1);
  return out;
}

/* What the layer gives; NULL, with nothing done, where the long road has more
   to do, or an error to tell. `dropout`: the masks drawn, or NULL; `whole`:
   masks come with the inputs and go with the output, which in a layer's `call`
   they do not. */
SEXP ffi_rnn_quick(SEXP self, SEXP inputs, SEXP initial, SEXP mask,
                   SEXP dropout, SEXP row, SEXP tapes, SEXP session,
                   SEXP whole) {
  if (TYPEOF(self) != ENVSXP) Rf_error("internal error: this is no layer");
  SEXP plan = member(self, ".native");
  if (is_true(whole) && mask == R_NilValue) mask = own_mask(inputs);
  if (TYPEOF(plan) != VECSXP || XLENGTH(plan) != N_PLAN ||
      !mask_fits(mask, inputs))
    return R_NilValue;
  int fits = 1;
  SEXP states = PROTECT(first_states(self, plan, inputs, initial, &fits));
  SEXP layers = PROTECT(one_layer(plan, states, plain(mask), dropout));
  SEXP results = R_NilValue;
  if (fits)
    results = ffi_rnn_layers(inputs, layers, row, tapes, session, R_NilValue);
  if (results == R_NilValue) {
    UNPROTECT(2);
    return R_NilValue;
  }
  SEXP result = PROTECT(VECTOR_ELT(results, 0));
  if (is_true(VECTOR_ELT(plan, PLAN_stateful)))
    keep_states(self, VECTOR_ELT(result, 1));
  if (is_true(whole)) pass_mask(plan, VECTOR_ELT(result, 0), mask);
  SEXP out = shaped(plan, result);
  UNPROTECT(3);
  return out;
}
