/* Facts about kinds and activations that hold in every variant. */
#include "kernel.h"

/* swish and gelu; the others find their slope from y alone. */
int activation_needs_z(int activation) {
  return activation == 8 || activation == 9;
}

int cell_has(const rnn_cell *cell, int flag) {
  return (cell->flags & flag) != 0;
}

static int any_needs_z(const rnn_cell *c) {
  return activation_needs_z(c->activation) ||
         activation_needs_z(c->recurrent_activation);
}

static double plain_bias(const rnn_cell *c, int sum, int unit) {
  return c->bias[(size_t) sum * (size_t) c->units + (size_t) unit];
}

static void add_plain_bias(const rnn_cell *c, int sum, int unit, double d) {
  c->d_bias[(size_t) sum * (size_t) c->units + (size_t) unit] += d;
}

/* Simple: h, and z where the activation needs it. */
static int simple_slots(const rnn_cell *c) {
  return 1 + activation_needs_z(c->activation);
}

static int simple_sums(const rnn_cell *c) {
  (void) c;
  return 1;
}

static int simple_state_sums(const rnn_cell *c, state_sum *out) {
  (void) c;
  out[0] = (state_sum){OLD_STATE, 0, 1, 0};
  return 1;
}

/* LSTM: h, c, the gates i, f, c, o, and their z. */
static int lstm_slots(const rnn_cell *c) { return any_needs_z(c) ? 10 : 6; }

static int lstm_sums(const rnn_cell *c) {
  (void) c;
  return 4;
}

static int lstm_state_sums(const rnn_cell *c, state_sum *out) {
  (void) c;
  out[0] = (state_sum){OLD_STATE, 0, 4, 0};
  return 1;
}

/* GRU: h, the gates z, r, h, the reset state or its product, and z of the
   gates. With reset_after the input's and the state's part of the last gate
   have their own sums and biases, one row of (2, 3 units) each. */
static int gru_slots(const rnn_cell *c) { return any_needs_z(c) ? 8 : 5; }

static int gru_sums(const rnn_cell *c) {
  return cell_has(c, RESET_AFTER) ? 4 : 3;
}

static size_t gru_bias_at(const rnn_cell *c, int sum, int unit) {
  int gate = sum < 3 ? sum : 2;
  return 2 * ((size_t) gate * (size_t) c->units + (size_t) unit) + (sum == 3);
}

static double gru_bias(const rnn_cell *c, int sum, int unit) {
  if (!cell_has(c, RESET_AFTER)) return plain_bias(c, sum, unit);
  const double *b = c->bias + gru_bias_at(c, sum, unit);
  return sum < 2 ? b[0] + b[1] : b[0];
}

static void add_gru_bias(const rnn_cell *c, int sum, int unit, double d) {
  if (!cell_has(c, RESET_AFTER)) {
    add_plain_bias(c, sum, unit, d);
    return;
  }
  double *b = c->d_bias + gru_bias_at(c, sum, unit);
  b[0] += d;
  if (sum < 2) b[1] += d;
}

static int gru_state_sums(const rnn_cell *c, state_sum *out) {
  if (cell_has(c, RESET_AFTER)) {
    out[0] = (state_sum){OLD_STATE, 0, 3, 1};
    return 1;
  }
  out[0] = (state_sum){OLD_STATE, 0, 2, 0};
  out[1] = (state_sum){4, 2, 1, 0};
  return 2;
}

const cell_kind cell_kinds[N_KINDS] = {
    {1, 1, 2, simple_slots, simple_sums, plain_bias, add_plain_bias,
     simple_state_sums},
    {2, 4, 8, lstm_slots, lstm_sums, plain_bias, add_plain_bias,
     lstm_state_sums},
    {1, 3, 8, gru_slots, gru_sums, gru_bias, add_gru_bias, gru_state_sums},
};

int slot_is_summed(const rnn_cell *cell, int slot) {
  state_sum sums[MAX_STATE_SUMS];
  for (int i = cell_kinds[cell->kind].state_sums(cell, sums) - 1; i >= 0; i--)
    if (sums[i].slot == slot) return 1;
  return slot == 0;
}

int cell_slots(const rnn_cell *cell) {
  return cell_kinds[cell->kind].slots(cell);
}

int cell_sums(const rnn_cell *cell) {
  return cell_kinds[cell->kind].sums(cell);
}
