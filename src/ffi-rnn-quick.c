/* The short road of a recurrent layer, from its call to the kernels. */
#include "ffi-op.h"
#include "ffi-rnn.h"

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

static SEXP var_in(SEXP frame, SEXP name) {
  SEXP x = Rf_findVarInFrame(frame, name);
  return x == R_UnboundValue ? R_NilValue : x;
}

static int is_true(SEXP x) {
  return TYPEOF(x) == LGLSXP && XLENGTH(x) == 1 && LOGICAL(x)[0] == 1;
}

/* A tensor's mask; variables have none, and arrays. */
static int has_mask(SEXP x) {
  return TYPEOF(x) == VECSXP && Rf_inherits(x, "recurrent_tensor") &&
         XLENGTH(x) >= 3 && VECTOR_ELT(x, 2) != R_NilValue;
}

/* Whether inputs have the batch size that a stateful layer is bound to. */
static int has_batch(SEXP self, SEXP inputs, int time_axis) {
  SEXP x = Rf_isObject(inputs) ? ffi_value(inputs) : inputs;
  SEXP d = Rf_getAttrib(x, R_DimSymbol);
  SEXP batch = var_in(self, Rf_install("batch_size"));
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
    SEXP own = var_in(self, Rf_install("states"));
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

/* A mask of a plain array that R has nothing to say about. Those of tensors
   travel on with the output: that is R's. */
static int mask_fits(SEXP mask, SEXP inputs, SEXP tapes) {
  if (mask == R_NilValue) return 1;
  SEXP d = Rf_getAttrib(mask, R_DimSymbol);
  SEXP of = Rf_getAttrib(inputs, R_DimSymbol);
  if (Rf_isObject(inputs) || Rf_isObject(mask) || TYPEOF(mask) != LGLSXP ||
      TYPEOF(top_tape(tapes)) == ENVSXP || TYPEOF(d) != INTSXP ||
      TYPEOF(of) != INTSXP || XLENGTH(d) != 2 || XLENGTH(of) != 3 ||
      INTEGER(d)[0] != INTEGER(of)[0] || INTEGER(d)[1] != INTEGER(of)[1])
    return 0;
  const int *m = LOGICAL(mask);
  for (R_xlen_t i = 0, n = XLENGTH(mask); i < n; i++)
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
    SET_VECTOR_ELT(own, k, Rf_isObject(s) ? ffi_value(s) : s);
  }
  Rf_defineVar(Rf_install("states"), own, self);
  UNPROTECT(1);
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

/* What the call of the layer gives; NULL, with nothing done, where the long
   road has more to do, or an error to tell. `dropout`: the masks drawn, or
   NULL; `run`: NULL, or what the options say. */
SEXP ffi_rnn_quick(SEXP self, SEXP inputs, SEXP initial, SEXP mask,
                   SEXP dropout, SEXP row, SEXP tapes, SEXP session, SEXP run) {
  if (TYPEOF(self) != ENVSXP) Rf_error("internal error: this is no layer");
  SEXP plan = var_in(self, Rf_install(".native"));
  if (TYPEOF(plan) != VECSXP || XLENGTH(plan) != N_PLAN || has_mask(inputs) ||
      !mask_fits(mask, inputs, tapes) ||
      var_in(self, Rf_install("activity_regularizer")) != R_NilValue)
    return R_NilValue;
  int fits = 1;
  SEXP states = PROTECT(first_states(self, plan, inputs, initial, &fits));
  SEXP layers = PROTECT(one_layer(plan, states, mask, dropout));
  SEXP results = R_NilValue;
  if (fits) results = ffi_rnn_layers(inputs, layers, row, tapes, session, run);
  if (results == R_NilValue) {
    UNPROTECT(2);
    return R_NilValue;
  }
  SEXP result = PROTECT(VECTOR_ELT(results, 0));
  if (is_true(VECTOR_ELT(plan, PLAN_stateful)))
    keep_states(self, VECTOR_ELT(result, 1));
  SEXP out = shaped(plan, result);
  UNPROTECT(3);
  return out;
}
