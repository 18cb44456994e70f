#include <limits.h>
#include <string.h>

#include "kernel-array.h"

/* Steps the counter of the axes after the first; gives 0 when it is done.
   `at` (one per stream) moves along. */
static int next_run(ptrdiff_t *count, ptrdiff_t *at, const struct walk *w) {
  for (int k = 1; k < w->rank; ++k) {
    *at += w->stride[k];
    if (++count[k] < w->dims[k]) {
      return 1;
    }
    count[k] = 0;
    *at -= w->stride[k] * w->dims[k];
  }
  return 0;
}

static int is_empty(const struct walk *w) {
  for (int k = 0; k < w->rank; ++k) {
    if (w->dims[k] == 0) {
      return 1;
    }
  }
  return 0;
}

/* memcpy of a constant size is one move, and legal for any type. */
static void read_run(char *out, const char *x, size_t size, ptrdiff_t n,
                     ptrdiff_t stride) {
  if (stride == 1) {
    memcpy(out, x, (size_t) n * size);
  } else if (size == 8) {
    for (ptrdiff_t i = 0; i < n; ++i) {
      memcpy(out + 8 * i, x + 8 * i * stride, 8);
    }
  } else {
    for (ptrdiff_t i = 0; i < n; ++i) {
      memcpy(out + 4 * i, x + 4 * i * stride, 4);
    }
  }
}

void kernel_read(char *out, const char *x, size_t size, const struct walk *w) {
  ptrdiff_t count[KERNEL_MAX_RANK] = {0};
  ptrdiff_t at = 0;
  if (is_empty(w)) {
    return;
  }
  ptrdiff_t n = w->rank ? w->dims[0] : 1;
  ptrdiff_t stride = w->rank ? w->stride[0] : 1;
  do {
    read_run(out, x + at * (ptrdiff_t) size, size, n, stride);
    out += n * (ptrdiff_t) size;
  } while (next_run(count, &at, w));
}

/* max and min let NaN through, as sums and products do. */
static double combine(double a, double b, enum reduce_kind kind) {
  switch (kind) {
  case REDUCE_sum:
    return a + b;
  case REDUCE_prod:
    return a * b;
  case REDUCE_max:
    return (b > a || b != b) ? b : a;
  default:
    return (b < a || b != b) ? b : a;
  }
}

static void reduce_run(double *out, const double *x, ptrdiff_t n,
                       ptrdiff_t stride, enum reduce_kind kind) {
  if (stride == 0) {
    double sum = *out;
    if (kind == REDUCE_sum) {
      for (ptrdiff_t i = 0; i < n; ++i) {
        sum += x[i];
      }
    } else {
      for (ptrdiff_t i = 0; i < n; ++i) {
        sum = combine(sum, x[i], kind);
      }
    }
    *out = sum;
  } else if (kind == REDUCE_sum && stride == 1) {
    for (ptrdiff_t i = 0; i < n; ++i) {
      out[i] += x[i];
    }
  } else {
    for (ptrdiff_t i = 0; i < n; ++i) {
      out[i * stride] = combine(out[i * stride], x[i], kind);
    }
  }
}

void kernel_reduce(double *out, const double *x, const struct walk *w,
                   enum reduce_kind kind) {
  ptrdiff_t count[KERNEL_MAX_RANK] = {0};
  ptrdiff_t at = 0;
  if (is_empty(w)) {
    return;
  }
  ptrdiff_t n = w->rank ? w->dims[0] : 1;
  ptrdiff_t stride = w->rank ? w->stride[0] : 0;
  do {
    reduce_run(out + at, x, n, stride, kind);
    x += n;
  } while (next_run(count, &at, w));
}

#define PAIR_RUN(expr)                                                         \
  for (ptrdiff_t i = 0; i < n; ++i) {                                          \
    double u = a[i * sa], v = b[i * sb];                                       \
    out[i] = (expr);                                                           \
  }                                                                            \
  break

static inline void pair_run(double *out, const double *a, ptrdiff_t sa,
                            const double *b, ptrdiff_t sb, ptrdiff_t n,
                            enum pair_kind kind) {
  switch (kind) {
  case PAIR_add:
    PAIR_RUN(u + v);
  case PAIR_subtract:
    PAIR_RUN(u - v);
  case PAIR_multiply:
    PAIR_RUN(u * v);
  case PAIR_divide:
    PAIR_RUN(u / v);
  case PAIR_max:
    PAIR_RUN((v > u || v != v) ? v : u);
  case PAIR_min:
    PAIR_RUN((v < u || v != v) ? v : u);
  }
}

void kernel_pair(double *out, const double *a, const struct walk *wa,
                 const double *b, const struct walk *wb, enum pair_kind kind) {
  ptrdiff_t count_a[KERNEL_MAX_RANK] = {0}, count_b[KERNEL_MAX_RANK] = {0};
  ptrdiff_t at_a = 0, at_b = 0;
  if (is_empty(wa)) {
    return;
  }
  ptrdiff_t n = wa->rank ? wa->dims[0] : 1;
  ptrdiff_t sa = wa->rank ? wa->stride[0] : 0;
  ptrdiff_t sb = wb->rank ? wb->stride[0] : 0;
  do {
    const double *u = a + at_a, *v = b + at_b;
    if (sa == 1 && sb == 1) pair_run(out, u, 1, v, 1, n, kind);
    else if (sa == 1 && sb == 0) pair_run(out, u, 1, v, 0, n, kind);
    else pair_run(out, u, sa, v, sb, n, kind);
    out += n;
    next_run(count_b, &at_b, wb);
  } while (next_run(count_a, &at_a, wa));
}

void kernel_choose(char *out, size_t size, const struct choice *c) {
  ptrdiff_t count[3][KERNEL_MAX_RANK] = {{0}};
  ptrdiff_t at[3] = {0}, step[3];
  const struct walk *w = c->walks;
  if (is_empty(&w[0])) {
    return;
  }
  ptrdiff_t n = w[0].rank ? w[0].dims[0] : 1;
  for (int k = 0; k < 3; ++k) {
    step[k] = w[k].rank ? w[k].stride[0] : 0;
  }
  do {
    for (ptrdiff_t i = 0; i < n; ++i) {
      int yes = c->condition[at[0] + i * step[0]];
      const char *from = yes != 0 && yes != INT_MIN
                             ? c->a + (size_t) (at[1] + i * step[1]) * size
                             : c->b + (size_t) (at[2] + i * step[2]) * size;
      memcpy(out, from, size);
      out += size;
    }
    next_run(count[1], &at[1], &w[1]);
    next_run(count[2], &at[2], &w[2]);
  } while (next_run(count[0], &at[0], &w[0]));
}

void kernel_batch_multiply(double *out, const double *a, const double *b,
                           const struct batch_sizes *s) {
  ptrdiff_t nb = s->batch;
  for (ptrdiff_t j = 0; j < s->n; ++j) {
    for (ptrdiff_t k = 0; k < s->k; ++k) {
      const double *bk = b + nb * (k + s->k * j);
      for (ptrdiff_t i = 0; i < s->m; ++i) {
        const double *ai = a + nb * (i + s->m * k);
        double *oi = out + nb * (i + s->m * j);
        for (ptrdiff_t r = 0; r < nb; ++r) {
          oi[r] += ai[r] * bk[r];
        }
      }
    }
  }
}
