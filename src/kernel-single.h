/* Doubles rounded to single precision. */
#ifndef RECURRENT_KERNEL_SINGLE_H
#define RECURRENT_KERNEL_SINGLE_H

#include <stddef.h>

void kernel_single(double *out, const double *x, ptrdiff_t n);

#endif
