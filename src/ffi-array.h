/* What the files at the border share about R arrays. */
#ifndef RECURRENT_FFI_ARRAY_H
#define RECURRENT_FFI_ARRAY_H

#include "ffi.h"
#include "kernel-array.h"

struct sizes {
  int rank;
  ptrdiff_t d[KERNEL_MAX_RANK];
};

/* Axis sizes of an R array: a scalar without dim has none. */
struct sizes sizes_of(SEXP x);

/* Axis sizes given as an integer vector. */
struct sizes sizes_given(SEXP dims);

R_xlen_t total_size(const struct sizes *s);

/* Bytes of an element; an error for what is no numeric or logical array. */
size_t element_size(SEXP x);

char *bytes_of(SEXP x);

/* A new array; `type` as in R. Rank 0 has no dim. Unprotected. */
SEXP new_array(SEXPTYPE type, const struct sizes *s);

/* x cut at an axis counted from 1. */
struct line line_of(const struct sizes *s, SEXP axis);

/* Strides of an array of sizes x in a walk over sizes out, aligned at the last
   axis. Gives 0 when x does not stretch to out. */
int stretch_strides(ptrdiff_t *stride, const struct sizes *x,
                    const struct sizes *out);

/* The shape that both stretch to. Gives 0 when there is none. */
int common_sizes(struct sizes *out, const struct sizes *a,
                 const struct sizes *b);

void check_double(SEXP x, const char *arg);

#endif
