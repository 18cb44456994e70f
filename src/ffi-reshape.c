#include "ffi-array.h"

/* x in the order of `dims` with other strides: the axes permuted. */
static void read_permuted(char *out, const char *x, size_t size,
                          const struct sizes *from, const int *perm) {
  ptrdiff_t step[KERNEL_MAX_RANK], stride[KERNEL_MAX_RANK];
  ptrdiff_t dims[KERNEL_MAX_RANK], s = 1;
  for (int k = 0; k < from->rank; ++k) {
    step[k] = s;
    s *= from->d[k];
  }
  for (int k = 0; k < from->rank; ++k) {
    dims[k] = from->d[perm[k]];
    stride[k] = step[perm[k]];
  }
  struct walk w = {from->rank, dims, stride};
  kernel_read(out, x, size, &w);
}

/* Reshape with the last axis running fastest, as in C and NumPy: the axes
   reversed, cut anew, and reversed again. */
SEXP ffi_row_major(SEXP x, SEXP dims) {
  size_t size = element_size(x);
  struct sizes from = sizes_of(x), to = sizes_given(dims), back = to;
  int perm[KERNEL_MAX_RANK];
  if (total_size(&to) != XLENGTH(x)) {
    Rf_error("internal error: reshape to another number of elements");
  }
  SEXP out = PROTECT(new_array((SEXPTYPE) TYPEOF(x), &to));
  char *flat = R_alloc((size_t) XLENGTH(x), (int) size);
  for (int k = 0; k < from.rank; ++k) {
    perm[k] = from.rank - 1 - k;
  }
  read_permuted(flat, bytes_of(x), size, &from, perm);
  for (int k = 0; k < to.rank; ++k) {
    perm[k] = to.rank - 1 - k;
    back.d[k] = to.d[perm[k]];
  }
  read_permuted(bytes_of(out), flat, size, &back, perm);
  UNPROTECT(1);
  return out;
}
