/* Vectors of R's that are used again: see ffi-pool.h. */
#include "ffi-pool.h"

#include <stdint.h>
#include <stdlib.h>
#ifdef __linux__
#include <malloc.h>
#include <sys/mman.h>
#endif

#include "ffi.h"

enum {
  LINE = 64,
  GRAIN = 1 << 12, /* sizes of blocks are multiples of it */
  SMALL = 1 << 11, /* less is not worth to be kept */
  MOST_BLOCKS = 24,
  KEPT_MOST = 128 << 20, /* bytes of free blocks */
  KEPT_HEAP = 256 << 20, /* bytes that glibc may keep free */
  LARGEST = 32 << 20,    /* bytes of a vector that glibc may keep */
  MANY = 4 << 20,        /* bytes that are worth large pages */
  ROOM = 128 << 20       /* bytes that R sets aside for vectors */
};

/* Linux is asked for large pages, and to map all of them at once. Hints only:
   where the kernel does not know them, nothing happens. */
#if defined(__linux__) && defined(MADV_POPULATE_WRITE)
static int is_mapped(uintptr_t from, uintptr_t to) {
  const uintptr_t page = 4096, pages = (to - from) / page;
  unsigned char there = 0;
  for (uintptr_t i = 0; i < 4; i++) {
    uintptr_t at = from + (pages - 1) * i / 3 * page;
    if (mincore((void *) at, page, &there) != 0 || !(there & 1)) return 0;
  }
  return 1;
}

static void populate(uintptr_t from, uintptr_t to, int threads) {
  const uintptr_t page = 4096;
  uintptr_t part = ((to - from) / (uintptr_t) threads / page + 1) * page;
#ifdef _OPENMP
#pragma omp parallel for num_threads(threads)                                  \
    schedule(static, 1) if (threads > 1)
#endif
  for (int i = 0; i < threads; i++) {
    uintptr_t start = from + (uintptr_t) i * part;
    uintptr_t end = start + part < to ? start + part : to;
    if (start < end)
      (void) madvise((void *) start, end - start, MADV_POPULATE_WRITE);
  }
}
#endif

void *map_ahead(void *p, size_t bytes, int threads) {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  const uintptr_t page = 4096, least = 1 << 20;
  uintptr_t from = ((uintptr_t) p + page - 1) / page * page;
  uintptr_t to = ((uintptr_t) p + bytes) / page * page;
  if (bytes < least) return p;
#ifdef MADV_POPULATE_WRITE
  if (is_mapped(from, to)) return p;
  if (bytes >= MANY) (void) madvise((void *) from, to - from, MADV_HUGEPAGE);
  populate(from, to, bytes >= MANY ? threads : 1);
#else
  if (bytes >= MANY) (void) madvise((void *) from, to - from, MADV_HUGEPAGE);
  (void) threads;
#endif
#else
  (void) bytes, (void) threads;
#endif
  return p;
}

static int may_keep = 0;

/* Calls leave large arrays for R to collect, and glibc would hand them back to
   the system after each collection, to be mapped page by page again: it is
   asked to keep some. Who has set it up already knows better. */
SEXP ffi_keep_memory(void) {
  may_keep = 1;
#if defined(__linux__) && defined(__GLIBC__)
  static const char *const set[] = {"MALLOC_TRIM_THRESHOLD_",
                                    "MALLOC_MMAP_THRESHOLD_", "GLIBC_TUNABLES"};
  for (int i = 0; i < 3; i++)
    if (getenv(set[i])) return Rf_ScalarLogical(0);
  return Rf_ScalarLogical(mallopt(M_MMAP_THRESHOLD, LARGEST) &&
                          mallopt(M_TRIM_THRESHOLD, KEPT_HEAP));
#else
  return Rf_ScalarLogical(0);
#endif
}

/* The vector is not returned: R keeps what a call returned for a while. */
static SEXP take_vector(void *data) {
  (void) data;
  (void) Rf_allocVector(REALSXP, ROOM / (R_xlen_t) sizeof(double));
  return R_NilValue;
}

static SEXP no_vector(SEXP condition, void *data) {
  (void) condition, (void) data;
  return R_NilValue;
}

/* R collects when vectors fill what it has set aside for them, 64 MB at first:
   at every few calls on large arrays. Whatever they use when R collects becomes
   old, and only full collections, which look at all objects, would free it. R
   sets more aside once a vector needs it: one that is never touched, so no
   memory is used, and is free at once. Smaller arrays are served better by
   memory that is used again soon, and still in the cache; larger ones than
   glibc keeps are better collected soon. */
void ask_room(size_t bytes) {
  static int asked = 0;
  const size_t many = 1 << 20;
  if (!may_keep || asked || bytes < many || bytes > LARGEST) return;
  asked = 1;
  R_tryCatchError(take_vector, NULL, no_vector, NULL);
}

/* The same for a call from R of many small arrays. */
SEXP ffi_ask_room(SEXP bytes) {
  double b = Rf_asReal(bytes);
  if (b > 0) ask_room(b < LARGEST ? (size_t) b : LARGEST);
  return R_NilValue;
}

/* A raw vector in a slot is free, or at work for the scope of that depth. */
static struct {
  SEXP blocks; /* a list, NULL in the slots that hold none */
  int depth[MOST_BLOCKS];
  int scope;     /* how deep the current scope is; 0: there is none */
  double reused; /* bytes ever taken that were not new */
} pool = {NULL, {0}, 0, 0};

enum { FREE = 0, ALONE = -1 };

static SEXP block_at(int i) { return VECTOR_ELT(pool.blocks, i); }

static void *data_of(SEXP block) {
  Rbyte *p = RAW(block);
  return p + (LINE - (uintptr_t) p % LINE) % LINE;
}

static R_xlen_t padded(size_t bytes) {
  if (bytes > (size_t) R_XLEN_T_MAX / 2)
    Rf_error("the result would be too large");
  return ((R_xlen_t) bytes / GRAIN + 1) * GRAIN;
}

static void start_pool(void) {
  if (pool.blocks) return;
  SEXP blocks = Rf_allocVector(VECSXP, MOST_BLOCKS);
  R_PreserveObject(blocks);
  pool.blocks = blocks;
}

/* The smallest free block that is large enough, and not twice too large. */
static int find_free(R_xlen_t length) {
  int best = -1;
  for (int i = 0; i < MOST_BLOCKS; i++) {
    SEXP b = block_at(i);
    if (b == R_NilValue || pool.depth[i] != FREE || XLENGTH(b) < length ||
        XLENGTH(b) > 2 * length)
      continue;
    if (best < 0 || XLENGTH(b) < XLENGTH(block_at(best))) best = i;
  }
  return best;
}

static R_xlen_t kept(void) {
  R_xlen_t total = 0;
  for (int i = 0; i < MOST_BLOCKS; i++)
    if (pool.depth[i] == FREE) total += Rf_xlength(block_at(i));
  return total;
}

/* A slot that holds no block: the largest free one is let go if there is none.
   -1: all are at work. */
static int empty_slot(void) {
  int largest = -1;
  for (int i = 0; i < MOST_BLOCKS; i++) {
    if (block_at(i) == R_NilValue) return i;
    if (pool.depth[i] == FREE &&
        (largest < 0 || XLENGTH(block_at(i)) > XLENGTH(block_at(largest))))
      largest = i;
  }
  if (largest >= 0) SET_VECTOR_ELT(pool.blocks, largest, R_NilValue);
  return largest;
}

/* What the heap has free is mapped by small pages, which large weights miss at
   every turn: where Linux can, it joins them, once for a block. */
static void join_pages(void *p, size_t bytes) {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif
  const uintptr_t large = 2 << 20;
  uintptr_t from = ((uintptr_t) p + large - 1) / large * large;
  uintptr_t to = ((uintptr_t) p + bytes) / large * large;
  if (bytes >= MANY) (void) madvise((void *) from, to - from, MADV_COLLAPSE);
#else
  (void) p, (void) bytes;
#endif
}

static SEXP new_block(R_xlen_t length, int threads) {
  SEXP b = Rf_allocVector(RAWSXP, length);
  map_ahead(RAW(b), (size_t) length, threads);
  join_pages(RAW(b), (size_t) length);
  return b;
}

/* The slot of a block for `depth`; -1 where there is none. */
static int take_slot(size_t bytes, int threads, int depth) {
  R_xlen_t length = padded(bytes + LINE);
  start_pool();
  int i = find_free(length);
  if (i >= 0) {
    pool.reused += (double) length;
  } else {
    SEXP b = PROTECT(new_block(length, threads));
    i = empty_slot();
    if (i >= 0) SET_VECTOR_ELT(pool.blocks, i, b);
    UNPROTECT(1);
  }
  if (i >= 0) pool.depth[i] = depth;
  return i;
}

static void free_slot(int i) {
  pool.depth[i] = FREE;
  if (kept() > KEPT_MOST) SET_VECTOR_ELT(pool.blocks, i, R_NilValue);
}

static char *from_r(size_t bytes) {
  char *p = R_alloc(bytes / LINE + 2, LINE);
  return p + (LINE - (uintptr_t) p % LINE) % LINE;
}

void *pool_take(size_t bytes, int threads) {
  int i = take_slot(bytes, threads, ALONE);
  return i < 0 ? (void *) from_r(bytes) : data_of(block_at(i));
}

void pool_give(void *data) {
  for (int i = 0; i < MOST_BLOCKS; i++)
    if (pool.depth[i] == ALONE && data_of(block_at(i)) == data) free_slot(i);
}

/* Scopes nest where a look at the interrupt flag runs R code. */
static void end_scope(void *data) {
  (void) data;
  for (int i = 0; i < MOST_BLOCKS && pool.blocks; i++)
    if (pool.depth[i] == pool.scope) free_slot(i);
  pool.scope--;
}

SEXP with_scratch(SEXP (*fn)(void *data), void *data) {
  pool.scope++;
  return R_ExecWithCleanup(fn, data, end_scope, NULL);
}

char *scratch(size_t bytes, int threads) {
  if (pool.scope == 0 || bytes < SMALL) return from_r(bytes);
  int i = take_slot(bytes, threads, pool.scope);
  return i < 0 ? from_r(bytes) : data_of(block_at(i));
}

SEXP pool_vector(size_t bytes, int threads) {
  R_xlen_t length = padded(bytes + LINE);
  start_pool();
  int i = find_free(length);
  if (i < 0) return new_block(length, threads);
  SEXP b = PROTECT(block_at(i));
  SET_VECTOR_ELT(pool.blocks, i, R_NilValue);
  pool.reused += (double) length;
  UNPROTECT(1);
  return b;
}

void *pool_data(SEXP vector, size_t bytes) {
  if (TYPEOF(vector) != RAWSXP || XLENGTH(vector) < padded(bytes + LINE))
    return NULL;
  return data_of(vector);
}

void pool_keep(SEXP vector) {
  if (TYPEOF(vector) != RAWSXP || XLENGTH(vector) > KEPT_MOST) return;
  start_pool();
  int i = empty_slot();
  if (i < 0) return;
  SET_VECTOR_ELT(pool.blocks, i, vector);
  free_slot(i);
}

/* Bytes ever taken that R did not hand out anew: for benchmarks of memory. */
SEXP ffi_pool_reused(void) { return Rf_ScalarReal(pool.reused); }
