/* The state of a walk back over a tape, and the sums in it. */
#ifndef RECURRENT_FFI_WALK_H
#define RECURRENT_FFI_WALK_H

#include "ffi-op.h"

/* Who else may hold the gradient of a place: others; nobody; the place's
   partner alone, which was handed the same array. */
enum holders { FOREIGN = 0, OWN, SHARED };

/* Of every place (a tensor): its gradient so far; whether an op made the
   tensor; whether its gradient is asked for; and, for factors that no op made,
   the products that their gradient still lacks: list(a, g) of `rows` rows, the
   arrays of the only product, or the walk's own. */
typedef struct {
  SEXP grads, waiting, settings, target;
  const int *live;
  char *held, *made, *kept;
  int *partner, *rows;
  int n, seed; /* places, and that of the target */
  op_run run;
} walk_state;

/* Adds d to the gradient of place `at`. */
void add_gradient(walk_state *w, int at, SEXP d, enum holders held);
/* The place lets go of its gradient; `seen`: somebody else may hold it now. */
void let_go(walk_state *w, int at, int seen);
/* The target begins with a gradient of ones, which native layers take as one
   number; whatever else looks at it wants the array. */
void write_out_seed(walk_state *w);
/* A weight that is a factor at every step: its gradient, the sum of a' g, is
   one product over the rows of many steps. Gives 0 where it cannot wait;
   `seen` becomes 1 where g itself is kept. */
int put_off(walk_state *w, int at, SEXP a, SEXP b, SEXP g, int *seen);
/* The products that wait for place `at`, as one. */
void settle(walk_state *w, int at);

#endif
