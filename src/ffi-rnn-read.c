/* Unwraps and checks what R hands over. R code checks first and says it better;
   these guards keep a wrong call from reading or writing wrong memory. */
#include "ffi-rnn.h"

enum { MOST_CELLS = 4096, MOST_ROWS = 1 << 30 };

static int has_dims(SEXP x, const int *dims, int n_dims) {
  SEXP d = Rf_getAttrib(x, R_DimSymbol);
  if (TYPEOF(d) != INTSXP) return n_dims == 1 && Rf_xlength(x) == dims[0];
  if (Rf_length(d) != n_dims) return 0;
  for (int i = 0; i < n_dims; i++)
    if (INTEGER(d)[i] != dims[i]) return 0;
  return 1;
}

const double *read_doubles(SEXP x, const int *dims, int n_dims,
                           const char *what) {
  if (TYPEOF(x) != REALSXP) Rf_error("`%s` must be double", what);
  if (!has_dims(x, dims, n_dims)) Rf_error("`%s` has the wrong dims", what);
  return REAL(x);
}

int is_one_number(SEXP x) {
  return TYPEOF(x) == REALSXP && XLENGTH(x) == 1 &&
         Rf_getAttrib(x, R_DimSymbol) == R_NilValue;
}

static const double *read_matrix(SEXP x, int rows, int cols, const char *what) {
  int dims[2] = {rows, cols};
  return read_doubles(x, dims, 2, what);
}

static int read_flag(int x, const char *what) {
  if (x != 0 && x != 1) Rf_error("`spec`: %s must be 0 or 1", what);
  return x;
}

static void read_cell_spec(rnn_cell *c, const int *s) {
  c->kind = s[0], c->units = s[1], c->activation = s[2];
  c->recurrent_activation = s[3], c->flags = s[5];
  c->use_bias = read_flag(s[4], "use_bias");
  if (c->kind < 0 || c->kind >= N_KINDS) Rf_error("`spec`: unknown cell kind");
  if (c->units < 1 || c->units > (1 << 24))
    Rf_error("`spec`: units out of range");
  if (c->flags < 0 || c->flags > (RESET_AFTER | DROP_PER_GATE))
    Rf_error("`spec`: unknown flags");
  if (c->activation < 0 || c->activation >= N_ACTIVATIONS ||
      c->recurrent_activation < 0 || c->recurrent_activation >= N_ACTIVATIONS)
    Rf_error("`spec`: unknown activation");
}

static void read_spec(rnn_call *call, SEXP spec) {
  if (TYPEOF(spec) != INTSXP || Rf_xlength(spec) < SPEC_HEAD)
    Rf_error("`spec` must be an integer vector");
  const int *s = INTEGER(spec);
  rnn *net = &call->net;
  call->time_major = read_flag(s[0], "time_major");
  net->backwards = read_flag(s[1], "go_backwards");
  net->sequences = read_flag(s[2], "return_sequences");
  net->zero_output = read_flag(s[3], "zero_output_for_mask") && net->sequences;
  call->is_float = read_flag(s[4], "precision");
  net->n_cells = s[5];
  if (net->n_cells < 1 || net->n_cells > MOST_CELLS ||
      Rf_xlength(spec) != SPEC_HEAD + SPEC_CELL * (R_xlen_t) net->n_cells)
    Rf_error("`spec` has the wrong length");
  net->cells = (rnn_cell *) R_alloc((size_t) net->n_cells, sizeof(rnn_cell));
  memset(net->cells, 0, (size_t) net->n_cells * sizeof(rnn_cell));
  for (int l = 0; l < net->n_cells; l++) {
    read_cell_spec(net->cells + l, s + SPEC_HEAD + l * SPEC_CELL);
    call->n_states += cell_kinds[net->cells[l].kind].n_states;
  }
}

static void read_x(rnn_call *call, SEXP x) {
  rnn *net = &call->net;
  SEXP d = Rf_getAttrib(x, R_DimSymbol);
  if (TYPEOF(x) != REALSXP || TYPEOF(d) != INTSXP || Rf_length(d) != 3)
    Rf_error("`x` must be a double array of rank 3");
  int first = INTEGER(d)[0], second = INTEGER(d)[1];
  net->rows = call->time_major ? second : first;
  net->steps = call->time_major ? first : second;
  if (net->steps < 1) Rf_error("`x` must have at least one time step");
  if (net->rows > MOST_ROWS) Rf_error("`x` has too many rows");
  net->cells[0].inputs = INTEGER(d)[2];
  net->x = REAL(x);
  net->x_row = call->time_major ? (size_t) net->steps : 1;
  net->x_step = call->time_major ? 1 : (size_t) net->rows;
  net->x_col = (size_t) net->rows * (size_t) net->steps;
}

/* One bias per gate, or two rows of them: a GRU that resets after. */
int bias_dims(const rnn_cell *c, int *dims) {
  int cols = cell_kinds[c->kind].n_gates * c->units;
  dims[0] = cols;
  if (c->kind != 2 || !cell_has(c, RESET_AFTER)) return 1;
  dims[0] = 2, dims[1] = cols;
  return 2;
}

static void read_weights(rnn_call *call, SEXP weights) {
  rnn *net = &call->net;
  if (TYPEOF(weights) != VECSXP) Rf_error("`weights` must be a list");
  R_xlen_t at = 0, n = Rf_xlength(weights);
  for (int l = 0; l < net->n_cells; l++) {
    rnn_cell *c = net->cells + l;
    int cols = cell_kinds[c->kind].n_gates * c->units;
    if (l > 0) c->inputs = net->cells[l - 1].units;
    if (at + 2 + c->use_bias > n) Rf_error("`weights` has too few entries");
    c->kernel =
        read_matrix(VECTOR_ELT(weights, at++), c->inputs, cols, "kernel");
    c->recurrent =
        read_matrix(VECTOR_ELT(weights, at++), c->units, cols, "recurrent");
    int dims[2], n_dims = bias_dims(c, dims);
    if (c->use_bias)
      c->bias = read_doubles(VECTOR_ELT(weights, at++), dims, n_dims, "bias");
  }
  if (at != n) Rf_error("`weights` has too many entries");
}

static void read_states(rnn_call *call, SEXP states) {
  rnn *net = &call->net;
  if (Rf_isNull(states)) return;
  if (TYPEOF(states) != VECSXP || Rf_length(states) != call->n_states)
    Rf_error("`states` must be a list with one entry per state");
  for (int l = 0, at = 0; l < net->n_cells; l++)
    for (int k = 0; k < cell_kinds[net->cells[l].kind].n_states; k++, at++) {
      SEXP s = VECTOR_ELT(states, at);
      if (Rf_isNull(s)) continue;
      net->cells[l].initial[k] =
          read_matrix(s, net->rows, net->cells[l].units, "state");
    }
}

static void read_mask(rnn_call *call, SEXP mask) {
  rnn *net = &call->net;
  if (Rf_isNull(mask)) return;
  int dims[2] = {call->time_major ? net->steps : net->rows,
                 call->time_major ? net->rows : net->steps};
  if (TYPEOF(mask) != LGLSXP) Rf_error("`mask` must be logical");
  if (!has_dims(mask, dims, 2)) Rf_error("`mask` has the wrong dims");
  const int *m = LOGICAL(mask);
  int all = 1;
  for (R_xlen_t i = 0, n = Rf_xlength(mask); i < n; i++) {
    if (m[i] == NA_LOGICAL) Rf_error("`mask` must not hold NA");
    all &= m[i] != 0;
  }
  if (all) return;
  net->mask = m;
  net->mask_row = net->x_row, net->mask_step = net->x_step;
}

static void read_dropout(rnn_call *call, SEXP dropout) {
  rnn *net = &call->net;
  if (Rf_isNull(dropout)) return;
  if (TYPEOF(dropout) != VECSXP || Rf_length(dropout) != 2 * net->n_cells)
    Rf_error("`dropout` must be a list with two entries per cell");
  for (int l = 0; l < net->n_cells; l++) {
    rnn_cell *c = net->cells + l;
    SEXP in = VECTOR_ELT(dropout, 2 * l);
    SEXP state = VECTOR_ELT(dropout, 2 * l + 1);
    int dims[3] = {net->rows, c->inputs, cell_kinds[c->kind].n_gates};
    int n_dims = cell_has(c, DROP_PER_GATE) ? 3 : 2;
    if (!Rf_isNull(in)) c->drop_in = read_doubles(in, dims, n_dims, "dropout");
    dims[1] = c->units;
    if (!Rf_isNull(state))
      c->drop_state = read_doubles(state, dims, n_dims, "recurrent_dropout");
  }
}

const rnn_kernel *read_run(SEXP run, int is_float, int *use) {
  if (TYPEOF(run) != INTSXP || Rf_length(run) != 2)
    Rf_error("`run` must be two integers: threads, variant");
  int threads = INTEGER(run)[0];
  if (threads < 1 || threads > 1024) Rf_error("`run`: threads out of range");
  *use = usable_threads(threads);
  const rnn_kernel *kernel = find_kernel(INTEGER(run)[1], is_float);
  if (!kernel) Rf_error("`run`: this kernel cannot run here");
  return kernel;
}

void read_call(rnn_call *call, SEXP x, SEXP weights, SEXP states, SEXP mask,
               SEXP dropout, SEXP spec, SEXP run) {
  memset(call, 0, sizeof *call);
  read_spec(call, spec);
  read_x(call, x);
  read_weights(call, weights);
  read_states(call, states);
  read_mask(call, mask);
  read_dropout(call, dropout);
  call->kernel = read_run(run, call->is_float, &call->threads);
  set_output_strides(call);
}
