/* Memory beside R's heap. Large pieces from R would make it collect at nearly
   every call, and what lives through a collection is not freed at the next. */
#ifndef RECURRENT_FFI_POOL_H
#define RECURRENT_FFI_POOL_H

#include <stddef.h>

#define R_NO_REMAP
#include <Rinternals.h>

/* A block aligned to cache lines, or an R error. It must go back, so no R error
   may come between the two: pure C only. */
void *pool_take(size_t bytes, int threads);
void pool_give(void *block);

/* Memory for the course of a call: of the pool inside with_scratch(), which
   gives it back however `fn` ends; small pieces, and outside, of R's. */
SEXP with_scratch(SEXP (*fn)(void *data), void *data);
char *scratch(size_t bytes, int threads);

/* A block that an R object holds, an external pointer: until it is dropped, or
   the object collected. Its bytes; NULL where they are gone or of another
   number. */
SEXP pool_object(size_t bytes, int threads);
void *pool_bytes(SEXP object, size_t bytes);
void pool_drop(SEXP object);

/* Before vectors of so many bytes are asked of R. */
void ask_room(size_t bytes);

/* Fresh memory costs more in page faults than in arithmetic. */
void *map_ahead(void *p, size_t bytes, int threads);

#endif
