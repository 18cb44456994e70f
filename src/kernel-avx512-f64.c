#include "kernel.h"

#if HAVE_X86
#include <immintrin.h>

#define REAL double
#define IS_FLOAT 0
#define VBYTES 64
#define N_LANES 8
#define N_ROWS 3
#define N_COLS 8
#define KERNEL kernel_avx512_f64
#define KERNEL_NAME "avx512"
#include "kernel-avx512.h"
#include "kernel-template.h"
#endif
