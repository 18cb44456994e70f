/* How many threads may run. A child made by fork() inherits the library but not
   the threads it has started, and would wait for them for ever: there, one. */
#ifdef _OPENMP
#include <omp.h>
#endif
#ifndef _WIN32
#include <unistd.h>
#endif

#include "ffi-rnn.h"

static int usable_here(void) {
#ifdef _WIN32
  return 1;
#else
  static pid_t loaded_by = 0;
  if (!loaded_by) loaded_by = getpid();
  return loaded_by == getpid();
#endif
}

int usable_threads(int wanted) {
#ifdef _OPENMP
  int limit = omp_get_thread_limit();
  if (!usable_here()) return 1;
  return wanted < limit ? wanted : limit;
#else
  (void) wanted;
  (void) usable_here;
  return 1;
#endif
}

/* Asked once at load, so that the loading process is the one remembered. */
void remember_process(void) { (void) usable_here(); }

/* The variants that this processor can run, by number. */
SEXP ffi_kernels(void) {
  int found[N_VARIANTS], n = 0;
  for (int v = 1; v < N_VARIANTS; v++)
    if (find_kernel(v, 0)) found[n++] = v;
  SEXP out = PROTECT(Rf_allocVector(INTSXP, n));
  SEXP names = PROTECT(Rf_allocVector(STRSXP, n));
  for (int i = 0; i < n; i++) {
    INTEGER(out)[i] = found[i];
    SET_STRING_ELT(names, i, Rf_mkChar(find_kernel(found[i], 0)->name));
  }
  Rf_setAttrib(out, R_NamesSymbol, names);
  UNPROTECT(2);
  return out;
}

static SEXP option(const char *name) { return Rf_GetOption1(Rf_install(name)); }

/* c(threads, variant) by the options, where that needs no check: R's
   run_settings() knows the rest. NULL then, or where the road is R's. */
SEXP plain_settings(void) {
  SEXP threads = option("recurrent.threads"), native = R_NilValue;
  if (option("recurrent.kernel") != R_NilValue) return R_NilValue;
  native = option("recurrent.native");
  if (native != R_NilValue && Rf_asLogical(native) != 1) return R_NilValue;
  double n = threads == R_NilValue ? 1 : R_NaN;
  if (Rf_isNumeric(threads) && Rf_length(threads) == 1) n = Rf_asReal(threads);
  if (!(n >= 1 && n <= 1024) || n != (int) n) return R_NilValue;
  SEXP out = Rf_allocVector(INTSXP, 2);
  INTEGER(out)[0] = (int) n, INTEGER(out)[1] = 0;
  return out;
}
