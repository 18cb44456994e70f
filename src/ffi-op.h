/* Ops that C runs itself, forward and backward, as their rows in R do. */
#ifndef RECURRENT_FFI_OP_H
#define RECURRENT_FFI_OP_H

#include "ffi-array.h"
#include "ffi-rnn.h"

/* In the order of R's `rows_in_c`. */
enum op_kind {
  OP_in_r = 0,
  OP_add,
  OP_subtract,
  OP_multiply,
  OP_divide,
  OP_matmul,
  OP_squared_loss, /* the mean of all (p - t)^2, and of all |p - t| */
  OP_absolute_loss,
  OP_negative,
  OP_tanh,
  OP_sigmoid,
  OP_relu,
  OP_affine, /* x w + b */
  OP_rnn,    /* native layers: backward only */
  N_OPS
};

/* Elements of a record of the tape. */
enum { REC_row, REC_ins, REC_outs, REC_values, REC_y, REC_attrs, REC_prev };

/* The top of the stack of tapes: no environment when none records. */
SEXP top_tape(SEXP tapes);
SEXP new_record(SEXP row, SEXP values, SEXP y);
/* Rules in R read a record by names. */
void name_record(SEXP record);
/* Puts a record, its last element still open, on every tape of the stack. */
void put_record(SEXP tape, SEXP record);

/* The records of a tape, the first one first. */
SEXP records_of(SEXP tape);

/* The records' tensors by place, from 1: those that go in, those that come out
   (of all records, one after the other), which places are live, those of the
   sources and of the targets. */
enum {
  PLACES_ins,
  PLACES_outs,
  PLACES_live,
  PLACES_sources,
  PLACES_targets,
  N_PLACES
};
SEXP places_on(SEXP records, SEXP sources, SEXP targets);
/* Fills `grads`, the gradients of all places, from ones at that of `target`, an
   array. */
void walk_back(SEXP records, SEXP places, SEXP grads, SEXP target, SEXP rule,
               SEXP run);
/* Gradients, fresh arrays, of what went into a record of native layers, as far
   as `need` says so: from those of its outputs. */
SEXP rnn_gradients(SEXP record, SEXP g, SEXP need, SEXP run);

/* What C runs of a row; OP_in_r for all others. */
enum op_kind kind_of(SEXP row);

int same_shape(SEXP a, SEXP b);
/* A new array of doubles of the shape of x, not filled. */
SEXP array_like(SEXP x);
SEXP filled_like(SEXP x, double with);

enum { MAX_INPUTS = 3 };

/* Inputs of an op that C runs. */
int op_arity(enum op_kind kind);

/* How an op runs: `own` says that the gradient given belongs to the caller
   alone, and may become the result; `spare` holds arrays of doubles that nobody
   uses any more, to be used again, or is NULL. */
typedef struct {
  run_plan plan;
  SEXP spare;
  int own;
} op_run;

/* Results are new arrays, or spare ones; NULL where R has to do it, or to raise
   an error. The gradient is that of value `which`, and may be `g` itself. */
SEXP op_forward(enum op_kind kind, SEXP values);
SEXP op_gradient(enum op_kind kind, SEXP g, SEXP y, SEXP values, int which,
                 op_run *run);

/* A product of doubles into c (m, n), on the threads that are worth it. */
void multiply(run_plan *plan, matrix_product *m);

/* The kernel that options(recurrent.kernel) names; NULL where R has to look. */
const rnn_kernel *chosen_kernel(void);

/* Whether x is a tensor, of those that need no look at the names of classes:
   they share one vector of them. */
int is_made_here(SEXP x);

/* The number that a tape knows x by, 0 for what is no tensor. Gives 0 where R
   has to look. */
int read_id(SEXP x, SEXP session, double *id);

#endif
