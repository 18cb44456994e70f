/* Raw vectors that are used again and again. New ones for every call would make
   R collect at nearly every call, and what lives through a collection is not
   freed at the next. */
#ifndef RECURRENT_FFI_POOL_H
#define RECURRENT_FFI_POOL_H

#include <stddef.h>

#define R_NO_REMAP
#include <Rinternals.h>

/* A block aligned to cache lines. It must go back, so no R error may come
   between the two: pure C only. */
void *pool_take(size_t bytes, int threads);
void pool_give(void *block);

/* Memory for the course of a call: of the pool inside with_scratch(), which
   gives it back however `fn` ends; outside, and small pieces, R_alloc(). */
SEXP with_scratch(SEXP (*fn)(void *data), void *data);
char *scratch(size_t bytes, int threads);

/* A raw vector, not protected, with room for aligned bytes: where they begin,
   or NULL if it is none for so many. pool_keep() is for one that nobody looks
   at any more. */
SEXP pool_vector(size_t bytes, int threads);
void *pool_data(SEXP vector, size_t bytes);
void pool_keep(SEXP vector);

/* Before vectors of so many bytes are asked of R. */
void ask_room(size_t bytes);

/* Fresh memory costs more in page faults than in arithmetic. */
void *map_ahead(void *p, size_t bytes, int threads);

#endif
