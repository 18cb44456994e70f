/* Ops that C runs: the arrays in and out of the kernels. */
#include <stdint.h>

#include "ffi.h"
#include "ffi-op.h"
#include "kernel-op.h"

enum op_kind kind_of(SEXP row) {
  if (TYPEOF(row) != VECSXP || XLENGTH(row) < 6) return OP_in_r;
  SEXP native = VECTOR_ELT(row, 5);
  if (TYPEOF(native) != INTSXP || XLENGTH(native) != 1) return OP_in_r;
  int kind = INTEGER(native)[0];
  return kind > OP_in_r && kind < N_OPS ? (enum op_kind) kind : OP_in_r;
}

int op_arity(enum op_kind kind) {
  return kind <= OP_absolute_loss ? 2 : kind <= OP_relu ? 1 : 3;
}

static int is_matrix(SEXP x) {
  SEXP d = Rf_getAttrib(x, R_DimSymbol);
  return TYPEOF(x) == REALSXP && TYPEOF(d) == INTSXP && XLENGTH(d) == 2;
}

static int is_number(SEXP x) {
  return (TYPEOF(x) == REALSXP || TYPEOF(x) == INTSXP || TYPEOF(x) == LGLSXP) &&
         XLENGTH(x) == 1 && Rf_getAttrib(x, R_DimSymbol) == R_NilValue;
}

static int is_array(SEXP x) {
  SEXP d = Rf_getAttrib(x, R_DimSymbol);
  return TYPEOF(x) == REALSXP &&
         (XLENGTH(x) == 1 ||
          (TYPEOF(d) == INTSXP && XLENGTH(d) <= KERNEL_MAX_RANK));
}

int same_shape(SEXP a, SEXP b) {
  SEXP da = Rf_getAttrib(a, R_DimSymbol), db = Rf_getAttrib(b, R_DimSymbol);
  if (XLENGTH(a) != XLENGTH(b)) return 0;
  if (da == db) return 1;
  if (TYPEOF(da) != INTSXP || TYPEOF(db) != INTSXP ||
      XLENGTH(da) != XLENGTH(db))
    return 0;
  size_t bytes = sizeof(int) * (size_t) XLENGTH(da);
  return memcmp(INTEGER(da), INTEGER(db), bytes) == 0;
}

SEXP array_like(SEXP x) {
  SEXP out = PROTECT(Rf_allocVector(REALSXP, XLENGTH(x)));
  SEXP dims = Rf_getAttrib(x, R_DimSymbol);
  if (dims != R_NilValue) Rf_setAttrib(out, R_DimSymbol, dims);
  UNPROTECT(1);
  return out;
}

/* Doubles of one shape, or with a number, need no walk. */
static SEXP pair(SEXP a, SEXP b, enum pair_kind kind) {
  int number_a = is_number(a), number_b = is_number(b);
  int plain = (number_a || TYPEOF(a) == REALSXP) &&
              (number_b || TYPEOF(b) == REALSXP) &&
              (number_a || number_b || same_shape(a, b));
  if (!plain) {
    SEXP by = PROTECT(Rf_ScalarInteger(kind));
    SEXP out = ffi_pair(a, b, by);
    UNPROTECT(1);
    return out;
  }
  double u = number_a ? Rf_asReal(a) : 0, v = number_b ? Rf_asReal(b) : 0;
  SEXP out =
      number_a && number_b ? Rf_ScalarReal(0) : array_like(number_a ? b : a);
  ptrdiff_t n = (ptrdiff_t) XLENGTH(out), stride[2] = {!number_a, !number_b};
  struct walk wa = {1, &n, stride}, wb = {1, &n, stride + 1};
  kernel_pair(REAL(out), number_a ? &u : REAL(a), &wa, number_b ? &v : REAL(b),
              &wb, kind);
  return out;
}

/* g summed to the shape of x; g itself where the shapes are the same, which
   NULL says too. */
static SEXP summed(SEXP g, SEXP x) {
  if (x == R_NilValue || same_shape(g, x)) return g;
  PROTECT(g);
  SEXP dims = Rf_getAttrib(x, R_DimSymbol);
  if (dims == R_NilValue) dims = Rf_allocVector(INTSXP, 0);
  PROTECT(dims);
  SEXP out = ffi_sum_to(g, dims);
  UNPROTECT(2);
  return out;
}

const rnn_kernel *chosen_kernel(void) {
  static SEXP option = NULL;
  if (!option) option = Rf_install("recurrent.kernel");
  return Rf_GetOption1(option) == R_NilValue ? find_kernel(0, 0) : NULL;
}

void multiply(run_plan *plan, matrix_product *m) {
  run_plan own = *plan;
  double work = (double) m->m * (double) m->n * (double) m->k;
  if (m->m * m->n == 0) return;
  if (m->k == 0) {
    memset(m->c, 0, m->m * m->n * sizeof(double));
    return;
  }
  if (work < WORTH_THREADS) own.threads = 1;
  own.work_bytes = (own.kernel->matmul_size(m) + 63) / 64 * 64;
  own.work = pool_take(own.work_bytes * (size_t) own.threads, own.threads);
  run_matmul(&own, m);
  pool_give(own.work);
}

/* An array of two axes, spare or new. */
static SEXP some_matrix(SEXP spare, const int *dims) {
  double size = (double) dims[0] * dims[1];
  for (R_xlen_t i = 0; spare && i < XLENGTH(spare); i++) {
    SEXP x = VECTOR_ELT(spare, i);
    SEXP d = Rf_getAttrib(x, R_DimSymbol);
    if (TYPEOF(x) != REALSXP || (double) XLENGTH(x) != size ||
        TYPEOF(d) != INTSXP || XLENGTH(d) != 2 || INTEGER(d)[0] != dims[0] ||
        INTEGER(d)[1] != dims[1])
      continue;
    PROTECT(x);
    SET_VECTOR_ELT(spare, i, R_NilValue);
    UNPROTECT(1);
    return x;
  }
  return alloc_array(dims, 2, 1);
}

/* op(a) op(b), op transposing. */
static SEXP product(SEXP a, int ta, SEXP b, int tb, op_run *run) {
  const int *da = INTEGER(Rf_getAttrib(a, R_DimSymbol));
  const int *db = INTEGER(Rf_getAttrib(b, R_DimSymbol));
  if (da[!ta] != db[tb]) return R_NilValue;
  matrix_product m;
  m.m = (size_t) da[ta], m.k = (size_t) da[!ta], m.n = (size_t) db[!tb];
  m.a = REAL(a), m.b = REAL(b);
  m.a_row = ta ? m.k : 1, m.a_col = ta ? 1 : m.m;
  m.b_row = tb ? m.n : 1, m.b_col = tb ? 1 : m.k;
  int dims[2] = {da[ta], db[!tb]};
  SEXP out = PROTECT(some_matrix(run->spare, dims));
  m.c = REAL(out);
  multiply(&run->plan, &m);
  UNPROTECT(1);
  return out;
}

/* Large products are R's, which knows of threads. */
static SEXP forward_product(SEXP a, SEXP b) {
  if (!is_matrix(a) || !is_matrix(b)) return R_NilValue;
  double work = (double) XLENGTH(a) * INTEGER(Rf_getAttrib(b, R_DimSymbol))[1];
  op_run run = {{0}, NULL, 0};
  run.plan.threads = 1;
  run.plan.kernel = chosen_kernel();
  if (work >= WORTH_THREADS || !run.plan.kernel) return R_NilValue;
  return product(a, 0, b, 0, &run);
}

static SEXP forward_one(enum op_kind kind, SEXP x) {
  if (!is_array(x)) return R_NilValue;
  const rnn_kernel *kernel = chosen_kernel();
  if (!kernel) return R_NilValue;
  SEXP y = array_like(x);
  size_t n = (size_t) XLENGTH(x);
  if (kind == OP_tanh || kind == OP_sigmoid) {
    if (n) memcpy(REAL(y), REAL(x), n * sizeof(double));
    kernel->activate(kind == OP_tanh ? 1 : 2, REAL(y), n);
  } else {
    kernel_op(REAL(y), REAL(x), n, kind == OP_relu);
  }
  return y;
}

/* a b + bias, a vector with one number per column. */
static SEXP forward_affine(SEXP a, SEXP b, SEXP bias) {
  SEXP out = forward_product(a, b), d = Rf_getAttrib(bias, R_DimSymbol);
  if (out == R_NilValue) return out;
  const int *size = INTEGER(Rf_getAttrib(out, R_DimSymbol));
  if (TYPEOF(bias) != REALSXP || XLENGTH(d) != 1 || XLENGTH(bias) != size[1])
    return R_NilValue;
  kernel_add_columns(REAL(out), REAL(bias), (size_t) size[0], (size_t) size[1]);
  return out;
}

static int is_loss(enum op_kind kind) {
  return kind == OP_squared_loss || kind == OP_absolute_loss;
}

static int is_fitted(SEXP t, SEXP p) {
  return TYPEOF(t) == REALSXP && TYPEOF(p) == REALSXP && same_shape(t, p);
}

static SEXP forward_loss(SEXP t, SEXP p, int squared) {
  if (!is_fitted(t, p)) return R_NilValue;
  return Rf_ScalarReal(
      kernel_mean_error(REAL(t), REAL(p), (size_t) XLENGTH(p), squared));
}

static SEXP gradient_loss(SEXP g, SEXP t, SEXP p, int squared, int which) {
  if (!is_number(g) || !is_fitted(t, p)) return R_NilValue;
  SEXP d = array_like(p);
  double scale = Rf_asReal(g) / (double) XLENGTH(p);
  kernel_error_slope(REAL(d), which ? scale : -scale, REAL(t), REAL(p),
                     (size_t) XLENGTH(p), squared);
  return d;
}

SEXP op_forward(enum op_kind kind, SEXP values) {
  SEXP a = VECTOR_ELT(values, 0);
  if (op_arity(kind) == 1) return forward_one(kind, a);
  SEXP b = VECTOR_ELT(values, 1);
  if (kind == OP_affine) return forward_affine(a, b, VECTOR_ELT(values, 2));
  if (kind == OP_matmul) return forward_product(a, b);
  if (is_loss(kind)) return forward_loss(a, b, kind == OP_squared_loss);
  int doubles = (is_array(a) && (is_array(b) || is_number(b))) ||
                (is_number(a) && is_array(b));
  if (!doubles) return R_NilValue;
  return pair(a, b, (enum pair_kind)(kind - OP_add + PAIR_add));
}

static SEXP gradient_one(enum op_kind kind, SEXP g, SEXP y, SEXP x, int own) {
  static const enum slope_kind slopes[] = {SLOPE_negative, SLOPE_tanh,
                                           SLOPE_sigmoid, SLOPE_relu};
  if (TYPEOF(x) != REALSXP || TYPEOF(y) != REALSXP || !same_shape(g, x))
    return R_NilValue;
  SEXP d = own ? g : array_like(x);
  kernel_slope(REAL(d), REAL(g), REAL(y), REAL(x), (size_t) XLENGTH(x),
               slopes[kind - OP_negative]);
  return d;
}

static SEXP gradient_product(SEXP g, SEXP a, SEXP b, int which, op_run *run) {
  if (!is_matrix(g) || !is_matrix(a) || !is_matrix(b)) return R_NilValue;
  return which == 0 ? product(g, 0, b, 1, run) : product(a, 1, g, 0, run);
}

/* -(g y) / b */
static SEXP gradient_divisor(SEXP g, SEXP y, SEXP b) {
  SEXP up = PROTECT(pair(g, y, PAIR_multiply));
  SEXP d = PROTECT(pair(up, b, PAIR_divide));
  if (d != R_NilValue) {
    kernel_op(REAL(d), REAL(d), (size_t) XLENGTH(d), 0);
  }
  UNPROTECT(2);
  return d;
}

SEXP op_gradient(enum op_kind kind, SEXP g, SEXP y, SEXP values, int which,
                 op_run *run) {
  SEXP a = VECTOR_ELT(values, 0);
  if (!is_array(g) || (y != R_NilValue && !same_shape(g, y))) return R_NilValue;
  if (op_arity(kind) == 1) return gradient_one(kind, g, y, a, run->own);
  SEXP b = VECTOR_ELT(values, 1), mine = which ? b : a, other = which ? a : b;
  if (is_loss(kind))
    return gradient_loss(g, a, b, kind == OP_squared_loss, which);
  if (kind == OP_affine && which == 2) return summed(g, VECTOR_ELT(values, 2));
  if (kind == OP_matmul || kind == OP_affine)
    return gradient_product(g, a, b, which, run);
  SEXP d = g;
  if (kind == OP_multiply) d = pair(g, other, PAIR_multiply);
  if (kind == OP_divide)
    d = which ? gradient_divisor(g, y, b) : pair(g, b, PAIR_divide);
  if (kind == OP_subtract && which) {
    d = array_like(g);
    kernel_op(REAL(d), REAL(g), (size_t) XLENGTH(g), 0);
  }
  if (d == R_NilValue || !same_shape(d, g)) return R_NilValue;
  return summed(d, mine);
}
