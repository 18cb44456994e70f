/* The tape backward. What C runs of an op's gradient stays here; all other
   rows are R's, one call each. */
#include "ffi-walk.h"

#include "ffi.h"

enum { N_SPARE = 4 };

/* Gives the inputs of a record their gradients, of which `handed` are that of
   its output, g, itself. */
static void hand_on(walk_state *w, const int *ins, int n, const SEXP *d, SEXP g,
                    int handed) {
  enum holders as = FOREIGN;
  int own = w->run.own;
  if (own && handed == 1) as = OWN;
  if (own && handed == 2 && ins[0] != ins[1] &&
      VECTOR_ELT(w->grads, ins[0] - 1) == R_NilValue &&
      VECTOR_ELT(w->grads, ins[1] - 1) == R_NilValue) {
    as = SHARED;
    w->partner[ins[0] - 1] = ins[1] - 1;
    w->partner[ins[1] - 1] = ins[0] - 1;
  }
  for (int j = 0; j < n; j++) {
    if (d[j] == R_NilValue) continue;
    add_gradient(w, ins[j] - 1, d[j], d[j] == g ? as : OWN);
  }
}

/* Keeps an array that nobody holds for the next result of its shape. */
static void spare(walk_state *w, SEXP x) {
  for (int i = 0; i < N_SPARE; i++) {
    if (VECTOR_ELT(w->run.spare, i) != R_NilValue) continue;
    SET_VECTOR_ELT(w->run.spare, i, x);
    return;
  }
}

/* One record by C; 0 where R has to do it. */
static int back_in_c(walk_state *w, SEXP record, const int *ins, int out) {
  enum op_kind kind = kind_of(VECTOR_ELT(record, REC_row));
  SEXP values = VECTOR_ELT(record, REC_values), g = VECTOR_ELT(w->grads, out);
  int n = op_arity(kind), handed = 0, seen = 0;
  w->run.own = w->held[out] == OWN && !w->kept[out];
  if (kind == OP_in_r || kind == OP_rnn || XLENGTH(values) != n ||
      VECTOR_ELT(record, REC_attrs) != R_NilValue)
    return 0;
  int is_product = kind == OP_matmul || kind == OP_affine;
  SEXP d[MAX_INPUTS] = {R_NilValue, R_NilValue, R_NilValue};
  for (int j = 0; j < n; j++) {
    int want = w->live[ins[j] - 1];
    int late = want && is_product && j == 1 &&
               put_off(w, ins[j] - 1, VECTOR_ELT(values, 0),
                       VECTOR_ELT(values, 1), g, &seen);
    if (want && !late)
      d[j] =
          op_gradient(kind, g, VECTOR_ELT(record, REC_y), values, j, &w->run);
    PROTECT(d[j]);
    handed += d[j] == g;
    if (want && !late && d[j] == R_NilValue) {
      UNPROTECT(j + 1);
      return 0;
    }
  }
  hand_on(w, ins, n, d, g, handed);
  if (!w->kept[out]) {
    PROTECT(g);
    SET_VECTOR_ELT(w->grads, out, R_NilValue);
    if (w->run.own && !handed && !seen) spare(w, g);
    let_go(w, out, seen || handed);
    UNPROTECT(1);
  }
  UNPROTECT(n);
  return 1;
}

/* The first output of a native layer is no state. */
static int takes_seed(const walk_state *w, SEXP record, const int *outs,
                      R_xlen_t n) {
  if (kind_of(VECTOR_ELT(record, REC_row)) != OP_rnn) return 0;
  for (R_xlen_t i = 1; i < n; i++)
    if (outs[i] - 1 == w->seed) return 0;
  return 1;
}

/* One record of any number of outputs: of native layers, or by its rule in R.
 */
static void back_listed(walk_state *w, SEXP record, const int *ins,
                        const int *outs, SEXP rule) {
  R_xlen_t n = XLENGTH(VECTOR_ELT(record, REC_ins));
  R_xlen_t m = XLENGTH(VECTOR_ELT(record, REC_outs));
  SEXP g = PROTECT(Rf_allocVector(VECSXP, m));
  for (R_xlen_t i = 0; i < m; i++) {
    SET_VECTOR_ELT(g, i, VECTOR_ELT(w->grads, outs[i] - 1));
  }
  SEXP need = PROTECT(Rf_allocVector(LGLSXP, n));
  for (R_xlen_t j = 0; j < n; j++) {
    LOGICAL(need)[j] = w->live[ins[j] - 1];
  }
  int native = kind_of(VECTOR_ELT(record, REC_row)) == OP_rnn;
  if (!native) name_record(record);
  SEXP call = PROTECT(Rf_lang4(rule, record, g, need));
  SEXP d = PROTECT(native ? rnn_gradients(record, g, need, w->settings)
                          : Rf_eval(call, R_BaseEnv));
  if (TYPEOF(d) != VECSXP || XLENGTH(d) != n) {
    Rf_error("internal error: a backward rule gave no list of gradients");
  }
  for (R_xlen_t j = 0; j < n; j++) {
    SEXP one = VECTOR_ELT(d, j);
    if (!LOGICAL(need)[j] || one == R_NilValue) continue;
    add_gradient(w, ins[j] - 1, one, native ? OWN : FOREIGN);
  }
  for (R_xlen_t i = 0; i < m; i++) {
    int at = outs[i] - 1;
    let_go(w, at, 1);
    if (!w->kept[at]) SET_VECTOR_ELT(w->grads, at, R_NilValue);
  }
  UNPROTECT(4);
}

static void back_one(walk_state *w, SEXP record, const int *ins,
                     const int *outs, SEXP rule) {
  R_xlen_t m = XLENGTH(VECTOR_ELT(record, REC_outs));
  int any = 0;
  if (m == 0 || !w->live[outs[0] - 1]) return;
  for (R_xlen_t i = 0; i < m; i++) {
    any |= VECTOR_ELT(w->grads, outs[i] - 1) != R_NilValue;
  }
  if (!any) return;
  if (!takes_seed(w, record, outs, m)) write_out_seed(w);
  if (m != 1 || !back_in_c(w, record, ins, outs[0] - 1)) {
    back_listed(w, record, ins, outs, rule);
  }
}

static void mark(char *marks, SEXP places) {
  for (R_xlen_t i = 0; i < XLENGTH(places); i++) {
    marks[INTEGER(places)[i] - 1] = 1;
  }
}

static void *zeros(int n, size_t size) {
  void *out = R_alloc((size_t) n + 1, (int) size);
  return memset(out, 0, ((size_t) n + 1) * size);
}

static void start_walk(walk_state *w, SEXP places, SEXP grads, SEXP run) {
  SEXP live = VECTOR_ELT(places, PLACES_live);
  w->n = (int) XLENGTH(live);
  w->grads = grads, w->settings = run;
  w->live = LOGICAL(live);
  w->held = zeros(w->n, 1), w->made = zeros(w->n, 1);
  w->kept = zeros(w->n, 1);
  w->partner = zeros(w->n, sizeof(int)), w->rows = zeros(w->n, sizeof(int));
  mark(w->made, VECTOR_ELT(places, PLACES_outs));
  mark(w->kept, VECTOR_ELT(places, PLACES_sources));
  w->run.plan.kernel = read_run(run, 0, &w->run.plan.threads);
}

/* A gradient that went through its op is dropped, but for those of the sources.
   `rule`: the function that knows the rules of rows in R. */
void walk_back(SEXP records, SEXP places, SEXP grads, SEXP target, SEXP rule,
               SEXP run) {
  walk_state w = {0};
  start_walk(&w, places, grads, run);
  w.target = target;
  w.seed = INTEGER(VECTOR_ELT(places, PLACES_targets))[0] - 1;
  SET_VECTOR_ELT(grads, w.seed, Rf_ScalarReal(1));
  w.waiting = PROTECT(Rf_allocVector(VECSXP, w.n));
  w.run.spare = PROTECT(Rf_allocVector(VECSXP, N_SPARE));
  SEXP in = VECTOR_ELT(places, PLACES_ins);
  SEXP out = VECTOR_ELT(places, PLACES_outs);
  const int *ins = INTEGER(in) + XLENGTH(in);
  const int *outs = INTEGER(out) + XLENGTH(out);
  for (R_xlen_t k = XLENGTH(records) - 1; k >= 0; k--) {
    SEXP record = VECTOR_ELT(records, k);
    if (k % 256 == 0) R_CheckUserInterrupt();
    ins -= XLENGTH(VECTOR_ELT(record, REC_ins));
    outs -= XLENGTH(VECTOR_ELT(record, REC_outs));
    back_one(&w, record, ins, outs, rule);
  }
  for (int i = 0; i < w.n; i++) settle(&w, i);
  write_out_seed(&w);
  UNPROTECT(2);
}
