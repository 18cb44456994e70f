/* Kernels for use by ops: a product of matrices, an activation of numbers. */
#include "ffi-op.h"
#include "ffi.h"

static int read_transposed(SEXP x) {
  if (TYPEOF(x) != LGLSXP || Rf_length(x) != 1 || LOGICAL(x)[0] == NA_LOGICAL)
    Rf_error("`ta` and `tb` must be TRUE or FALSE");
  return LOGICAL(x)[0];
}

/* Rows and columns of a double matrix as the product sees it. */
static const double *read_factor(SEXP x, int transposed, int *dims) {
  SEXP d = Rf_getAttrib(x, R_DimSymbol);
  if (TYPEOF(x) != REALSXP || TYPEOF(d) != INTSXP || Rf_length(d) != 2)
    Rf_error("`a` and `b` must be double matrices");
  dims[0] = INTEGER(d)[transposed];
  dims[1] = INTEGER(d)[!transposed];
  return REAL(x);
}

/* op(a) %*% op(b), where op transposes if `ta`, `tb` say so. */
SEXP ffi_matmul(SEXP a, SEXP b, SEXP ta, SEXP tb, SEXP run) {
  int da[2], db[2];
  int flip_a = read_transposed(ta), flip_b = read_transposed(tb);
  matrix_product m;
  run_plan plan = {0};
  m.a = read_factor(a, flip_a, da);
  m.b = read_factor(b, flip_b, db);
  if (da[1] != db[0]) Rf_error("`a` and `b` do not fit together");
  plan.kernel = read_run(run, 0, &plan.threads);
  m.m = (size_t) da[0], m.k = (size_t) da[1], m.n = (size_t) db[1];
  m.a_row = flip_a ? m.k : 1, m.a_col = flip_a ? 1 : m.m;
  m.b_row = flip_b ? m.n : 1, m.b_col = flip_b ? 1 : m.k;
  int dims[2] = {da[0], db[1]};
  SEXP out = PROTECT(alloc_array(dims, 2, plan.threads));
  m.c = REAL(out);
  multiply(&plan, &m);
  UNPROTECT(1);
  return out;
}

static int read_precision(SEXP precision) {
  if (TYPEOF(precision) != INTSXP || Rf_length(precision) != 1 ||
      (INTEGER(precision)[0] & ~1))
    Rf_error("`precision` must be 0 or 1");
  return INTEGER(precision)[0];
}

/* The activation `which` of all numbers of x; in single precision if asked. */
SEXP ffi_activate(SEXP x, SEXP which, SEXP precision, SEXP run) {
  if (TYPEOF(x) != REALSXP) Rf_error("`x` must be double");
  if (TYPEOF(which) != INTSXP || Rf_length(which) != 1 ||
      INTEGER(which)[0] < 0 || INTEGER(which)[0] >= N_ACTIVATIONS - 1)
    Rf_error("`which` must be the number of an activation");
  int threads;
  const rnn_kernel *kernel = read_run(run, read_precision(precision), &threads);
  SEXP y = PROTECT(Rf_duplicate(x));
  kernel->activate(INTEGER(which)[0], REAL(y), (size_t) Rf_xlength(y));
  UNPROTECT(1);
  return y;
}

/* Multiplications and additions done, on registers alone: for benchmarks. */
SEXP ffi_kernel_probe(SEXP rounds, SEXP precision, SEXP run) {
  if (TYPEOF(rounds) != REALSXP || Rf_length(rounds) != 1 ||
      !(REAL(rounds)[0] >= 0 && REAL(rounds)[0] <= 1e9))
    Rf_error("`rounds` must be a number from 0 to 1e9");
  int threads;
  const rnn_kernel *kernel = read_run(run, read_precision(precision), &threads);
  volatile double kept = kernel->probe((size_t) REAL(rounds)[0]);
  (void) kept;
  return Rf_ScalarReal(REAL(rounds)[0] * 8 * kernel->cols * kernel->lanes);
}
