#include "kernel.h"

/* Facts about kinds and activations that hold in every variant. */
const cell_kind cell_kinds[N_KINDS] = {
    {1, 1}, /* simple */
};

/* swish and gelu; the others find their slope from y alone. */
int activation_needs_z(int activation) {
  return activation == 8 || activation == 9;
}

/* Columns of `units` that the backward pass wants of each step. */
int cell_slots(const rnn_cell *cell) {
  return 1 + activation_needs_z(cell->activation);
}
