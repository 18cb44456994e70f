/* One op on tensors, from R's call to its record on the tape. */
#include "ffi.h"
#include "ffi-op.h"

int read_id(SEXP x, SEXP session, double *id) {
  static SEXP id_name = NULL, session_name = NULL;
  if (!id_name) {
    id_name = Rf_install("id");
    session_name = Rf_install("session");
  }
  *id = 0;
  if (is_made_here(x)) {
    *id = Rf_asReal(VECTOR_ELT(x, 1));
    return 1;
  }
  if (!Rf_isObject(x) || !Rf_inherits(x, "recurrent_tensor")) return 1;
  SEXP found = R_NilValue;
  if (TYPEOF(x) == ENVSXP) {
    if (Rf_findVarInFrame(x, session_name) == session) {
      found = Rf_findVarInFrame(x, id_name);
    }
  } else if (XLENGTH(x) >= 3 && !Rf_inherits(x, "recurrent_symbolic")) {
    found = VECTOR_ELT(x, 1);
  }
  if (TYPEOF(found) != REALSXP || XLENGTH(found) != 1) return 0;
  *id = REAL(found)[0];
  return 1;
}

SEXP top_tape(SEXP tapes) {
  static SEXP top = NULL;
  if (!top) top = Rf_install("top");
  if (TYPEOF(tapes) != ENVSXP) {
    Rf_error("internal error: the tapes are no environment");
  }
  return Rf_findVarInFrame(tapes, top);
}

static SEXP names_of_record(void) {
  static const char *names[] = {"row", "in_ids", "out_ids", "values",
                                "y",   "attrs",  "prev"};
  static SEXP kept = NULL;
  if (!kept) {
    kept = Rf_allocVector(STRSXP, REC_prev + 1);
    R_PreserveObject(kept);
    for (int i = 0; i <= REC_prev; i++) {
      SET_STRING_ELT(kept, i, Rf_mkChar(names[i]));
    }
    MARK_NOT_MUTABLE(kept);
  }
  return kept;
}

void name_record(SEXP record) {
  Rf_setAttrib(record, R_NamesSymbol, names_of_record());
}

SEXP new_record(SEXP row, SEXP values, SEXP y) {
  SEXP record = PROTECT(Rf_allocVector(VECSXP, REC_prev + 1));
  SET_VECTOR_ELT(record, REC_row, row);
  SET_VECTOR_ELT(record, REC_values, values);
  SET_VECTOR_ELT(record, REC_y, y);
  UNPROTECT(1);
  return record;
}

void put_record(SEXP tape, SEXP record) {
  static SEXP last = NULL, below = NULL;
  if (!last) {
    last = Rf_install("last");
    below = Rf_install("below");
  }
  while (TYPEOF(tape) == ENVSXP) {
    SEXP next = Rf_findVarInFrame(tape, below);
    int again = TYPEOF(next) == ENVSXP;
    SEXP one = PROTECT(again ? Rf_shallow_duplicate(record) : record);
    SET_VECTOR_ELT(one, REC_prev, Rf_findVarInFrame(tape, last));
    Rf_defineVar(last, one, tape);
    UNPROTECT(1);
    tape = next;
  }
}

/* Leaves out of a record what its backward rule does not read, so that memory
   is free for the next step: NULL among the values of a sum stands for an array
   of the result's shape. */
static void forget_unread(enum op_kind kind, SEXP record) {
  SEXP values = VECTOR_ELT(record, REC_values), y = VECTOR_ELT(record, REC_y);
  int is_sum = kind == OP_add || kind == OP_subtract;
  for (R_xlen_t i = 0; is_sum && i < XLENGTH(values); i++) {
    if (same_shape(VECTOR_ELT(values, i), y)) {
      SET_VECTOR_ELT(values, i, R_NilValue);
    }
  }
  if (kind == OP_tanh || kind == OP_sigmoid) SET_VECTOR_ELT(values, 0, y);
  if (is_sum || kind == OP_matmul || kind == OP_affine)
    SET_VECTOR_ELT(record, REC_y, R_NilValue);
}

/* `values` is protected by the caller. */
static void record_op(SEXP tape, SEXP row, const double *ids, SEXP values,
                      SEXP out) {
  R_xlen_t n = XLENGTH(values);
  SEXP record = PROTECT(new_record(row, values, VECTOR_ELT(out, 0)));
  SEXP ins = Rf_allocVector(REALSXP, n);
  SET_VECTOR_ELT(record, REC_ins, ins);
  memcpy(REAL(ins), ids, (size_t) n * sizeof(double));
  SET_VECTOR_ELT(record, REC_outs, VECTOR_ELT(out, 1));
  forget_unread(kind_of(row), record);
  put_record(tape, record);
  UNPROTECT(1);
}

/* Tells the tapes of an op that R did, of the tensors among `inputs` with their
   arrays `values`, and of its results `outs`. FALSE where a tensor has no id
   of this session yet. */
SEXP ffi_record(SEXP row, SEXP inputs, SEXP outs, SEXP values, SEXP y,
                SEXP attrs, SEXP tapes, SEXP session) {
  SEXP tape = top_tape(tapes);
  if (TYPEOF(tape) != ENVSXP) return Rf_ScalarLogical(1);
  if (TYPEOF(inputs) != VECSXP || TYPEOF(outs) != VECSXP) {
    Rf_error("internal error: lists of tensors were expected");
  }
  SEXP record = PROTECT(new_record(row, values, y));
  SEXP ins = PROTECT(ffi_ids(inputs, session));
  SEXP out = PROTECT(ffi_ids(outs, session));
  int known = ins != R_NilValue && out != R_NilValue;
  if (known) {
    SET_VECTOR_ELT(record, REC_ins, ins);
    SET_VECTOR_ELT(record, REC_outs, out);
    SET_VECTOR_ELT(record, REC_attrs, attrs);
    put_record(tape, record);
  }
  UNPROTECT(3);
  return Rf_ScalarLogical(known);
}

/* The result as a tensor; NULL where R has to do it. */
static SEXP run_op(SEXP row, const SEXP *xs, int n, SEXP tapes, SEXP session) {
  enum op_kind kind = kind_of(row);
  double ids[MAX_INPUTS];
  if (kind == OP_in_r || op_arity(kind) != n) return R_NilValue;
  SEXP tape = top_tape(tapes);
  SEXP values = PROTECT(Rf_allocVector(VECSXP, n));
  for (int i = 0; i < n; i++) {
    SEXP v = ffi_value(xs[i]);
    if (v == R_NilValue || !read_id(xs[i], session, ids + i)) {
      UNPROTECT(1);
      return R_NilValue;
    }
    SET_VECTOR_ELT(values, i, v);
  }
  SEXP y = PROTECT(op_forward(kind, values));
  SEXP out = PROTECT(y == R_NilValue ? y : ffi_tensor(y, R_NilValue));
  if (out != R_NilValue && TYPEOF(tape) == ENVSXP) {
    record_op(tape, row, ids, values, out);
  }
  UNPROTECT(3);
  return out;
}

SEXP ffi_unary(SEXP row, SEXP x, SEXP tapes, SEXP session) {
  return run_op(row, &x, 1, tapes, session);
}

SEXP ffi_binary(SEXP row, SEXP x, SEXP y, SEXP tapes, SEXP session) {
  const SEXP xs[] = {x, y};
  return run_op(row, xs, 2, tapes, session);
}

/* x w + b */
SEXP ffi_affine(SEXP row, SEXP x, SEXP w, SEXP b, SEXP tapes, SEXP session) {
  const SEXP xs[] = {x, w, b};
  return run_op(row, xs, 3, tapes, session);
}
