#include "kernel.h"

#if HAVE_X86
#include <immintrin.h>

#define REAL double
#define IS_FLOAT 0
#define VBYTES 32
#define N_LANES 4
#define N_ROWS 2
#define N_COLS 6
#define TARGET __attribute__((target("avx2,fma")))
#define KERNEL kernel_avx2_f64
#define KERNEL_NAME "avx2"
#include "kernel-avx2.h"
#include "kernel-template.h"
#endif
