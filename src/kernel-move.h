/* One step of an optimizer for one weight. */
#ifndef RECURRENT_KERNEL_MOVE_H
#define RECURRENT_KERNEL_MOVE_H

#include <stddef.h>

enum { MOVE_MAX_SLOTS = 2, MOVE_MAX_NUMBERS = 5, N_MOVES = 4 };

/* All arrays have n elements; slot_new may be slot. `by` holds the rule's
   numbers, the learning rate first; `decay` is the fraction of a weight that it
   loses before. */
typedef struct {
  ptrdiff_t n;
  const double *w, *g;
  const double *slot[MOVE_MAX_SLOTS];
  double *w_new;
  double *slot_new[MOVE_MAX_SLOTS];
  const double *by;
  double decay;
} move;

typedef struct {
  int n_slots, n_numbers;
  void (*run)(const move *m);
} move_rule;

/* In the order of R's rules: SGD, SGD with momentum, RMSprop, Adam. */
extern const move_rule move_rules[N_MOVES];

#endif
