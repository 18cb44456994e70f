#include <math.h>
#include <string.h>

#include "kernel-array.h"

void kernel_join(char *whole, const char *x, size_t size, const struct line *l,
                 ptrdiff_t total, ptrdiff_t at) {
  size_t run = (size_t) (l->inner * l->n) * size;
  if (run == 0) {
    return;
  }
  for (ptrdiff_t o = 0; o < l->outer; ++o) {
    char *to = whole + (size_t) (l->inner * (at + total * o)) * size;
    if (x) {
      memcpy(to, x + run * (size_t) o, run);
    } else {
      memset(to, 0, run);
    }
  }
}

void kernel_cut(char *x, const char *whole, size_t size, const struct line *l,
                ptrdiff_t total, ptrdiff_t at) {
  size_t run = (size_t) (l->inner * l->n) * size;
  if (run == 0) {
    return;
  }
  for (ptrdiff_t o = 0; o < l->outer; ++o) {
    memcpy(x + run * (size_t) o,
           whole + (size_t) (l->inner * (at + total * o)) * size, run);
  }
}

/* Whether the indices are one after the other. */
static int in_order(const int *index, ptrdiff_t k) {
  for (ptrdiff_t i = 1; i < k; ++i) {
    if (index[i] != index[i - 1] + 1) return 0;
  }
  return 1;
}

void kernel_take(char *out, const char *x, size_t size, const struct line *l,
                 const int *index, ptrdiff_t k) {
  size_t run = (size_t) l->inner * size;
  if (run == 0 || k == 0) {
    return;
  }
  int together = in_order(index, k);
  for (ptrdiff_t o = 0; o < l->outer; ++o, out += run * (size_t) k) {
    const char *from = x + run * (size_t) (l->n * o);
    if (together) {
      memcpy(out, from + run * (size_t) index[0], run * (size_t) k);
    } else if (run == 8) {
      /* memcpy of a constant size is one move. */
      for (ptrdiff_t i = 0; i < k; ++i) {
        memcpy(out + 8 * i, from + 8 * (ptrdiff_t) index[i], 8);
      }
    } else {
      for (ptrdiff_t i = 0; i < k; ++i) {
        memcpy(out + run * (size_t) i, from + run * (size_t) index[i], run);
      }
    }
  }
}

/* As many columns at once as the first cache holds a line of. */
enum { COLUMNS_TOGETHER = 64 };

static inline void take_turned(char *out, const char *x, size_t size,
                               ptrdiff_t n, const int *index, ptrdiff_t k) {
  for (ptrdiff_t first = 0; first < k; first += COLUMNS_TOGETHER) {
    ptrdiff_t last =
        k - first < COLUMNS_TOGETHER ? k : first + COLUMNS_TOGETHER;
    for (ptrdiff_t j = 0; j < n; ++j) {
      for (ptrdiff_t i = first; i < last; ++i) {
        char *to = out + (size_t) (i + k * j) * size;
        const char *from = x + (size_t) (j + n * (ptrdiff_t) index[i]) * size;
        memcpy(to, from, size);
      }
    }
  }
}

void kernel_take_turned(char *out, const char *x, size_t size, ptrdiff_t n,
                        const int *index, ptrdiff_t k) {
  if (size == 8) {
    take_turned(out, x, 8, n, index, k);
  } else {
    take_turned(out, x, 4, n, index, k);
  }
}

void kernel_take_add(double *d_x, const double *d_out, const struct line *l,
                     const int *index, ptrdiff_t k) {
  for (ptrdiff_t o = 0; o < l->outer; ++o) {
    for (ptrdiff_t i = 0; i < k; ++i) {
      double *to = d_x + l->inner * (index[i] + l->n * o);
      for (ptrdiff_t r = 0; r < l->inner; ++r) {
        to[r] += d_out[r];
      }
      d_out += l->inner;
    }
  }
}

void kernel_arg(int *out, const double *x, const struct line *l, double sign) {
  for (ptrdiff_t o = 0; o < l->outer; ++o) {
    for (ptrdiff_t r = 0; r < l->inner; ++r) {
      const double *v = x + r + l->inner * l->n * o;
      double best = v[0];
      int at = 0;
      for (ptrdiff_t i = 1; i < l->n && best == best; ++i) {
        double here = v[i * l->inner];
        if (sign * here > sign * best || here != here) {
          best = here;
          at = (int) i;
        }
      }
      out[r + l->inner * o] = at;
    }
  }
}

void kernel_cumsum(double *out, const double *x, const struct line *l,
                   int back) {
  ptrdiff_t step = back ? -l->inner : l->inner;
  ptrdiff_t start = back ? l->inner * (l->n - 1) : 0;
  for (ptrdiff_t o = 0; o < l->outer; ++o) {
    for (ptrdiff_t r = 0; r < l->inner; ++r) {
      ptrdiff_t at = r + l->inner * l->n * o + start;
      double sum = 0;
      for (ptrdiff_t i = 0; i < l->n; ++i, at += step) {
        sum += x[at];
        out[at] = sum;
      }
    }
  }
}

void kernel_cumprod(double *out, const double *x, const struct line *l) {
  for (ptrdiff_t o = 0; o < l->outer; ++o) {
    for (ptrdiff_t r = 0; r < l->inner; ++r) {
      ptrdiff_t at = r + l->inner * l->n * o;
      double prod = 1;
      for (ptrdiff_t i = 0; i < l->n; ++i, at += l->inner) {
        prod *= x[at];
        out[at] = prod;
      }
    }
  }
}

/* d_x[j] = (x[0] ... x[j-1]) s[j], s[j] = d_out[j] + x[j+1] s[j+1]: no
   division, so zeros in x do no harm. */
void kernel_cumprod_backward(double *d_x, const double *d_out, const double *x,
                             const struct line *l) {
  for (ptrdiff_t o = 0; o < l->outer; ++o) {
    for (ptrdiff_t r = 0; r < l->inner; ++r) {
      ptrdiff_t first = r + l->inner * l->n * o;
      double s = 0, before = 1;
      for (ptrdiff_t i = l->n; i-- > 0;) {
        ptrdiff_t at = first + i * l->inner;
        s = d_out[at] + (i + 1 < l->n ? x[at + l->inner] * s : 0);
        d_x[at] = s;
      }
      for (ptrdiff_t i = 0; i < l->n; ++i) {
        ptrdiff_t at = first + i * l->inner;
        d_x[at] *= before;
        before *= x[at];
      }
    }
  }
}

void kernel_prod_backward(double *d_x, const double *d_out, const double *x,
                          const struct line *l) {
  for (ptrdiff_t o = 0; o < l->outer; ++o) {
    for (ptrdiff_t r = 0; r < l->inner; ++r) {
      ptrdiff_t first = r + l->inner * l->n * o;
      double after = d_out[r + l->inner * o], before = 1;
      for (ptrdiff_t i = l->n; i-- > 0;) {
        d_x[first + i * l->inner] = after;
        after *= x[first + i * l->inner];
      }
      for (ptrdiff_t i = 0; i < l->n; ++i) {
        d_x[first + i * l->inner] *= before;
        before *= x[first + i * l->inner];
      }
    }
  }
}

void kernel_erf(double *out, const double *x, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; ++i) {
    out[i] = erf(x[i]);
  }
}
