#include <stdint.h>
#include <string.h>

#include "ffi.h"
#include "ffi-op.h"

/* Ids of tensors (doubles) to places from 1: open addressing, at most half
   full. */
struct places {
  size_t mask;
  double *ids;
  int *at;
  int n;
};

static struct places new_places(R_xlen_t most) {
  struct places p = {15, NULL, NULL, 0};
  while (p.mask + 1 < 2 * (size_t) most) {
    p.mask = 2 * p.mask + 1;
  }
  p.ids = (double *) R_alloc(p.mask + 1, sizeof(double));
  p.at = (int *) R_alloc(p.mask + 1, sizeof(int));
  memset(p.at, 0, (p.mask + 1) * sizeof(int));
  return p;
}

static int place_of(struct places *p, double id) {
  uint64_t bits;
  memcpy(&bits, &id, sizeof bits);
  bits *= UINT64_C(0x9E3779B97F4A7C15);
  for (size_t k = (size_t) (bits >> 32) & p->mask;; k = (k + 1) & p->mask) {
    if (p->at[k] == 0) {
      p->ids[k] = id;
      p->at[k] = ++p->n;
      return p->n;
    }
    if (memcmp(p->ids + k, &id, sizeof id) == 0) return p->at[k];
  }
}

static int *put_places(int *to, struct places *p, SEXP ids) {
  if (TYPEOF(ids) != REALSXP) {
    Rf_error("internal error: ids of tensors must be doubles");
  }
  for (R_xlen_t i = 0, n = XLENGTH(ids); i < n; ++i) {
    *to++ = place_of(p, REAL(ids)[i]);
  }
  return to;
}

static SEXP places_of(struct places *p, SEXP ids) {
  SEXP out = Rf_allocVector(INTSXP, XLENGTH(ids));
  put_places(INTEGER(out), p, ids);
  return out;
}

static R_xlen_t count_ids(SEXP records, int element) {
  R_xlen_t n = 0;
  for (R_xlen_t k = 0; k < XLENGTH(records); ++k) {
    n += XLENGTH(VECTOR_ELT(VECTOR_ELT(records, k), element));
  }
  return n;
}

/* One element of every record, one after the other. */
static SEXP places_in(struct places *p, SEXP records, int element) {
  SEXP out = Rf_allocVector(INTSXP, count_ids(records, element));
  int *to = INTEGER(out);
  for (R_xlen_t k = 0; k < XLENGTH(records); ++k) {
    to = put_places(to, p, VECTOR_ELT(VECTOR_ELT(records, k), element));
  }
  return out;
}

/* What depends on a source: one pass forward. Place 1 is that of plain arrays,
   which take no gradient. */
static SEXP live_places(const struct places *p, SEXP from, SEXP records,
                        const int *in, const int *to) {
  SEXP out = Rf_allocVector(LGLSXP, p->n);
  int *live = LOGICAL(out);
  memset(live, 0, sizeof(int) * (size_t) p->n);
  for (R_xlen_t i = 0; i < XLENGTH(from); ++i) {
    live[INTEGER(from)[i] - 1] = 1;
  }
  for (R_xlen_t k = 0; k < XLENGTH(records); ++k) {
    SEXP record = VECTOR_ELT(records, k);
    int any = 0;
    live[0] = 0;
    for (R_xlen_t n = XLENGTH(VECTOR_ELT(record, REC_ins)); n > 0; --n) {
      any |= live[*in++ - 1];
    }
    for (R_xlen_t n = XLENGTH(VECTOR_ELT(record, REC_outs)); n > 0; --n, ++to) {
      if (any) live[*to - 1] = 1;
    }
  }
  return out;
}

SEXP places_on(SEXP records, SEXP sources, SEXP targets) {
  R_xlen_t most = count_ids(records, REC_ins) + count_ids(records, REC_outs) +
                  XLENGTH(sources) + XLENGTH(targets) + 1;
  struct places p = new_places(most);
  place_of(&p, 0);
  SEXP out = PROTECT(Rf_allocVector(VECSXP, N_PLACES));
  SET_VECTOR_ELT(out, PLACES_sources, places_of(&p, sources));
  SET_VECTOR_ELT(out, PLACES_targets, places_of(&p, targets));
  SET_VECTOR_ELT(out, PLACES_ins, places_in(&p, records, REC_ins));
  SET_VECTOR_ELT(out, PLACES_outs, places_in(&p, records, REC_outs));
  SET_VECTOR_ELT(out, PLACES_live,
                 live_places(&p, VECTOR_ELT(out, PLACES_sources), records,
                             INTEGER(VECTOR_ELT(out, PLACES_ins)),
                             INTEGER(VECTOR_ELT(out, PLACES_outs))));
  UNPROTECT(1);
  return out;
}

static int is_record(SEXP x) {
  return TYPEOF(x) == VECSXP && XLENGTH(x) == REC_prev + 1;
}

/* Each record is a list whose last element is the record before it. */
SEXP records_of(SEXP tape) {
  SEXP last = Rf_findVarInFrame(tape, Rf_install("last"));
  R_xlen_t n = 0;
  for (SEXP r = last; is_record(r); r = VECTOR_ELT(r, REC_prev)) n++;
  SEXP out = PROTECT(Rf_allocVector(VECSXP, n));
  while (is_record(last)) {
    SET_VECTOR_ELT(out, --n, last);
    last = VECTOR_ELT(last, REC_prev);
  }
  if (last != R_NilValue)
    Rf_error("internal error: a tape is not what it should be");
  UNPROTECT(1);
  return out;
}

/* Ids of the tensors among xs, 0 for what is none; NULL where R has to look: a
   variable that is not of this session has no id yet. */
SEXP ffi_ids(SEXP xs, SEXP session) {
  if (TYPEOF(xs) != VECSXP) Rf_error("internal error: a list was expected");
  R_xlen_t n = XLENGTH(xs);
  SEXP out = PROTECT(Rf_allocVector(REALSXP, n));
  for (R_xlen_t i = 0; i < n; ++i) {
    if (!read_id(VECTOR_ELT(xs, i), session, REAL(out) + i)) {
      UNPROTECT(1);
      return R_NilValue;
    }
  }
  UNPROTECT(1);
  return out;
}
