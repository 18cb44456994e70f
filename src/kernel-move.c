#include "kernel-move.h"

#include <math.h>

static inline double shrunk(const move *m, ptrdiff_t i) {
  return m->w[i] - m->w[i] * m->decay;
}

/* by: rate */
static void move_sgd(const move *m) {
  double rate = m->by[0];
  for (ptrdiff_t i = 0; i < m->n; ++i) {
    m->w_new[i] = shrunk(m, i) - rate * m->g[i];
  }
}

/* by: rate, momentum, nesterov */
static void move_momentum(const move *m) {
  double rate = m->by[0], mu = m->by[1];
  int nesterov = m->by[2] != 0;
  for (ptrdiff_t i = 0; i < m->n; ++i) {
    double v = mu * m->slot[0][i] - rate * m->g[i];
    double by = nesterov ? mu * v - rate * m->g[i] : v;
    m->w_new[i] = shrunk(m, i) + by;
    m->slot_new[0][i] = v;
  }
}

/* by: rate, rho, epsilon */
static void move_rmsprop(const move *m) {
  double rate = m->by[0], rho = m->by[1], epsilon = m->by[2];
  for (ptrdiff_t i = 0; i < m->n; ++i) {
    double g = m->g[i];
    double v = rho * m->slot[0][i] + (1 - rho) * (g * g);
    m->w_new[i] = shrunk(m, i) - rate * g / sqrt(v + epsilon);
    m->slot_new[0][i] = v;
  }
}

/* by: rate (bias-corrected), beta_1, beta_2, epsilon */
static void move_adam(const move *m) {
  double rate = m->by[0], epsilon = m->by[3];
  double b1 = 1 - m->by[1], b2 = 1 - m->by[2];
  for (ptrdiff_t i = 0; i < m->n; ++i) {
    double g = m->g[i];
    double a = m->slot[0][i] + (g - m->slot[0][i]) * b1;
    double v = m->slot[1][i] + (g * g - m->slot[1][i]) * b2;
    m->w_new[i] = shrunk(m, i) - a * rate / (sqrt(v) + epsilon);
    m->slot_new[0][i] = a;
    m->slot_new[1][i] = v;
  }
}

const move_rule move_rules[N_MOVES] = {
    {0, 1, move_sgd},
    {1, 3, move_momentum},
    {1, 3, move_rmsprop},
    {2, 4, move_adam},
};
