/* Matrices (rows, n) whose rows are the scores of n classes. */
#ifndef RECURRENT_KERNEL_ENTROPY_H
#define RECURRENT_KERNEL_ENTROPY_H

#include <stddef.h>

typedef struct {
  ptrdiff_t rows, n;
  const double *z;
} scores;

/* The column (from 0) where each row is largest: the first of equals, and NaN
   is as large as Inf. `best` has room for a row's largest each. */
void kernel_top(int *at, double *best, const scores *s);

/* log(sum(exp(z))) of each row; `out` comes with the largest of each. */
void kernel_log_sum_exp(double *out, long double *sum, const scores *s);

/* The twin of log_sum_exp(z) - z[label], g times its gradient: d = (exp(z -
   lse) - [column is the label]) g. A label of -1 is no column. Nothing flows
   where g is 0, also from what is not a number. */
void kernel_label_gradient(double *d, const scores *s, const double *lse,
                           const int *label, const double *g);

#endif
