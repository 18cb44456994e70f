/* The parts of a layer: variables and layers among what it holds. */
#include "ffi-call.h"
#include "ffi.h"

/* A list that grows. */
typedef struct {
  SEXP list;
  R_xlen_t n;
  PROTECT_INDEX at;
} parts;

/* One more on the stack of what is protected. */
static void start_parts(parts *p) {
  p->n = 0;
  p->list = Rf_allocVector(VECSXP, 8);
  PROTECT_WITH_INDEX(p->list, &p->at);
}

static SEXP finished(const parts *p) { return Rf_xlengthgets(p->list, p->n); }

/* 0 where it was among them. */
static int add_once(parts *p, SEXP x) {
  for (R_xlen_t i = 0; i < p->n; i++)
    if (VECTOR_ELT(p->list, i) == x) return 0;
  if (p->n == XLENGTH(p->list)) {
    p->list = Rf_xlengthgets(p->list, 2 * p->n);
    REPROTECT(p->list, p->at);
  }
  SET_VECTOR_ELT(p->list, p->n++, x);
  return 1;
}

/* What the functions that layers are to their users stand for. */
static SEXP unwrapped(SEXP x) {
  SEXP call = PROTECT(Rf_lang2(Rf_install("environment"), x));
  SEXP home = PROTECT(Rf_eval(call, R_BaseEnv));
  SEXP self = member(home, "self");
  UNPROTECT(2);
  return self;
}

static void add_parts(parts *p, SEXP x) {
  R_CheckStack();
  if (TYPEOF(x) == ENVSXP) {
    if (Rf_inherits(x, "recurrent_variable") || Rf_inherits(x, "KerasLayer"))
      add_once(p, x);
  } else if (Rf_isFunction(x)) {
    SEXP self = R_NilValue;
    if (Rf_inherits(x, "recurrent_layer")) self = unwrapped(x);
    if (TYPEOF(self) == ENVSXP) add_once(p, self);
  } else if (TYPEOF(x) == VECSXP && !Rf_isObject(x)) {
    for (R_xlen_t i = 0; i < XLENGTH(x); i++) add_parts(p, VECTOR_ELT(x, i));
  }
}

static int is_variable(SEXP x) { return Rf_inherits(x, "recurrent_variable"); }

/* Those in the attributes that are tracked, in the order in which these were
   first set, and the layers of a model. */
SEXP ffi_parts(SEXP self) {
  parts p;
  start_parts(&p);
  SEXP names = PROTECT(member(self, ".tracked"));
  for (R_xlen_t i = 0; TYPEOF(names) == STRSXP && i < XLENGTH(names); i++) {
    SEXP x = PROTECT(member(self, Rf_translateChar(STRING_ELT(names, i))));
    add_parts(&p, x);
    UNPROTECT(1);
  }
  SEXP layers = PROTECT(member(self, ".layers"));
  add_parts(&p, layers);
  SEXP out = finished(&p);
  UNPROTECT(3);
  return out;
}

static void add_layers(parts *found, SEXP self) {
  R_CheckStack();
  if (!add_once(found, self)) return;
  SEXP below = R_NilValue;
  if (Rf_inherits(self, "Model")) below = member(self, ".layers");
  if (below == R_NilValue) below = ffi_parts(self);
  PROTECT(below);
  for (R_xlen_t i = 0; TYPEOF(below) == VECSXP && i < XLENGTH(below); i++) {
    SEXP x = VECTOR_ELT(below, i);
    if (!is_variable(x)) add_layers(found, x);
  }
  UNPROTECT(1);
}

/* Every layer at any depth, the layer itself first. */
SEXP ffi_layers(SEXP self) {
  parts found;
  start_parts(&found);
  add_layers(&found, self);
  SEXP out = finished(&found);
  UNPROTECT(1);
  return out;
}

static int is_stateful(SEXP layer) {
  return is_true(member(layer, "stateful_layer")) ||
         (!Rf_inherits(layer, "Model") && is_true(member(layer, "stateful")));
}

/* The number of samples that stateful layers are bound to: NULL without any, NA
   where it is not known, or where a class of a user's may be bound to one. */
SEXP ffi_bound_to(SEXP self) {
  SEXP layers = PROTECT(ffi_layers(self));
  double bound = NA_REAL;
  int any = 0, known = 1;
  for (R_xlen_t i = 0; i < XLENGTH(layers) && known; i++) {
    SEXP layer = VECTOR_ELT(layers, i), size = member(layer, "batch_size");
    known = member(layer, ".generator") == R_NilValue;
    if (!known || !is_stateful(layer)) continue;
    known = Rf_isNumeric(size) && XLENGTH(size) == 1 &&
            (!any || Rf_asReal(size) == bound);
    bound = known ? Rf_asReal(size) : NA_REAL;
    any = 1;
  }
  UNPROTECT(1);
  if (known && !any) return R_NilValue;
  return Rf_ScalarReal(known ? bound : NA_REAL);
}

/* The layers that a walk is in. */
typedef struct above {
  SEXP self;
  const struct above *up;
} above;

static int is_above(const above *a, SEXP self) {
  while (a && a->self != self) a = a->up;
  return a != NULL;
}

static void add_all(parts *to, const parts *from) {
  for (R_xlen_t i = 0; i < from->n; i++)
    add_once(to, VECTOR_ELT(from->list, i));
}

/* kinds: the trainable weights, and the others. A cell may hold its own layer,
   which is not entered twice, nor is one that a walk in R is in. */
static void add_weights(parts kinds[2], SEXP self, const above *up) {
  const above here = {self, up};
  parts own[2];
  start_parts(own), start_parts(own + 1);
  SEXP weights = PROTECT(member(self, ".weights"));
  SEXP below = PROTECT(ffi_parts(self));
  for (int from = 0; from < 2; from++) {
    SEXP xs = from ? below : weights;
    for (R_xlen_t i = 0; TYPEOF(xs) == VECSXP && i < XLENGTH(xs); i++) {
      SEXP w = VECTOR_ELT(xs, i);
      if (is_variable(w)) add_once(own + !is_true(member(w, "trainable")), w);
    }
  }
  int seen = is_above(up, self) || is_true(member(self, ".open"));
  for (R_xlen_t i = 0; i < XLENGTH(below) && !seen; i++)
    if (!is_variable(VECTOR_ELT(below, i)))
      add_weights(own, VECTOR_ELT(below, i), &here);
  add_all(kinds + !is_true(member(self, ".trainable")), own);
  add_all(kinds + 1, own + 1);
  UNPROTECT(4);
}

/* list(trainable ones, others), own ones before those of the parts. A frozen
   layer has no trainable ones. */
SEXP ffi_weights(SEXP self) {
  parts kinds[2];
  start_parts(kinds), start_parts(kinds + 1);
  add_weights(kinds, self, NULL);
  SEXP out = PROTECT(Rf_allocVector(VECSXP, 2));
  for (int k = 0; k < 2; k++) SET_VECTOR_ELT(out, k, finished(kinds + k));
  UNPROTECT(3);
  return out;
}
