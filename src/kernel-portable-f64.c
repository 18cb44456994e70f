#define REAL double
#define IS_FLOAT 0
#define VBYTES 16
#define N_LANES 2
#define N_ROWS 2
#define N_COLS 6
#define TARGET
#define KERNEL kernel_portable_f64
#define KERNEL_NAME "portable"
#include "kernel-template.h"
