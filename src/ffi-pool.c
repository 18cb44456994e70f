/* Memory beside R's heap: see ffi-pool.h. */
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
  GRAIN = 1 << 14,      /* sizes of blocks are multiples of it */
  SMALL = 1 << 11,      /* less is R's */
  KEPT_MOST = 128 << 20, /* bytes of free blocks */
  KEPT_HEAP = 256 << 20  /* bytes that glibc and R may keep free */
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
  const uintptr_t page = 4096, least = 1 << 20, many = 4 << 20;
  uintptr_t from = ((uintptr_t) p + page - 1) / page * page;
  uintptr_t to = ((uintptr_t) p + bytes) / page * page;
  if (bytes < least) return p;
#ifdef MADV_POPULATE_WRITE
  if (is_mapped(from, to)) return p;
  if (bytes >= many) (void) madvise((void *) from, to - from, MADV_HUGEPAGE);
  populate(from, to, bytes >= many ? threads : 1);
#else
  if (bytes >= many) (void) madvise((void *) from, to - from, MADV_HUGEPAGE);
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
  enum { LARGEST = 32 << 20 };
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

static SEXP take_vector(void *length) {
  return Rf_allocVector(REALSXP, (R_xlen_t) * (double *) length);
}

static SEXP no_vector(SEXP condition, void *data) {
  (void) condition, (void) data;
  return R_NilValue;
}

/* R collects when vectors fill what it has set aside for them, 64 MB at first.
   Calls on arrays of that size would fill it alone; whatever they use when R
   collects becomes old, and only full collections, which look at all objects,
   would free it. R sets more aside once a vector needs it: one that is never
   touched, so no memory is used, and is free at once. */
void ask_room(size_t bytes) {
  static size_t asked = 0;
  const size_t few = 4 << 20, most = KEPT_HEAP;
  size_t want = bytes < most / 4 ? 4 * bytes : most;
  if (!may_keep || bytes < few || want <= asked) return;
  asked = want;
  double length = (double) (want / sizeof(double));
  R_tryCatchError(take_vector, &length, no_vector, NULL);
}

/* Lies in front of each block. */
typedef struct pool_block {
  void *raw; /* as malloc() gave it */
  size_t bytes;
  struct pool_block *next; /* free, or of the same scope */
} pool_block;

static struct {
  pool_block *free; /* the last one given back first */
  size_t kept;      /* bytes of free blocks */
  size_t held;      /* bytes that R objects hold */
  size_t most_held; /* more than that is worth a collection */
  double taken;     /* bytes ever taken */
} pool = {NULL, 0, 0, (size_t) 256 << 20, 0};

static pool_block *head_of(void *block) {
  return (pool_block *) (void *) ((char *) block - LINE);
}

/* The smallest free block that is large enough, and not twice too large. */
static pool_block *find_free(size_t bytes) {
  pool_block **best = NULL;
  for (pool_block **at = &pool.free; *at; at = &(*at)->next)
    if ((*at)->bytes >= bytes && (*at)->bytes <= 2 * bytes &&
        (!best || (*at)->bytes < (*best)->bytes))
      best = at;
  if (!best) return NULL;
  pool_block *b = *best;
  *best = b->next;
  pool.kept -= b->bytes;
  return b;
}

/* The oldest free blocks go until at most `most` bytes are kept. */
static void shrink(size_t most) {
  while (pool.kept > most) {
    pool_block **last = &pool.free;
    while ((*last)->next) last = &(*last)->next;
    pool_block *b = *last;
    *last = NULL;
    pool.kept -= b->bytes;
    free(b->raw);
  }
}

static pool_block *new_block(size_t bytes, int threads) {
  void *raw = bytes < SIZE_MAX - 2 * LINE ? malloc(bytes + 2 * LINE) : NULL;
  if (!raw) return NULL;
  char *data = (char *) raw + 2 * LINE - (uintptr_t) raw % LINE;
  pool_block *b = head_of(data);
  b->raw = raw, b->bytes = bytes, b->next = NULL;
  map_ahead(data, bytes, threads);
  return b;
}

void *pool_take(size_t bytes, int threads) {
  bytes = bytes < SIZE_MAX - GRAIN ? (bytes / GRAIN + 1) * GRAIN : bytes;
  pool.taken += (double) bytes;
  pool_block *b = find_free(bytes);
  if (!b) b = new_block(bytes, threads);
  if (!b) {
    shrink(0);
    R_gc();
    b = new_block(bytes, threads);
  }
  if (!b) Rf_error("cannot allocate %.1f MB", (double) bytes / 1048576);
  return (char *) b + LINE;
}

void pool_give(void *block) {
  pool_block *b = head_of(block);
  b->next = pool.free;
  pool.free = b;
  pool.kept += b->bytes;
  shrink(KEPT_MOST);
}

/* Scopes nest where a look at the interrupt flag runs R code. */
typedef struct scope {
  pool_block *taken;
  struct scope *outer;
} scope;

static scope *current = NULL;

static void end_scope(void *data) {
  scope *s = data;
  while (s->taken) {
    pool_block *b = s->taken;
    s->taken = b->next;
    pool_give((char *) b + LINE);
  }
  current = s->outer;
}

SEXP with_scratch(SEXP (*fn)(void *data), void *data) {
  scope s = {NULL, current};
  current = &s;
  return R_ExecWithCleanup(fn, data, end_scope, &s);
}

char *scratch(size_t bytes, int threads) {
  if (!current || bytes < SMALL) {
    char *p = R_alloc(bytes / LINE + 2, LINE);
    return p + (LINE - (uintptr_t) p % LINE) % LINE;
  }
  char *p = pool_take(bytes, threads);
  pool_block *b = head_of(p);
  b->next = current->taken;
  current->taken = b;
  return p;
}

void pool_drop(SEXP object) {
  void *p = R_ExternalPtrAddr(object);
  if (!p) return;
  R_ClearExternalPtr(object);
  pool.held -= head_of(p)->bytes;
  pool_give(p);
}

/* R does not see these bytes: it is asked to collect when they have become
   many. */
static void collect_held(size_t bytes) {
  if (pool.held + bytes <= pool.most_held) return;
  R_gc();
  R_RunPendingFinalizers();
  if (pool.held + bytes > pool.most_held / 2)
    pool.most_held = 2 * (pool.held + bytes);
}

static SEXP pool_tag(void) { return Rf_install("recurrent_pool"); }

SEXP pool_object(size_t bytes, int threads) {
  collect_held(bytes);
  SEXP size = PROTECT(Rf_ScalarReal((double) bytes));
  SEXP object = PROTECT(R_MakeExternalPtr(NULL, pool_tag(), size));
  R_RegisterCFinalizerEx(object, pool_drop, FALSE);
  void *p = pool_take(bytes, threads);
  R_SetExternalPtrAddr(object, p);
  pool.held += head_of(p)->bytes;
  UNPROTECT(2);
  return object;
}

void *pool_bytes(SEXP object, size_t bytes) {
  if (TYPEOF(object) != EXTPTRSXP || R_ExternalPtrTag(object) != pool_tag() ||
      Rf_asReal(R_ExternalPtrProtected(object)) != (double) bytes)
    return NULL;
  return R_ExternalPtrAddr(object);
}

/* Bytes ever taken from the pool: for benchmarks of memory. */
SEXP ffi_pool_taken(void) { return Rf_ScalarReal(pool.taken); }
