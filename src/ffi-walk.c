/* The tape backward. What C runs of an op's gradient stays here; all other
   rows are R's, one call each. */
#include "ffi.h"
#include "ffi-op.h"
#include "kernel-op.h"

/* Rows of a weight's gradient that are multiplied together. */
enum { ROWS_TOGETHER = 256, N_SPARE = 4 };

/* Who else may hold the gradient of a place: others; nobody; the place's
   partner alone, which was handed the same array. */
enum holders { FOREIGN = 0, OWN, SHARED };

/* Of every place (a tensor): its gradient so far; whether an op made the
   tensor; whether its gradient is asked for; and, for factors that no op made,
   the products that their gradient still lacks: list(a, g) of `rows` rows, the
   arrays of the only product, or the walk's own. */
typedef struct {
  SEXP grads, waiting, settings;
  const int *live;
  char *held, *made, *kept;
  int *partner, *rows;
  int n;
  op_run run;
} walk_state;

static int is_double(SEXP x) { return TYPEOF(x) == REALSXP; }

/* a + b by R, for what is no pair of equal arrays of doubles. */
static SEXP plus_in_r(SEXP a, SEXP b) {
  SEXP call = PROTECT(Rf_lang3(Rf_install("+"), a, b));
  SEXP out = Rf_eval(call, R_BaseEnv);
  UNPROTECT(1);
  return out;
}

static SEXP sum_of(SEXP a, SEXP b) {
  SEXP out = PROTECT(Rf_duplicate(a));
  kernel_add_to(REAL(out), REAL(b), (size_t) XLENGTH(out));
  UNPROTECT(1);
  return out;
}

/* The place lets go of its gradient; `seen`: somebody else may hold it now. */
static void let_go(walk_state *w, int at, int seen) {
  if (w->held[at] == SHARED) w->held[w->partner[at]] = seen ? FOREIGN : OWN;
  w->held[at] = FOREIGN;
}

static void add_gradient(walk_state *w, int at, SEXP d, enum holders held) {
  SEXP old = VECTOR_ELT(w->grads, at);
  if (old == R_NilValue) {
    SET_VECTOR_ELT(w->grads, at, d);
    w->held[at] = (char) held;
    return;
  }
  PROTECT(d);
  if (!is_double(old) || !is_double(d) || XLENGTH(old) != XLENGTH(d)) {
    let_go(w, at, 1);
    SET_VECTOR_ELT(w->grads, at, plus_in_r(old, d));
  } else if (w->held[at] == OWN) {
    kernel_add_to(REAL(old), REAL(d), (size_t) XLENGTH(d));
  } else {
    int fresh = held == OWN;
    SEXP sum = fresh ? d : sum_of(old, d);
    if (fresh) kernel_add_to(REAL(d), REAL(old), (size_t) XLENGTH(d));
    let_go(w, at, 0);
    SET_VECTOR_ELT(w->grads, at, sum);
    w->held[at] = OWN;
  }
  UNPROTECT(1);
}

static const int *dims_of(SEXP x) {
  return INTEGER(Rf_getAttrib(x, R_DimSymbol));
}

/* The products that wait for place `at`, as one. */
static void settle(walk_state *w, int at) {
  if (w->rows[at] == 0) return;
  SEXP a = VECTOR_ELT(VECTOR_ELT(w->waiting, at), 0);
  SEXP g = VECTOR_ELT(VECTOR_ELT(w->waiting, at), 1);
  int dims[2] = {dims_of(a)[1], dims_of(g)[1]};
  size_t gap = (size_t) dims_of(a)[0];
  SEXP d = PROTECT(alloc_array(dims, 2, 1));
  matrix_product m = {.m = (size_t) dims[0],
                      .n = (size_t) dims[1],
                      .k = (size_t) w->rows[at],
                      .a = REAL(a),
                      .b = REAL(g),
                      .a_row = gap,
                      .a_col = 1,
                      .b_row = 1,
                      .b_col = gap,
                      .c = REAL(d)};
  multiply(&w->run.plan, &m);
  w->rows[at] = 0;
  add_gradient(w, at, d, OWN);
  UNPROTECT(1);
}

/* A matrix of ROWS_TOGETHER rows as element `which` of list `to`, and the rows
   of x first in it. */
static void make_room(SEXP to, int which, SEXP x) {
  int dims[2] = {ROWS_TOGETHER, dims_of(x)[1]};
  SEXP room = alloc_array(dims, 2, 1);
  SET_VECTOR_ELT(to, which, room);
  kernel_put_rows(REAL(room), ROWS_TOGETHER, 0, REAL(x), (size_t) dims_of(x)[0],
                  (size_t) dims[1]);
}

static int is_matrix_of(SEXP x, int rows) {
  SEXP d = Rf_getAttrib(x, R_DimSymbol);
  return is_double(x) && TYPEOF(d) == INTSXP && XLENGTH(d) == 2 &&
         (rows < 0 || INTEGER(d)[0] == rows);
}

static int may_wait(const walk_state *w, int at, SEXP a, SEXP b, SEXP g) {
  if (w->made[at] || !is_matrix_of(a, -1)) return 0;
  int rows = dims_of(a)[0];
  return rows > 0 && rows <= ROWS_TOGETHER / 2 &&
         is_matrix_of(b, dims_of(a)[1]) && is_matrix_of(g, rows) &&
         dims_of(g)[1] == dims_of(b)[1];
}

/* A weight that is a factor at every step: its gradient, the sum of a' g, is
   one product over the rows of many steps. Gives 0 where it cannot wait;
   `seen` becomes 1 where g itself is kept. */
static int put_off(walk_state *w, int at, SEXP a, SEXP b, SEXP g, int *seen) {
  if (!may_wait(w, at, a, b, g)) return 0;
  int rows = dims_of(a)[0];
  if (w->rows[at] + rows > ROWS_TOGETHER) settle(w, at);
  SEXP both = VECTOR_ELT(w->waiting, at);
  if (both == R_NilValue) {
    both = Rf_allocVector(VECSXP, 2);
    SET_VECTOR_ELT(w->waiting, at, both);
    SET_VECTOR_ELT(both, 0, a);
    SET_VECTOR_ELT(both, 1, g);
    *seen = 1;
  } else {
    if (dims_of(VECTOR_ELT(both, 0))[0] != ROWS_TOGETHER) {
      make_room(both, 0, VECTOR_ELT(both, 0));
      make_room(both, 1, VECTOR_ELT(both, 1));
    }
    const SEXP xs[2] = {a, g};
    for (int i = 0; i < 2; i++) {
      kernel_put_rows(REAL(VECTOR_ELT(both, i)), ROWS_TOGETHER,
                      (size_t) w->rows[at], REAL(xs[i]), (size_t) rows,
                      (size_t) dims_of(xs[i])[1]);
    }
  }
  w->rows[at] += rows;
  return 1;
}

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
void walk_back(SEXP records, SEXP places, SEXP grads, SEXP rule, SEXP run) {
  walk_state w = {0};
  start_walk(&w, places, grads, run);
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
  UNPROTECT(2);
}
